"""What a run of some settings would do, in words."""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from logscan.batch.config import load_config
from logscan.batch.preview import preview
from logscan.ingest.format import Format, load_formats
from logscan.model.resources import rules_dir
from tests.system.logs import combined


@cache
def formats() -> Sequence[Format]:
    return load_formats([rules_dir() / "formats"])


def told(folder: Path, settings: str, sinks: Sequence[str] = ()) -> str:
    path = folder / "logscan.toml"
    path.write_text(settings)
    return preview(load_config(path, {}), formats(), b"key", sinks)


def test_each_file_is_told_with_its_format(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("\n".join(combined(30)))
    (tmp_path / "b.log").write_text("remember to ask\nabout the key\n")
    (tmp_path / "c.log").write_text("")
    (tmp_path / "d.log").write_bytes(b"\0\1\2" * 99)
    words = told(tmp_path, '[[sources]]\npaths = ["*.log"]\n')
    line = {text.split()[0].rpartition("/")[2]: text for text in words.splitlines() if ".log  " in text}
    assert line["a.log"].endswith("kB, combined")
    assert "NOT UNDERSTOOD" in line["b.log"]
    assert line["c.log"].endswith("0 B, empty")
    assert "NOT READ" in line["d.log"]


def test_a_format_that_is_set_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("\n".join(combined(30)))
    words = told(
        tmp_path, '[[sources]]\npaths = ["a.log"]\nformat = "common"\nservice = "shop"\nzone = "Europe/Berlin"\n'
    )
    assert "kB, read as common" in words
    assert "(service shop, zone Europe/Berlin)" in words


def test_many_files_are_counted(tmp_path: Path) -> None:
    for k in range(30):
        (tmp_path / f"{k:02}.log").write_text("\n".join(combined(3)))
        os.utime(tmp_path / f"{k:02}.log", (k, k))
    words = told(tmp_path, '[[sources]]\npaths = ["*.log"]\n')
    assert words.count(", combined\n") == 20
    assert "/29.log" in words
    assert "/00.log" not in words
    assert "and 10 older ones" in words


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    assert "no such file" in told(tmp_path, '[[sources]]\npaths = ["none.log"]\n')
    assert "no file now" in told(tmp_path, '[[sources]]\npaths = ["none*.log"]\n') or "NOT READ" in told(
        tmp_path, '[[sources]]\npaths = ["none*.log"]\n'
    )


def test_where_things_go_and_how_long_they_stay(tmp_path: Path) -> None:
    words = told(tmp_path, '[[sources]]\npaths = ["x"]\n[retention]\nreports = "30d"\n[reports]\neach = "hour"\n')
    assert "reports (will be made): index.html, latest.html and one report a hour, kept for 30 d" in words
    assert "nobody: there are no sinks" in words
    assert "  pager (webhook)\n" in told(tmp_path, '[[sources]]\npaths = ["x"]\n', ["pager (webhook)"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "NOT WRITABLE by this user" in told(tmp_path, '[[sources]]\npaths = ["x"]\n')


def test_a_file_where_a_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("x")
    assert "is no folder)" in told(tmp_path, '[[sources]]\npaths = ["x"]\n')


def test_a_name_that_a_terminal_would_act_on_is_written_out(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2J.log").write_text("\n".join(combined(3)))
    assert "\x1b" not in told(tmp_path, '[[sources]]\npaths = ["*.log"]\n')
