import json
from pathlib import Path

from tests.hostile.corpus import PAYLOADS, with_every_text, write_corpus
from tests.report.scans import typical


def test_the_corpus_is_the_same_every_time_and_every_payload_stands_in_it(tmp_path: Path) -> None:
    first, again = write_corpus(tmp_path / "a", largest=5_000), write_corpus(tmp_path / "b", largest=5_000)
    assert [p.name for p in first] == [p.name for p in again]
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in again]
    app = (tmp_path / "a" / "app.log").read_bytes().decode()
    assert not [name for name, text in PAYLOADS.items() if text[:5_000].replace("\n", " ") not in app]


def test_every_json_line_is_json(tmp_path: Path) -> None:
    write_corpus(tmp_path, largest=5_000)
    for line in (tmp_path / "app.jsonl").read_bytes().removesuffix(b"\n").split(b"\n"):
        assert json.loads(line)["status"] == 401


def test_every_text_of_a_scan_is_replaced() -> None:
    filled = with_every_text(typical(), "<x>")
    assert "token_expired" in repr(typical())
    assert not [word for word in ("token_expired", "combined", "192.0.2", "app.log", "svc-") if word in repr(filled)]
    assert len(filled.findings) == len(typical().findings)
    assert filled.findings[0].counts == typical().findings[0].counts
