"""What the commands give: the keys and their order, times, and files that can be read back."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from logscan.model.schemas import CLASSIFIED
from tests.system.logs import application, combined, joined, json_lines
from tests.system.tool import run

INPUT = ["path", "dataset", "bytes", "sha256", "lines", "events", "rejects", "first", "last", "timezone"]
SUMMARY = ["lines", "events", "rejects", "auth_failures", "by_cause"]
SELDOM = {
    "next_within_s",
    "caveats",
    "facts",
    "detection",
    "contrast",
    "reproduce",
    "assumed_times",
    "after_mark",
}  # only where there is something to tell
FINDING = [
    "id", "cause", "family", "confidence", "severity", "pattern", "period_s", "state", "scope", "first_seen", "last_seen",
    "onset", "counts", "rate", "alternatives", "rules", "evidence", "playbook", "missing_evidence", "next_expected",
]  # fmt: skip
INNER = {
    "scope": ["level", "values"],
    "onset": ["after", "before"],
    "counts": ["events", "episodes", "clients", "users", "endpoints"],
    "rate": ["before", "during"],
}
COMMON: dict[tuple[str, ...], str] = {}
SEVERITIES = ["critical", "high", "medium", "low", "informational"]
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    (folder / "access.log").write_bytes(joined(combined(300)))
    (folder / "app.jsonl").write_bytes(joined(json_lines(200)))
    (folder / "app.log").write_bytes(joined(application(60)))
    return folder


def said(*arguments: str | Path) -> str:
    """What a command without a fault says on stdout; asked once."""
    key = tuple(map(str, arguments))
    if key not in COMMON:
        told = run(*arguments)
        assert told.exit_code == 0
        assert told.stderr == ""
        COMMON[key] = told.stdout
    return COMMON[key]


def test_the_document_has_the_keys_of_the_contract_in_their_order(logs: Path) -> None:
    document = json.loads(said("scan", logs, "--format", "json"))
    assert list(document) == ["schema", "inputs", "summary", "findings"]
    assert document["schema"] == "logscan.findings/1"
    assert [list(each) for each in document["inputs"]] == [INPUT] * 3
    assert list(document["summary"]) == SUMMARY
    assert document["findings"]
    for found in document["findings"]:
        assert [key for key in found if key not in SELDOM] == FINDING
        assert {key: list(found[key]) for key in INNER} == INNER
        assert all(list(other) == ["cause", "confidence"] for other in found["alternatives"])
        assert found["evidence"]
        assert all(list(line) == ["path", "line", "offset", "text"] for line in found["evidence"])
        assert all(MOMENT.fullmatch(found[key]) for key in ("first_seen", "last_seen"))
    order = [(SEVERITIES.index(f["severity"]), f["first_seen"], f["id"]) for f in document["findings"]]
    assert order == sorted(order)


def test_the_document_adds_up(logs: Path) -> None:
    document = json.loads(said("scan", logs, "--format", "json"))
    total = document["summary"]
    for key in ("lines", "events", "rejects"):
        assert total[key] == sum(each[key] for each in document["inputs"])
    assert total["auth_failures"] == sum(total["by_cause"].values())
    assert total["auth_failures"] == sum(found["counts"]["events"] for found in document["findings"])


def test_evidence_is_found_where_it_is_said_to_stand(logs: Path) -> None:
    document = json.loads(said("scan", logs, "--format", "json"))
    for found in document["findings"]:
        for line in found["evidence"]:
            data = Path(line["path"]).read_bytes()
            assert data.count(b"\n", 0, line["offset"]) == line["line"] - 1
            assert data[line["offset"] - 1 : line["offset"]] in (b"", b"\n")
            head = line["text"].split("\n")[0][:25]
            assert data[line["offset"] :].startswith(head.encode())


def test_two_runs_give_the_same_document_byte_for_byte(logs: Path) -> None:
    for form in ("json", "ndjson", "table"):
        assert run("scan", logs, "--format", form).stdout == said("scan", logs, "--format", form)


def test_ndjson_has_a_finding_a_line(logs: Path) -> None:
    document = json.loads(said("scan", logs, "--format", "json"))
    lines = [json.loads(line) for line in said("scan", logs, "--format", "ndjson").splitlines()]
    assert lines == [{k: v for k, v in found.items() if v is not None} for found in document["findings"]]


def test_the_table_names_what_was_found_and_what_to_do(logs: Path) -> None:
    table = said("scan", logs, "--format", "table")
    assert "Token has expired" in table
    assert "what to do: " in table
    assert max(map(len, table.splitlines())) <= 100


def events(logs: Path, *options: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said("events", logs, *options).splitlines()]


def test_events_are_flat_with_known_keys_and_times_in_utc(logs: Path) -> None:
    rows = events(logs)
    total = json.loads(said("scan", logs, "--format", "json"))["summary"]["auth_failures"]
    assert len(rows) == total
    for row in rows:
        assert list(row) == [name for name in CLASSIFIED if name in row]
        assert row.keys() >= {
            "@timestamp",
            "log.file.path",
            "logscan.line",
            "logscan.cause",
            "logscan.confidence",
            "logscan.rules",
        }
        assert MOMENT.fullmatch(row["@timestamp"])
        assert not any(isinstance(value, dict) for value in row.values())
    places = [(row["log.file.path"], row["logscan.line"]) for row in rows]
    assert places == sorted(places)


def test_all_gives_every_event_and_the_failures_as_without(logs: Path) -> None:
    failures, every = events(logs), events(logs, "--all")
    document = json.loads(said("scan", logs, "--format", "json"))
    assert len(every) == document["summary"]["events"]
    assert [row for row in every if "logscan.cause" in row] == failures


def test_csv_can_be_read_back(logs: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("events", logs, "--format", "csv", "--all").stdout, newline="")))
    assert list(rows[0]) == list(CLASSIFIED)
    every = events(logs, "--all")
    assert [row["logscan.line"] for row in rows] == [str(row["logscan.line"]) for row in every]
    assert [row["@timestamp"] for row in rows] == [row["@timestamp"] for row in every]
    assert [row["source.address"] for row in rows] == [row.get("source.address", "") for row in every]


def test_parquet_can_be_read_back(logs: Path, tmp_path: Path) -> None:
    out = tmp_path / "events.parquet"
    assert run("events", logs, "--format", "parquet", "-o", out).exit_code == 0
    table = pl.read_parquet(out)
    assert table.schema == CLASSIFIED
    assert table["logscan.line"].to_list() == [row["logscan.line"] for row in events(logs)]


def test_nothing_to_tell_is_still_a_result(tmp_path: Path) -> None:
    calm = tmp_path / "calm.log"
    calm.write_bytes(joined(combined(30)).replace(b" 401 ", b" 200 "))
    told = run("scan", calm, "--format", "json")
    assert told.exit_code == 0
    assert json.loads(told.stdout)["findings"] == []
    assert run("scan", calm, "--format", "ndjson").stdout == ""
    assert "no authentication failures" in run("scan", calm).stdout
    assert run("events", calm).stdout == ""
    assert run("events", calm, "--format", "csv").stdout.splitlines() == [",".join(CLASSIFIED)]
    assert run("events", calm, "--format", "parquet", "-o", tmp_path / "x").exit_code == 0
    assert pl.read_parquet(tmp_path / "x").schema == CLASSIFIED


@pytest.mark.parametrize("name", ["report", "scan", "events"])
def test_a_result_replaces_an_older_one_whole_and_leaves_nothing_beside_it(
    name: str, logs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "result"
    out.write_text("an older one")
    out.chmod(0o640)
    assert run(name, logs / "app.log", "-o", out).exit_code == 0
    assert "an older one" not in out.read_text("utf-8")
    assert out.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [out]


def test_a_result_through_a_link_replaces_what_it_points_to(logs: Path, tmp_path: Path) -> None:
    link, real = tmp_path / "latest.json", tmp_path / "real.json"
    link.symlink_to(real)
    assert run("scan", logs, "--format", "json", "-o", link).exit_code == 0
    assert link.is_symlink()
    assert json.loads(real.read_text())["schema"]


def test_a_device_is_written_to_and_never_replaced(logs: Path) -> None:
    for name in ("report", "events"):
        assert run(name, logs / "app.log", "-o", "/dev/null").exit_code == 0
        assert Path("/dev/null").is_char_device()


def test_the_report_is_one_page_and_its_summary_goes_to_stderr(logs: Path, tmp_path: Path) -> None:
    told = run("report", logs, "-o", tmp_path / "page.html")
    assert told.exit_code == 0
    assert told.stdout == ""
    assert f"report: {tmp_path / 'page.html'}" in told.stderr
    assert "authentication failures" in told.stderr
    page = run("report", logs, "-o", "-").stdout
    assert page.startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    assert not re.search(r"<(link|img|iframe|script[^>]+src)\b[^>]*https?:", page)


def test_a_period_and_a_zone_are_kept_to(logs: Path) -> None:
    late = events(logs / "access.log", "--since", "2026-03-12T12:20", "--until", "2026-03-12T12:25Z")
    assert late
    assert all("2026-03-12T12:20" <= row["@timestamp"] < "2026-03-12T12:25" for row in late)
    east = events(logs / "app.log", "--tz", "+02:00")
    assert east[0]["@timestamp"][:11] == "2026-03-12T"
    assert {row["@timestamp"][11:13] for row in east} <= {"10", "11"}
    named = run("scan", logs / "app.log", "--tz", "Europe/Berlin", "--format", "json").stdout
    assert json.loads(named)["inputs"][0]["timezone"] == "Europe/Berlin"
