"""`logscan diff` from the outside."""

import json
from pathlib import Path

import pytest
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


def _outage(folder: Path) -> Path:
    """Six clients, refused from 11:00 to 17:00."""
    path = folder / "access.log"
    asked = [(h, m, k) for h in range(24) for m in range(0, 60, 5) for k in range(6)]
    path.write_text("".join(LINE.format(k, h, m, 401 if 11 <= h < 17 else 200) for h, m, k in asked))
    return path


def test_a_split_in_the_middle_of_an_outage_tells_one_outage_by_its_rates(tmp_path: Path) -> None:
    ran = CliRunner().invoke(cli, ["diff", "--split", "2026-03-12T14:00Z", str(_outage(tmp_path)), "--format", "json"])
    (change,) = json.loads(ran.stdout)["changes"]
    assert change["cause"] == "server_auth_config"
    assert change["state"] == {"before": "open", "after": "resolved"}
    assert change["per_hour"] == {
        "before": pytest.approx(3 * 72 / 14, rel=0.01),
        "after": pytest.approx(3 * 72 / 9.9, rel=0.01),
    }


def test_an_outage_that_is_over_by_the_split_is_gone(tmp_path: Path) -> None:
    ran = CliRunner().invoke(cli, ["diff", "--split", "2026-03-12T18:00Z", str(_outage(tmp_path)), "--format", "json"])
    assert json.loads(ran.stdout)["summary"]["gone"] == 1


def test_the_log_ends_with_the_period_that_is_asked_for(tmp_path: Path) -> None:
    asked = ["scan", "--until", "2026-03-12T14:00Z", str(_outage(tmp_path)), "--format", "json"]
    (found,) = json.loads(CliRunner().invoke(cli, asked).stdout)["findings"]
    assert (found["pattern"], found["state"], found["severity"]) == ("sustained_open", "open", "critical")


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
