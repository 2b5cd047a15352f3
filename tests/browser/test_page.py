"""The page in a real browser: nothing asked for, nothing complained of, nothing run that is not ours."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page

from logscan.model.finding import Scope
from logscan.report.html import render_html
from logscan.report.show import visible
from tests.browser.chromium import WHY_NOT, record, show
from tests.hostile.corpus import PAYLOADS, with_every_text
from tests.report.scans import (
    GENERATED,
    START,
    asked,
    empty,
    failures,
    finding,
    hostile_library,
    hostile_scan,
    library,
    typical,
)

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]

QUIET = empty(lines=9, events=9, timeline=((START, "ok", 5), (START + timedelta(minutes=1), "ok", 4)))
ALL_AT_ONCE = "".join(text for text in PAYLOADS.values() if len(text) < 400)


@pytest.fixture(scope="module")
def write(bundle: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("pages")

    def page(scan: Any, name: str = "page", hostile: str = "") -> Any:
        path = folder / f"{name}.html"
        command = hostile or "logscan report x"
        made: Any = {"generated": GENERATED, "command": command, "version": "1", "bundle": bundle, "title": hostile}
        words = hostile_library(hostile) if hostile else library()
        text = render_html(scan, words, shown=failures(scan), asked=asked(scan), **made)
        path.write_text(text, "utf-8")
        return path

    return page


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 768, 1280, 2560])
def test_the_page_draws_its_chart_fits_its_width_and_is_silent(tab: Page, usual: Path, width: int, dark: bool) -> None:
    show(tab, usual, width=width, dark=dark)
    assert tab.evaluate("document.documentElement.dataset.chart") == "ready"
    assert tab.evaluate("document.querySelectorAll('.live .mark-rect path').length") > 100
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    assert record(tab) == ([], [])


def test_the_record_would_notice(tab: Page, tmp_path: Path) -> None:
    loud = tmp_path / "loud.html"
    loud.write_text(
        "<!doctype html><title>x</title><img src='http://pwned.example.com/a.png'><script>throw Error('x')</script>"
    )
    show(tab, loud)
    asked, complaints = record(tab)
    assert asked == ["http://pwned.example.com/a.png"]
    assert any("Error: x" in line for line in complaints)


@pytest.mark.parametrize("text", [*(t for t in PAYLOADS.values()), ALL_AT_ONCE], ids=[*PAYLOADS, "all_at_once"])
def test_hostile_text_does_nothing(tab: Page, write: Any, text: str) -> None:
    show(tab, write(hostile_scan(text), "hostile", text))
    assert record(tab) == ([], [])
    told = "() => ['.brand .title', '#finding-1-h', '#finding-7-h', '.reasons li', '.todo li p', '.of-mark', '#method code:not(.q)', '#inputs th code']"
    told += ".map(name => document.querySelector(name)?.textContent ?? name)"
    for seen in tab.evaluate(told):
        assert visible(text[:40], 60)[:12].split("`")[0].strip() in seen
    assert tab.title().startswith(re.sub(r"\s+", " ", visible(text, 160)).strip()[:20])
    assert tab.evaluate("window.pwned === undefined && !({}).pwned")
    assert tab.evaluate("document.documentElement.dataset.chart") == "ready"
    assert tab.evaluate("document.querySelectorAll('h1').length") == 1
    assert tab.evaluate("getComputedStyle(document.body).display") != "none"
    assert tab.evaluate("document.documentElement.scrollWidth") == 1280
    odd = "[...document.querySelectorAll('a, iframe, img, base, link')].map(e => e.getAttribute('href') || e.tagName)"
    assert not [link for link in tab.evaluate(odd) if not re.match(r"#|data:,$", link)]


def test_hostile_text_in_the_tooltip_is_text(tab: Page, write: Any) -> None:
    show(tab, write(with_every_text(typical(), PAYLOADS["image"]), "tip"))
    point(tab, 30, 20)
    tip = tab.locator(".tip")
    assert "<img src=x" in tip.inner_text()
    assert not tip.locator("img").count()
    assert record(tab) == ([], [])


def middle(place: Locator) -> tuple[float, float]:
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def point(tab: Page, right: float, down: float) -> None:
    """To a place near the middle of the timeline."""
    x, y = middle(tab.locator(".live svg"))
    tab.mouse.move(x + right - 2, y + down - 2)
    tab.mouse.move(x + right, y + down)
    tab.wait_for_timeout(100)


def brush(tab: Page, start: float, length: float) -> None:
    """Draw over the timeline with the pointer; start: from its middle."""
    x, y = middle(tab.locator(".live svg"))
    tab.mouse.move(x + start, y)
    tab.mouse.down()
    tab.mouse.move(x + start + length, y, steps=4)
    tab.mouse.up()
    tab.wait_for_timeout(150)


def test_the_tooltip_tells_the_numbers_of_its_column(tab: Page, usual: Path) -> None:
    show(tab, usual)
    point(tab, 30, 20)
    text = tab.locator(".tip").inner_text()
    assert re.match(r"2026-03-1[23] \d\d:\d0:00 – \d\d:\d0:00 UTC", text)
    assert "API key not accepted\n59" in text
    assert "all events" in text


def test_the_filter_and_the_brush_narrow_the_findings(tab: Page, usual: Path) -> None:
    show(tab, usual)
    cards = tab.locator("#findings .card:not([hidden])")
    assert cards.count() == 5
    tab.locator("#query").fill("recovers svc-billing")
    assert cards.count() == 1
    assert tab.locator("#shown").inner_text() == "40 of 201 failures, 1 of 5 findings"
    tab.locator("#reset").click()
    assert cards.count() == 5
    brush(tab, -320, 50)
    assert cards.count() < 5
    assert "2026-03-12" in tab.locator("#from").input_value()
    assert record(tab) == ([], [])


def test_the_wheel_zooms_with_ctrl_and_a_double_click_shows_all(tab: Page, usual: Path) -> None:
    def axis() -> list[str]:
        tab.wait_for_timeout(250)
        return sorted(text for text in tab.locator(".live .role-axis-label text").all_text_contents() if ":" in text)

    show(tab, usual)
    before = axis()
    point(tab, -200, 0)
    tab.keyboard.down("Control")
    tab.mouse.wheel(0, -600)
    tab.keyboard.up("Control")
    assert axis() != before
    brush(tab, -200, 40)
    assert "of 201 failures" in tab.locator("#shown").inner_text()
    tab.locator("#reset").click()
    x, y = middle(tab.locator(".live svg"))
    tab.mouse.dblclick(x + 100, y)
    assert axis() == before
    assert record(tab) == ([], [])


def test_a_click_on_a_cause_hides_it_in_the_chart(tab: Page, usual: Path) -> None:
    show(tab, usual)
    marks = tab.locator(".live .layer_1_marks path")
    before = marks.count()
    button = tab.locator("#legend button").first
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    tab.wait_for_timeout(200)
    assert marks.count() < before
    assert button.get_attribute("aria-pressed") == "false"
    for other in tab.locator("#legend button[aria-pressed=true]").all()[::-1]:
        other.click()
    tab.wait_for_timeout(200)
    assert marks.count() <= 1
    assert record(tab) == ([], [])


def test_without_scripts_the_page_still_tells_everything(chromium: BrowserContext, usual: Path) -> None:
    tab = chromium.new_page()
    chromium.new_cdp_session(tab).send("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        tab.goto(usual.as_uri())
        still = tab.locator(".still")
        assert still.is_visible()
        assert still.locator("path").count() == 6
        assert not tab.locator("#filter").is_visible()
        assert "198.51.100.23" in tab.locator("h1").inner_text()
        assert tab.locator("#finding-1 .evidence pre").first.is_visible()
        assert tab.locator("#matrix tbody tr").count() == 6
    finally:
        tab.close()


@pytest.mark.parametrize(
    "scan",
    [empty(), empty(lines=9, events=9), empty(faults=("x",)), QUIET],
    ids=["nothing", "healthy", "unreadable", "quiet"],
)
def test_a_page_without_findings_is_silent_too(tab: Page, write: Any, scan: Any) -> None:
    show(tab, write(scan, "empty"), width=360)
    assert record(tab) == ([], [])
    assert tab.evaluate("document.documentElement.dataset.chart || 'none'") in ("ready", "none")


def test_three_hundred_findings_are_folded_quick_and_follow_the_filter(
    chromium: BrowserContext, tab: Page, write: Any
) -> None:
    many = tuple(
        finding(id=f"{k:x}", cause=("token_expired", "api_key_invalid")[k % 2], scope=Scope("client", (f"192.0.2.{k}",)), clients=((f"192.0.2.{k}", 9),))
        for k in range(300)
    )  # fmt: skip
    session = chromium.new_cdp_session(tab)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    show(tab, write(replace(typical(), findings=many), "many"))
    metrics = session.send("Performance.getMetrics")["metrics"]
    session.detach()
    assert {each["name"]: each["value"] for each in metrics}["TaskDuration"] < 3  # seconds of its thread; usually 0.6
    assert tab.locator("#findings > .card").count() == 10
    groups = tab.locator("#findings > .group")
    assert [text.removeprefix("high ") for text in groups.locator("> summary").all_inner_texts()] == [
        "Token has expired 145 findings, 50,170 failures", "API key not accepted 145 findings, 50,170 failures",
    ]  # fmt: skip
    assert tab.evaluate("document.documentElement.scrollHeight") < 20_000
    tab.locator("#query").fill("192.0.2.206")
    tab.wait_for_timeout(100)
    assert "of 300 findings" in tab.locator("#shown").inner_text()
    assert "1 of 145 findings in view" in groups.first.locator("> summary").inner_text()
    assert not groups.last.is_visible()
    groups.first.locator("> summary").click()
    card = tab.locator(".group .card:not([hidden])")
    card.locator("summary").first.click()
    assert "Evidence" in card.inner_text()
    assert record(tab) == ([], [])


def test_it_prints_with_everything_unfolded_and_inside_the_page(tab: Page, usual: Path) -> None:
    show(tab, usual)
    assert len(tab.pdf(format="A4", print_background=True)) > 40_000
    tab.emulate_media(media="print")
    tab.set_viewport_size({"width": 688, "height": 1016})  # A4 less its margins
    assert tab.evaluate("document.documentElement.scrollWidth") == 688
    # One table that is too wide makes all of the print smaller: tables stand in only where their charts are not.
    assert (
        tab.evaluate("[...document.querySelectorAll('.as-table')].map(e => e.checkVisibility()).includes(true)")
        is False
    )
    # Columns that end on the next page lose what is in between.
    assert tab.evaluate(
        "[...document.querySelectorAll('.facts')].every(e => getComputedStyle(e).columnCount === 'auto')"
    )
    wide = "[...document.querySelectorAll('main :is(svg, table, pre, dl)')].filter(e => e.getBoundingClientRect().right > 690)"
    assert tab.evaluate(f"{wide}.map(e => e.className.baseVal ?? e.className)") == []
    assert record(tab) == ([], [])


def test_headings_do_not_skip_and_every_section_and_control_has_a_name(
    chromium: BrowserContext, tab: Page, usual: Path
) -> None:
    show(tab, usual)
    levels = tab.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    tree = chromium.new_cdp_session(tab).send("Accessibility.getFullAXTree")["nodes"]
    named = {"region", "navigation", "article", "button", "searchbox", "img", "image", "link", "table"} - {"table"}
    nameless = [
        n["role"]["value"] for n in tree
        if not n.get("ignored") and n["role"]["value"] in named and not n.get("name", {}).get("value", "").strip()
    ]  # fmt: skip
    assert not nameless
