"""What was read and what was found, put together: sums agree, order is fixed, what a reader should know is said."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from logscan.engine import assemble as module
from logscan.engine.assemble import assemble, words
from logscan.engine.local import Opened, Ran
from logscan.engine.merge import Merge
from logscan.engine.partial import Tally, empty
from logscan.model.errors import SourceError, Where
from logscan.model.finding import Scan
from logscan.model.schemas import REJECTS, TIME
from tests.report.scans import START, finding

TIMELINE = pl.Schema({"bucket": TIME, "what": pl.String(), "events": pl.UInt64()})


def scan(folder: Path, tallies: dict[str, Tally], timeline: list[tuple[object, ...]] | None = None) -> Scan:
    merge = Merge(folder, 9)
    rejects = pl.DataFrame(
        [["b.log", 7, "no", "x"], ["a.log", 9, "no", "y"], ["a.log", 3, "no", "z"]], schema=REJECTS, orient="row"
    )
    merge.add(empty()._replace(tallies=tallies, rejects=rejects))
    fault = SourceError("is gone", where=Where("c.log"), hint="look for it")
    ran = Ran(merge.done(), {"a.log": Opened("f00", ("truncated",), "combined read all")}, (fault,), False)
    findings = [finding(cause="token_expired"), finding(cause="key_invalid"), finding(cause="token_expired")]
    rows = pl.DataFrame(timeline or [], schema=TIMELINE, orient="row")
    return assemble(ran, findings, rows, zone="+02:00", rules_digest="d")


def test_sums_are_those_of_the_inputs_and_of_the_findings(tmp_path: Path) -> None:
    both = {"b.log": Tally(lines=5, events=3, rejects=2), "a.log": Tally(lines=9, events=7, rejects=1, blank=1)}
    got = scan(tmp_path, both)
    assert (got.lines, got.events, got.rejects) == (14, 10, 3)
    each = finding().counts.events
    assert got.by_cause == {"token_expired": 2 * each, "key_invalid": each}
    assert list(got.by_cause) == ["token_expired", "key_invalid"]
    assert got.auth_failures == 3 * each
    assert [each.path for each in got.inputs] == ["a.log", "b.log"]
    assert [(line.path, line.line) for line in got.rejected] == [("a.log", 3), ("a.log", 9), ("b.log", 7)]
    assert got.faults == ("c.log: is gone (look for it)",)


def test_an_input_says_how_it_was_read(tmp_path: Path) -> None:
    tally = Tally(events=1234, datasets={"common": 2, "combined": 9}, cut=1, repaired=2, untimed=3, outside=1234)
    (one,) = scan(tmp_path, {"a.log": tally}).inputs
    assert (one.dataset, one.sha256, one.why, one.timezone) == ("combined", "f00", "combined read all", "+02:00")
    assert list(one.datasets) == ["combined", "common"]
    notes = " | ".join(one.notes)
    for said in ("truncated", "were repaired", "were cut", "have no time", "1,234 events lie outside"):
        assert said in notes


def test_an_input_that_nothing_is_known_of_has_no_format_and_no_notes(tmp_path: Path) -> None:
    (one,) = scan(tmp_path, {"z.log": Tally()}).inputs
    assert (one.dataset, one.sha256, one.notes, one.first) == ("", "", (), None)


def test_a_timeline_gets_coarser_until_it_is_short_and_loses_no_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[tuple[object, ...]] = [(START + timedelta(minutes=k), "ok", 1) for k in range(100)]
    fine = scan(tmp_path, {}, [*rows, (None, "ok", 5)])
    assert (fine.bucket_s, len(fine.timeline)) == (60, 100)
    monkeypatch.setattr(module, "_ROWS", 30)
    coarse = scan(tmp_path, {}, rows)
    assert (coarse.bucket_s, len(coarse.timeline)) == (300, 20)
    assert sum(count for _, _, count in coarse.timeline) == 100


def test_the_words_of_a_fault_are_one_line() -> None:
    assert words(SourceError("is gone", where=Where("a.log"))) == "a.log: is gone"
    assert words(SourceError("is gone", where=Where("a.log", 3, "x.y"), hint="look")) == "a.log:3 x.y: is gone (look)"
