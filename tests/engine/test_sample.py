import gzip
from pathlib import Path

from logscan.engine.sample import Looked, sample_lines
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


def test_a_compressed_file_is_looked_at_in_its_head(tmp_path: Path) -> None:
    path = tmp_path / "a.log.gz"
    path.write_bytes(gzip.compress(b"".join(b"line %d of the log\n" % n for n in range(100_000))))
    lines = sampled(path)[0]
    assert lines[0] == "line 0 of the log"
    assert all(line.startswith("line ") for line in lines)


def test_a_short_file_gives_each_line_once(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\r\n\ntwo")
    assert sampled(path)[0] == ["one", "two"]
