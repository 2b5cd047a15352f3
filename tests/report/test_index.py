"""The index of scheduled reports."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from logscan.model.resources import rules_dir
from logscan.model.taxonomy import Taxonomy, load_taxonomy
from logscan.report.index import Entry, History, build_board, link, render_index
from tests.hostile.corpus import PAYLOADS, with_every_text
from tests.report.histories import START, STEP, told, typical
from tests.report.structure import Page, sha256


@cache
def words() -> Taxonomy:
    return load_taxonomy(rules_dir() / "taxonomy.yml")


def render(history: History, title: str = "") -> str:
    return render_index(history, words(), version="1.2.3", title=title)


def entry(k: int, *found: tuple[str, str], **changes: Any) -> Entry:
    at = START + STEP * k
    usual = Entry(at, f"r{k}.html", START, at, 10, 2, tuple(told(name, change, at) for name, change in found))
    return replace(usual, **changes)


def test_the_same_history_gives_the_same_bytes() -> None:
    assert render(typical()) == render(typical())


def test_the_page_asks_nothing_of_the_network_and_runs_nothing() -> None:
    page = render(typical())
    assert not re.search(r"<script|\ssrc\s*=|url\(|@import|<iframe|<form|\sstyle\s*=|\son\w+\s*=", page)
    policy = Page(page).policy
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    assert policy.startswith("default-src 'none'")
    assert sha256(style[1]) in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy


def test_every_run_and_every_report_is_there() -> None:
    history = typical()
    page = render(history)
    linked = set(re.findall(r'href="(report-[^"]+)"', page))
    assert linked == {each.report for each in history.entries if each.report}


def test_what_goes_on_stands_first_the_worst_at_the_top() -> None:
    board = build_board(typical(), words())
    assert [each.told.cause for each in board.open] == ["api_key_invalid", "token_expired"]
    assert board.open[0].told_first.at == START + STEP * 288
    heading = re.search(r"<h1>.*?</h1>", render(typical()), re.DOTALL)
    assert heading
    assert "198.51.100.23" in heading[0]
    assert "1 other finding goes on too" in heading[0]


def test_a_break_begins_what_goes_on_anew() -> None:
    history = History(
        (
            entry(0, ("token", "new")),
            entry(1, ("token", "resolved")),
            entry(2, ("token", "new")),
            entry(3, ("token", "ongoing")),
        )
    )
    assert build_board(history, words()).open[0].told_first.report == "r2.html"


def test_runs_that_change_nothing_stand_on_one_line_the_others_alone() -> None:
    quiet = [entry(k, ("token", "ongoing")) for k in range(5)]
    history = History(
        (*quiet[:3], entry(3, ("token", "ongoing"), ("key", "new")), *(entry(k, ("token", "ongoing")) for k in (4, 5)))
    )
    ((_, count, streaks),) = build_board(history, words()).runs
    assert count == 6
    assert [len(each.entries) for each in streaks] == [2, 1, 3]
    assert [found.cause for found in streaks[1].changed] == ["api_key_invalid"]


def test_days_are_counted_the_newest_first_and_no_run_is_lost() -> None:
    runs = build_board(typical(), words()).runs
    assert [day for day, _, _ in runs] == sorted((day for day, _, _ in runs), reverse=True)
    assert sum(len(each.entries) for _, _, streaks in runs for each in streaks) == len(typical().entries)


def test_every_cause_has_its_line_with_all_failures() -> None:
    history = typical()
    sparks = {each.cause.id: each for each in build_board(history, words()).sparks}
    for cause in {row[2] for row in history.rows}:
        assert sparks[cause].events == sum(row[3] for row in history.rows if row[2] == cause)
    assert [each.cause.benign for each in sparks.values()] == [False] * (len(sparks) - 1) + [True]


@pytest.mark.parametrize(
    ("history", "said"),
    [
        (History(), "has not run yet"),
        (History((entry(0),)), "Nothing was going on"),
        (History((entry(0, partial=True),)), "was interrupted"),
        (History((entry(0, faults=2),)), "could not read everything"),
    ],
)
def test_what_there_is_to_say_is_said(history: History, said: str) -> None:
    assert said in Page(render(history)).text


@pytest.mark.parametrize(
    "name", ["javascript:alert(1).html", "../secret.html", "//example.com/x.html", '"><b>.html', "a/b.html", ""]
)
def test_only_a_name_of_a_file_beside_the_index_is_linked(name: str) -> None:
    held = entry(0, ("token", "new"), report=name)
    assert link(held) == ""
    assert not re.findall(r'href="(?!#|data:,)', render(History((held,))))


def hostile(history: History, text: str) -> History:
    entries = tuple(replace(with_every_text(each, text), at=each.at) for each in history.entries)
    entries = tuple(
        replace(
            each,
            told=tuple(replace(found, state="open", change="new", severity="high", cause=text) for found in each.told),
        )
        for each in entries
    )
    return History(entries, tuple((text, when, text, events) for _, when, _, events in history.rows))


@pytest.mark.parametrize("name", sorted(PAYLOADS))
def test_no_text_becomes_markup(name: str) -> None:
    short = History(typical().entries[280:290], typical().rows[:50])
    page, plain = (
        Page(render(hostile(short, PAYLOADS[name]), title=PAYLOADS[name])),
        Page(render(hostile(short, "plain"), title="plain")),
    )
    assert page.tags == plain.tags
    assert page.policy == plain.policy


def test_many_runs_and_findings_stay_readable() -> None:
    many = tuple(
        entry(
            k,
            at=START + timedelta(minutes=5 * k),
            told=tuple(told("token", "ongoing", START, id=str(n)) for n in range(9)),
        )
        for k in range(4032)
    )
    page = render(History(many))
    assert len(page) < 1_500_000
