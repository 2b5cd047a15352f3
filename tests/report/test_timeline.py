from dataclasses import replace
from typing import Any

from logscan.report.charts import colours
from logscan.report.context import cause_words
from logscan.report.timeline import make_timeline
from tests.report.scans import empty, library, typical


def timeline(scan: Any) -> Any:
    taxonomy = library().taxonomy
    causes = {cause: cause_words(taxonomy, cause) for cause in scan.by_cause}
    return make_timeline(scan, causes, taxonomy.families, colours([(c, w.family) for c, w in causes.items()]))


def test_counts_add_up_to_the_timeline_of_the_scan() -> None:
    scan, got = typical(), timeline(typical())
    assert sum(s.events for s in got.series) == sum(n for _, name, n in scan.timeline if name in scan.by_cause)
    assert sum(row[2] for row in got.rows) <= sum(n for *_, n in scan.timeline)
    assert [sum(row[1][k] for row in got.rows) for k in range(len(got.series))] == [s.events for s in got.series]
    assert sum(sum(c["events"]) for c in got.chart["causes"]) == sum(s.events for s in got.series)


def test_benign_causes_come_last_and_are_drawn_only_when_alone() -> None:
    got = timeline(typical())
    assert [s.drawn for s in got.series] == [True] * (len(got.series) - 1) + [False]
    assert got.series[-1].cause.id == "challenge_handshake"
    calm = [row for row in typical().timeline if row[1] in ("ok", "challenge_handshake")]
    alone = timeline(replace(typical(), timeline=tuple(calm)))
    assert [s.drawn for s in alone.series] == [True]


def test_failures_without_a_time_are_counted() -> None:
    scan = typical()
    dated = sum(n for _, name, n in scan.timeline if name in scan.by_cause)
    assert timeline(replace(scan, auth_failures=dated + 7)).undated == 7


def test_without_times_there_is_no_timeline() -> None:
    assert timeline(empty()) is None
