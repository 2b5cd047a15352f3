from dataclasses import replace
from datetime import timedelta

from logscan.model.finding import Scan
from logscan.report.charts import colours
from logscan.report.context import cause_words
from logscan.report.timeline import Timeline, make_timeline
from tests.report.scans import empty, library, typical


def timeline(scan: Scan) -> Timeline:
    taxonomy = library().taxonomy
    causes = {cause: cause_words(taxonomy, cause) for cause in scan.by_cause}
    made = make_timeline(scan, causes, taxonomy.families, colours([(c, w.family) for c, w in causes.items()]))
    assert made is not None
    return made


def test_counts_add_up_to_the_timeline_of_the_scan() -> None:
    scan, got = typical(), timeline(typical())
    assert len(got.panels) == 1
    rows, events = got.panels[0].rows, [s.events for s in got.series]
    assert sum(events) == sum(n for _, name, n in scan.timeline if name in scan.by_cause)
    assert [sum(row[1][k] for row in rows) for k in range(len(events))] == events
    assert [sum(series) for series in got.chart["panels"][0]["events"]] == events
    assert sum(column["events"] for column in got.chart["panels"][0]["columns"]) == sum(n for *_, n in scan.timeline)


def test_benign_causes_come_last_and_are_drawn_only_when_alone() -> None:
    got = timeline(typical())
    assert [s.drawn for s in got.series] == [True] * (len(got.series) - 1) + [False]
    assert got.series[-1].cause.id == "challenge_handshake"
    assert [bool(path) for path in got.panels[0].paths] == [s.drawn for s in got.series]
    calm = [row for row in typical().timeline if row[1] in ("ok", "challenge_handshake")]
    alone = timeline(replace(typical(), timeline=tuple(calm)))
    assert [s.drawn for s in alone.series] == [True]


def test_stretches_far_apart_are_drawn_apart_with_the_same_causes() -> None:
    moved = tuple((when + timedelta(days=300), name, n) for when, name, n in typical().timeline)
    got = timeline(replace(typical(), timeline=typical().timeline + moved))
    assert len(got.panels) == 2
    assert got.panels[0].paths == got.panels[1].paths
    assert [s.events for s in got.series] == [2 * s.events for s in timeline(typical()).series]


def test_failures_without_a_time_are_counted() -> None:
    scan = typical()
    dated = sum(n for _, name, n in scan.timeline if name in scan.by_cause)
    assert timeline(replace(scan, auth_failures=dated + 7)).undated == 7


def test_without_times_there_is_no_timeline() -> None:
    assert make_timeline(empty(), {}, {}, {}) is None
