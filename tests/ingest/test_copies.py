"""A log and its packed copy are one log."""

import gzip
from pathlib import Path

import pytest

from logscan.ingest.copies import once_each
from logscan.ingest.source import find_sources

TEXT = b"".join(b"line %d\n" % at for at in range(2000))


def kept(folder: Path) -> tuple[list[str], list[str]]:
    sources, faults = once_each(find_sources([str(folder)]).sources)
    return [source.path.rpartition("/")[2] for source in sources], [fault.what for fault in faults]


def test_a_packed_copy_is_left_out_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.log.1").write_bytes(TEXT)
    (tmp_path / "a.log.1.gz").write_bytes(gzip.compress(TEXT))
    names, faults = kept(tmp_path)
    assert names == ["a.log.1"]
    assert len(faults) == 1
    assert "a.log.1 holds" in faults[0]


def test_a_copy_that_is_still_being_packed_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(TEXT)
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(TEXT[: len(TEXT) // 2]))
    assert kept(tmp_path)[0] == ["a.log"]


@pytest.mark.parametrize("other", [b"", TEXT[1:], TEXT + b"more\n", b"else\n"])
def test_other_content_is_kept(tmp_path: Path, other: bytes) -> None:
    (tmp_path / "a.log").write_bytes(TEXT)
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(other))
    names, faults = kept(tmp_path)
    assert sorted(names) == ["a.log", "a.log.gz"]
    assert faults == []


def test_other_names_are_not_compared(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(TEXT)
    (tmp_path / "b.log.gz").write_bytes(gzip.compress(TEXT))
    assert sorted(kept(tmp_path)[0]) == ["a.log", "b.log.gz"]
