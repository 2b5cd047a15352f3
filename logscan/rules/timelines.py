"""Do the rules on what is worth telling say what their own timelines say, and does each of them ever speak?"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from logscan.model.document import parse_document
from logscan.model.errors import LogscanError, RuleError
from logscan.model.schemas import FINDINGS
from logscan.rules.alerts import AT, SAMPLES, AlertRules
from logscan.rules.check import Checked
from logscan.rules.correlate import Correlation, correlate
from logscan.rules.lint import Doubts
from logscan.rules.samples import converted
from logscan.rules.satisfy import impossible


def check_alerts(rules: AlertRules) -> Checked:
    """Ask every correlation about its own hits and misses. Law: a timeline is judged by its rule alone"""
    faults: list[LogscanError] = []
    count = 0
    for rule in rules.correlations:
        for kind in SAMPLES:
            for at, sample in enumerate(rule.meaning[kind]):
                count += 1
                faults += _judged(rule, f"logscan.{kind}.{at}", sample)
    return Checked(count, faults, [])


def alert_doubts(rules: AlertRules) -> Doubts:
    """Choices that no finding fulfils, and rules of which every hit another one tells first."""
    faults: list[LogscanError] = [
        RuleError(
            "never matches: what it asks for excludes itself",
            where=parse_document(each.text, each.path).where("detection"),
            hint="look for two values of one column, or `not`",
        )
        for each in rules.selections
        if impossible(each.tree)
    ]
    return Doubts(faults, [note for rule in rules.correlations for note in _taken(rule, rules.correlations)], [])


def timeline(sample: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """A sample as FINDINGS.

    Law:    what is not given is null, but for ids, and for ages and lengths, which follow from the times; the newest
            time of all is now
    Errors: those of `converted`, with the number and the column in front
    """
    rows = [_row(number, each) for number, each in enumerate(sample)]
    now = max(row["last_seen"] for row in rows)
    return pl.DataFrame([_ages(row, now) for row in rows], schema=FINDINGS)


class TimelineError(ValueError):
    """place: number and column; what: the value."""

    def __init__(self, place: str, what: object) -> None:
        super().__init__(place, what)
        self.place, self.what = place, what


def _row(number: int, each: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"id": f"f{number}"}
    for name, value in each.items():
        column = "last_seen" if name == AT else name
        try:
            row[column] = converted(value, FINDINGS[column])
        except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError) as fault:
            raise TimelineError(f"{number}.{name}", value) from fault
    return {"first_seen": row["last_seen"], **row}


def _ages(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    lengths: dict[str, Any] = {"age_s": (now - row["last_seen"]).total_seconds()}
    lengths["lasted_s"] = (row["last_seen"] - row["first_seen"]).total_seconds()
    for name, to_come in (("next_in_s", "next_expected"), ("expires_in_s", "expires")):
        lengths[name] = (row[to_come] - now).total_seconds() if row.get(to_come) else None
    return lengths | row


def _judged(rule: Correlation, key: str, sample: Sequence[dict[str, Any]]) -> Iterator[LogscanError]:
    document = parse_document(rule.text, rule.path)
    try:
        spoke = bool(correlate(timeline(sample), [rule]))
    except TimelineError as fault:
        column = fault.place.partition(".")[2]
        what, hint = (
            f"`{fault.what}` does not fit its column",
            f"the column holds {FINDINGS.get(column, pl.Datetime())}",
        )
        yield RuleError(what, where=document.where(f"{key}.{fault.place}"), hint=hint)
        return
    if spoke != key.startswith("logscan.hits"):
        what = "the rule speaks of its miss" if spoke else "the rule does not speak of its hit"
        hint = (
            "make the condition stricter, or call it a hit" if spoke else "compare group, time and number of findings"
        )
        yield RuleError(what, where=document.where(key), hint=hint)


def _taken(rule: Correlation, rules: Sequence[Correlation]) -> Iterator[LogscanError]:
    before = [each for each in rules[: rules.index(rule)] if each.priority > rule.priority and each.tells == rule.tells]
    frames = [timeline(sample) for sample in rule.meaning["hits"]]
    winner = next((each for each in before if all(_covers(frame, each, rule) for frame in frames)), None)
    if winner:
        what = f"never speaks: `{winner.name}` (priority {winner.priority}) tells all of its hits first"
        where = parse_document(rule.text, rule.path).where("logscan.priority")
        yield RuleError(what, where=where, hint="raise the priority, or add a hit that is this rule's alone")


def _covers(frame: pl.DataFrame, one: Correlation, other: Correlation) -> bool:
    first, second = ({name for page in correlate(frame, [each]) for name in page.members} for each in (one, other))
    return second <= first
