"""A format file written from the log format of a web server: made, loaded and tried before anybody sees it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from logscan.ingest.check import check_text
from logscan.ingest.json_template import Keys, json_keys, json_sample
from logscan.ingest.sampled import expected, sample_texts
from logscan.ingest.template import Piece, drawn, joined, without_stand_ins
from logscan.ingest.variables import Part
from logscan.ingest.yaml_text import yaml_text
from logscan.model.errors import Faults, FormatError, LogscanError, Where

_FIRST = 10  # `order`: before all that are shipped
_LONGEST = 64 << 10  # characters of a log format
_COLOUR = re.compile(r"\x1b\[[0-9;:?]*[ -/]*[@-~]")  # taken out of lines before they are read
_REJECTS = ("# no line of this log", "reopened the log", "{}", '{"level":"info"}')


@dataclass(frozen=True)
class Configured:
    """One log format of a configuration.

    escape  how the server escapes: default, json, none (nginx), apache
    said    as it stands there
    uses    the directives that write with it
    """

    name: str
    pieces: tuple[Piece, ...]
    escape: str
    where: Where
    said: str
    uses: tuple[str, ...] = ()


class Directive(NamedTuple):
    """A directive of a configuration: its words, and where and how it stands there."""

    name: str
    words: list[str]
    where: Where
    said: str


class Conf(NamedTuple):
    """formats, and notes about what the configuration says beside them."""

    formats: list[Configured]
    notes: list[str]


class Written(NamedTuple):
    """name: the id; text: of the file; notes: what a person should know, also in the text."""

    name: str
    text: str
    notes: tuple[str, ...]


def write_format(found: Configured, head: Mapping[str, Any], taken: Collection[str], command: str) -> Written:
    """The file of one format.

    In:     head   title, reference, logsource;  taken  ids of the formats beside which it will stand
    Law:    what is returned was loaded, reads its samples as told and refuses its reject
    Errors: FormatError when nothing tells its lines from others, Faults when it does not pass its own samples
    """
    if len(found.said) > _LONGEST:
        raise FormatError("is too long for a log format", where=found.where, hint="check the quotes")
    pieces, notes = joined(_COLOUR.sub("", piece) if isinstance(piece, str) else piece for piece in found.pieces)
    pieces = without_stand_ins(pieces)
    parts = [piece for piece in pieces if isinstance(piece, Part)]
    columns = {fill.column for part in parts for fill in part.fills} | {
        "request" for part in parts if part.shape.request
    }
    if not columns:
        hint = "it needs a time, an address, a request or a status: name them with the variables of the server"
        raise FormatError("holds no variable that logscan reads", where=found.where, hint=hint)
    body, more = _body(pieces, found.escape)
    notes = [*notes, *more]
    if "@timestamp" not in columns:
        notes.append("no time is in it: recurrence and since when cannot be told")
    unread = list(dict.fromkeys(part.said for part in parts if not part.fills and not part.shape.request))
    name = _free(found.name, taken)
    comments = [f"Written by `{command}` from {found.where}:", *(f"  {row}" for row in found.said.split("\n"))]
    comments += [f"Used by: {use}" for use in found.uses]
    comments += [f"Read, but kept in no column: {', '.join(unread)}"] if unread else []
    comments += [f"Note: {note}" for note in notes]
    keys = {"id": name, **head, "kind": body.pop("kind"), "logsource": head["logsource"], "order": _FIRST, **body}
    text = _with_reject(comments, {key: keys[key] for key in _ORDER if key in keys}, found.where)
    return Written(name, text, tuple(notes))


_ORDER = (
    "id", "title", "reference", "kind", "logsource", "order", "requires", "pattern", "columns", "samples",
)  # fmt: skip


def _body(pieces: list[Piece], escape: str) -> tuple[dict[str, Any], list[str]]:
    """kind, pattern or requires, columns and samples; and notes."""
    notes: list[str] = []
    looks = "".join(piece if isinstance(piece, str) else "x" for piece in pieces).strip()
    if looks.startswith("{") and looks.endswith("}"):
        keys = json_keys(pieces) if escape == "json" else f"it escapes as JSON does not ({escape})"
        if isinstance(keys, Keys):
            return {"kind": "json", **keys._asdict(), "samples": _samples(pieces, "json object")}, notes
        notes.append(f"{keys}; so the lines are read as text, in the order of this log format")
    made = drawn(pieces, escape)
    notes += made.notes
    return {
        "kind": "pattern",
        "pattern": made.pattern,
        "columns": made.columns,
        "samples": _samples(pieces, escape),
    }, notes


def _samples(pieces: list[Piece], escape: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for number in range(3):
        if escape == "json object":
            line, want = json_sample(pieces, number)
        else:
            texts = sample_texts(pieces, escape, number)
            line = "".join(texts)
            want = expected([(p, t) for p, t in zip(pieces, texts, strict=True) if isinstance(p, Part)], number)
        if line not in [sample["line"] for sample in made]:
            made.append({"line": line, "expect": want})
    return made


def _with_reject(comments: list[str], keys: dict[str, Any], where: Where) -> str:
    """The text with a line that the format refuses: the first of some that it does refuse."""
    usual = keys["samples"][0]["line"]
    faults: list[LogscanError] = []
    for line in (usual[: len(usual) // 2], *_REJECTS):
        if not line.strip():
            continue
        samples = [*keys["samples"], {"line": line, "expect": "reject"}]
        text = yaml_text(comments, {**keys, "samples": samples})
        try:
            check_text(text, str(where), {})
        except Faults as wrong:
            faults = wrong.errors
            if any("must refuse" not in fault.what for fault in faults):
                break
        else:
            return text
    if all("must refuse" in fault.what for fault in faults):
        hint = "put a time, a status or some fixed text into the log format"
        raise FormatError("nothing in it tells its lines from those of any other log", where=where, hint=hint)
    what = "; ".join(dict.fromkeys(f"{fault.where.key}: {fault.what}" for fault in faults))
    hint = "put text such as a blank, a quote or `|` between its variables"
    raise FormatError(f"what it writes cannot be read back without doubt: {what}", where=where, hint=hint)


def _free(name: str, taken: Collection[str]) -> str:
    """An id that no other format has."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "own"
    return next(
        candidate for n in range(1, len(taken) + 3) if (candidate := slug if n == 1 else f"{slug}-{n}") not in taken
    )
