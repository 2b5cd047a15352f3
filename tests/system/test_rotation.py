"""Scheduled runs over logs that real programs rotate: what the runs read in all is what one scan of all bytes reads."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system.growing import (
    AtOpening,
    Growing,
    Rotator,
    archived,
    assert_nothing_lost_or_doubled,
    definitions_in_memory,
    kept,
    logrotate,
    ran,
    settings,
    summary,
)
from tests.system.servers import ask, free_port, program, running, until
from tests.system.test_servers import NGINX, TEXT

KEEP = "rotate 50"
# name -> settings of logrotate, and whether the writer still writes to the renamed file for a while
MODES: dict[str, tuple[tuple[str, ...], bool]] = {
    "create": (("create", KEEP), True),
    "create_compress": (("create", "compress", KEEP), False),
    "create_delaycompress": (("create", "compress", "delaycompress", KEEP), True),
    "copytruncate": (("copytruncate", KEEP), True),
    "copytruncate_compress": (("copytruncate", "compress", KEEP), True),
    "dateext": (("create", "dateext", "dateformat -%Y%m%d-%s", KEEP), True),
    "dateext_compress": (("create", "dateext", "dateformat -%Y%m%d-%s", "compress", KEEP), False),
    "nocreate_zstd": (
        ("nocreate", "compress", "compresscmd /usr/bin/zstd", "compressext .zst", "compressoptions -q --rm", KEEP),
        False,
    ),
    "few_kept": (("create", "compress", "rotate 2"), False),
}


@pytest.fixture(scope="module", autouse=True)
def definitions() -> Iterator[None]:
    with definitions_in_memory():
        yield


@pytest.mark.server
@pytest.mark.parametrize("mode", MODES)
def test_logrotate_for_real(mode: str, tmp_path: Path) -> None:
    tool = program("logrotate")
    how, keeps = MODES[mode]
    if "zstd" in mode:
        program("zstd")
    log, config = Growing(tmp_path, seed=list(MODES).index(mode)), settings(tmp_path)
    for turn in range(3):
        log.write(150, half=turn % 2 == 0)
        if mode == "few_kept" or log.draw.random() < 0.5:
            ran(config)
        log.end()
        if "dateext" in mode:
            time.sleep(1.1)
        logrotate(tool, tmp_path, log.path, *how)
        if keeps and "copytruncate" not in mode:
            log.write(40)
            if log.draw.random() < 0.5:
                ran(config)
            log.write(5)
        if "copytruncate" not in mode:
            log.reopen()
        log.write(60)
        if log.draw.random() < 0.7:
            ran(config)
    ran(config)
    log.close()
    assert_nothing_lost_or_doubled(tmp_path, log)
    assert ran(config)["outcome"] == "nothing new"


@pytest.mark.parametrize("seed", range(3))
def test_any_rotation_at_any_moment(seed: int, tmp_path: Path) -> None:
    log, config = Growing(tmp_path, seed=100 + seed), settings(tmp_path)
    by_hand = Rotator(log)
    for _ in range(9):
        step = log.draw.choice(["create", "copytruncate", "pack", "run", "write", "write"])
        log.write(log.draw.randrange(1, 200), half=log.draw.random() < 0.4)
        if step == "create":
            by_hand.create()
            log.write(log.draw.randrange(50))
            log.end()
            log.reopen()
        elif step == "copytruncate":
            log.end()
            by_hand.copytruncate()
        elif step == "pack":
            by_hand.pack(2)
        elif step == "run":
            ran(config)
    log.end()
    ran(config)
    log.close()
    assert_nothing_lost_or_doubled(tmp_path, log)


@pytest.mark.parametrize("how", ["create", "copytruncate", "gone for a while"])
def test_rotation_in_the_middle_of_a_run(how: str, tmp_path: Path) -> None:
    log, config = Growing(tmp_path, seed=9), settings(tmp_path)
    by_hand, opening = Rotator(log), AtOpening(tmp_path / "logs")

    def rotate() -> None:
        if how == "copytruncate":
            by_hand.copytruncate()
        else:
            by_hand.create()
            if how == "create":
                log.reopen()
        log.write(log.draw.choice([1, 30, 300]))

    opening.do = rotate
    log.write(100)
    ran(config)
    for number in (2, 4, 5, 6):
        log.write(20)
        ran(config)
        log.write(20)
        opening.left = number
        ran(config)
        opening.left = 0
        log.reopen()
    ran(config)
    ran(config)
    log.close()
    assert_nothing_lost_or_doubled(tmp_path, log)


def test_a_last_line_without_its_end_is_read_once(tmp_path: Path) -> None:
    log, config = Growing(tmp_path), settings(tmp_path)
    log.write(50, half=True)
    assert ran(config)["lines"] == 49
    assert ran(config)["lines"] == 0
    log.end()
    assert ran(config)["lines"] == 1
    log.close()
    assert_nothing_lost_or_doubled(tmp_path, log)


def test_nothing_new_changes_no_byte(tmp_path: Path) -> None:
    log, config = Growing(tmp_path), settings(tmp_path)
    log.write(400)
    log.close()
    ran(config)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "reports").iterdir()}
    stored = sorted(path.name for path in (tmp_path / "data").rglob("*.parquet"))
    began = time.monotonic()
    assert ran(config)["outcome"] == "nothing new"
    assert time.monotonic() - began < 2
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "reports").iterdir()} == before
    assert sorted(path.name for path in (tmp_path / "data").rglob("*.parquet")) == stored


@pytest.mark.server
def test_nginx_writes_while_it_is_rotated(tmp_path: Path) -> None:
    nginx, tool, port = program("nginx"), program("logrotate"), free_port()
    logs = tmp_path / "logs"
    logs.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""
    combined = (
        TEXT[: TEXT.index("'")]
        + """'$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';"""
    )
    text = NGINX.format(format=combined, folder=tmp_path, port=port, user=user).replace(
        f"{tmp_path}/access.log", f"{logs}/access.log"
    )
    (tmp_path / "nginx.conf").write_text(text)
    (tmp_path / "htpasswd").write_text("ada:{PLAIN}secret\n")
    config, sent, stop = settings(tmp_path), [0], threading.Event()

    def ask_on() -> None:
        while not stop.is_set():
            ask(port, "/open" if sent[0] % 3 else "/closed", User_Agent="app/3.1")
            sent[0] += 1

    with running([nginx, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")], port, tmp_path / "out"):
        asking = threading.Thread(target=ask_on)
        asking.start()
        try:
            for turn in range(4):
                until(lambda turn=turn: sent[0] > 60 * (turn + 1))  # type: ignore[misc]
                logrotate(
                    tool,
                    tmp_path,
                    logs / "access.log",
                    "create",
                    "compress",
                    "delaycompress",
                    KEEP,
                    script=f"kill -USR1 $(cat {tmp_path}/pid)",
                )
                ran(config)
        finally:
            stop.set()
            asking.join()
    ran(config)
    counts = kept(tmp_path)
    assert counts["lines"] == counts["events"] == sent[0]
    assert counts["auth_failures"] == -(-sent[0] // 3)
    assert len(list(logs.iterdir())) == 5


def test_duckdb_reads_the_archive_as_it_stands(tmp_path: Path) -> None:
    import duckdb

    log, config = Growing(tmp_path), settings(tmp_path)
    for _ in range(3):
        log.write(200)
        ran(config)
    log.close()
    failures = duckdb.read_parquet(archived(tmp_path, "failures"))
    found: Any = failures.aggregate('count(*), count(DISTINCT "source.address")').fetchall()
    assert found == [(summary(log.whole)["auth_failures"], 3)]
    outcomes = duckdb.read_parquet(archived(tmp_path, "outcomes")).aggregate("sum(events)").fetchall()
    assert outcomes == [(summary(log.whole)["events"],)]
