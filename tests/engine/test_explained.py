"""One line explained: of a file, of a text, wrapped, continued, refused, hostile."""

import gzip
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from logscan.engine.explained import Explained, explain
from logscan.engine.request import Request
from logscan.model.errors import Faults, SourceError
from tests.ingest.frames import write

NOW = datetime(2026, 4, 1, tzinfo=UTC)
ERROR = '2026/03/12 06:25:24 [error] 12#12: *17 user "ada": password mismatch, client: 192.0.2.7, server: a, request: "GET / HTTP/1.1"'
WEB = '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "GET /a HTTP/1.1" 200 0 "-" "curl/8.5"'
TRACE = '2026-03-12 06:25:24,120 ERROR app.auth: token has expired\nTraceback (most recent call last):\n  File "a.py", line 1\nValueError: x\n'


def told(path: Path | str = "", number: int = 1, *, text: str | None = None, **more: Any) -> Explained:
    return explain(Request((str(path),), NOW, b"k" * 32, **more), text, number)


def test_a_line_of_a_file(tmp_path: Path) -> None:
    log = write(tmp_path, "error.log", f"{ERROR}\n" * 3)
    found = told(log, 2)
    assert (found.state, found.line, found.owner) == ("event", 2, 2)
    assert [layer.format for layer in found.layers] == ["nginx-error"]
    assert (found.cause, found.confidence, found.outcome) == ("username_password_invalid", "high", "auth_failure")
    assert found.matched[0].name == "nginx_basic_password_mismatch"
    assert ("words.message|contains", ("password mismatch",)) in [(h.item, h.values) for h in found.matched[0].why.held]
    assert found.fields["user.name"] == "ada"
    assert sum(found.looked.values()) > 1
    assert "nginx-error read 3 of 3" in found.detected


def test_a_line_within_a_line_is_told_from_the_outermost_on() -> None:
    found = told(text=f"<190>Mar 12 06:25:25 web1 nginx: {ERROR}")
    assert [layer.format for layer in found.layers] == ["syslog-rfc3164", "nginx-error"]
    assert found.layers[1].text == ERROR
    assert found.fields["host.name"] == "web1"


def test_a_line_that_continues_an_event_is_explained_as_it(tmp_path: Path) -> None:
    log = write(tmp_path, "app.log", TRACE)
    found = told(log, 3)
    assert (found.state, found.owner) == ("continuation", 1)
    assert "ValueError" in str(found.fields["message"])


def test_a_line_that_is_none(tmp_path: Path) -> None:
    log = write(tmp_path, "a.log", f"{WEB}\n\n~~~\n")
    assert told(log, 2).state == "blank"
    refused = told(log, 3)
    assert refused.state == "reject"
    assert refused.candidates
    assert refused.layers == ()


def test_a_success_has_no_cause(tmp_path: Path) -> None:
    found = told(text=WEB)
    assert (found.cause, found.matched, found.outcome) == ("", (), "ok")


@pytest.mark.parametrize(
    ("text", "zone", "year"),
    [
        (WEB, "", ""),
        (ERROR, "taken to be +02:00", ""),
        (
            "Mar 12 06:25:24 web1 sshd[3]: Failed password for ada from 192.0.2.7 port 22 ssh2",
            "taken to be +02:00",
            "taken to be 2026",
        ),
    ],
)
def test_what_was_taken_for_granted_about_the_time_is_told(text: str, zone: str, year: str) -> None:
    found = told(text=text, zone="+02:00")
    assert zone in found.zone
    assert bool(found.zone) == bool(zone)
    assert year in found.year
    assert bool(found.year) == bool(year)


def test_packed_files_and_standard_input(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(f"{WEB}\n{ERROR}\n".encode(), mtime=0))
    assert told(tmp_path / "a.gz", 2).cause
    assert told("-", 1, stdin=io.BytesIO(ERROR.encode())).cause


def test_a_record_of_a_json_document_is_found_by_any_of_its_lines(tmp_path: Path) -> None:
    log = write(tmp_path, "a.json", '[\n{"time":"2026-03-12T06:25:24Z",\n"level":"WARN","msg":"token has expired"},\n{"time":"2026-03-12T06:25:25Z","level":"INFO","msg":"x"}\n]\n')  # fmt: skip
    assert told(log, 3).fields["message"] == "token has expired"


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    log = write(tmp_path, "a.log", f"{WEB}\n")
    write(tmp_path, "b.log", f"{WEB}\n")
    (tmp_path / "c.bin").write_bytes(bytes(range(256)) * 40)
    write(tmp_path / "d", "empty.log", "")
    for path, what in ((log, "has no line 9"), (tmp_path / "no", "no such file"), (tmp_path, "names 4 files"), (tmp_path / "d", "has no line 9"), (tmp_path / "c.bin", "binary")):  # fmt: skip
        with pytest.raises(SourceError, match=what):
            told(path, 9)
    with pytest.raises(Faults, match="unknown format"):
        told(log, 1, log_format="nothing")


def test_a_format_that_was_told_is_the_only_one_tried() -> None:
    assert told(text=WEB, log_format="nginx-error").state == "reject"


def test_no_secret_is_in_any_of_it() -> None:
    secret = "sk-" + "a1B2c3D4" * 4
    for text in (f"{ERROR} Authorization: Bearer {secret}", WEB.replace("/a", f"/a?api_key={secret}"), f"~ {secret}", f'{{"log":"{secret} api_key={secret}"}}'):  # fmt: skip
        found = told(text=text)
        assert secret[:12] not in repr(found)
        assert found.hidden
