"""rules/redaction.yml as Python: checked, with every fault in its place."""

import re
from collections.abc import Mapping
from typing import Any

from logscan.analysis.secret import Words
from logscan.analysis.secret_grammar import NEVER, Form, Names, any_of, phrase, refusal, shape
from logscan.model.document import Document
from logscan.model.errors import LogscanError, RuleError

LISTS = (
    "authorization", "cookies", "cookie_attributes", "schemes", "plain_schemes", "digest_secrets", "paths", "near",
    "gap", "verdicts", "prose",
)  # fmt: skip
TESTS = ("header", "opaque", "long", "mixed", "key", "segment", "body", "masked", "placeholder")
_STRENGTHS = ("any", "opaque", "long")
_NAME_KEYS = {"kind", "whole", "value", "prose", "after", "keep", "words"}
_SHAPE_KEYS = {"kind", "pattern", "bounded", "test"}
_PHRASE_KEYS = {"kind", "head", "value"}
_KIND = re.compile(r"[a-z0-9-]{1,20}")


def add_document(document: Document, body: dict[str, list[Any]], faults: list[LogscanError]) -> None:
    """Add the lists of one file to those of the others; its faults to `faults`."""
    value = document.value
    if not isinstance(value, dict):
        faults.append(_fault(document, "", "is not a mapping", "see rules/redaction.yml"))
        return
    known = {*LISTS, "names", "phrases", "shapes", "tests", "samples"}
    for key, items in value.items():
        if key not in known:
            faults.append(_fault(document, str(key), "unknown key", f"use one of: {', '.join(sorted(known))}"))
        elif key == "tests" and isinstance(items, dict):
            _add_tests(document, items, body, faults)
        elif key == "samples":
            continue
        elif not isinstance(items, list):
            faults.append(_fault(document, str(key), "is not a list", "write `[...]`"))
        elif key == "names":
            body["names"] += [_names(document, f"names.{n}", item, faults) for n, item in enumerate(items)]
        elif key == "phrases":
            body["phrases"] += [_phrase(document, f"phrases.{n}", item, faults) for n, item in enumerate(items)]
        elif key == "shapes":
            body["shapes"] += [_shape(document, f"shapes.{n}", item, faults) for n, item in enumerate(items)]
        else:
            body[key] += [str(item) for item in items]


def words_of(body: Mapping[str, list[Any]]) -> Words:
    return Words(
        verdicts=_lower(body["verdicts"]),
        prose=_lower(body["prose"]),
        schemes=_lower(body["schemes"]),
        attributes=_lower(body["cookie_attributes"]),
        digest=_lower(body["digest_secrets"]),
        tests={name: tuple(re.compile(pattern) for pattern in body[name]) for name in TESTS},
        kinds=tuple(form.kind for form in body["shapes"]),
        shapes=any_of(body["shapes"]),
    )


def empty_body() -> dict[str, list[Any]]:
    return {name: [] for name in (*LISTS, "names", "phrases", "shapes", *TESTS)}


def _lower(words: list[str]) -> frozenset[str]:
    return frozenset(word.lower() for word in words)


def _add_tests(
    document: Document, items: dict[str, Any], body: dict[str, list[Any]], faults: list[LogscanError]
) -> None:
    for name, patterns in items.items():
        key = f"tests.{name}"
        if name not in TESTS or not isinstance(patterns, list):
            faults.append(_fault(document, key, "unknown test or not a list", f"use one of: {', '.join(TESTS)}"))
            continue
        for number, pattern in enumerate(patterns):
            try:
                re.compile(str(pattern))
            except re.error as fault:
                faults.append(
                    _fault(document, f"{key}.{number}", f"is not a valid pattern: {fault}", "Python re syntax")
                )
            else:
                body[str(name)].append(str(pattern))


def _names(document: Document, key: str, item: Any, faults: list[LogscanError]) -> Names | None:
    if not isinstance(item, dict) or not isinstance(item.get("words"), list) or not item["words"]:
        faults.append(
            _fault(document, key, "has no `words`", "write `{kind: token, value: any, prose: opaque, words: [...]}`")
        )
        return None
    before = len(faults)
    _check_keys(document, key, item, _NAME_KEYS, faults)
    hint = f"use one of: {', '.join(_STRENGTHS)}"
    odd = [name for name in ("value", "prose") if item.get(name, "any") not in _STRENGTHS]
    faults += [_fault(document, f"{key}.{name}", "unknown strength", hint) for name in odd]
    _check_kind(document, key, item, faults)
    after = str(item.get("after", ""))
    if after and (wrong := refusal(after)):
        faults.append(
            _fault(document, f"{key}.after", f"is not a valid pattern: {wrong}", "no look-around, no back-references")
        )
    try:
        re.compile(keep := str(item.get("keep", NEVER)))
    except re.error as fault:
        faults.append(_fault(document, f"{key}.keep", f"is not a valid pattern: {fault}", "Python re syntax"))
    if len(faults) > before:
        return None
    words = tuple(str(word) for word in item["words"])
    kind, value, prose = (
        str(item.get(name, default)) for name, default in (("kind", "token"), ("value", "any"), ("prose", "opaque"))
    )
    return Names(kind, words, bool(item.get("whole")), value, prose, after, keep)


def _phrase(document: Document, key: str, item: Any, faults: list[LogscanError]) -> Form | None:
    if not isinstance(item, dict) or not isinstance(item.get("head"), str):
        faults.append(_fault(document, key, "has no `head`", "write `{kind: password, head: '...', value: any}`"))
        return None
    before = len(faults)
    _check_keys(document, key, item, _PHRASE_KEYS, faults)
    _check_kind(document, key, item, faults)
    strength, head = str(item.get("value", "any")), item["head"]
    if strength not in _STRENGTHS:
        faults.append(_fault(document, f"{key}.value", "unknown strength", f"use one of: {', '.join(_STRENGTHS)}"))
    if wrong := refusal(head):
        faults.append(
            _fault(document, f"{key}.head", f"is not a valid pattern: {wrong}", "no look-around, no back-references")
        )
    elif re.compile(head).groups or re.fullmatch(head, ""):
        faults.append(_fault(document, f"{key}.head", "has a capturing group or matches nothing", "write `(?:...)`"))
    return phrase(str(item.get("kind", "password")), head, strength) if len(faults) == before else None


def _shape(document: Document, key: str, item: Any, faults: list[LogscanError]) -> Form | None:
    if not isinstance(item, dict) or not isinstance(item.get("pattern"), str):
        faults.append(_fault(document, key, "has no `pattern`", "write `{kind: api-key, pattern: '...'}`"))
        return None
    before = len(faults)
    _check_keys(document, key, item, _SHAPE_KEYS, faults)
    _check_kind(document, key, item, faults)
    if item.get("test", "opaque") not in TESTS:
        faults.append(_fault(document, f"{key}.test", "unknown test", f"use one of: {', '.join(TESTS)}"))
    pattern = item["pattern"]
    if wrong := refusal(pattern):
        faults.append(
            _fault(document, f"{key}.pattern", f"is not a valid pattern: {wrong}", "no look-around, no back-references")
        )
    elif re.compile(pattern.replace(r"\z", r"\Z")).groups:
        faults.append(_fault(document, f"{key}.pattern", "has a capturing group", "write `(?:...)`"))
    elif re.fullmatch(pattern.replace(r"\z", r"\Z"), ""):
        faults.append(_fault(document, f"{key}.pattern", "matches nothing at all", "ask for at least one character"))
    return (
        None
        if len(faults) > before
        else shape(str(item["kind"]), pattern, bounded=bool(item.get("bounded", True)), test=str(item.get("test", "")))
    )


def _check_keys(
    document: Document, key: str, item: dict[str, Any], known: set[str], faults: list[LogscanError]
) -> None:
    hint = f"use one of: {', '.join(sorted(known))}"
    faults += [_fault(document, f"{key}.{name}", "unknown key", hint) for name in item.keys() - known]


def _check_kind(document: Document, key: str, item: dict[str, Any], faults: list[LogscanError]) -> None:
    if not _KIND.fullmatch(str(item.get("kind", "token"))):
        faults.append(_fault(document, f"{key}.kind", "is not a kind", "use small letters, digits and `-`"))


def _fault(document: Document, key: str, what: str, hint: str) -> RuleError:
    return RuleError(what, where=document.where(key), hint=hint)
