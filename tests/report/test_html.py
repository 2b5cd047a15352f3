import base64
import json
import re
import time
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logscan.model.finding import Evidence, Scope
from logscan.report.html import render_html
from tests.hostile.corpus import PAYLOADS, with_every_text
from tests.report.scans import GENERATED, empty, finding, hostile_library, hostile_scan, library, typical
from tests.report.structure import Page, sha256

FETCHES = re.compile(
    r"""\ssrc\s*=|href="(?!#|data:,")|href=[^"]|url\(|@import|<iframe|<object|<embed|<form|\sstyle\s*=|\son\w+\s*="""
)
LIBRARY = library()
BUNDLE = "window.vegaEmbed = async () => ({});"
HOSTILE = st.one_of(
    st.sampled_from([text[:3_000] for text in PAYLOADS.values()]),
    st.text(st.characters(), min_size=1, max_size=60),
    st.lists(st.sampled_from([text for text in PAYLOADS.values() if len(text) < 200]), min_size=2, max_size=4).map(
        "".join
    ),
)


def render(
    scan: Any,
    *,
    generated: Any = GENERATED,
    command: Any = "logscan report logs/",
    bundle: Any = BUNDLE,
    title: str = "",
    library: Any = LIBRARY,
) -> Any:
    made: Any = {"generated": generated, "command": command, "version": "1.2.3", "bundle": bundle, "title": title}
    return render_html(scan, library, **made)


def shown(page: Any) -> Any:
    """The page without code of ours: what log text could have become."""
    return re.sub(r"<(script|style)(?![^>]*json)[^>]*>.*?</\1>", "", page, flags=re.DOTALL)


def told(word: str) -> Page:
    return Page(render(hostile_scan(word), command=word, title=word, library=hostile_library(word)))


@cache
def plain_page() -> Page:
    return told("plain")


@settings(max_examples=25)
@given(HOSTILE)
def test_no_text_of_a_scan_can_become_markup(text: str) -> None:
    page, plain = told(text), plain_page()
    assert page.tags == plain.tags
    assert page.policy == plain.policy
    assert [
        code
        for *_, code in page.code
        if not {'"panels"', '"rules_digest"'} & set(re.findall(r'"panels"|"rules_digest"', code))
    ] == [
        code
        for *_, code in plain.code
        if not {'"panels"', '"rules_digest"'} & set(re.findall(r'"panels"|"rules_digest"', code))
    ]


@settings(max_examples=25)
@given(HOSTILE)
def test_nothing_on_the_page_is_unseen_and_the_page_can_be_written(text: str) -> None:
    page = shown(render(with_every_text(typical(), text), command=text))
    page.encode()
    assert not {char for char in page if not char.isprintable() and char not in "\n\t"}


@pytest.mark.parametrize("name", PAYLOADS)
def test_hostile_text_is_still_there_to_be_read(name: str) -> None:
    text = PAYLOADS[name]
    page = Page(render(empty(faults=(text,), lines=1, events=1)))
    start = re.split(r"[^ -~]", text[:40])[0]
    assert re.sub(r"\s+", " ", start) in page.text
    assert len(page.text) < 20_000


def test_the_data_of_the_chart_stays_data() -> None:
    scan = with_every_text(typical(), PAYLOADS["closes_json"])
    data = [code for tag, attrs, code in Page(render(scan)).code if attrs.get("type") == "application/json"]
    assert len(data) == 2
    assert json.loads(data[0])["causes"][0]["title"].startswith('"}]}</script>')
    assert not set("<>&\u2028\u2029") & set(data[0])


def charts_of(page: Page) -> str:
    """The chart library, as the page's script unpacks it."""
    packed = "".join(code for _, attrs, code in page.code if attrs.get("id") == "chart-library")
    return zlib.decompress(base64.b64decode(packed)).decode() if packed else ""


def test_the_policy_allows_exactly_the_code_of_the_page() -> None:
    page = Page(render(typical()))
    scripts = [code for tag, attrs, code in page.code if tag == "script" and "type" not in attrs]
    assert len(scripts) == 1
    rules = dict(part.strip().split(" ", 1) for part in page.policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"].split() == [sha256(code) for code in (charts_of(page), *scripts)]
    assert rules["style-src"].split() == [sha256(code) for tag, _, code in page.code if tag == "style"]
    assert "unsafe" not in page.policy
    before = [
        tag for tag, _ in page.tags[: page.tags.index(next(tag for tag in page.tags if ("name", "viewport") in tag[1]))]
    ]
    assert before == ["html", "head", "meta", "meta"]  # nothing stands before the policy that it should rule


def test_the_page_asks_for_nothing() -> None:
    assert not FETCHES.search(shown(render(typical())))
    assert not re.search(r"url\(|@import", render(typical(), bundle=""))


def test_the_same_inputs_give_the_same_bytes() -> None:
    assert render(typical()) == render(typical())
    reordered = replace(typical(), by_cause=dict(reversed(list(typical().by_cause.items()))))
    assert render(reordered) == render(typical())


def test_the_verdict_names_cause_scope_recurrence_and_state() -> None:
    text = Page(render(typical())).text
    assert (
        "critical API key not accepted: client 198.51.100.23 fails without a break since 2026-03-12 14:00:00; still going on"
        in text
    )
    assert "What to do: verify the key. 4 more findings: 1 high, 1 medium, 2 low." in text
    assert "1 input could not be read" in text
    assert "lines not understood1,164" in text


def test_a_finding_is_told_whole() -> None:
    text = Page(render(replace(typical(), findings=(finding(),)))).text
    for words in (
        "Token has expired requests to /api/v1/orders/{id}",
        "Fails every 60 min ± 14.4 s and recovers by itself, 23 times since 2026-03-12 06:00:00; still going on where the log ends.",
        "high: the log says so in its own words",
        "between 2026-03-12 05:52:00 (last good) and 2026-03-12 06:00:00 (first bad)",
        "before 0 %", "during 4.1 %", "3 clients", "192.0.2.7 201", "api/app.log:18213", "3 more lines",
        "grep -n 192.0.2.7 api/app.log", "about every 60 min", "about 2026-03-13 05:00:00",
        "The line says that the token has expired jwt_expired_text", "Clocks disagree low confidence",
        "period decisive60 min", "A test of token rejected.", "23 episodes, one every 60 min ± 14.4 s; dashed: the next, expected about 2026-03-13 05:00:00.",
            "Compare `date -u` on the client, the issuer".replace("`", ""), "Its episodes as a table", "byte 2,193,441",
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize("case", ["one", "typical"])
def test_the_whole_page_is_as_it_was_looked_at(golden: Any, case: str) -> None:
    """Without its code and data; renewed as tests/golden/README.md says."""
    hours = tuple(row for row in typical().timeline if row[0].minute == 0)
    scan = replace(typical(), timeline=hours, bucket_s=3600)
    if case == "one":
        hours = tuple(row for row in hours if row[1] in ("ok", "token_expired"))
        alone: Any = {
            "by_cause": {"token_expired": 346},
            "auth_failures": 346,
            "rejected": (),
            "rejects": 0,
            "faults": (),
        }
        groups = tuple(row for row in scan.groups if row[2] == "token_expired")
        scan = replace(scan, timeline=hours, groups=groups, findings=(finding(),), **alone)
    page = re.sub(r"(<(script|style)[^>]*>).*?(</\2>)", r"\1…\3", render(scan), flags=re.DOTALL)
    golden(f"report/page-{case}.html", re.sub("sha256-[^']+", "sha256-…", page))


def test_a_user_name_is_called_claimed() -> None:
    assert "claimed, not verified" in Page(render(typical())).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"faults": ("x: no such file",)}, "Nothing could be read."),
        ({}, "There was nothing to read: the input is empty."),
        ({"lines": 7, "rejects": 7}, "Nothing could be understood: none of 7 lines fits a known format."),
        ({"lines": 7, "events": 7}, "No authentication failed in 7 events."),
        ({"lines": 9, "events": 7, "rejects": 2}, "No authentication failed in 7 events; 2 lines could not be understood."),
        ({"lines": 7, "events": 7, "inputs": typical().inputs}, "No authentication failed in 7 events from 2026-"),
        ({"lines": 7, "events": 7, "auth_failures": 3, "by_cause": {"challenge_handshake": 3}}, "Nothing is wrong: all 3 401s are a normal"),
        ({"lines": 7, "events": 7, "auth_failures": 3, "by_cause": {"token_expired": 3}}, "3 authentication failures, but none of them gave a finding."),
        ({"partial": True}, "Reading was interrupted."),
    ],
)  # fmt: skip
def test_without_findings_the_verdict_says_what_is_the_case(changes: Any, words: str) -> None:
    assert words in Page(render(empty(**changes))).text


@pytest.mark.parametrize("level", ["all", "service", "endpoint", "client", "user", "credential", "upstream", "unheard"])
@pytest.mark.parametrize("pattern", ["fixed_interval", "single_occurrence", "sustained_closed", "irregular", "unheard"])
@pytest.mark.parametrize("state", ["open", "closed", "silent", "resolved", "unheard"])
def test_every_scope_pattern_and_state_has_words(level: Any, pattern: Any, state: Any) -> None:
    values = () if level == "all" else ("a", "b", "c", "d")
    odd = finding(scope=Scope(level, values), pattern=pattern, state=state, period_s=None, first_seen=None, last_seen=None,
                  onset_after=None, onset_before=None, episodes=(), rate_before=None, rate_during=None, next_expected=None)  # fmt: skip
    text = Page(render(replace(typical(), findings=(odd,)))).text
    assert "None" not in text.replace("None: the cause is what is left", "").replace("None was named by a rule", "")
    assert "and 1 more" in text or level == "all"


def test_the_order_is_by_severity_and_benign_things_stand_apart() -> None:
    page = render(replace(typical(), findings=tuple(reversed(typical().findings))))
    ranks = re.findall(r'<article class="card (\w+)"', page)
    assert ranks == ["critical", "high", "medium", "low", "low"]
    assert page.index("Normal, no action needed") > page.rindex("<article")


@pytest.mark.parametrize(
    ("changes", "look"),
    [({}, "calm"), ({"partial": True}, "unsure"), ({"faults": ("x",)}, "unsure"), ({"events": 0}, "unsure")],
)
def test_a_log_that_was_not_read_whole_is_never_called_healthy(changes: Any, look: str) -> None:
    page = render(empty(**{"lines": 9, "events": 9, **changes}))
    assert f'<h1><span class="badge {look}">' in page
    assert ("There is nothing to act on.</p>" in page) == (look == "calm")


def test_evidence_keeps_its_lines_and_a_megabyte_is_cut() -> None:
    stack = finding(
        evidence=(Evidence("a.log", 1, 0, "first\n  second\tthird"), Evidence("b.log", 2, 9, "x" * 1_000_000))
    )
    page = render(replace(typical(), findings=(stack,)))
    assert "first\n  second\tthird" in page
    assert "996,000 more characters" in page
    assert len(page) < 200_000


def test_a_template_refuses_what_it_was_not_given(tmp_path: Path) -> None:
    from logscan.report.templates import page_environment

    (tmp_path / "x.j2").write_text("{{ x }}", "utf-8")
    template = page_environment(tmp_path).get_template("x.j2")
    assert template.render(x="a\x1b<") == "a\\x1b&lt;"
    for given_, fault in [
        ({}, jinja2.UndefinedError),
        ({"x": None}, TypeError),
        ({"x": 0.5}, TypeError),
        ({"x": True}, TypeError),
    ]:
        with pytest.raises(fault):
            template.render(given_)


def test_no_chart_library_without_a_chart() -> None:
    assert charts_of(Page(render(empty()))) == ""
    assert charts_of(Page(render(typical()))) == BUNDLE


def test_times_of_any_zone_are_shown_in_utc() -> None:
    assert render(typical(), generated=GENERATED.astimezone(timezone(timedelta(hours=9)))) == render(typical())


def test_it_is_fast() -> None:
    render(typical())
    scan = replace(typical(), findings=typical().findings * 5)
    start = time.perf_counter()
    render(scan)
    assert time.perf_counter() - start < 2.0  # 0.2 s on a quiet machine


def test_an_event_with_a_wild_clock_does_not_break_the_page() -> None:
    wild = (
        *typical().timeline,
        (datetime(1970, 1, 1, tzinfo=UTC), "ok", 1),
        (datetime(2106, 1, 1, tzinfo=UTC) + timedelta(1), "ok", 1),
    )
    assert (
        "2 events with a time far from all the others are not drawn."
        in Page(render(replace(typical(), timeline=wild))).text
    )
