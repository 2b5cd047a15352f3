import gzip
from pathlib import Path

import pytest

from logscan.batch.content import begins_like, content_of
from logscan.ingest.raw import take
from logscan.ingest.source import Source, find_sources, open_source
from logscan.ingest.trail import BLOCK, Mark, Trail
from tests.batch.runs import access

DATA = access(0, 3000)


def source(path: Path) -> Source:
    [found] = find_sources([str(path)]).sources
    return found


def mark(path: Path, offset: int) -> Mark:
    with open_source(source(path)) as stream:
        trail = Trail(stream)
        take(trail, len(DATA))
        return trail.at(offset)


@pytest.mark.parametrize("offset", [100, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_the_same_bytes_are_known_packed_or_not(tmp_path: Path, offset: int) -> None:
    plain, packed = tmp_path / "a.log", tmp_path / "a.log.1.gz"
    plain.write_bytes(DATA)
    packed.write_bytes(gzip.compress(DATA))
    known = mark(plain, offset)
    for path, is_plain in ((plain, True), (packed, False)):
        content = content_of(source(path))
        assert content.plain is is_plain
        assert content.holds(known)
    plain.write_bytes(DATA[: offset - 1] + b"#" + DATA[offset:])
    assert not content_of(source(plain)).holds(known)
    plain.write_bytes(DATA[: offset - 1])
    assert not content_of(source(plain)).holds(known)


def test_a_mark_of_nothing_is_held_by_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(DATA)
    assert not content_of(source(tmp_path / "a.log")).holds(Mark())


def test_what_is_no_log_says_why(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(bytes(range(256)) * 50)
    assert "binary" in content_of(source(tmp_path / "a.log")).why


def test_a_file_may_be_the_beginning_of_another(tmp_path: Path) -> None:
    whole, part, other = (tmp_path / name for name in ("whole", "part", "other"))
    whole.write_bytes(DATA)
    part.write_bytes(DATA[:-500])
    other.write_bytes(DATA[:-501] + b"#")
    assert begins_like(source(part), source(whole))
    assert not begins_like(source(whole), source(part))
    assert not begins_like(source(other), source(whole))
