"""`logscan diff` from the outside."""

import json
from pathlib import Path

from click.testing import CliRunner

from logscan.cli.main import cli

LINE = '192.0.2.{} - - [12/Mar/2026:{:02}:{:02}:00 +0000] "GET /api HTTP/1.1" {} 10 "-" "curl/8"\n'


def log(folder: Path) -> Path:
    path = folder / "access.log"
    path.write_text("".join(LINE.format(7, h, m, 200 if h < 12 else 401) for h in range(24) for m in range(0, 60, 5)))
    return path


def test_what_begins_after_the_split_is_new(tmp_path: Path) -> None:
    ran = CliRunner().invoke(cli, ["diff", "--split", "2026-03-12T12:00Z", str(log(tmp_path)), "--format", "json"])
    assert ran.exit_code == 0, ran.output
    document = json.loads(ran.stdout)
    assert document["summary"]["new"] == 1
    assert document["changes"][0]["scope"]["values"] == ["192.0.2.7"]


def test_two_scans(tmp_path: Path) -> None:
    path, scan = log(tmp_path), tmp_path / "scan.json"
    assert CliRunner().invoke(cli, ["scan", str(path), "--format", "json", "-o", str(scan)]).exit_code == 0
    ran = CliRunner().invoke(cli, ["diff", str(scan), str(scan)])
    assert ran.exit_code == 0
    assert "1 same" in ran.stdout


def test_what_is_no_scan_is_refused(tmp_path: Path) -> None:
    path = log(tmp_path)
    for paths in ([str(path)], [str(path), str(path)], [str(path), str(tmp_path / "none.json")]):
        ran = CliRunner().invoke(cli, ["diff", *paths])
        assert ran.exit_code == 2, ran.output
    assert CliRunner().invoke(cli, ["diff", "--split", "2026-03-12", "-"]).exit_code == 2
