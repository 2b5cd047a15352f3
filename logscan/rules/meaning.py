"""The `logscan:` block of a rule: what a match means, and the samples that prove it."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from logscan.model.document import Document
from logscan.model.errors import LogscanError
from logscan.model.severity import CONFIDENCES
from logscan.model.taxonomy import UNCLASSIFIED, Taxonomy
from logscan.rules.shape import Shape, fault

EVENT_KINDS = ("causes", "outcomes")
SERIES_KINDS = ("signatures", "patterns")
DETECTIONS = "detections"  # rules about events that name no cause: what they match is a finding of its own
OUTCOME_NAMES = ("ok", "error", "other")
LINE = "line"  # in a sample, in place of columns: a raw log line
_ALWAYS = {"priority", "hits", "misses"}
_CAUSE = {"cause", "confidence", "playbook", "alternatives"}
_KEYS: Mapping[str, set[str]] = {
    "causes": _ALWAYS | _CAUSE,
    "signatures": _ALWAYS | _CAUSE,
    "outcomes": _ALWAYS | {"outcome"},
    "patterns": _ALWAYS | {"pattern"},
}
_TAG = "logscan."
_TAGGED_PRIORITY = 20


class Words(NamedTuple):
    """The ids that rules may name; taxonomy is None when its own file is at fault, and then no id is refused."""

    taxonomy: Taxonomy | None
    playbooks: Collection[str]

    @property
    def causes(self) -> Collection[str]:
        return {*self.taxonomy.causes, UNCLASSIFIED} if self.taxonomy else ()


def read_meaning(
    document: Document, kind: str, words: Words, columns: Collection[str], faults: list[LogscanError]
) -> dict[str, Any]:
    """The block with defaults filled in. Faults are added to the list; what they spoil is left out."""
    value = document.value.get("logscan")
    if value is None and kind in ("causes", DETECTIONS):
        return _from_tags(document, kind, words, faults)
    shape = Shape(document, value, "logscan", faults)
    if not isinstance(value, dict):
        return {}
    shape.refuse_unknown(_KEYS[kind])
    meaning = _cause(shape, words) if "cause" in _KEYS[kind] else _other(shape, kind, words)
    for name in ("hits", "misses"):
        meaning[name] = shape.items(name)
        for index, sample in enumerate(meaning[name]):
            _check_sample(shape, f"{name}.{index}", sample, kind, columns)
    return meaning | {"priority": _priority(shape)}


def tagged_causes(document: Document) -> list[str]:
    """The causes that the rule's tags name: `logscan.expired-token` is expired_token."""
    tags = document.value.get("tags")
    named = [tag for tag in tags if isinstance(tag, str) and tag.startswith(_TAG)] if isinstance(tags, list) else []
    return [tag.removeprefix(_TAG).replace("-", "_") for tag in named]


def _from_tags(document: Document, kind: str, words: Words, faults: list[LogscanError]) -> dict[str, Any]:
    """A rule written for any SIEM says nothing about causes, unless a tag does: nothing is made up for it."""
    named = tagged_causes(document)
    faults += [
        fault(document, "tags", f"a tag names an unknown cause `{cause}`", cause, words.causes)
        for cause in named
        if words.taxonomy and cause not in words.causes
    ]
    samples: dict[str, Any] = {"hits": [], "misses": []}
    if kind == DETECTIONS:
        return {"priority": 0, **samples}
    known = words.taxonomy.causes.get(named[0]) if words.taxonomy and named else None
    return {
        "cause": named[0] if named else UNCLASSIFIED,
        "confidence": "low",
        "priority": _TAGGED_PRIORITY if named and named[0] != UNCLASSIFIED else 0,
        "playbook": known.playbook if known else "",
        "alternatives": [],
        **samples,
    }


def is_detection(document: Document) -> bool:
    """Whether a rule about events names no cause, neither in `logscan:` nor by a tag."""
    return isinstance(document.value, dict) and "logscan" not in document.value and not tagged_causes(document)


def _cause(shape: Shape, words: Words) -> dict[str, Any]:
    cause, confidence = shape.text("cause"), shape.text("confidence")
    alternatives = shape.texts("alternatives", required=False)
    playbook = shape.text("playbook", required=False)
    if confidence:
        shape.one_of("confidence", confidence, CONFIDENCES, "confidence")
    if words.taxonomy is None:
        return {"cause": cause, "confidence": confidence, "alternatives": alternatives, "playbook": playbook}
    if cause:
        shape.one_of("cause", cause, words.causes, "cause")
    for index, other in enumerate(alternatives):
        shape.one_of(f"alternatives.{index}", other, words.causes, "cause")
        if other == cause:
            shape.add(f"alternatives.{index}", "is the cause itself", "leave it out")
    for other in tagged_causes(shape.document):
        if other not in (cause, *alternatives):
            document, known = shape.document, (cause, *alternatives)
            shape.faults.append(
                fault(document, "tags", f"a tag names cause `{other}`, `logscan` does not", other, known)
            )
    if playbook:
        shape.one_of("playbook", playbook, words.playbooks, "playbook")
    elif cause in words.taxonomy.causes:
        playbook = words.taxonomy.causes[cause].playbook
    return {"cause": cause, "confidence": confidence, "alternatives": alternatives, "playbook": playbook}


def _other(shape: Shape, kind: str, words: Words) -> dict[str, Any]:
    name = "outcome" if kind == "outcomes" else "pattern"
    got = shape.text(name)
    known: Collection[str] = OUTCOME_NAMES
    if name == "pattern":
        known = words.taxonomy.patterns if words.taxonomy else (got,)
    if got:
        shape.one_of(name, got, known, name)
    return {name: got}


def _priority(shape: Shape) -> int:
    got = shape.value.get("priority")
    if isinstance(got, int) and not isinstance(got, bool) and 0 <= got <= 100:
        return got
    shape.add("priority", "is missing" if got is None else f"is `{got}`", "give a whole number from 0 to 100")
    return 0


def _check_sample(shape: Shape, name: str, sample: Any, kind: str, columns: Collection[str]) -> None:
    if not isinstance(sample, dict) or not sample:
        shape.add(name, "is not a sample", "give columns and their values, or `line:` and a raw log line")
        return
    if LINE in sample and kind in EVENT_KINDS:
        if len(sample) > 1 or not isinstance(sample[LINE], str):
            shape.add(name, "mixes a raw line with columns", "give `line:` and one text, nothing else")
        return
    for column, value in sample.items():
        place = f"{name}.{column}"
        if column not in columns:
            shape.faults.append(fault(shape.document, shape.path(place), f"unknown column `{column}`", column, columns))
        elif not isinstance(value, str | int | float | bool | date | None):
            shape.add(place, "is not a single value", "write one text or number")
