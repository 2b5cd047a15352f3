"""Words for a terminal."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from logscan.model.finding import Scope
from logscan.report.escape import width
from logscan.report.text import findings_table, summary_text
from tests.report.scans import empty, finding, library, typical

LIBRARY = library()
TAXONOMY = LIBRARY.taxonomy


def test_the_table(golden: Any) -> None:
    golden("report/findings.txt", findings_table(typical(), TAXONOMY, LIBRARY.playbooks))


def test_the_summary(golden: Any) -> None:
    golden("report/summary.txt", summary_text(typical(), TAXONOMY) + "\n")


def test_nothing_to_tell(golden: Any) -> None:
    golden("report/nothing.txt", findings_table(empty(), TAXONOMY) + summary_text(empty(partial=True), TAXONOMY) + "\n")


HOSTILE = st.one_of(
    st.text(),
    st.sampled_from(["\x1b]8;;http://x\x07", "\u202e", "\x9b2J", "漢" * 80, "\r\n"]),
)


@given(st.lists(HOSTILE, min_size=1, max_size=3), HOSTILE)
def test_no_log_text_moves_the_cursor_or_widens_the_table(values: list[str], cause: str) -> None:
    scan = empty(
        findings=(finding(scope=Scope("user", tuple(values)), cause=cause, pattern=cause, playbook=cause),),
        by_cause={cause: 3},
        auth_failures=3,
    )
    for text in (findings_table(scan, TAXONOMY), summary_text(scan, TAXONOMY)):
        assert all(char.isprintable() for char in text.replace("\n", ""))
        assert max(map(width, text.split("\n"))) <= 100


def test_log_text_is_no_template() -> None:
    text = findings_table(empty(findings=(finding(scope=Scope("user", ("{{ 7*7 }}{% raw %}",))),)), TAXONOMY)
    assert "user {{ 7*7 }}{% raw %}" in text


def test_the_number_of_lines_does_not_depend_on_log_text() -> None:
    plain, hostile = (empty(findings=(finding(scope=Scope("user", (name,))),)) for name in ("ada", "a\nb\rc\u2028d"))
    assert findings_table(plain, TAXONOMY).count("\n") == findings_table(hostile, TAXONOMY).count("\n")


def test_a_summary_stays_short_whatever_there_is_to_tell() -> None:
    many = replace(typical(), findings=tuple(finding(id=str(n)) for n in range(400)))
    assert len(summary_text(many, TAXONOMY).splitlines()) < 20


def test_where_nothing_failed_the_time_that_was_covered_is_told() -> None:
    read = replace(typical(), findings=(), auth_failures=0, by_cause={})
    first = min(each.first for each in read.inputs if each.first)
    last = max(each.last for each in read.inputs if each.last)
    told = summary_text(read, TAXONOMY)
    assert f"no authentication failures from {first:%Y-%m-%d %H:%M:%S} to {last:%Y-%m-%d %H:%M:%S} UTC" in told
    assert f"{read.lines:,} lines: {read.events:,} events, {read.rejects:,} not understood" in told
    untimed = replace(read, inputs=tuple(replace(each, first=None, last=None) for each in read.inputs))
    assert "no authentication failures: no line that was understood tells its time" in summary_text(untimed, TAXONOMY)


def test_what_weakens_a_claim_stands_beside_it() -> None:
    text = findings_table(
        empty(findings=(finding(caveats=("3 episodes: consistent with 3600 s, not proven",)),)), TAXONOMY
    )
    assert "         but: 3 episodes: consistent with 3600 s, not proven\n" in text
