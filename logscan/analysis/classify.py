"""Which cause the rules name for each event, how sure they are, and what else it may be."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import groupby
from operator import or_

import polars as pl

from logscan.analysis.fielded import keeps_fields
from logscan.ingest.format import Format
from logscan.ingest.keyed import FIELDS
from logscan.ingest.limits import load_limits
from logscan.ingest.shape import datasets_in
from logscan.ingest.url import PARTS
from logscan.model.schemas import CLASSIFIED, CONTENT, EVENTS, OUTCOMES
from logscan.model.taxonomy import UNCLASSIFIED
from logscan.rules.evidence import extent
from logscan.rules.load import Rule, match

_WINNER = {
    "_first": pl.UInt32(),
    "_best": pl.String(),
    "logscan.cause": pl.String(),
    "logscan.confidence": pl.String(),
    "_kept": pl.List(pl.String()),
}


def ranked(rules: Iterable[Rule]) -> list[Rule]:
    """The order in which rules win: highest priority first, ties by name."""
    return sorted(rules, key=lambda rule: (-int(rule.meaning["priority"]), rule.name))


class ByDataset(Mapping[str, "list[Rule]"]):
    """Format id -> the rules that may speak about its events, best first; worked out when it is first asked.

    Law: a rule is left out only when the logsources contradict, or no column that it reads is ever filled
    """

    def __init__(self, formats: Iterable[Format], rules: Sequence[Rule]) -> None:
        self._formats = {form.id: form for form in formats}
        self._best = ranked(rules)
        self._known: dict[str, list[Rule]] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._formats)

    def __len__(self) -> int:
        return len(self._formats)

    def __getitem__(self, dataset: str) -> list[Rule]:
        if dataset not in self._known:
            form = self._formats[dataset]
            columns = (
                filled(form, self._formats.values()) | CONTENT.keys() | ({FIELDS} if keeps_fields(form) else set())
            )
            may = [rule for rule in self._best if rule.applies_to(form.logsource) and _readable(rule, columns)]
            self._known[dataset] = may
        return self._known[dataset]


def filled(form: Format, formats: Iterable[Format]) -> frozenset[str]:
    """The columns that events of a format may fill, of those that are read.

    Law: what a JSON format lacks, those that require nothing fill, see `read_json`
    """
    others = [other.names() for other in formats if other.kind == form.kind == "json" and not other.requires]
    names = form.names().union(*others)
    derived = PARTS if "url.original" in names else frozenset()
    return names | derived | {"event.original", "event.dataset"}


def _readable(rule: Rule, columns: frozenset[str]) -> bool:
    """A rule may hold on nulls alone (`not`, `null`); one whose every text is missing from the format may not."""
    return bool(rule.columns & columns) or not rule.columns


def classify(events: pl.DataFrame, rules: Mapping[str, Sequence[Rule]]) -> pl.DataFrame:
    """Name the cause of every event that a rule knows; drop the others.

    In:   EVENTS, any row order; rules by event.dataset, best first
    Out:  CLASSIFIED without endpoint, credential and reason_from (null), in the row order of the input;
          rules: every rule that matched, best first; alternatives: the other causes they name, then those that
          the winner itself keeps open
    Law:  adding a rule never removes a name from logscan.rules; of equal priorities the one whose match took the
          longest text wins, and of equally long ones the first by name
    """
    there = sorted(datasets_in(events))
    asked = (
        [*rules.get(there[0], ())]
        if len(there) == 1
        else ranked({r.name: r for name in there for r in rules.get(name, ())}.values())
    )
    if not asked:
        return _typed(_named(events.head(0), []))
    short = shortened(events)
    found = _spoken(match(short, asked), events["event.dataset"], {name: rules.get(name, ()) for name in there})
    hit = found.select(pl.any_horizontal(pl.all())).to_series()
    found = found.filter(hit)
    kept = [rule for rule in asked if found[rule.name].any()]
    first = _first(short.filter(hit), found, kept).alias("_first")
    marks = found.select(rule.name for rule in kept)
    return _typed(_named(pl.concat([events.filter(hit), marks], how="horizontal"), kept, first))


def _typed(named: pl.DataFrame) -> pl.DataFrame:
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in CLASSIFIED.items() if name not in named.columns]
    return named.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in CLASSIFIED.items())


def _spoken(found: pl.DataFrame, dataset: pl.Series, rules: Mapping[str, Sequence[Rule]]) -> pl.DataFrame:
    """What was found of rules that may speak about the row's dataset.

    All are asked of all rows at once: to make a rule's patterns ready costs more than to ask it about rows of others.
    """
    if len(rules) == 1:
        return found
    whose: dict[str, list[str]] = {}
    for name in sorted(rules):
        for rule in rules[name]:
            whose.setdefault(rule.name, []).append(name)
    masks = {tuple(names): dataset.is_in(names) for names in whose.values() if len(names) < len(rules)}
    narrowed = [
        found[name] & masks[tuple(names)]
        for name, names in whose.items()
        if tuple(names) in masks and found[name].any()
    ]
    return found.with_columns(narrowed)


def _first(events: pl.DataFrame, found: pl.DataFrame, rules: Sequence[Rule]) -> pl.Series:
    """The place of the rule that names the cause, of each row."""
    ranks = [pl.when(rule.name).then(pl.lit(at, pl.UInt32())) for at, rule in enumerate(rules)]
    first = found.select(pl.coalesce(ranks)).to_series() if rules else pl.Series(dtype=pl.UInt32())
    for places in _ties(rules):
        tied = [rules[at] for at in places]
        several = _of_several_causes(found, tied)
        rows = (several & first.is_in(places)).arg_true()
        if rows.is_empty():
            continue
        # with_columns: a rule of which the frame has no column is a literal, which alone would be one row
        lengths = events[rows].with_columns(extent(rule.tree, events.columns).alias(rule.name) for rule in tied)
        matched = found[rows].select(pl.col(rule.name).cast(pl.Int64) for rule in tied)
        # What did not match took nothing; a match without any text still comes before it.
        taken = [
            pl.when(matched[rule.name] == 1).then(lengths[rule.name].cast(pl.Int64)).otherwise(-1) for rule in tied
        ]
        best = lengths.select(pl.concat_list(taken).list.arg_max()).to_series() + places[0]
        first = first.scatter(rows, best.cast(pl.UInt32()))
    return first


def _ties(rules: Sequence[Rule]) -> Iterator[list[int]]:
    """Places of the rules of one priority that name different causes. In: best first"""
    for _, same in groupby(range(len(rules)), key=lambda at: rules[at].priority):
        places = list(same)
        if len({rules[at].meaning["cause"] for at in places}) > 1:
            yield places


def _of_several_causes(found: pl.DataFrame, rules: Sequence[Rule]) -> pl.Series:
    """Whether the rules that matched a row name more than one cause: a question about that row alone."""
    by_cause: dict[str, list[str]] = {}
    for rule in rules:
        by_cause.setdefault(rule.meaning["cause"], []).append(rule.name)
    named = [pl.any_horizontal(names).cast(pl.UInt32()) for names in by_cause.values()]
    return found.select(pl.sum_horizontal(named) > 1).to_series()


def shortened(events: pl.DataFrame) -> pl.DataFrame:
    """The texts as far as rules look at them, so that no line costs more than a bound."""
    most = load_limits().rule_text_bytes
    texts = pl.selectors.string()
    longest = events.select(texts.str.len_bytes().max())
    long = [name for name in longest.columns if (longest[name].item() or 0) > most]
    return events.with_columns(pl.col(name).str.slice(0, most) for name in long) if long else events


def _named(events: pl.DataFrame, rules: Sequence[Rule], first: pl.Series | None = None) -> pl.DataFrame:
    """Add cause, confidence, alternatives and rules from the Boolean columns, which are dropped.

    In: first: the place of the rule that names the cause
    """
    if first is None or not rules:
        empty = {name: CLASSIFIED[name] for name in ("logscan.cause", "logscan.confidence")}
        lists = {name: CLASSIFIED[name] for name in ("logscan.alternatives", "logscan.rules")}
        return events.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in (empty | lists).items())
    # Rows that the same rules matched say the same: each such saying is put together once.
    bits = [pl.col(rule.name).cast(pl.UInt64) * pl.lit(1 << at % 64, pl.UInt64()) for at, rule in enumerate(rules)]
    words = [pl.sum_horizontal(bits[at : at + 64]).alias(f"_bits{at}") for at in range(0, len(bits), 64)]
    keys = ["_first", *(f"_bits{at}" for at in range(0, len(bits), 64))]
    marked = events.with_columns(first, *words)
    once = _told(marked.select(*keys, *(rule.name for rule in rules)).unique(keys), rules)
    joined = marked.drop(rule.name for rule in rules).join(once, on=keys, how="left", maintain_order="left")
    return joined.drop(keys)


def _told(once: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """In: _first and one Boolean column for each rule. Out: these columns replaced by what is named"""
    names = [pl.when(rule.name).then(pl.lit(rule.name)) for rule in rules]
    known = [rule for rule in rules if rule.meaning["cause"] != UNCLASSIFIED]
    causes = [pl.when(rule.name).then(pl.lit(rule.meaning["cause"])) for rule in known]
    winner = pl.DataFrame(
        {
            "_first": range(len(rules)),
            "_best": [rule.name for rule in rules],
            "logscan.cause": [rule.meaning["cause"] for rule in rules],
            "logscan.confidence": [rule.meaning["confidence"] for rule in rules],
            "_kept": [list(rule.meaning.get("alternatives") or ()) for rule in rules],
        },
        schema=_WINNER,
    )
    marked = once.with_columns(
        pl.concat_list(names).list.drop_nulls().alias("logscan.rules"),
        pl.concat_list(*causes, pl.lit(None, pl.String())).list.drop_nulls().alias("_causes"),
    ).drop(rule.name for rule in rules)
    joined = marked.join(winner, on="_first", how="left", maintain_order="left")
    others = pl.concat_list("logscan.cause", "_causes", "_kept").list.unique(maintain_order=True).list.slice(1)
    matched = pl.concat_list("_best", "logscan.rules").list.unique(maintain_order=True)
    told = joined.with_columns(others.alias("logscan.alternatives"), matched.alias("logscan.rules"))
    return told.drop("_best", "_causes", "_kept")


def outcome(events: pl.DataFrame, rules: Mapping[str, Sequence[Rule]]) -> pl.Series:
    """How each event went, as its index in OUTCOMES: the first outcome rule that matches; `other` when none does.

    In:  event.dataset and the columns that the rules read, any row order
    Out: UInt8, in the row order of the input; never `auth_failure`, which a cause decides
    """
    chosen = pl.lit(0, pl.UInt8())
    dataset, there = pl.col("event.dataset"), datasets_in(events)
    spoken = {name: {rule.name for rule in rules.get(name, ())} for name in there}
    for rule in reversed(ranked({rule.name: rule for name in there for rule in rules.get(name, ())}.values())):
        if not rule.columns <= set(events.columns):
            continue
        where = [name for name in sorted(there) if rule.name in spoken[name]]
        holds = rule.expr if len(where) == len(there) else rule.expr & dataset.is_in(where)
        chosen = pl.when(holds).then(pl.lit(OUTCOMES.index(rule.meaning["outcome"]), pl.UInt8())).otherwise(chosen)
    return events.with_columns(chosen.alias("outcome"))["outcome"]


def needed_columns(rules: Iterable[Rule]) -> frozenset[str]:
    """The EVENTS columns that these rules read."""
    return frozenset(reduce(or_, (rule.columns for rule in rules), frozenset[str]()) & set(EVENTS))
