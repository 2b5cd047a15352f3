import bz2
import gzip
import hashlib
import io
import lzma
import os
import pickle
import tarfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.chunk import chunks
from logscan.ingest.source import Source, find_sources, open_source
from logscan.model.errors import SourceError

LINE = b"2026-03-12 06:25:24 ERROR login refused for ada\n"


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def tar(path: Path, files: dict[str, bytes], mode: str = "w:gz") -> Path:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_773_296_724
            archive.addfile(info, io.BytesIO(data))
    path.write_bytes(out.getvalue())
    return path


def read(source: Source) -> tuple[bytes, list[str], str]:
    with open_source(source) as stream:
        data = b"".join(part.data for part in chunks(stream, source.path))
        return data, stream.notes, stream.sha256


@pytest.mark.parametrize(
    "pack", [bytes, gzip.compress, bz2.compress, lzma.compress, zstandard.ZstdCompressor().compress]
)
def test_a_file_is_read_by_its_content_whatever_its_name(tmp_path: Path, pack: type[bytes]) -> None:
    stored = pack(LINE * 100)
    (tmp_path / "odd.name").write_bytes(stored)
    os.utime("odd.name", (1_773_296_724, 1_773_296_724))
    ((source,), faults) = find_sources(["odd.name"])
    assert not faults
    assert source == Source("odd.name", Path("odd.name"), None, datetime(2026, 3, 12, 6, 25, 24, tzinfo=UTC))
    assert source.size == len(stored)
    assert read(source) == (LINE * 100, [], hashlib.sha256(stored).hexdigest())


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_archive_members_are_sources(tmp_path: Path, mode: str) -> None:
    files = {"z/b.log": LINE, "a.log.gz": gzip.compress(LINE * 2), "case.yml": b"x: 1\n", ".hidden": b"x\n"}
    tar(tmp_path / "logs", files, mode)
    found, faults = find_sources(["logs"])
    assert not faults
    assert {source.path: read(source)[0] for source in found} == {"logs!z/b.log": LINE, "logs!a.log.gz": LINE * 2}
    for source in found:
        assert source.member is not None
        assert source.modified == datetime(2026, 3, 12, 6, 25, 24, tzinfo=UTC)
        assert read(source)[2] == hashlib.sha256(files[source.member]).hexdigest()
        assert read(pickle.loads(pickle.dumps(source))) == read(source)  # noqa: S301
        assert read(Source(source.path, source.file, source.member, None)) == read(source)


def test_member_names_that_lead_elsewhere_are_only_shown(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    tar(inside / "logs.tar", {"../../evil.log": LINE, "/etc/evil.log": LINE}, "w")
    before = sorted(tmp_path.rglob("*"))
    found, faults = find_sources(["inside/logs.tar"])
    assert [source.path for source in found] == ["inside/logs.tar!../../evil.log", "inside/logs.tar!/etc/evil.log"]
    assert not faults
    assert all(read(source)[0] == LINE for source in found)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_truncated_archive_keeps_its_members_and_says_so(tmp_path: Path) -> None:
    noise = hashlib.shake_128(b"noise").hexdigest(90_000).encode()
    path = tar(tmp_path / "logs.tgz", {"a.log": LINE * 10, "b.log": noise})
    path.write_bytes(path.read_bytes()[:-30_000])
    found, faults = find_sources(["logs.tgz"])
    assert [source.path for source in found] == ["logs.tgz!a.log", "logs.tgz!b.log"]
    assert faults
    assert all(fault.where.path == "logs.tgz" for fault in faults)
    assert read(found[0])[:2] == (LINE * 10, [])
    data, notes, _ = read(found[1])
    assert noise.startswith(data)
    assert len(data) > 60_000
    assert "breaks off" in notes[0]


def test_a_truncated_file_keeps_what_was_read(tmp_path: Path) -> None:
    text = b"".join(b"%d " % (i * i) + LINE for i in range(2000))
    (tmp_path / "a.gz").write_bytes(gzip.compress(text)[:-500])
    ((source,), _) = find_sources(["a.gz"])
    data, notes, _ = read(source)
    assert text.startswith(data)
    assert len(data) > 0.8 * len(text)
    assert notes == [f"gzip stream is truncated: {len(data):,} bytes read before the break"]


def test_an_archive_without_logs_is_a_fault(tmp_path: Path) -> None:
    tar(tmp_path / "x.tar", {"readme.md": b"x\n"})
    found, (fault,) = find_sources(["x.tar"])
    assert not found
    assert "holds no log file" in fault.what


@given(st.permutations(["logs", "logs/b.log", "x.log", "-", "missing", "x.log", "logs/*.log"]))
def test_the_order_of_paths_does_not_matter(tmp_path_factory: pytest.TempPathFactory, order: list[str]) -> None:
    here = tmp_path_factory.mktemp("order")
    (here / "logs").mkdir()
    for name in ("logs/a.log", "logs/b.log", "x.log"):
        (here / name).write_bytes(LINE)
    named = [path if path == "-" else str(here / path) for path in order]
    found, faults = find_sources(named)
    assert [source.path.removeprefix(here.as_posix() + "/") for source in found] == [
        "-", "logs/a.log", "logs/b.log", "x.log",
    ]  # fmt: skip
    assert [Path(fault.where.path).name for fault in faults] == ["missing"]


def test_standard_input_is_read_as_it_comes() -> None:
    ((source,), faults) = find_sources(["-"])
    assert not faults
    assert source == Source("-", None, None, None)
    with open_source(source, stdin=io.BytesIO(gzip.compress(LINE))) as stream:
        assert stream.read(1000) == LINE
    with pytest.raises(SourceError, match="standard input"):
        open_source(source)


def test_a_pipe_that_is_named_is_read_as_a_stream(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=lambda: (tmp_path / "pipe").write_bytes(LINE * 5000))
    writer.start()
    ((source,), faults) = find_sources(["pipe"])
    assert not faults
    data, notes, digest = read(source)
    writer.join()
    assert (data, notes, digest) == (LINE * 5000, [], hashlib.sha256(LINE * 5000).hexdigest())


def test_a_process_substitution_is_read_as_a_stream() -> None:
    end, other = os.pipe()
    os.write(other, LINE)
    os.close(other)
    ((source,), faults) = find_sources([f"/dev/fd/{end}"])
    assert not faults
    assert read(source)[0] == LINE
    os.close(end)


def test_a_file_that_cannot_be_opened_is_a_fault_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.log", "b.log"):
        (tmp_path / name).write_bytes(LINE)
    real = Path.open

    def refuse(path: Path, *args: object, **more: object) -> object:
        if path.name == "a.log":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *args, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    found, (fault,) = find_sources(["a.log", "b.log"])
    assert [source.path for source in found] == ["b.log"]
    assert str(fault) == (
        "a.log: cannot be read: permission denied\n  hint: run as a user who may read it, or ask for the right to"
    )


def test_a_file_that_vanished_since_is_a_source_error(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LINE)
    ((source,), _) = find_sources(["a.log"])
    (tmp_path / "a.log").unlink()
    with pytest.raises(SourceError, match="no such file"):
        open_source(source)
    with pytest.raises(SourceError, match="no such member"):
        open_source(Source("x!y", tar(tmp_path / "x", {"a": LINE}), "y", None))


@pytest.mark.parametrize("data", [b"", b"no final newline", b"a\r\nb\r\n", b"a\0b\n", b"\xef\xbb\xbfbom\n"])
def test_odd_files_are_read(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.log").write_bytes(data)
    ((source,), faults) = find_sources(["a.log"])
    assert not faults
    got, notes, digest = read(source)
    assert (got, notes) == (data.removeprefix(b"\xef\xbb\xbf"), [])
    assert digest == hashlib.sha256(data).hexdigest()
