"""The archive for a support engineer."""

import hashlib
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from logscan.report.bundle import bundle_files, zipped
from tests.hostile.corpus import PAYLOADS
from tests.report.scans import GENERATED, asked, empty, failures, library, typical


def made(scan: Any) -> dict[str, bytes]:
    drawn: Any = {"shown": failures(scan), "asked": asked(scan)} if scan.findings else {}
    return bundle_files(scan, library(), "<!doctype html>", generated=GENERATED, version="1.2.3", **drawn)


def test_it_holds_what_its_readme_names_and_sums_that_are_right() -> None:
    files = made(typical())
    readme = files["README.txt"].decode()
    for name in files:
        assert re.sub(r"-\d+\.png", "-N.png", name) in readme or name == "README.txt"
    assert {name for name in files if name.endswith(".png")} >= {
        "timeline-1.png", "side-by-side.png", "who-fails-where.png", "how-soon-it-worked.png", "finding-1.png", "finding-2.png",
    }  # fmt: skip
    sums = {line[66:]: line[:64] for line in files["SHA256SUMS"].decode().splitlines()}
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != "SHA256SUMS"}
    evidence = [json.loads(line) for line in files["evidence.ndjson"].splitlines()]
    assert len(evidence) == sum(len(found.evidence) for found in typical().findings)
    assert json.loads(files["findings.json"])["schema"] == "logscan.findings/1"
    assert files["inputs.sha256"].decode().splitlines()[0] == f"{'9f' * 32}  nginx/access.log"


def test_the_same_scan_and_time_give_the_same_bytes() -> None:
    one, two = (zipped(made(typical()), GENERATED) for _ in range(2))
    assert one == two
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 3, 13, 9, 30, 0)}
        assert all(entry.filename.startswith("logscan-bundle/") for entry in archive.infolist())


def test_a_clock_before_1980_does_no_harm() -> None:
    assert zipped({"a": b""}, datetime(1970, 1, 1, tzinfo=UTC))


def test_hostile_names_stay_on_one_line() -> None:
    text = PAYLOADS["forged_line"] + "\n" + PAYLOADS["ansi"]
    scan = replace(typical(), inputs=tuple(replace(i, path=text) for i in typical().inputs), faults=(text,))
    files = made(scan)
    assert files["inputs.sha256"].decode().count("\n") == len(scan.inputs)
    assert all(char.isprintable() for char in files["README.txt"].decode().replace("\n", ""))


def test_nothing_found_is_a_bundle_too() -> None:
    assert set(made(empty())) == {
        "README.txt", "SHA256SUMS", "evidence.ndjson", "findings.json", "inputs.sha256", "report.html", "summary.md",
    }  # fmt: skip
