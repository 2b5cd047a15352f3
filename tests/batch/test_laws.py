"""However logs grow, rotate and runs end: what is entered is what one scan of all bytes finds."""

import gzip
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from logscan.batch import archive, collect
from logscan.batch.archive import Archive, enter_part
from logscan.batch.config import Config
from logscan.batch.record import save_record
from tests.batch.runs import NOW, access, archived, config, run, scanned, summary, table

TRACE = b"2026-03-12 10:%02d:%02d,000 ERROR app.auth Login failed for bob: invalid password\n  at one\n  at two\n"
KEEP = 4  # rotated parts


class Written:
    """A log and its rotated parts, and all that was ever written to it."""

    def __init__(self, folder: Path) -> None:
        self.live, self.all, self.lines, self.left = folder / "logs" / "app.log", b"", 0, b""
        self.live.parent.mkdir()
        self.live.touch()

    def append(self, count: int, *, traces: bool, cut: int) -> None:
        """Write so many lines; the last without its last `cut` bytes, which come with the next ones."""
        data = self.left
        for _ in range(count):
            data += TRACE % divmod(self.lines % 3600, 60) if traces else access(self.lines, 1)
            self.lines += 1
        self.left = data[len(data) - cut :] if count else data
        data = data[: len(data) - len(self.left)]
        with self.live.open("ab") as file:
            file.write(data)
        self.all += data

    def rotate(self, how: str) -> None:
        for number in range(KEEP, 0, -1):
            for suffix in ("", ".gz"):
                old = self.live.with_name(f"app.log.{number}{suffix}")
                if old.exists():
                    old.rename(self.live.with_name(f"app.log.{number + 1}{suffix}"))
        first = self.live.with_name("app.log.1")
        if how == "rename":
            self.live.rename(first)
            self.live.touch()
        elif how == "copytruncate":
            shutil.copy(self.live, first)
            os.truncate(self.live, 0)
        elif how == "gzip":
            first.with_name("app.log.1.gz").write_bytes(gzip.compress(self.live.read_bytes()))
            self.live.unlink()
            self.live.touch()

    def pack(self) -> None:
        for path in self.live.parent.glob("app.log.[0-9]"):
            Path(f"{path}.gz").write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()


STEP = st.one_of(
    st.tuples(st.just("append"), st.integers(0, 40), st.booleans(), st.sampled_from([0, 0, 1, 60])),
    st.tuples(st.just("rotate"), st.sampled_from(["rename", "copytruncate", "gzip"])),
    st.tuples(st.just("pack")),
    st.tuples(st.just("run")),
)


def grown(folder: Path, steps: list[tuple[Any, ...]], go: Callable[[Config], None]) -> tuple[Config, Written]:
    settings_ = config(folder / "data")
    shutil.rmtree(folder / "data" / "logs")
    written = Written(folder / "data")
    for what, *how in (("append", 7, False, 0), *steps, ("run",)):
        if what == "append":
            written.append(how[0], traces=how[1], cut=how[2])
        elif what == "rotate":
            if written.left:
                continue  # a writer that is cut off in the middle of a line is another matter
            go(settings_)  # what rotates away unread, and then is deleted, nobody can know
            written.rotate(how[0])
        elif what == "pack":
            written.pack()
        else:
            go(settings_)
    return settings_, written


def same(settings_: Config, written: Written, folder: Path) -> None:
    whole = folder / "app.log"
    whole.write_bytes(written.all)
    told, expected = summary(archived(settings_)), summary(scanned(whole))
    assert told == expected


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, max_size=9))
@example([("append", 9, True, 0), ("run",), ("rotate", "copytruncate"), ("append", 3, True, 60), ("run",), ("pack",)])
def test_runs_over_a_log_that_grows_and_rotates_enter_what_one_scan_finds(steps: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as name:
        settings_, written = grown(Path(name), steps, _run)
        if not written.left:
            same(settings_, written, Path(name))


def _run(settings_: Config) -> None:
    run(settings_, NOW + timedelta(days=1))


class Killed(BaseException):
    pass


@pytest.mark.parametrize("place", [0, 2, 5, 8, 9, 11, 13])
def test_a_run_that_is_killed_between_any_two_steps_loses_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    settings_, written = grown(tmp_path, [("append", 12, True, 0), ("run",)], _run)
    written.append(9, traces=True, cut=0)
    calls = iter(range(100))

    def dying(function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **named: Any) -> Any:
            if next(calls) == place:
                raise Killed
            return function(*arguments, **named)

        return called

    with monkeypatch.context() as patch:
        patch.setattr(archive, "_keep", dying(archive._keep))
        patch.setattr(collect, "save_record", dying(save_record))
        patch.setattr(collect, "enter_part", dying(enter_part))
        patch.setattr(Archive, "remove", dying(Archive.remove))
        with suppress(Killed):
            _run(settings_)
    _run(settings_)
    assert table(settings_, "sources")["lines"].sum() == written.all.count(b"\n")
    assert table(settings_, "failures").height == 3 + 12 + 9
