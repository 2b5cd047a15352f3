"""The page as a validator reads it: no parse error, every id once, every reference kept, headings without a step left out."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import html5lib
import pytest

from logscan.model.finding import Detection, Scan, Scope
from logscan.report.html import render_html
from tests.hostile.corpus import PAYLOADS, with_every_text
from tests.report.scans import GENERATED, START, empty, failures, finding, library, typical

_XHTML = "{http://www.w3.org/1999/xhtml}"
_REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "for", "headers")


def detected(scan: Scan) -> Scan:
    made = Detection(
        "web_x", "1", "Something else", "high", "About it.", ("attack.t1",), ("https://example.com",), ("A test",)
    )
    return replace(scan, detections=(finding(cause="", family="", detection=made),) * 2)


def of_days(scan: Scan) -> Scan:
    rows = tuple((when + timedelta(days=day), what, n) for day in range(4) for when, what, n in scan.timeline)
    groups = tuple(
        (name, START + timedelta(hours=9 * k), "token_expired", k + 1) for k in range(12) for name in ("a", "b")
    )
    return replace(scan, timeline=rows, marks=((START + timedelta(hours=3), "deployed"),), groups=groups)


def many(scan: Scan) -> Scan:
    found = [finding(id=f"{k}", cause=("token_expired", "api_key_invalid", "unclassified")[k % 3]) for k in range(30)]
    return replace(scan, findings=tuple(found))


CASES: dict[str, Callable[[], Scan]] = {
    "typical": typical,
    "nothing": empty,
    "healthy": lambda: empty(lines=9, events=9, timeline=((START, "ok", 5), (START + timedelta(minutes=1), "ok", 4))),
    "unreadable": lambda: empty(faults=("x.log: no such file",)),
    "partial": lambda: replace(typical(), partial=True),
    "one": lambda: replace(typical(), findings=(finding(scope=Scope("all", ())),)),
    "many": lambda: many(typical()),
    "of_days": lambda: of_days(typical()),
    "detected": lambda: detected(typical()),
    "hostile": lambda: with_every_text(detected(of_days(typical())), PAYLOADS["closes_pre"] + PAYLOADS["attribute"]),
}  # fmt: skip


@pytest.fixture(scope="module", params=CASES)
def page(request: pytest.FixtureRequest) -> str:
    scan = CASES[request.param]()
    made: Any = {"generated": GENERATED, "command": "logscan report x", "version": "1.2.3", "bundle": "window.x = 1;"}
    return render_html(scan, library(), shown=failures(scan), title="A case", **made)


@pytest.fixture(scope="module")
def tree(page: str) -> Any:
    """Errors: html5lib's ParseError at the first thing that is not valid."""
    return html5lib.HTMLParser(strict=True).parse(page)


def test_a_strict_parser_reads_it(tree: Any) -> None:
    assert tree.find(f".//{_XHTML}main") is not None


def test_every_id_is_there_once_and_every_reference_leads_somewhere(tree: Any) -> None:
    ids = Counter(each.get("id") for each in tree.iter() if each.get("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    for each in tree.iter():
        wanted = [name for key in _REFERENCES for name in (each.get(key) or "").split()]
        wanted += [(each.get("href") or "")[1:]] if (each.get("href") or "").startswith("#") else []
        assert not [name for name in wanted if name not in ids], each.attrib


def test_headings_go_down_one_step_at_a_time(tree: Any) -> None:
    levels = [int(each.tag[-1]) for each in tree.iter() if re.fullmatch(rf"{re.escape(_XHTML)}h[1-6]", str(each.tag))]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_whatever_asks_for_something_says_for_what(tree: Any) -> None:
    labelled = {field for label in tree.iter(f"{_XHTML}label") for field in label.iter(f"{_XHTML}input")}
    for field in tree.iter(f"{_XHTML}input"):
        assert field in labelled
    for each in tree.iter():
        if each.get("role") in ("img", "region", "search") or str(each.tag).endswith("}nav"):
            named = each.get("aria-label") or each.get("aria-labelledby")
            assert (named or "").strip(), each.attrib
    for table in tree.iter(f"{_XHTML}table"):
        heads = list(table.iter(f"{_XHTML}th"))
        assert all(head.get("scope") in ("col", "row") for head in heads)
        assert heads or table.get("class") == "listing"  # its head is made by the script


def test_what_may_not_stand_within_another_does_not(tree: Any) -> None:
    """What a parser lets pass: interactive content within interactive content, blocks within phrases, landmarks twice."""
    phrases = {
        f"{_XHTML}{tag}"
        for tag in ("p", "span", "b", "h1", "h2", "h3", "h4", "h5", "summary", "dt", "code", "button", "a")
    }
    blocks = {
        f"{_XHTML}{tag}" for tag in ("p", "div", "ul", "ol", "dl", "table", "section", "figure", "details", "pre")
    }
    for each in tree.iter():
        inside = {str(part.tag) for part in each.iter() if part is not each}
        if each.tag in phrases:
            assert not inside & blocks, (each.tag, each.attrib)
        if each.tag in (f"{_XHTML}a", f"{_XHTML}button"):
            assert not inside & {f"{_XHTML}a", f"{_XHTML}button", f"{_XHTML}input"}
        if each.tag in (f"{_XHTML}ul", f"{_XHTML}ol"):
            assert {str(part.tag) for part in each} <= {f"{_XHTML}li"}
        if each.tag == f"{_XHTML}dl":
            assert {str(part.tag) for part in each} <= {f"{_XHTML}div", f"{_XHTML}dt", f"{_XHTML}dd"}
    assert len(list(tree.iter(f"{_XHTML}main"))) == 1


@pytest.mark.parametrize("broken", ["<p>a</b>", "<table><p>x</table>", '<a href="x" href="y">z</a>', "<div>"])
def test_the_parser_would_notice(broken: str) -> None:
    with pytest.raises(html5lib.html5parser.ParseError):
        html5lib.HTMLParser(strict=True).parse(f"<!doctype html><title>x</title>{broken}")
