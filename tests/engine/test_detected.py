"""Detection is told for each file, without reading it whole."""

import gzip
import io
from pathlib import Path

from logscan.engine.detected import Detected, detect_paths
from tests.ingest.frames import FORMATS, write

WEB = '192.0.2.{} - - [12/Mar/2026:06:25:24 +0000] "GET /a HTTP/1.1" 401 0 "-" "curl/8.5"\n'
JSON = '{"time":"2026-03-12T06:25:24Z","level":"WARN","msg":"token has expired"}\n'


def told(*paths: Path | str, stdin: bytes = b"") -> list[Detected]:
    return detect_paths([str(path) for path in paths], FORMATS, b"k" * 32, io.BytesIO(stdin))


def test_a_file_of_one_format(tmp_path: Path) -> None:
    (found,) = told(write(tmp_path, "a.log", "".join(WEB.format(n) for n in range(20))))
    assert (found.sampled, dict(found.shares), found.rejects) == (20, {"combined": 1.0}, ())
    assert "combined read 20 of 20" in found.why
    assert "combined" not in found.next_best


def test_a_file_of_two_formats_names_both_the_more_frequent_first(tmp_path: Path) -> None:
    (found,) = told(write(tmp_path, "a.log", JSON + WEB.format(1) * 3))
    assert next(iter(found.shares)) == "combined"
    assert list(found.shares.values()) == [0.75, 0.25]


def test_every_path_is_told_packed_or_not_and_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "b.gz").write_bytes(gzip.compress(WEB.format(1).encode(), mtime=0))
    (tmp_path / "c.bin").write_bytes(bytes(range(256)) * 40)
    write(tmp_path, "d.log", "")
    found = {
        Path(each.path).name: each
        for each in told(tmp_path / "b.gz", tmp_path / "c.bin", tmp_path / "d.log", tmp_path / "no")
    }
    assert list(found["b.gz"].shares) == ["combined"]
    assert "binary" in found["c.bin"].fault
    assert (found["d.log"].sampled, found["d.log"].fault) == (0, "")
    assert "no such file" in found["no"].fault


def test_json_documents_are_looked_at_as_records(tmp_path: Path) -> None:
    (found,) = told(write(tmp_path, "a.json", "[\n" + JSON.rstrip("\n") + ",\n" + JSON + "]\n"))
    assert found.sampled == 2
    assert "JSON documents" in found.why


def test_standard_input_is_a_source() -> None:
    (found,) = told("-", stdin=WEB.format(1).encode())
    assert list(found.shares) == ["combined"]


def test_what_is_not_read_is_shown_without_its_secrets(tmp_path: Path) -> None:
    secret = "sk-" + "a1B2c3D4" * 4
    (found,) = told(write(tmp_path, "a.log", WEB.format(1) * 3 + f"~ ~ {secret}\n"))
    assert found.rejects
    assert not [text for pair in found.rejects for text in pair if secret[:10] in text]
