import gzip
from pathlib import Path

import pytest

from logscan.engine.sample import Looked, Sample, look_at, sample_lines
from logscan.ingest.raw import take
from logscan.ingest.source import find_sources, open_source


def sampled(path: Path) -> tuple[list[str], bytes]:
    source = find_sources([str(path)]).sources[0]
    with open_source(source) as stream:
        looked = Looked(stream)
        lines = sample_lines(source, looked)
        whole = b""
        while more := take(looked, 1000):
            whole += more
    return lines, whole


def test_what_was_looked_at_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"".join(b"line %d of the log\n" % n for n in range(20_000)))
    assert sampled(path)[1] == path.read_bytes()


def test_a_long_plain_file_is_looked_at_in_three_places(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"".join(b"line %d of the log\n" % n for n in range(100_000)))
    numbers = [int(line.split()[1]) for line in sampled(path)[0]]
    assert min(numbers) == 0
    assert any(40_000 < n < 60_000 for n in numbers)
    assert max(numbers) > 99_000
    assert len(numbers) < 1000


def test_of_a_compressed_file_the_first_megabyte_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "a.log.gz"
    content = b"".join(b"line %d of the log\n" % n for n in range(100_000))
    path.write_bytes(gzip.compress(content))
    lines, whole = sampled(path)
    numbers = [int(line.split()[1]) for line in lines]
    assert all(line.startswith("line ") for line in lines)
    assert min(numbers) == 0
    assert any(20_000 < n < 35_000 for n in numbers)
    assert 48_000 < max(numbers) < 60_000
    assert whole == content


def look(path: Path) -> Sample:
    source = find_sources([str(path)]).sources[0]
    with open_source(source) as stream:
        return look_at(source, Looked(stream))


@pytest.mark.parametrize("count", [10, 5_000, 9_000, 20_000, 47_000])
@pytest.mark.parametrize("packed", [False, True])
def test_the_last_line_is_looked_at_where_it_can_be_had(tmp_path: Path, count: int, packed: bool) -> None:
    content = b"".join(b"line %d of the log\n" % n for n in range(count))
    path = tmp_path / "a.log"
    path.write_bytes(gzip.compress(content) if packed else content)
    found = look(path)
    assert found.ends
    assert found.lines[-1] == f"line {count - 1} of the log"
    assert len(found.lines) == len(set(found.lines))


def test_the_end_of_a_long_compressed_file_is_not_known(tmp_path: Path) -> None:
    path = tmp_path / "a.log.gz"
    path.write_bytes(gzip.compress(b"x" * 99 + b"\n" * 2_000_000))
    assert not look(path).ends


def test_a_short_file_gives_each_line_once(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\r\n\ntwo")
    assert sampled(path)[0] == ["one", "two"]


def test_lines_that_say_how_others_are_read_are_never_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(
        b"one\n#Software: x\n#Fields: a b\n#Date: 2026-03-12\n" + b"line\n" * 9_000 + b"#fields\ta\n" + b"x\n" * 9
    )
    lines = sampled(path)[0]
    assert [line for line in lines if line.startswith("#")] == ["#Fields: a b", "#Date: 2026-03-12", "#fields\ta"]
