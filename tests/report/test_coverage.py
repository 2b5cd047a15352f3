"""What the logs cover, in words."""

import json
from dataclasses import replace
from datetime import timedelta

from logscan.model.finding import Coverage, Stretch, Zone
from logscan.report import coverage
from logscan.report.coverage import assumption, logs_of, notices, zones_told
from logscan.report.html import render_html
from logscan.report.json import findings_json
from logscan.report.text import summary_text
from tests.report.scans import GENERATED, HOUR, START, empty, library, typical


def stretch(line: int, hours: float, path: str = "a.log") -> Stretch:
    return Stretch(START, START + hours * HOUR, path, line)


def covered(**changes: object) -> Coverage:
    zones = {"UTC (assumed)": Zone(3, START, START), "+01:00": Zone(40, START, START)}
    return replace(Coverage("a.log", ("a.log",), START, START + HOUR, zones=zones), **changes)  # type: ignore[arg-type]


def test_the_span_is_that_of_all_inputs() -> None:
    assert coverage.covered(typical())[0] == START
    assert coverage.covered(empty()) == (None, None)


def test_an_ordinary_log_has_nothing_to_tell() -> None:
    assert notices(covered()) == ()
    assert zones_told(covered()) == "+01:00 40, UTC (assumed) 3"
    assert zones_told(covered(zones={"IST": Zone(2, START, START, "+05:30")})) == "IST (read as +05:30) 2"


def test_everything_out_of_the_ordinary_is_a_sentence() -> None:
    found = covered(
        gaps=tuple(stretch(n, 5 - n) for n in range(5)),
        gap_count=7,
        set_back=(stretch(1000, -2),),
        set_back_count=1,
        set_ahead=(stretch(900, 2),),
        set_ahead_count=1,
        disordered=1,
        furthest=Stretch(START, START - timedelta(seconds=3), "a.log", 4),
        mixed=("+01:00", "UTC (assumed)"),
    )
    assert notices(found) == (
        "times of different zones stand side by side: +01:00 (40) and UTC (assumed) (3)",
        "the clock goes back by 2 h at line 1,000, 2026-03-12 05:00:00 – 03:00:00",
        "the clock leaps, and comes back later, by 2 h at line 900, 2026-03-12 05:00:00 – 07:00:00",
        "there is no event for 5 h at line 0, 2026-03-12 05:00:00 – 10:00:00",
        "there is no event for 4 h at line 1, 2026-03-12 05:00:00 – 09:00:00",
        "there is no event for 3 h at line 2, 2026-03-12 05:00:00 – 08:00:00",
        "4 more gaps, shorter ones",
        "1 event is out of order, by up to 3 s at line 4, 2026-03-12 05:00:00 – 04:59:57",
    )
    several = replace(found, parts=("a.log.1", "a.log"))
    assert "at a.log line 1,000" in notices(several)[1]


def test_the_assumed_zone_is_stated_whether_it_was_needed_or_not() -> None:
    scan = typical()
    zone = " and ".join(sorted({each.timezone for each in scan.inputs}))
    assert assumption(scan) == f"times that name no zone were read as {zone}"
    assert assumption(replace(scan, coverage=(covered(),))) == "times that name no zone were read as UTC: 3 of 43"
    none = replace(covered(), zones={"+01:00": Zone(40, START, START)})
    assert assumption(replace(scan, coverage=(none,))) == f"times that name no zone were read as {zone}: 0 of 40"
    assert assumption(empty()) == ""


def test_parts_of_a_log_stand_together_the_newest_first() -> None:
    scan = typical()
    one, two = (replace(scan.inputs[0], path=path) for path in ("a.log", "a.log.1"))
    coverage = replace(covered(), parts=("a.log.1", "a.log"))
    logs = logs_of(replace(scan, inputs=(one, two, *scan.inputs[1:]), coverage=(coverage,)))
    assert [log.title for log in logs if log.coverage] == ["a.log and 1 older part"]
    assert [each.path for log in logs for each in log.inputs if log.coverage] == ["a.log", "a.log.1"]
    assert sum(len(log.inputs) for log in logs) == 1 + len(scan.inputs)


def test_page_terminal_and_document_tell_the_same() -> None:
    scan = typical()
    path = "<b>a.log\x1b[31m"
    inputs = tuple(replace(scan.inputs[0], path=p, log=path, doubt="none of <i> fits") for p in (path, f"{path}.1"))
    coverage = replace(covered(), log=path, parts=(f"{path}.1", path), gaps=(stretch(7, 5, path),), gap_count=1)
    scan = replace(scan, inputs=(*inputs, *scan.inputs[1:]), coverage=(coverage,))
    page = render_html(scan, library(), generated=GENERATED, command="logscan", version="1", bundle="")
    assert "There is no event for 5 h at &lt;b&gt;a.log\\x1b[31m line 7" in page
    assert "&lt;b&gt;a.log\\x1b[31m and 1 older part" in page
    assert "none of &lt;i&gt; fits" in page
    summary = summary_text(scan, library().taxonomy)
    assert "<b>a.log\\x1b[31m: none of <i> fits" in summary
    assert "there is no event for 5 h at" in summary
    document = json.loads(findings_json(scan))
    assert [log["parts"] for log in document["coverage"]] == [[f"{path}.1", path]]
    assert document["coverage"][0]["gaps"]["longest"][0]["seconds"] == 18_000
    assert [each.get("log") for each in document["inputs"][:2]] == [path, path]


def test_what_was_read_as_one_zone_was_not_read_as_another() -> None:
    there, here = Zone(30, START, START), Zone(5, START, START)
    logs = ("UTC", here), ("Europe/Berlin", there)
    parts = tuple(replace(covered(), log=zone, zones={f"{zone} (assumed)": told, "Z": told}) for zone, told in logs)
    inputs = tuple(replace(typical().inputs[0], path=zone, timezone=zone) for zone, _ in logs)
    scan = replace(typical(), inputs=inputs, coverage=parts)
    words = "times that name no zone were read as Europe/Berlin (30) and UTC (5): 35 of 70"
    assert assumption(scan) == words
    told = replace(parts[0], zones={"Z": here})
    assert assumption(replace(scan, coverage=(told, parts[1]))).endswith(" read as Europe/Berlin: 30 of 65")
