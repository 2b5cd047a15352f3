"""`logscan bundle`: an archive without a secret."""

import zipfile
from pathlib import Path

from tests.system.logs import combined, joined
from tests.system.tool import run


def test_the_bundle_proves_its_logs_and_keeps_no_secret(tmp_path: Path) -> None:
    secret = "sk-" + "q7Xw2mVb9Tz4Kd81Lp0s" * 2
    log = tmp_path / "client.log"
    lines = [
        f"2026-03-12 14:0{k}:00,000 ERROR worker Error code: 401 - Incorrect API key provided: {secret}\n"
        for k in range(6)
    ]
    log.write_bytes(joined(combined(60)) + "".join(lines).encode())
    told = run("bundle", log, "-o", tmp_path / "case.zip", "--title", "Case 4711")
    assert told.exit_code == 0
    assert told.stderr.endswith(f"bundle: {tmp_path / 'case.zip'}\n")
    with zipfile.ZipFile(tmp_path / "case.zip") as archive:
        files = {Path(name).name: archive.read(name) for name in archive.namelist()}
    assert all(secret.encode() not in data for data in files.values())
    assert b"<redacted" in files["evidence.ndjson"]
    assert b"Case 4711" in files["report.html"]
    assert files["timeline-1.png"].startswith(b"\x89PNG")
    (tmp_path / "report.html").write_bytes(files["report.html"])
    assert run("verify", tmp_path / "report.html", log).exit_code == 0


def test_nothing_to_read_leaves_with_its_exit_code(tmp_path: Path) -> None:
    assert run("bundle", tmp_path / "none.log", "-o", tmp_path / "case.zip").exit_code == 3
