"""One rule file: read by pySigma, its meaning checked, its condition turned into a tree, every fault placed."""

import re
from collections.abc import Mapping
from typing import Any

import polars as pl
from sigma.rule import SigmaRule

from logscan.model.document import Document
from logscan.model.errors import LogscanError, RuleError
from logscan.rules.backend import Backend, merged
from logscan.rules.detection import (
    CRASHES,
    POLICY,
    item_faults,
    items,
    unknown_fields,
    unknown_parts,
    unusable,
    unused_parts,
)
from logscan.rules.fields import FILE, WIDE_FIELDS, Dialect
from logscan.rules.meaning import Words, read_meaning
from logscan.rules.rule import Rule, rule_name
from logscan.rules.shape import Shape
from logscan.rules.tree import Node

KEYS = frozenset(
    {"title", "id", "related", "name", "taxonomy", "status", "description", "license", "references", "author", "date"}
    | {"modified", "logsource", "detection", "fields", "falsepositives", "level", "tags", "scope", "logscan"}
)
_HINTS = {
    "id": "give a UUID, such as 0b8f8a53-6f0e-4c53-9b7c-2d0b6a6f1c11",
    "level": "use one of: informational, low, medium, high, critical",
    "status": "use one of: stable, test, experimental, deprecated, unsupported",
    "tags": "write tags as namespace.name",
    "logsource": "name at least one of category, product, service",
    "detection": "name parts of `field|modifier: value` pairs, and join them in `condition`",
    "detection.condition": "use names that stand under `detection`, with and, or, not, `1 of name*`, `all of name*`",
}
_NO_RULES = {
    "correlation": (
        "counts or joins what other rules match, which logscan does of findings only, not of events",
        "leave it out: the rules that it names are findings of their own; those of findings stand in `alerts/`",
    ),
    "filter": ("changes other rules, which logscan cannot do yet", "write the exception into the rule, with `not`"),
    "action": ("is of the old way to write several rules in one file", "write every rule out, and leave it out"),
}
_ANY_HINT = "see the Sigma specification of rules"
_ERROR_KEYS = {"identifier": "id", "tag": "tags", "condition": "detection.condition"}


def compile_rule(
    document: Document, kind: str, words: Words, columns: Mapping[str, pl.DataType], dialect: Dialect
) -> tuple[Rule | None, list[LogscanError]]:
    """The rule, and every fault of its file; None when there is any."""
    faults: list[LogscanError] = []
    shape = Shape(document, document.value, "", faults)
    other = next((key for key in ("correlation", "filter", "action") if key in shape.value), None)
    if other:
        shape.add(other, *_NO_RULES[other])
    if faults:
        return None, faults
    ours = "logscan" in document.value
    meaning = read_meaning(document, kind, words, columns, faults)
    if ours:
        shape.refuse_unknown(KEYS)
        shape.text("id")
        faults += unused_parts(document)
    sigma = _read(document, faults)
    known = {"", *columns, *WIDE_FIELDS}
    foreign = not ours or any(item.field not in known for item in items(document))
    dialect = dialect if foreign else Dialect()
    if sigma and foreign and (wrong := _translated(document, sigma, dialect)):
        return None, faults + wrong
    backend = Backend(columns)
    tree = _tree(document, sigma, backend, faults) if sigma else None
    if ours and backend.unknown:
        faults += unknown_fields(document, backend.unknown, {*known, *dialect.names(columns)})
    if sigma is None:
        faults += unknown_parts(document)
    if faults or sigma is None or tree is None:
        return None, faults
    unknown = tuple(sorted(backend.unknown))
    found = {"meaning": meaning, "tree": tree, "unknown": unknown, "dialect": dialect}
    return _rule(document, kind, sigma, found), []


def _translated(document: Document, sigma: SigmaRule, dialect: Dialect) -> list[LogscanError]:
    try:
        dialect.translate(sigma)
    except CRASHES as error:
        missing = re.search(r"Placeholder replacement variable '(.*?)' doesn", str(error))
        if not missing:
            return [_fault(document, "detection", f"cannot be translated: {error}")]
        asked = (item.place for item in items(document) if f"%{missing[1]}%" in "\0".join(item.texts))
        where, hint = (
            document.where(next(asked, "detection")),
            f"name it under `vars` in {FILE} beside the rule's folder",
        )
        return [RuleError(f"nothing fills the placeholder `%{missing[1]}%`", where=where, hint=hint)]
    return []


def _read(document: Document, faults: list[LogscanError]) -> SigmaRule | None:
    """The rule as pySigma reads it. It names only the first fault of the detection, so that is gone through again."""
    try:
        rule = SigmaRule.from_dict(document.value, collect_errors=True, policy=POLICY)
    except CRASHES as crash:
        faults += item_faults(document) or [_fault(document, "", f"is not a Sigma rule: {crash}")]
        return None
    errors = [(_key(error), str(error)) for error in rule.errors]
    if errors and not rule.detection.detections:
        faults += item_faults(document) or [_fault(document, "detection", errors[-1][1])]
        errors.pop()
    faults += [_fault(document, key, what) for key, what in errors]
    return None if rule.errors else rule


def _key(error: Exception) -> str:
    name = re.sub(r"^Sigma|Error$", "", type(error).__name__).lower()
    return "tags" if "Sigma tag" in str(error) else _ERROR_KEYS.get(name, name)


def _tree(document: Document, sigma: SigmaRule, backend: Backend, faults: list[LogscanError]) -> Node | None:
    """Conditions are only read here: pySigma puts it off until they are used. One of several is enough."""
    trees = []
    for condition in sigma.detection.parsed_condition:
        try:
            trees.append(backend.tree(condition.parsed))
        except CRASHES as error:
            faults.append(_fault(document, "detection.condition", _unread(condition.condition, str(error))))
    faults += unusable(document, backend.faults)
    return merged(trees) if trees else None


def _unread(condition: str, error: str) -> str:
    """pySigma's parser answers with its whole grammar, and not with where it stopped."""
    return f"cannot be read: `{condition}`" if "(at char" in error else error


def _fault(document: Document, key: str, what: str) -> RuleError:
    return RuleError(what, where=document.where(key), hint=_HINTS.get(key, _ANY_HINT))


def _rule(document: Document, kind: str, sigma: SigmaRule, found: Mapping[str, Any]) -> Rule:
    source = {key: getattr(sigma.logsource, key) for key in ("category", "product", "service")}
    return Rule(
        name=sigma.name or rule_name(document.path),
        id=str(sigma.id or ""),
        kind=kind,
        path=document.path,
        title=sigma.title,
        level=str(sigma.level or "medium"),
        status=str(sigma.status or ""),
        description=sigma.description or "",
        logsource={key: value for key, value in source.items() if value},
        falsepositives=tuple(map(str, sigma.falsepositives)),
        references=tuple(map(str, sigma.references)),
        tags=tuple(map(str, sigma.tags)),
        text=document.text,
        **found,
    )
