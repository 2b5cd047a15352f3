"""A notice as people read it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from logscan.alert.document import described, document, marked_test, summary
from logscan.alert.incident import KINDS, Notice, Told
from logscan.alert.message import body, text, title
from tests.alert.documents import WORDS, told
from tests.alert.made import DAY, MINUTE, START, finding
from tests.alert.test_membership import begun

(INCIDENT,) = begun(finding("a", last_seen=START + 5 * MINUTE)).values()
TOLD = Told(START, "new", "high", 0, 1, ("token_expired",), START)


def of(kind: str) -> dict[str, object]:
    incident = replace(INCIDENT, told=TOLD, due=START + DAY if kind == "expiring" else None, within_s=1800.0)
    status = kind if kind in ("resolved", "silent") else incident.status
    reasons = ("severity", "scope", "cause", "again", "flapping") if kind == "changed" else ()
    notice = Notice("x-1", kind, START + DAY, replace(incident, status=status), reasons, "medium")
    return document(notice, described(finding(), WORDS), url="https://reports.example.com/latest.html")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_words(kind: str, golden: Callable[[str, str], None]) -> None:
    found = of(kind)
    golden(f"alerts/{kind}.txt", f"{title(found)}\n\n{text(found)}\n\n{body(found)}")


def test_what_began_before_is_told_with_the_times_of_now() -> None:
    late = START + DAY
    incident = replace(INCIDENT, started=late, spans=((late, late + 5 * MINUTE),), told=TOLD)
    known = described(finding(last_seen=late), WORDS)
    new, over = (
        text(document(Notice("x-2", kind, late, replace(incident, status=status)), known))
        for kind, status in (("new", "active"), ("resolved", "resolved"))
    )
    assert "fails since 2026-03-13 06:00:00 UTC, not for the first time since 2026-03-12 06:00:00 UTC." in new
    assert "failed from 2026-03-13 06:00:00 UTC to 2026-03-13 06:05:00 UTC, 5 minutes. Requests succeed again." in over


def test_a_summary_and_a_test_have_words_too(golden: Callable[[str, str], None]) -> None:
    notice = Notice("x-1", "new", START, INCIDENT)
    found = summary([notice] * 45, {INCIDENT.id: told("new")}, START)
    golden("alerts/summary.txt", f"{title(found)}\n\n{text(found)}\n\n{body(found)}")
    marked = marked_test(START)
    golden("alerts/test.txt", f"{title(marked)}\n\n{text(marked)}\n\n{body(marked)}")


def test_title_and_sentence_are_one_line_and_the_body_has_no_gaps() -> None:
    for kind in KINDS:
        found = of(kind)
        assert "\n" not in title(found) + text(found)
        assert "\n\n\n" not in body(found)
        assert not body(found).startswith("\n")


def test_a_text_of_a_log_is_never_part_of_the_template() -> None:
    hostile = {**WORDS, "title": "{{ 7 * 7 }} {% raw %}"}
    found = document(Notice("x-1", "new", START, INCIDENT), described(finding(), hostile))
    assert "{{ 7 * 7 }} {% raw %}" in title(found)
    assert "49" not in title(found)
