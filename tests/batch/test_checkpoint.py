"""Which bytes are new: for every way in which logs are rotated."""

import bz2
import gzip
import json
import lzma
import os
import shutil
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard

from logscan.batch.config import Config
from tests.batch.runs import access, archived, config, run, scanned, summary, table

PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.compress,
}


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    return config(tmp_path)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "access.log"


def lines(settings: Config) -> int:
    return int(table(settings, "sources")["lines"].sum())


def test_a_renamed_log_is_read_on_and_a_new_one_from_its_beginning(settings: Config, log: Path) -> None:
    log.write_bytes(access(0, 50))
    run(settings)
    with log.open("ab") as file:
        log.rename(log.with_name("access.log.1"))
        file.write(access(50, 7))  # the writer still has it open
    log.write_bytes(access(57, 20))
    assert run(settings).lines == 27
    assert run(settings).lines == 0
    assert summary(archived(settings)) == summary(scanned(log.parent))


@pytest.mark.parametrize("how", sorted(PACK))
def test_a_packed_copy_of_what_was_read_is_not_read_again(settings: Config, log: Path, how: str) -> None:
    log.write_bytes(access(0, 50))
    run(settings)
    packed = log.with_name(f"access.log.1.{how}")
    packed.write_bytes(PACK[how](access(0, 53)))
    log.write_bytes(access(53, 20))
    assert run(settings).lines == 23
    assert run(settings).lines == 0
    assert summary(archived(settings)) == summary(scanned(log.parent))


def test_a_packed_copy_beside_its_original_is_not_read_again(settings: Config, log: Path) -> None:
    log.write_bytes(access(0, 50))
    run(settings)
    log.with_name("access.log.1.gz").write_bytes(gzip.compress(access(0, 50)))
    assert run(settings).lines == 0
    log.write_bytes(access(50, 5))
    assert run(settings).lines == 5
    assert lines(settings) == 55


def test_copytruncate_at_any_moment_counts_each_line_once(settings: Config, log: Path) -> None:
    log.write_bytes(access(0, 50))
    run(settings)
    with log.open("ab") as file:
        file.write(access(50, 10))
    copy = log.with_name("access.log.1")
    shutil.copy(log, copy)
    if run(settings).lines != 10:  # between copy and truncation
        pytest.fail("the copy was counted")
    os.truncate(log, 0)
    with log.open("ab") as file:
        file.write(access(60, 5))
    assert run(settings).lines == 5
    assert run(settings).lines == 0
    assert summary(archived(settings)) == summary(scanned(log.parent))


def test_lines_that_only_the_copy_has_are_read_from_it(settings: Config, log: Path) -> None:
    log.write_bytes(access(0, 50))
    run(settings)
    log.with_name("access.log.1").write_bytes(access(0, 58))
    os.truncate(log, 0)
    assert run(settings).lines == 8
    log.write_bytes(access(58, 100))
    assert run(settings).lines == 100
    assert lines(settings) == 158


def test_content_that_was_replaced_is_read_from_its_beginning(settings: Config, log: Path) -> None:
    log.write_bytes(access(0, 50))
    run(settings)
    log.write_bytes(access(1000, 80))
    assert run(settings).lines == 80
    log.write_bytes(access(2000, 10))
    assert run(settings).lines == 10
    assert lines(settings) == 140


def test_files_that_begin_alike_are_not_confused(settings: Config, log: Path) -> None:
    banner = b'192.0.2.9 - - [12/Mar/2026:06:00:00 +0000] "GET /start HTTP/1.1" 200 1 "-" "probe"\n' * 40
    first, second = log.with_name("one.log"), log.with_name("two.log")
    first.write_bytes(banner)
    assert run(settings).lines == 40
    second.write_bytes(banner + access(0, 5))
    assert run(settings).lines == 45
    first.write_bytes(banner + access(100, 6))
    assert run(settings).lines == 6
    first.rename(log.with_name("one.log.1"))
    first.write_bytes(banner)
    run(settings)
    first.write_bytes(banner + access(200, 3))
    run(settings)
    assert lines(settings) == 3 * 40 + 5 + 6 + 3
    assert summary(archived(settings)) == summary(scanned(log.parent))


def test_a_line_that_is_not_whole_waits_for_its_rest(settings: Config, log: Path) -> None:
    data = access(0, 10)
    log.write_bytes(data[:-20])
    os.utime(log, (1_893_456_000, 1_893_456_000))  # the moment of the run
    assert run(settings).lines == 9
    log.write_bytes(data)
    assert run(settings).lines == 1
    assert table(settings, "sources")["rejects"].sum() == 0


def test_a_last_line_without_an_end_is_taken_once_nothing_more_comes(settings: Config, log: Path) -> None:
    data = access(0, 10)
    log.write_bytes(data[:-1])
    assert run(settings).lines == 10
    log.write_bytes(data + access(10, 1))
    assert run(settings).lines == 1
    assert summary(archived(settings)) == summary(scanned(log))


def test_links_deleted_files_and_files_that_appear_late(settings: Config, log: Path, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere.log"
    real.write_bytes(access(0, 20))
    log.symlink_to(real)
    assert run(settings).lines == 20
    late = log.with_name("late.log")
    late.write_bytes(access(100, 5))
    assert run(settings).lines == 5
    late.unlink()
    assert run(settings).lines == 0
    os.link(real, log.with_name("hard.log"))
    assert run(settings).lines == 0
    assert lines(settings) == 25


def test_members_of_an_archive_are_read_once_and_known_again(settings: Config, log: Path) -> None:
    log.write_bytes(access(0, 40))
    run(settings)
    with tarfile.open(log.with_name("old.tar.gz"), "w:gz") as tar:
        tar.add(log, "access.log.1")
        other = log.with_name("b.txt")
        other.write_bytes(access(500, 9))
        tar.add(other, "other.log")
        other.unlink()
    log.unlink()
    assert run(settings).lines == 9
    assert run(settings).lines == 0
    assert lines(settings) == 49


def test_a_header_above_what_was_read_still_names_the_columns(settings: Config, log: Path) -> None:
    head = b"#Version: 1.0\n#Fields: date time c-ip cs-method cs-uri-stem sc-status\n"
    rows = [b"2026-03-12 06:%02d:00 192.0.2.7 GET /a/%d 401\n" % (n % 60, n) for n in range(40)]
    for count in (1, 5, 20, 40):
        log.write_bytes(head + b"".join(rows[:count]))
        run(settings)
    assert table(settings, "sources")["events"].sum() == 40
    assert summary(archived(settings)) == summary(scanned(log))


def test_documents_that_grew_are_read_whole_in_place_of_what_they_were(settings: Config, log: Path) -> None:
    record = (
        '{\n  "time": "2026-03-12T06:00:0%dZ",\n  "level": "warn",\n  "message": "login failed: invalid token"\n}\n'
    )
    for count in (2, 6):
        log.write_text("".join(record % number for number in range(count)))
        run(settings)
    assert summary(archived(settings)) == summary(scanned(log))
    log.write_bytes(gzip.compress(log.read_bytes()))
    log.rename(log.with_name("access.log.1.gz"))
    assert run(settings).lines == 0


RECORD = {"time": "2026-03-12T06:00:00Z", "level": "warn", "message": "login failed: invalid token"}


@pytest.mark.parametrize(("indent", "about"), [(None, False), (1, True)], ids=["an array", "a list in an object"])
def test_a_list_that_is_written_anew_with_more_records_counts_none_of_them_again(
    settings: Config, log: Path, indent: int | None, *, about: bool
) -> None:
    records = [RECORD | {"time": f"2026-03-12T06:{n // 60:02}:{n % 60:02}Z"} for n in range(900)]

    def text(count: int) -> str:
        document = {"Records": records[:count], "next": "x"} if about else records[:count]
        return json.dumps(document, indent=indent)

    for count in (2, 900):
        log.write_text(text(count), "utf-8")
        run(settings)
        assert summary(archived(settings)) == summary(scanned(log)), count
    beside = log.with_name("new")
    beside.write_text(text(900), "utf-8")
    beside.replace(log)
    run(settings)
    assert summary(archived(settings)) == summary(scanned(log))
    log.write_bytes(gzip.compress(log.read_bytes()))
    log.rename(log.with_name("access.log.1.gz"))
    assert run(settings).lines == 0


def test_a_list_of_other_records_takes_the_place_of_none(settings: Config, log: Path) -> None:
    for hour in (6, 7):
        log.write_text(json.dumps([RECORD | {"time": f"2026-03-12T0{hour}:00:0{n}Z"} for n in range(4)]), "utf-8")
        run(settings)
    assert archived(settings)["summary"]["auth_failures"] == 8


ROW = '2026-03-12T06:{0:02}:{1:02}Z,192.0.2.{2},{3},"login failed: invalid{4}token"\n'


def rows_of_table(count: int) -> list[bytes]:
    """Every fifth over two lines."""
    marks = ((n, *divmod(n, 60), "\n" if n % 5 == 0 else " ") for n in range(count))
    return [
        ROW.format(minute, second, n % 7, 200 if n % 3 else 401, mark).encode() for n, minute, second, mark in marks
    ]


def test_a_table_that_grows_is_read_from_where_it_ended(settings: Config, log: Path) -> None:
    head, rows = b"time,client_ip,status,message\n", rows_of_table(900)
    log.write_bytes(head)
    for count in (0, 1, 20, 900):
        whole = head + b"".join(rows[:count])
        half = rows[count][:45] if count < 900 else b""  # within the text in quotes
        log.write_bytes(whole + half)
        took = run(settings, datetime.now(UTC))  # it may still be written to
        assert summary(archived(settings)) == summary(scanned_of(log, whole)), count
    assert took.bytes == len(b"".join(rows[20:900]))
    assert run(settings).lines == 0


def scanned_of(log: Path, data: bytes) -> dict[str, Any]:
    beside = log.parent.parent / "whole.csv"
    beside.write_bytes(data)
    return scanned(beside)


def test_a_quote_that_is_left_open_holds_nothing_back(settings: Config, log: Path) -> None:
    rows = rows_of_table(40)
    rows[9] = rows[9].replace(b'"login', b'"login" "').replace(b'token"', b"token")
    for count in (12, 40):
        log.write_bytes(b"time,client_ip,status,message\n" + b"".join(rows[:count]))
        run(settings)
        assert summary(archived(settings)) == summary(scanned(log)), count


def test_a_table_that_was_rotated_and_packed_goes_on_under_its_new_name(settings: Config, log: Path) -> None:
    head, rows = b"time\tclient_ip\tstatus\tmessage\n", [row.replace(b",", b"\t") for row in rows_of_table(300)]
    log.write_bytes(head + b"".join(rows[:100]))
    run(settings)
    log.write_bytes(head + b"".join(rows[:120]))
    old = log.with_name("access.log.1")
    log.rename(old)
    log.write_bytes(head + b"".join(rows[120:200]))
    assert run(settings).bytes == len(b"".join(rows[100:120]) + head + b"".join(rows[120:200]))
    old.with_name("access.log.1.gz").write_bytes(gzip.compress(old.read_bytes()))
    old.unlink()
    assert run(settings).lines == 0
    log.write_bytes(gzip.compress(head + b"".join(rows[120:300])))
    log.rename(log.with_name("access.log.0.gz"))
    run(settings)
    assert summary(archived(settings)) == summary(
        scanned_of(log, head + b"".join(rows[:120]) + head + b"".join(rows[120:]))
    )
