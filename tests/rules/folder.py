"""Makes small rule folders and libraries for tests."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent, indent
from uuid import NAMESPACE_URL, uuid5

import polars as pl

from logscan.model.errors import Faults
from logscan.model.schemas import EVENTS
from logscan.rules.load import Library, Rule, load_library

SERIES: Mapping[str, pl.DataType] = pl.Schema(
    {"cause": pl.String(), "events": pl.UInt64(), "ok_share": pl.Float64(), "gap_cv": pl.Float64()}
)

TAXONOMY = """\
families:
  credential:
    title: The key or password was refused
    causes:
      token_expired: {title: Token expired, definition: It was valid once., playbook: renew}
      key_invalid: {title: Key not accepted, definition: Nobody knows it., playbook: renew}
  unknown:
    title: The log does not say
    causes:
      unclassified: {title: Not in the log, definition: Look elsewhere., playbook: renew}
patterns:
  single_burst: {title: One burst, definition: Many at once.}
  chronic_background: {title: All the time, definition: A few always.}
"""

PLAYBOOK = """\
id: renew
title: Renew it
causes: [token_expired, key_invalid]
summary: Get a new one for {user}.
steps:
  - do: Ask for a new token.
    why: The old one ended at {last_seen}.
    command: "curl -H 'X: {endpoint}' | jq '{a: .b}'"
"""


def make(folder: Path, files: Mapping[str, str]) -> Path:
    """A rule folder with a taxonomy, a playbook and these files; a file of the same name replaces them."""
    for name, text in {"taxonomy.yml": TAXONOMY, "playbooks/renew.yml": PLAYBOOK, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), "utf-8")
    return folder


def rule_text(
    detection: str,
    *,
    name: str = "a_rule",
    logscan: str = "cause: token_expired\nconfidence: high",
    logsource: str = "{category: webserver}",
    hits: str = "[{message: x}]",
    misses: str = "[{message: y}]",
    priority: int = 50,
) -> str:
    """A whole rule of ours around a detection."""
    block = f"{dedent(logscan).strip()}\npriority: {priority}\nhits: {hits}\nmisses: {misses}"
    return (
        f"title: Rule {name}\nid: {uuid5(NAMESPACE_URL, name)}\nname: {name}\nlogsource: {logsource}\n"
        f"detection:\n{indent(dedent(detection).strip(), '  ')}\nlogscan:\n{indent(block, '  ')}\n"
    )


def foreign_text(detection: str, extra: str = "") -> str:
    """A rule as SigmaHQ writes it, without a `logscan:` block."""
    head = "title: Foreign\nid: 6d2bdc1b-8a57-4a4c-9d35-0b5b5ad4ae0c\nlogsource: {category: application}\n"
    return f"{head}{extra}detection:\n{indent(dedent(detection).strip(), '  ')}\n"


def load(folder: Path) -> Library:
    return load_library([folder], event_columns=EVENTS, series_columns=SERIES)


def load_one(folder: Path, detection: str) -> Rule:
    """The rule of a detection, compiled as a foreign rule: no samples are asked of it."""
    return load(make(folder, {"causes/a_rule.yml": foreign_text(detection)})).detections[0]


def faults_of(folder: Path) -> list[str]:
    """What loading says is wrong: `file:line key: what | hint`."""
    try:
        load(folder)
    except Faults as faults:
        root = f"{folder}/"
        return [
            f"{str(e.where).removeprefix(root)}: {e.what}".replace(root, "") + (f" | {e.hint}" if e.hint else "")
            for e in faults.errors
        ]
    return []


def frame(**columns: object) -> pl.DataFrame:
    """EVENTS columns by name with `_` for `.`; what is not named is absent."""
    names = {name.replace(".", "_").replace("@", ""): name for name in EVENTS}
    data = {names[key]: values for key, values in columns.items()}
    return pl.DataFrame(data, schema={name: EVENTS[name] for name in data})
