"""What to do about a cause: steps in words, with places for the finding's own values."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from logscan.model.document import Document
from logscan.model.errors import LogscanError
from logscan.rules.shape import Shape, fault

PLACES = frozenset({"client", "user", "endpoint", "upstream", "cause", "path", "first_seen", "last_seen", "period"})
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True)
class Step:
    do: str
    why: str = ""
    command: str = ""


@dataclass(frozen=True)
class Playbook:
    id: str
    title: str
    causes: tuple[str, ...]
    summary: str
    steps: tuple[Step, ...]
    path: str


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the finding's values in the {places} of a playbook's text; a place without a value stays as `<name>`."""
    return _PLACE.sub(lambda found: values.get(found[1]) or f"<{found[1]}>", text)


def read_playbook(document: Document, causes: Collection[str] | None) -> tuple[Playbook | None, list[LogscanError]]:
    """The playbook and every fault of its file; None when there is any. causes: the known ones; None: not known."""
    shape = Shape(document, document.value, "")
    shape.refuse_unknown({"id", "title", "causes", "summary", "steps"})
    name, title, summary = shape.text("id"), shape.text("title"), shape.text("summary")
    about = shape.texts("causes")
    for index, cause in enumerate(about if causes is not None else ()):
        shape.one_of(f"causes.{index}", cause, causes or (), "cause")
    steps = tuple(_step(document, index, step, shape) for index, step in enumerate(shape.items("steps")))
    for key, text in _texts(title, summary, steps):
        for place in _PLACE.findall(text):
            if place not in PLACES:
                shape.faults.append(fault(document, key, f"unknown place `{{{place}}}`", place, PLACES))
    if shape.faults:
        return None, shape.faults
    return Playbook(name, title, tuple(about), summary, steps, document.path), []


def _step(document: Document, index: int, value: Any, parent: Shape) -> Step:
    shape = Shape(document, value, f"steps.{index}", parent.faults)
    shape.refuse_unknown({"do", "why", "command"})
    return Step(shape.text("do"), shape.text("why", required=False), shape.text("command", required=False))


def _texts(title: str, summary: str, steps: tuple[Step, ...]) -> list[tuple[str, str]]:
    found = [("title", title), ("summary", summary)]
    for index, step in enumerate(steps):
        found += [(f"steps.{index}.{key}", getattr(step, key)) for key in ("do", "why", "command")]
    return found
