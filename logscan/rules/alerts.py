"""The rules on what is worth telling: Sigma rules on findings, and the correlations of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from logscan.model.document import Document, read_documents
from logscan.model.errors import Faults, LogscanError, RuleError
from logscan.model.schemas import FINDINGS
from logscan.rules.correlate import Asked, Correlation
from logscan.rules.fields import Dialect
from logscan.rules.meaning import DETECTIONS, Words
from logscan.rules.rule import Rule, rule_name
from logscan.rules.shape import Shape, fault, refuse_twins

FOLDER = "alerts"
SAMPLES = ("hits", "misses")
AT = "at"  # in a sample: first and last seen then
TELLS = ("incident", "expiry")
CORRELATION_KEYS = frozenset({"type", "rules", "group-by", "timespan", "condition", "aliases", "generate"})
MEANING_KEYS = frozenset({"tells", "priority", *SAMPLES})
KINDS = frozenset(
    {"event_count", "value_count", "value_sum", "value_avg", "value_median", "value_percentile"}
    | {"temporal", "temporal_ordered"}
)
_HINTS = {
    "id": "give a UUID, such as 0b8f8a53-6f0e-4c53-9b7c-2d0b6a6f1c11",
    "type": f"use one of: {', '.join(sorted(KINDS))}",
    "timespan": "write a number and a unit: 15m, 1h, 7d",
    "condition": "compare once, as in `{gte: 3}`; a kind that looks at values needs a `field` as well",
}
_ANY_HINT = "see the Sigma specification of correlation rules"
_NUMERIC = {"value_sum", "value_avg", "value_median", "value_percentile"}


class AlertRules(NamedTuple):
    """selections: the rules that choose findings; correlations: first things first."""

    selections: tuple[Rule, ...]
    correlations: tuple[Correlation, ...]


class _File(NamedTuple):
    document: Document
    shelf: int
    name: str
    own: bool  # it names itself


def load_alerts(folders: Sequence[Path]) -> AlertRules:
    """Read all rules beneath `alerts` of some folders; one that names itself stands in for an earlier folder's.

    Errors: Faults, with every fault of every file
    """
    faults: list[LogscanError] = []
    files = _without_replaced([file for place, folder in enumerate(folders) for file in _read(folder, place, faults)])
    faults += refuse_twins([(each.name, each.document, "name") for each in files], "name")
    ids = [(str(each.document.value.get("id") or ""), each.document, "id") for each in files]
    faults += refuse_twins([one for one in ids if one[0]], "id")
    chosen = [each for each in files if "correlation" not in each.document.value]
    selections = {rule.name: rule for each in chosen for rule in _selection(each.document, faults)}
    broken = {each.name for each in chosen} - selections.keys()
    joined = [
        found
        for each in files
        if "correlation" in each.document.value
        for found in _correlation(each.document, selections, broken, faults)
    ]
    asked = {rule.name for each in joined for rule in each.rules}
    if not faults:
        faults += [_unused(each) for each in chosen if each.name not in asked]
    if faults:
        raise Faults(faults)
    ranked = sorted(joined, key=lambda each: (-each.priority, each.name))
    return AlertRules(tuple(selections.values()), tuple(ranked))


def alert_folder(folder: Path) -> Path:
    return folder if folder.name == FOLDER else folder / FOLDER


def _read(folder: Path, shelf: int, faults: list[LogscanError]) -> list[_File]:
    found: list[_File] = []
    inside = alert_folder(folder)
    for path in sorted({*inside.rglob("*.yml"), *inside.rglob("*.yaml")}):
        try:
            documents = read_documents(path)
        except LogscanError as wrong:
            faults.append(wrong)
            continue
        for document in documents:
            if not isinstance(document.value, dict):
                faults.append(fault(document, "", "is not a rule"))
                continue
            own = document.value.get("name")
            found.append(_File(document, shelf, str(own or rule_name(document.path)), own=bool(own)))
    return found


def _without_replaced(files: Sequence[_File]) -> list[_File]:
    last = {each.name: each.shelf for each in files if each.own}
    return [each for each in files if last.get(each.name, each.shelf) == each.shelf]


def _unused(file: _File) -> LogscanError:
    what, hint = f"no correlation asks for `{file.name}`", "name it under `correlation.rules`, or leave it out"
    return RuleError(what, where=file.document.where("name"), hint=hint)


def _selection(document: Document, faults: list[LogscanError]) -> list[Rule]:
    """A rule that chooses findings: none when it has a fault."""
    from logscan.rules.compile import KEYS, compile_rule  # noqa: PLC0415 - pySigma: start-up time
    from logscan.rules.detection import regex_faults, unknown_fields, unused_parts  # noqa: PLC0415

    before = len(faults)
    shape = Shape(document, document.value, "", faults)
    shape.refuse_unknown(KEYS - {"logscan"})
    if "logscan" in document.value:
        return []
    rule, wrong = compile_rule(document, DETECTIONS, Words(None, ()), FINDINGS, Dialect())
    faults += wrong
    faults += unused_parts(document)
    faults += regex_faults([document])
    faults += unknown_fields(document, rule.unknown, FINDINGS) if rule else []
    return [replace(rule, kind=FOLDER)] if rule and len(faults) == before else []


def _correlation(
    document: Document, selections: Mapping[str, Rule], broken: set[str], faults: list[LogscanError]
) -> list[Correlation]:
    from logscan.rules.compile import KEYS  # noqa: PLC0415

    before = len(faults)
    shape = Shape(document, document.value, "", faults)
    shape.refuse_unknown(KEYS - {"detection", "logsource"} | {"correlation"})
    title, key = shape.text("title"), shape.text("id")
    asked = Shape(document, document.value["correlation"], "correlation", faults)
    asked.refuse_unknown(CORRELATION_KEYS)
    meaning = Shape(document, document.value.get("logscan"), "logscan", faults)
    meaning.refuse_unknown(MEANING_KEYS)
    tells = meaning.value.get("tells", TELLS[0])
    meaning.one_of("tells", tells, TELLS, "kind of notice")
    priority = _priority(meaning)
    samples = {kind: meaning.items(kind) for kind in SAMPLES}
    for place, sample in ((f"{kind}.{at}", each) for kind, found in samples.items() for at, each in enumerate(found)):
        _check_timeline(meaning, place, sample)
    names = _names(asked, selections, broken)
    group_by = _group_by(asked)
    found = _sigma(document, faults, before)
    if found is None or len(faults) > before:
        return []
    condition: dict[str, Any] = _condition(asked, found)
    wanted = names or _known(asked, _named(condition["asked"]), selections, broken)
    if len(faults) > before or not set(wanted) <= set(selections):
        return []
    rules = tuple(selections[name] for name in wanted)
    return [
        Correlation(
            name=str(document.value.get("name") or rule_name(document.path)),
            id=key,
            path=document.path,
            title=title,
            level=str(found.level or "").lower(),
            how=found.type.name.lower(),
            rules=rules,
            group_by=group_by,
            timespan_s=float(found.timespan.seconds),
            tells=str(tells),
            priority=priority,
            status=str(found.status or ""),
            text=document.text,
            meaning={"priority": priority, **samples},
            **condition,
        )
    ]


def _check_timeline(shape: Shape, name: str, sample: Any) -> None:
    if not isinstance(sample, list) or not all(isinstance(each, dict) and each for each in sample) or not sample:
        shape.add(
            name, "is no timeline", "give a list of findings, each with a time: [{at: 2026-03-12T10:00:00Z, ...}]"
        )
        return
    for number, each in enumerate(sample):
        for column in each:
            if column not in FINDINGS and column != AT:
                place = shape.path(f"{name}.{number}.{column}")
                shape.faults.append(fault(shape.document, place, f"unknown column `{column}`", column, {*FINDINGS, AT}))
        if not {AT, "last_seen"} & set(each):
            shape.add(f"{name}.{number}", "has no time", "add `at:`, or `first_seen:` and `last_seen:`")


def _priority(shape: Shape) -> int:
    got = shape.value.get("priority")
    if isinstance(got, int) and not isinstance(got, bool) and 0 <= got <= 100:
        return got
    shape.add("priority", "is missing" if got is None else f"is `{got}`", "give a whole number from 0 to 100")
    return 0


def _names(asked: Shape, selections: Mapping[str, Rule], broken: set[str]) -> list[str]:
    got = asked.value.get("rules")
    names = [got] if isinstance(got, str) else got if isinstance(got, list) else []
    by_id = {rule.id: rule.name for rule in selections.values() if rule.id}
    return _known(asked, [by_id.get(str(name), str(name)) for name in names], selections, broken)


def _known(asked: Shape, names: list[str], selections: Mapping[str, Rule], broken: set[str]) -> list[str]:
    for at, name in enumerate(names):
        if name not in selections and name not in broken:
            place = next(
                (key for key in (f"rules.{at}", "rules") if asked.path(key) in asked.document.lines), "condition"
            )
            what = f"no rule on findings is called `{name}`"
            asked.faults.append(fault(asked.document, asked.path(place), what, name, selections))
    return names


def _group_by(asked: Shape) -> tuple[str, ...]:
    got = asked.value.get("group-by")
    names = [got] if isinstance(got, str) else got if isinstance(got, list) else []
    for at, name in enumerate(names):
        place = f"group-by.{at}" if isinstance(got, list) else "group-by"
        asked.one_of(place, name, FINDINGS, "column")
    return tuple(str(name) for name in names)


def _sigma(document: Document, faults: list[LogscanError], before: int) -> Any:
    """As pySigma reads it; None when it cannot."""
    from sigma.correlations import SigmaCorrelationRule  # noqa: PLC0415

    from logscan.rules.detection import CRASHES  # noqa: PLC0415

    value = {key: each for key, each in document.value.items() if key != "logscan"}
    try:
        rule = SigmaCorrelationRule.from_dict(value, collect_errors=True)
    except CRASHES as crash:
        if len(faults) == before:
            faults.append(_of_sigma(document, str(crash)))
        return None
    faults += [_of_sigma(document, str(error)) for error in rule.errors]
    return None if rule.errors else rule


def _of_sigma(document: Document, what: str) -> LogscanError:
    """pySigma tells no place: its words do."""
    words = what.lower()
    named = next((key for key in ("timespan", "condition", "type", "group-by", "rules") if key in words), "")
    top = next((key for key in ("identifier", "level", "status", "tag", "date") if key in words), "")
    place = {"identifier": "id", "tag": "tags"}.get(top, top) or f"correlation.{named}"
    place = place if place in document.lines else "correlation"
    return RuleError(what, where=document.where(place), hint=_HINTS.get(place.rpartition(".")[2], _ANY_HINT))


def _condition(asked: Shape, found: Any) -> dict[str, Any]:
    condition = found.condition
    if not hasattr(condition, "op"):
        return {"op": "gte", "count": 1, "asked": _joined(condition.parsed)}
    column = condition.fieldref or ""
    kind = found.type.name.lower()
    if column and (not isinstance(column, str) or column not in FINDINGS):
        asked.faults.append(
            fault(asked.document, "correlation.condition.field", f"unknown column `{column}`", column, FINDINGS)
        )
    elif kind in _NUMERIC and not FINDINGS[column].is_numeric():
        asked.add("condition.field", f"is `{column}`, which holds no number", "name a column of numbers")
    percentile = 50.0 if condition.percentile is None else float(condition.percentile)
    if not 0 <= percentile <= 100:
        asked.add("condition.percentile", f"is `{percentile:g}`", "give a number from 0 to 100")
    op = condition.op.name.lower()
    return {"op": op, "count": condition.count, "column": column, "percentile": percentile, "asked": None}


def _joined(node: Any) -> Asked:
    if hasattr(node, "reference"):
        return Asked("rule", name=str(node.reference))
    op = type(node).__name__.removeprefix("CorrelationCondition").lower()
    return Asked(op, tuple(_joined(part) for part in node.args))


def _named(asked: Asked) -> list[str]:
    if asked.op == "rule":
        return [asked.name]
    return list(dict.fromkeys(name for part in asked.parts for name in _named(part)))
