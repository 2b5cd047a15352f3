"""Reading goes on where it ended: any division of a log into runs gives the rows of one reading."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from logscan.engine.ending import Place
from logscan.engine.local import Settings
from logscan.engine.partial import Partial
from logscan.engine.plan import SELDOM
from logscan.engine.resume import Begun, Resumed, Step
from logscan.ingest.source import find_sources
from tests.batch.runs import NOW, access, definitions


def follow(path: Path, begun: Begun | None = None, **more: object) -> list[tuple[Step, Partial]]:
    [source] = find_sources([str(path)]).sources
    begun = (begun or Begun(source))._replace(source=source, **more)  # type: ignore[arg-type]
    settings = Settings("UTC", NOW, None, 1 << 14, 2, None, lambda: False)
    kept: list[tuple[Step, Partial]] = []
    resumed = Resumed(definitions().plan, settings, path.parent, lambda _: None)
    resumed.follow([begun], lambda step, partial: kept.append((step, partial)))
    assert not resumed.faults
    return kept


def rows(kept: Sequence[tuple[Step, Partial]]) -> pl.DataFrame:
    return pl.concat(partial.classified for _, partial in kept).sort("logscan.line")


def test_a_reading_in_two_gives_the_rows_and_places_of_one(tmp_path: Path) -> None:
    path, data = tmp_path / "access.log", access(0, 900)
    path.write_bytes(data)
    whole = follow(path)
    for cut in (1, 200, 20_000, 70_001, len(data) - 1):
        path.write_bytes(data[:cut])
        first = [each for each in follow(path) if not each[0].tail]
        place = first[-1][0].place if first else Place()
        path.write_bytes(data)
        near = data[place.mark.near_at : place.mark.offset] if first else None
        second = follow(path, Begun(whole[0][0].source, place, first[-1][0].known if first else None, near))
        assert rows([*first, *second]).equals(rows(whole)), cut
        assert second[-1][0].place == whole[-1][0].place
        assert second[-1][0].reached == whole[-1][0].reached


TRACE = b"2026-03-12 10:00:%02d,000 ERROR app.auth Login failed for bob: invalid password\n  at one\n"


def test_the_last_event_is_a_tail_where_lines_may_yet_belong_to_it_and_a_line_without_an_end_waits(
    tmp_path: Path,
) -> None:
    path, data = tmp_path / "app.log", b"".join(TRACE % number for number in range(10))
    path.write_bytes(data + b"2026-03-12 10:01")
    *sure, tail = follow(path)
    assert [step.tail for step, _ in sure] == [False] * len(sure)
    assert (tail[0].tail, tail[0].last, tail[0].reached.offset) == (True, True, len(data))
    assert tail[0].place.line == 19
    *_, tail = follow(path, finished=True)
    assert tail[0].reached.offset == len(data) + 16


def test_a_log_whose_events_are_one_line_each_has_no_tail(tmp_path: Path) -> None:
    path, data = tmp_path / "access.log", access(0, 10)
    path.write_bytes(data + b"192.0.2.1 - - [12/Mar")
    assert [(step.tail, step.reached.offset) for step, _ in follow(path)] == [(False, len(data))]


def test_a_packed_log_is_passed_over_as_far_as_it_is_the_same(tmp_path: Path) -> None:
    import gzip

    path, data = tmp_path / "access.log", access(0, 300)
    path.write_bytes(data)
    place = follow(path)[-1][0].place
    path.write_bytes(gzip.compress(data + access(300, 5)))
    again = follow(path, Begun(find_sources([str(path)]).sources[0], place))
    assert sum(partial.tallies[str(path)].lines for _, partial in again) == 5
    assert not again[-1][0].plain


def test_what_a_look_told_is_used_again(tmp_path: Path) -> None:
    path, data = tmp_path / "access.log", access(0, 3000)
    path.write_bytes(data)
    step = follow(path)[-1][0]
    assert step.known.formats[0] == "combined"
    assert set(step.known.seldom) <= SELDOM
    path.write_bytes(data + access(3000, 2))
    near = data[step.place.mark.near_at : step.place.mark.offset]
    assert follow(path, Begun(step.source, step.place, step.known, near))[-1][0].known is step.known


@pytest.mark.parametrize("size", [1, 1 << 20])
def test_a_line_beyond_the_limit_is_passed_over_once(tmp_path: Path, size: int) -> None:
    path, data = tmp_path / "access.log", access(0, 20)
    path.write_bytes(data + b"x" * (size + (1 << 20)) + b"\n")
    kept = follow(path)
    place = kept[-1][0].place
    assert place.mark.offset == path.stat().st_size
    assert place.line == 22
    assert sum(partial.tallies[str(path)].cut for _, partial in kept) == 1


@pytest.mark.parametrize("read", [0, 20_000])
def test_a_log_truncated_and_written_anew_while_it_is_read_gives_no_mixture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: int
) -> None:
    path, old, new = tmp_path / "access.log", access(0, 900), access(5000, 1200)
    path.write_bytes(old[:read] if read else old)
    [source] = find_sources([str(path)]).sources
    begun = Begun(source)
    if read:
        first = [each for each in follow(path) if not each[0].tail]
        mark = first[-1][0].place.mark
        begun = Begun(source, first[-1][0].place, first[-1][0].known, old[mark.near_at : mark.offset])
        path.write_bytes(old)

    looks = iter([False, True])  # once it was opened, and once its first bytes were read

    def rotated(_: Begun) -> None:
        if next(looks):
            path.write_bytes(new)  # in place: device and inode stay

    monkeypatch.setattr("logscan.engine.resume._same", rotated)
    kept: list[Step] = []
    settings = Settings("UTC", NOW, None, 1 << 20, 2, None, lambda: False)
    resumed = Resumed(definitions().plan, settings, tmp_path, lambda _: None)
    resumed.follow([begun._replace(source=source)], lambda step, _: kept.append(step))
    assert not kept
    assert [fault.what for fault in resumed.faults] == ["was changed while it was read"]
