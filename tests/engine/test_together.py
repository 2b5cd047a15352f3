"""New lines of many sources, read as one chunk: what comes out is what reading each by itself gives."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl
from polars.testing import assert_frame_equal

from logscan.engine.local import Settings
from logscan.engine.partial import Partial, Tally
from logscan.engine.resume import Begun, Step
from logscan.engine.several import Several
from logscan.engine.together import Together
from logscan.ingest.source import find_sources
from tests.batch.runs import NOW, access, definitions

_TABLES = ("classified", "detected", "totals", "visits", "let_in", "marks", "rejects")


class Kept(NamedTuple):
    """steps: of each source the last one;  alone: paths that were read by themselves"""

    steps: dict[str, Step]
    rows: dict[str, pl.DataFrame]
    tallies: dict[str, Tally]
    alone: set[str]

    @property
    def last(self) -> Step:
        [step] = self.steps.values()
        return step


def read(begun: Sequence[Begun], folder: Path, *, together: bool) -> Kept:
    kept = Kept({}, {}, {}, set())
    rows: dict[str, list[pl.DataFrame]] = {name: [] for name in _TABLES}

    def add(name: str, frame: pl.DataFrame, paths: pl.Series) -> None:
        rows[name].append(frame.with_columns(paths.cast(pl.String()).alias("of")))

    def keep(step: Step, partial: Partial) -> None:
        path = step.source.path
        kept.steps[path] = step
        kept.alone.add(path)
        [tally] = partial.tallies.values()
        kept.tallies[path] = kept.tallies.get(path, Tally()) + tally
        for name in _TABLES:
            frame: pl.DataFrame = getattr(partial, name)
            add(name, frame, pl.Series([path], dtype=pl.String()).new_from_index(0, frame.height))

    def share(steps: Sequence[Step], told: Several) -> None:
        paths = pl.Series([step.source.path for step in steps])
        kept.steps.update({step.source.path: step for at, step in enumerate(steps) if at not in told.left})
        kept.tallies.update(told.partial.tallies)
        for name, owners in told.owners.items():
            add(name, getattr(told.partial, name), paths.gather(owners))

    reader = Together(
        definitions().plan, Settings("UTC", NOW, None, 1 << 20, 2, None, lambda: False), folder, lambda _: None
    )
    reader.follow_all(begun, keep, share) if together else reader.follow(begun, keep)
    assert not reader.faults
    for name, frames in rows.items():
        kept.rows[name] = in_order(pl.concat([frame for frame in frames if frame.height] or frames[:1] or [NO_ROWS]))
    return kept


NO_ROWS = pl.DataFrame(schema={"of": pl.String()})


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    lists = [name for name, dtype in rows.schema.items() if isinstance(dtype, pl.List)]
    return rows.with_columns(pl.col(lists).list.join("\n")).sort(rows.columns)


def grown(folder: Path, logs: dict[str, tuple[bytes, bytes]]) -> list[Begun]:
    """Logs of which the first part was read, the second was written behind it."""
    folder.mkdir(exist_ok=True)
    steps: dict[bytes, Step] = {}
    for name, (first, _) in logs.items():
        if first not in steps:
            (folder / name).write_bytes(first)
            steps[first] = read([Begun(find_sources([str(folder / name)]).sources[0])], folder, together=False).last
    for name, (first, more) in logs.items():
        (folder / name).write_bytes(first + more)
    found = []
    for source in find_sources([str(folder)]).sources:
        step = steps[logs[Path(source.path).name][0]]
        mark, data = step.place.mark, Path(source.path).read_bytes()
        found.append(Begun(source, step.place, step.known, data[mark.near_at : mark.offset]))
    return found


def same(one: Kept, two: Kept) -> None:
    assert one.steps == two.steps
    assert one.tallies == two.tallies
    for name in _TABLES:
        assert one.rows[name].height == two.rows[name].height
        if one.rows[name].height:
            assert_frame_equal(one.rows[name], two.rows[name])


def nginx(first: int, count: int) -> bytes:
    line = '2026/03/12 07:%02d:%02d [error] 7#7: *%d user "ada": password mismatch, client: 192.0.2.9, server: a.example.com\n'
    return "".join(line % (number // 60, number % 60, number) for number in range(first, first + count)).encode()


def ecs(first: int, count: int) -> bytes:
    line = '{"@timestamp":"2026-03-12T07:%02d:00Z","log.level":"warn","message":"token has expired","http.response.status_code":401}\n'
    return "".join(line % (number % 60) for number in range(first, first + count)).encode()


def test_many_logs_read_together_give_what_each_gives_by_itself(tmp_path: Path) -> None:
    logs = {f"access-{name}.log": (access(at, 200), access(at + 200, 40 + at)) for at, name in enumerate("abcde")}
    logs |= {f"error-{name}.log": (nginx(at, 40), nginx(at + 40, 7 + at)) for at, name in enumerate("ab")}
    logs |= {f"ecs-{name}.log": (ecs(at, 40), b"\n" + ecs(at + 40, 7 + at)) for at, name in enumerate("ab")}
    begun = grown(tmp_path / "logs", logs)
    together, alone = (read(begun, tmp_path, together=flag) for flag in (True, False))
    same(together, alone)
    assert not {Path(path).name for path in together.alone if "access" in path}
    assert together.rows["classified"].height > 50
    assert together.rows["let_in"].height > 50
    assert {"event.dataset"} <= set(together.rows["totals"].columns)


ODD = {
    "no log line": b"what is this?\n",
    "a trace": b"Traceback (most recent call last):\n  File x\n",
    "a stamp without a year": b"Mar 12 08:00:00 host sshd[7]: Failed password for root from 192.0.2.4 port 22 ssh2\n",
    "no UTF-8": access(700, 1).replace(b"curl", b"c\xffrl"),
    "a NUL": access(700, 1).replace(b"curl", b"c\x00rl"),
    "a directive": b"#Fields: date time c-ip cs-method cs-uri-stem sc-status\n",
    "blank lines alone": b"\n\n",
    "no end of the last line": access(700, 2)[:-30],
    "nothing": b"",
    "a last line only": access(700, 1)[:-1],
    "CR LF": access(700, 3).replace(b"\n", b"\r\n"),
    "another format": ecs(1, 3),
    "a start": b"2026/03/12 08:00:00 [notice] 17#17: start worker processes\n",
}


def test_an_odd_piece_is_read_by_itself_and_the_others_are_not_the_worse_for_it(tmp_path: Path) -> None:
    logs = {f"{at:02}.log": (access(0, 40), access(40, 3) + odd) for at, odd in enumerate(ODD.values())}
    logs["plain.log"] = access(0, 40), access(40, 30)
    logs |= {f"{at:02}.finished": more for at, more in enumerate(logs.values()) if not more[1].endswith(b"\n")}
    begun = grown(tmp_path / "logs", logs)
    begun = [each._replace(finished=each.source.path.endswith("finished")) for each in begun]
    together, alone = (read(begun, tmp_path, together=flag) for flag in (True, False))
    same(together, alone)
    assert str(tmp_path / "logs" / "plain.log") not in together.alone


def test_what_a_program_says_when_it_starts_is_a_mark_of_its_own_log(tmp_path: Path) -> None:
    start = ODD["a start"]
    logs = {name: (nginx(0, 40), nginx(40, 3) + start) for name in ("a.log", "b.log", "c.log")}
    begun = grown(tmp_path / "logs", logs)
    together, alone = (read(begun, tmp_path, together=flag) for flag in (True, False))
    same(together, alone)
    assert together.rows["marks"].height == 3


def test_a_file_that_is_another_one_by_now_is_left_alone(tmp_path: Path) -> None:
    logs = {name: (access(0, 40), access(40, 3)) for name in ("a.log", "b.log", "c.log")}
    begun = grown(tmp_path / "logs", logs)
    changed = tmp_path / "logs" / "b.log"
    changed.write_bytes(b"x" * 20_000)
    kept = Kept({}, {}, {}, set())
    reader = Together(
        definitions().plan, Settings("UTC", NOW, None, 1 << 20, 2, None, lambda: False), tmp_path, lambda _: None
    )
    reader.follow_all(
        begun,
        lambda step, _: kept.alone.add(step.source.path),
        lambda _, told: kept.tallies.update(told.partial.tallies),
    )
    assert [fault.where.path for fault in reader.faults] == [str(changed)]
    assert {Path(path).name for path in kept.tallies} == {"a.log", "c.log"}
    assert not kept.alone
