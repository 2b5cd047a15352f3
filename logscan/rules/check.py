"""Do the rules say what their own hits and misses say?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from logscan.ingest.shape import Format
from logscan.model.document import parse_document
from logscan.model.errors import LogscanError, RuleError
from logscan.model.schemas import RULE_COLUMNS
from logscan.rules.match import match
from logscan.rules.meaning import EVENT_KINDS, SERIES_KINDS
from logscan.rules.rule import Library, Rule
from logscan.rules.samples import Rows, Sample, rows, samples_of


class Checked(NamedTuple):
    """faults: samples that a rule judges wrongly, or that cannot be read; notes: what is right, but good to know."""

    samples: int
    faults: list[LogscanError]
    notes: list[str]


def check(
    library: Library,
    formats: Sequence[Format],
    *,
    event_columns: Mapping[str, pl.DataType],
    series_columns: Mapping[str, pl.DataType],
) -> Checked:
    """Ask every rule about its own hits and misses.

    Law: a sample is judged by its rule alone; that a better rule names another cause for a hit is a note
    """
    faults: list[LogscanError] = []
    notes: list[str] = []
    count = 0
    for kinds, columns in ((EVENT_KINDS, event_columns), (SERIES_KINDS, series_columns)):
        rules = [rule for kind in kinds for rule in getattr(library, kind)]
        samples = samples_of(rules)
        found = rows(samples, columns, formats)
        matches = match(found.frame, rules)
        count += len(samples)
        faults += [_fault(sample, key, what, hint) for sample, key, what, hint in found.unread]
        faults += _judged(found, matches, {form.id: form for form in formats})
        notes += [
            note for kind in kinds if kind != "outcomes" for note in _stolen(found, matches, getattr(library, kind))
        ]
    return Checked(count, faults, notes)


def event_rows(library: Library, formats: Sequence[Format]) -> Rows:
    """The hits and misses of all rules about events, as rows."""
    rules = [rule for kind in EVENT_KINDS for rule in getattr(library, kind)]
    return rows(samples_of(rules), RULE_COLUMNS, formats)


def _judged(found: Rows, matches: pl.DataFrame, formats: Mapping[str, Format]) -> Iterator[LogscanError]:
    said = {name: matches[name].to_list() for name in matches.columns}
    datasets = found.frame["event.dataset"].to_list() if "event.dataset" in found.frame.columns else []
    for at, sample in enumerate(found.owners):
        form = formats.get(datasets[at]) if datasets and "line" in sample.value else None
        if form and sample.must_match and not sample.rule.applies_to(form.logsource):
            what = f"the line is read as `{form.id}`, whose log source the rule excludes"
            yield _fault(sample, sample.key, what, f"the format's log source is {dict(form.logsource)}")
        elif said[sample.rule.name][at] != sample.must_match:
            yield _misjudged(
                sample, {name for name, value in found.frame.row(at, named=True).items() if value is not None}
            )


def _misjudged(sample: Sample, given: set[str]) -> LogscanError:
    if not sample.must_match:
        return _fault(sample, sample.key, "the rule matches its miss", "make the condition stricter, or call it a hit")
    lacking = sorted(sample.rule.columns - given)
    hint = f"the sample has no {', '.join(lacking)}, which the rule reads" if lacking else "compare the texts"
    return _fault(sample, sample.key, "the rule does not match its hit", hint)


def _stolen(found: Rows, matches: pl.DataFrame, rules: Sequence[Rule]) -> Iterator[str]:
    """Hits whose cause or pattern another rule would name, because it comes first."""
    said = {rule.name: matches[rule.name].to_list() for rule in rules}
    order = {rule.name: at for at, rule in enumerate(rules)}
    for at, sample in enumerate(found.owners):
        if not sample.must_match or sample.rule.name not in order:
            continue
        better = rules[: order[sample.rule.name]]
        winner = next((rule for rule in better if said[rule.name][at] and rule.applies_to(sample.rule.logsource)), None)
        if winner and winner.names != sample.rule.names:
            place = f"{sample.rule.path} {sample.key}"
            yield f"{place}: `{winner.name}` (priority {winner.priority}) comes first and says {winner.names}"


def _fault(sample: Sample, key: str, what: str, hint: str) -> LogscanError:
    return RuleError(what, where=parse_document(sample.rule.text, sample.rule.path).where(key), hint=hint)
