import io
import pickle
import tarfile
from pathlib import Path

import pytest

from logscan.ingest import archive as module
from logscan.ingest.archive import Archive, Index
from logscan.ingest.raw import take
from logscan.ingest.tar import Member

MEMORY = 64 << 20
FILES = [("./b.log", b"b\n" * 2000), ("a.log", b"a\n" * 3000), ("a.log", b"again\n"), ("../../etc/c.log", b"c\n")]


def write(path: Path, mode: str = "w:gz", files: list[tuple[str, bytes]] = FILES) -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def listed(archive: Archive) -> Index:
    index = archive.index()
    assert index is not None
    return index


def content(archive: Archive, member: Member) -> bytes:
    section = archive.open(member)
    data = take(section, member.size)
    section.close()
    return data


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_members_are_listed_in_stored_order_and_read_in_any(tmp_path: Path, mode: str) -> None:
    archive = Archive(write(tmp_path / "logs", mode), MEMORY)
    index = listed(archive)
    assert [member.name for member in index.members] == ["b.log", "a.log", "a.log#2", "../../etc/c.log"]
    assert index.packed is (mode != "w")
    assert index.faults == []
    for order in (1, -1):
        got = {member.name: content(archive, member) for member in index.members[::order]}
        assert list(got.values())[::order] == [data for _, data in FILES]


def test_reading_in_stored_order_unpacks_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(write(tmp_path / "logs"), MEMORY)
    index = listed(archive)
    opened: list[Path] = []
    real = module.Cursor

    def cursor(file: Path, memory: int) -> module.Cursor:
        opened.append(file)
        return real(file, memory)

    monkeypatch.setattr(module, "Cursor", cursor)
    assert [content(archive, member) for member in index.members] == [data for _, data in FILES]
    assert len(opened) == 1
    assert archive._parked is None


def test_two_members_can_be_read_at_the_same_time(tmp_path: Path) -> None:
    archive = Archive(write(tmp_path / "logs"), MEMORY)
    first, second = listed(archive).members[:2]
    one, two = archive.open(first), archive.open(second)
    assert take(two, 4) == b"a\na\n"
    assert take(one, 4) == b"b\nb\n"
    one.close()
    two.close()


def test_a_file_that_is_no_archive_has_no_index(tmp_path: Path) -> None:
    path = tmp_path / "plain.log"
    path.write_bytes(b"a line\n" * 200)
    assert Archive(path, MEMORY).index() is None
    path.write_bytes(b"")
    assert Archive(path, MEMORY).index() is None


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_truncated_archive_keeps_its_members_and_says_so(tmp_path: Path, mode: str) -> None:
    path = write(tmp_path / "logs", mode, [("a.log", b"a\n" * 300), ("b.log", bytes(range(256)) * 400)])
    whole = path.read_bytes()
    path.write_bytes(whole[: 3000 if mode == "w" else len(whole) * 9 // 10])
    archive = Archive(path, MEMORY)
    index = listed(archive)
    assert [member.name for member in index.members] == ["a.log", "b.log"]
    assert content(archive, index.members[0]) == b"a\n" * 300
    assert 0 < len(content(archive, index.members[1])) < 102_400
    assert any("breaks off" in fault for fault in index.faults)


def test_an_archive_can_be_sent_to_another_process(tmp_path: Path) -> None:
    archive = Archive(write(tmp_path / "logs"), MEMORY)
    member = listed(archive).members[1]
    content(archive, member)
    again = pickle.loads(pickle.dumps(archive))  # noqa: S301
    assert content(again, member) == b"a\n" * 3000
