"""A playbook filled with one finding's values."""

import re
from collections.abc import Mapping

from logscan.model.finding import Finding
from logscan.report.show import duration, moment, visible
from logscan.rules.playbook import PLACES, Playbook, Step, fill

_SHELL_SAFE = re.compile(r"[A-Za-z0-9_/.\[:][A-Za-z0-9_./:@%+={}\[\]-]{0,199}")
_SHOWN = 120  # characters of one value in a sentence
# What a sentence says in place of a value that the finding does not have.
_UNKNOWN = {
    **{name: f"the {name}" for name in ("client", "user", "endpoint", "cause", "period")},
    "upstream": "the backend",
    "path": "the log",
    "first_seen": "the first failure",
    "last_seen": "the last failure",
}


def place_values(finding: Finding, cause: str, path: str) -> dict[str, str]:
    """What stands for each place of a playbook's text; places without a value are left out.

    In: cause its title; path the file of the first evidence line
    """
    hit = {"client": finding.clients, "user": finding.users, "endpoint": finding.endpoints, "upstream": ()}
    values = {name: found[0][0] for name, found in hit.items() if found}
    if finding.scope.level in hit and finding.scope.values:
        values[finding.scope.level] = finding.scope.values[0]
    times = {"first_seen": finding.first_seen, "last_seen": finding.last_seen}
    values |= {name: f"{moment(when)} UTC" for name, when in times.items() if when}
    if finding.period_s:
        values["period"] = duration(finding.period_s)
    return {name: text for name, text in (values | {"cause": cause, "path": path}).items() if text}


def filled_steps(playbook: Playbook, values: Mapping[str, str]) -> tuple[Step, ...]:
    """The steps as shown for one finding.

    Law: a command takes only values that no shell reads as anything but one plain word, because a person will paste it;
         every other place stands there in capitals, to be filled by hand
    """
    shown = _UNKNOWN | {name: visible(text, _SHOWN).replace("`", "\\x60") for name, text in values.items()}
    safe = {name: values[name] if _SHELL_SAFE.fullmatch(values.get(name, "")) else name.upper() for name in PLACES}
    return tuple(Step(fill(step.do, shown), fill(step.why, shown), fill(step.command, safe)) for step in playbook.steps)
