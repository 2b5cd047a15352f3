"""What of valid rules is doubtful: rules that never speak or never win, ties, patterns that cost too much."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from logscan.model.document import Document, parse_document, read_document
from logscan.model.errors import Faults, LogscanError, RuleError
from logscan.rules.detection import items
from logscan.rules.match import match
from logscan.rules.rule import Library, Rule
from logscan.rules.samples import Rows
from logscan.rules.satisfy import impossible
from logscan.rules.shape import Shape

FILE = "lint.yml"
_ADVICE = {
    "leading": "a pattern is looked for anywhere in the text: leave `.*` out",
    "trailing": "what follows a match does not matter: leave `.*` out",
    "nested": "repeat the inner part or the outer one, not both",
    "repeats": "ask for a few, and for what stands around them",
    "slow": "ask for the words in it with `contains`, or for less with the pattern",
}


class Limits(NamedTuple):
    """Units: milliseconds; repeats: how often. Explained in rules/lint.yml."""

    compile_ms: float
    scan_ms: float
    repeats: int


class Doubts(NamedTuple):
    """faults: what cannot be meant; notes: what a person should look at; unsure: rules that nobody has verified yet."""

    faults: list[LogscanError]
    notes: list[LogscanError]
    unsure: list[LogscanError]


def load_limits(path: Path) -> Limits:
    """Errors: Faults, with every fault of the file"""
    document = read_document(path)
    shape = Shape(document, document.value, "")
    shape.refuse_unknown(Limits._fields)
    for name in Limits._fields:
        got = shape.value.get(name)
        if not isinstance(got, int | float) or isinstance(got, bool) or got <= 0:
            shape.add(name, "is missing" if got is None else "is no number above 0", "write a number")
    if shape.faults:
        raise Faults(shape.faults)
    return Limits(**{name: shape.value[name] for name in Limits._fields})


def doubts(library: Library, samples: Rows, limits: Limits, clock: Callable[[], float]) -> Doubts:
    """In: samples: the hits and misses of all event rules, as rows; clock: seconds of this process"""
    rules = library.rules
    documents = {rule.name: parse_document(rule.text, rule.path) for rule in rules}
    excluded = [rule for rule in rules if not rule.unknown and impossible(rule.tree)]
    faults: list[LogscanError] = [_impossible(documents[rule.name]) for rule in excluded]
    notes: list[LogscanError] = [*_contested(library.causes, samples, documents)]
    notes += _patterns(documents, samples, limits, clock)
    notes += [_replaced(place, documents[rule.name]) for rule, place in library.replaced]
    notes += [_unknown(rule, documents[rule.name]) for rule in rules if rule.unknown]
    unsure: list[LogscanError] = [_unsure(rule, documents[rule.name]) for rule in rules if _unverified(rule)]
    return Doubts(faults, sorted(notes, key=lambda note: (note.where.path, note.where.line, note.what)), unsure)


def _impossible(document: Document) -> RuleError:
    what, hint = "never matches: what it asks for excludes itself", "look for two values of one column, or `not`"
    return RuleError(what, where=document.where("detection"), hint=hint)


def _replaced(place: str, document: Document) -> RuleError:
    what = f"stands in place of the rule of the same name, {place}"
    return RuleError(what, where=document.where("name"), hint="give it another name to have both")


def _unverified(rule: Rule) -> bool:
    return rule.status in ("experimental", "unsupported") and rule.meaning.get("confidence") == "high"


def _unsure(rule: Rule, document: Document) -> RuleError:
    what = f"is sure of its cause (high) and of itself not (`status: {rule.status}`)"
    return RuleError(what, where=document.where("status"), hint="verify it and say so, or lower `confidence`")


def _unknown(rule: Rule, document: Document) -> RuleError:
    what = f"no column holds {', '.join(rule.unknown)}: that part never matches"
    return RuleError(what, where=document.where("detection"), hint="map it in sigma.yml, or leave it")


def _contested(causes: Sequence[Rule], samples: Rows, documents: Mapping[str, Document]) -> Iterator[RuleError]:
    """Rules of which every hit is another's, and hits that rules of equal priority give different causes."""
    hits: dict[str, list[int]] = {}
    for at, sample in enumerate(samples.owners):
        if sample.must_match and sample.rule.kind == "causes":
            hits.setdefault(sample.rule.name, []).append(at)
    matching: dict[int, list[Rule]] = {}
    found = match(samples.frame, causes)
    for rule in causes:
        for at in found[rule.name].arg_true().to_list():
            matching.setdefault(at, []).append(rule)
    for rule in causes:
        own = hits.get(rule.name, [])
        rivals = [_rivals(rule, matching.get(at, [])) for at in own]
        taken = next((each for each in rivals[0] if all(each in others for others in rivals)), None) if own else None
        if taken and taken.priority > rule.priority:
            what = f"never wins: `{taken.name}` (priority {taken.priority}, {taken.names}) matches all of its hits"
            where = documents[rule.name].where("logscan.priority")
            yield RuleError(what, where=where, hint="raise the priority, or add a hit that is this rule's alone")
        for at, others in zip(own, rivals, strict=True):
            level = [each for each in others if each.priority == rule.priority and each.names != rule.names]
            if level and rule.name < level[0].name:
                what = f"`{level[0].name}` matches as well, at equal priority, and says {level[0].names}"
                where = documents[rule.name].where(samples.owners[at].key)
                yield RuleError(what, where=where, hint="the name decides: give one of them another priority")


def _rivals(rule: Rule, matched: Sequence[Rule]) -> list[Rule]:
    """The other rules that may speak of whatever this one speaks of, best first."""
    return [each for each in matched if each is not rule and each.applies_to(rule.logsource)]


def _patterns(
    documents: Mapping[str, Document], samples: Rows, limits: Limits, clock: Callable[[], float]
) -> Iterator[RuleError]:
    text = _text(samples)
    known: dict[str, list[tuple[str, str]]] = {}
    for document in documents.values():
        for item in items(document):
            for pattern in item.texts if "re" in (item.key or "").split("|")[1:] else ():
                if pattern not in known:
                    known[pattern] = [*_written(pattern, limits), *_measured(pattern, text, limits, clock)]
                where = document.where(item.place)
                for what, advice in known[pattern]:
                    yield RuleError(f"{what}: `{_short(pattern)}`", where=where, hint=_ADVICE[advice])


def _written(pattern: str, limits: Limits) -> Iterator[tuple[str, str]]:
    plain = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", pattern)  # what is escaped or in a class repeats nothing
    if re.match(r"(?:\(\?[a-z]+\))?\^?\.[*+](?!\?)", plain):
        yield "begins with `.*`", "leading"
    if re.search(r"\.\*\$?\Z", plain):
        yield "ends in `.*`", "trailing"
    if re.search(r"\((?:\?:)?.[*+]\)(?:[*+]|\{)", plain):
        yield "repeats what repeats", "nested"
    counts = [int(number) for found in re.findall(r"\{(\d+)(?:,(\d*))?\}", plain) for number in found if number]
    if max(counts, default=0) > limits.repeats:
        yield f"repeats up to {max(counts):,} times", "repeats"


def _measured(pattern: str, text: pl.Series, limits: Limits, clock: Callable[[], float]) -> Iterator[tuple[str, str]]:
    """Law: measured again only when the first try was too slow; the shortest of three counts"""
    share = float(text.str.len_bytes().sum()) / 1e6
    if _taken(text, pattern, clock) <= min(limits.compile_ms, limits.scan_ms * share):
        return
    empty = pl.Series([""])
    ready = min(_taken(empty, f"(?:){{{at}}}{pattern}", clock) for at in (1, 2, 3))  # one that was seen is kept ready
    if ready > limits.compile_ms:
        yield f"takes {ready:,.0f} ms to be made ready", "slow"
    cost = min(_taken(text, pattern, clock) for _ in range(3)) / share
    if cost > limits.scan_ms:
        yield f"takes {cost:,.0f} ms for a million characters", "slow"


def _taken(texts: pl.Series, pattern: str, clock: Callable[[], float]) -> float:
    """Units: milliseconds"""
    begun = clock()
    texts.str.contains(pattern)
    return (clock() - begun) * 1000


def _text(samples: Rows) -> pl.Series:
    """Some 50,000 characters of all samples' texts, in rows of a line's length."""
    names = [name for name in ("event.original", "message", "error.message") if name in samples.frame.columns]
    whole = pl.concat([samples.frame[name].drop_nulls().alias("text") for name in names] or [pl.Series("text", ["x"])])
    size = int(whole.str.len_bytes().sum() or 0)
    if not size:
        return pl.Series("text", ["x" * 1000])
    if size > 50_000:
        whole = whole.gather_every(size // 50_000 + 1)
    return pl.concat([whole] * max(1, min(400, 50_000 // size)))


def _short(pattern: str) -> str:
    return pattern if len(pattern) <= 60 else f"{pattern[:57]}..."
