"""Faults within the `detection` of a rule, each with the place of its item, which pySigma does not tell."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import polars as pl
from sigma.exceptions import SigmaError
from sigma.modifiers import modifier_mapping
from sigma.policy import SigmaPolicy
from sigma.policy.regex_engine import PythonRegexEngine, RegexPattern
from sigma.rule import SigmaDetectionItem

from logscan.model.document import Document
from logscan.model.errors import LogscanError, RuleError
from logscan.rules.shape import fault, suggest

CRASHES = (
    SigmaError,
    AttributeError,
    TypeError,
    ValueError,
    KeyError,
    RecursionError,
)  # what pySigma answers odd YAML with
# The name that the specification has, and pySigma lacks, for what it says `wide` is an alias of.
modifier_mapping.setdefault("utf16le", modifier_mapping["wide"])
_TOO_LARGE = "ask for fewer repetitions: `{90}` of `{90}` stands for thousands of parts"
_REGEX_HINT = "there is no look-around and no back-reference: ask for the other text in a second part with `not`"


class _Engine(PythonRegexEngine):
    """pySigma tries a rule's patterns with another regex library than the one that runs them: Polars tries them here.

    Only the names in `1 of name*` are matched by pySigma itself.
    """

    def compile(self, pattern: str, flags: int = 0) -> RegexPattern:
        return super().compile(pattern if re.fullmatch(r"[\w.*-]*", pattern) else "", flags)


_CONDITION = {"and", "or", "not", "of", "all", "any", "them", "1"}
POLICY = SigmaPolicy(regex_engine=_Engine())


class Item(NamedTuple):
    """One `field|modifiers: value` of a detection, or a list of keywords (key None)."""

    place: str
    key: str | None
    value: Any

    @property
    def field(self) -> str:
        return (self.key or "").partition("|")[0]

    @property
    def texts(self) -> list[str]:
        return [
            text for text in (self.value if isinstance(self.value, list) else [self.value]) if isinstance(text, str)
        ]


def items(document: Document) -> list[Item]:
    """Every item of the detection with the dotted key at which it stands."""
    detection = document.value.get("detection") if isinstance(document.value, dict) else None
    parts = detection.items() if isinstance(detection, dict) else ()
    return [item for name, body in parts if name != "condition" for item in _within(body, f"detection.{name}")]


def _within(body: Any, place: str) -> Iterator[Item]:
    if isinstance(body, dict):
        yield from (Item(f"{place}.{key}", str(key), value) for key, value in body.items())
    elif isinstance(body, list) and any(isinstance(part, dict | list) for part in body):
        for index, part in enumerate(body):
            yield from _within(part, f"{place}.{index}")
    else:
        yield Item(place, None, body)


def item_faults(document: Document) -> list[LogscanError]:
    """Items that pySigma refuses: unknown modifiers, broken regular expressions, values of the wrong kind."""
    found: list[LogscanError] = []
    for item in items(document):
        try:
            SigmaDetectionItem.from_mapping(item.key, item.value, policy=POLICY)
        except CRASHES as error:
            what = str(error)
            unknown = re.search(r"Unknown modifier '(.*)'", what)
            hint = suggest(unknown[1], modifier_mapping) if unknown else ""
            hint = hint or "put texts in quotes, and see the Sigma specification of modifiers"
            found.append(RuleError(what, where=document.where(item.place), hint=hint))
    return found


def unusable(document: Document, refused: Iterable[tuple[str, str]]) -> list[LogscanError]:
    """Faults for what the backend cannot ask a column for. refused: what, field as written (empty for keywords)"""
    hint = "ask the column for what it holds"
    return [
        RuleError(what, where=document.where(next(_places(document, field), "detection")), hint=hint)
        for what, field in refused
    ]


def unknown_parts(document: Document) -> list[LogscanError]:
    """Parts that the condition names and the detection lacks; for rules of which pySigma reads no condition."""
    detection = document.value.get("detection")
    if not isinstance(detection, dict):
        return []
    names = [str(name) for name in detection if name != "condition"]
    asked = detection.get("condition", "")
    texts = asked if isinstance(asked, list) else [asked]
    found: list[LogscanError] = []
    for word in dict.fromkeys(re.findall(r"[\w*-]+", " ".join(map(str, texts)))):
        look = re.escape(word).replace(r"\*", ".*")
        if word.lower() not in _CONDITION and not any(re.fullmatch(look, name) for name in names):
            what, where = f"no part is called `{word}`", document.where("detection.condition")
            found.append(RuleError(what, where=where, hint=suggest(word, names)))
    return found


def unused_parts(document: Document) -> list[LogscanError]:
    """Parts that no condition names: most often a misspelt one."""
    detection = document.value.get("detection")
    if not isinstance(detection, dict):
        return []
    words = re.findall(r"[\w*-]+", str(detection.get("condition", "")))
    asked = [re.escape(word).replace(r"\*", ".*") for word in words] + [".*"] * ("them" in words)
    return [
        RuleError(
            "no condition asks for this part", where=document.where(f"detection.{name}"), hint="name it in `condition`"
        )
        for name in detection
        if name != "condition" and not any(re.fullmatch(word, str(name)) for word in asked)
    ]


def unknown_fields(document: Document, unknown: Iterable[str], known: Collection[str]) -> list[LogscanError]:
    """Faults for fields that no column holds. known: those that a rule may ask for"""
    return [
        fault(document, place, f"unknown column `{field}`", field, known)
        for field in sorted(unknown)
        for place in list(_places(document, field)) or ["detection"]
    ]


def _places(document: Document, field: str) -> Iterator[str]:
    """Where a field is asked for, or referred to."""
    return (item.place for item in items(document) if item.field == field or field in item.texts)


def regex_faults(documents: Sequence[Document]) -> list[LogscanError]:
    """Patterns that Polars cannot run. All are tried in one go; one by one only when that fails."""
    patterns = [
        (document, item.place, text)
        for document in documents
        for item in items(document)
        if "re" in (item.key or "").split("|")[1:]
        for text in item.texts
    ]
    if not _why_broken({pattern for _, _, pattern in patterns}):
        return []
    return [
        RuleError(
            f"cannot be used as a regular expression: {why}",
            where=document.where(place),
            hint=_TOO_LARGE if "size limit" in why else _REGEX_HINT,
        )
        for document, place, pattern in patterns
        if (why := _why_broken([pattern]))
    ]


def _why_broken(patterns: Iterable[str]) -> str:
    tests = [pl.col("text").str.contains(pattern).alias(str(at)) for at, pattern in enumerate(patterns)]
    try:
        pl.DataFrame({"text": [""]}).select(tests)
    except pl.exceptions.PolarsError as error:
        told = re.search(r"^error: (.*)$", str(error), re.MULTILINE)
        return told[1] if told else str(error).partition("\n")[0]
    return ""
