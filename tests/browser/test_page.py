"""The page in a real browser: nothing asked for, nothing complained of, nothing run that is not ours."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from logscan.model.finding import Scope
from logscan.report.charts import chart_bundle
from logscan.report.html import render_html
from logscan.report.show import visible
from tests.browser.chromium import WHY_NOT, browser, record, show
from tests.hostile.corpus import PAYLOADS, with_every_text
from tests.report.scans import (
    GENERATED,
    START,
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
def write(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("pages")
    bundle = chart_bundle(folder / "cache")

    def page(scan: Any, name: str = "page", hostile: str = "") -> Any:
        path = folder / f"{name}.html"
        command = hostile or "logscan report x"
        made: Any = {"generated": GENERATED, "command": command, "version": "1", "bundle": bundle, "title": hostile}
        words = hostile_library(hostile) if hostile else library()
        text = render_html(scan, words, shown=failures(scan), **made)
        path.write_text(text, "utf-8")
        return path

    return page


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with browser(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 768, 1280, 2560])
def test_the_page_draws_its_chart_fits_its_width_and_is_silent(driver: Any, write: Any, width: int, dark: bool) -> None:
    show(driver, write(typical()), width=width, dark=dark)
    assert driver.execute_script("return document.documentElement.dataset.chart") == "ready"
    assert driver.execute_script("return document.querySelectorAll('.live .mark-rect path').length") > 100
    assert driver.execute_script("return document.documentElement.scrollWidth") == width
    assert record(driver) == ([], [])


def test_the_record_would_notice(driver: Any, tmp_path: Path) -> None:
    loud = tmp_path / "loud.html"
    loud.write_text(
        "<!doctype html><title>x</title><img src='http://pwned.example.com/a.png'><script>throw Error('x')</script>"
    )
    show(driver, loud)
    asked, complaints = record(driver)
    assert asked == ["http://pwned.example.com/a.png"]
    assert any("Error: x" in line for line in complaints)


@pytest.mark.parametrize("text", [*(t for t in PAYLOADS.values()), ALL_AT_ONCE], ids=[*PAYLOADS, "all_at_once"])
def test_hostile_text_does_nothing(driver: Any, write: Any, text: str) -> None:
    show(driver, write(hostile_scan(text), "hostile", text))
    assert record(driver) == ([], [])
    told = "return ['.brand .title', '#finding-1-h', '#finding-7-h', '.reasons li', '.todo li p', '.of-mark', '#method code:not(.q)', '#inputs th code']"
    told += ".map(name => document.querySelector(name)?.textContent ?? name)"
    for seen in driver.execute_script(told):
        assert visible(text[:40], 60)[:12].split("`")[0].strip() in seen
    assert driver.title.startswith(re.sub(r"\s+", " ", visible(text, 160)).strip()[:20])
    assert driver.execute_script("return window.pwned === undefined && !({}).pwned")
    assert driver.execute_script("return document.documentElement.dataset.chart") == "ready"
    assert driver.execute_script("return document.querySelectorAll('h1').length") == 1
    assert driver.execute_script("return getComputedStyle(document.body).display") != "none"
    assert driver.execute_script("return document.documentElement.scrollWidth") == 1280
    odd = "return [...document.querySelectorAll('a, iframe, img, base, link')].map(e => e.getAttribute('href') || e.tagName)"
    assert not [link for link in driver.execute_script(odd) if not re.match(r"#|data:,$", link)]


def test_hostile_text_in_the_tooltip_is_text(driver: Any, write: Any) -> None:
    show(driver, write(with_every_text(typical(), PAYLOADS["image"]), "tip"))
    _hover(driver)
    tip = driver.find_element("css selector", ".tip")
    assert "<img src=x" in tip.text
    assert not tip.find_elements("css selector", "img")
    assert record(driver) == ([], [])


def _hover(driver: Any) -> None:
    from selenium.webdriver import ActionChains

    drawing = driver.find_element("css selector", ".live svg")
    ActionChains(driver).move_to_element(drawing).move_by_offset(30, 20).move_by_offset(2, 2).perform()
    driver.execute_async_script("setTimeout(arguments[0], 150)")


def test_the_tooltip_tells_the_numbers_of_its_column(driver: Any, write: Any) -> None:
    show(driver, write(typical()))
    _hover(driver)
    text = driver.find_element("css selector", ".tip").text
    assert re.match(r"2026-03-1[23] \d\d:\d0:00 – \d\d:\d0:00 UTC", text)
    assert "API key not accepted\n59" in text
    assert "all events" in text


def test_the_filter_and_the_brush_narrow_the_findings(driver: Any, write: Any) -> None:
    from selenium.webdriver import ActionChains

    show(driver, write(typical()))
    shown = "return [...document.querySelectorAll('#findings .card')].filter(c => !c.hidden).length"
    assert driver.execute_script(shown) == 5
    driver.find_element("id", "query").send_keys("recovers svc-billing")
    assert driver.execute_script(shown) == 1
    assert driver.find_element("id", "shown").text == "40 of 201 failures, 1 of 5 findings"
    driver.find_element("id", "reset").click()
    assert driver.execute_script(shown) == 5
    drawing = driver.find_element("css selector", ".live svg")
    ActionChains(driver).move_to_element_with_offset(drawing, -320, 0).click_and_hold().move_by_offset(
        50, 0
    ).release().perform()
    driver.execute_async_script("setTimeout(arguments[0], 200)")
    assert driver.execute_script(shown) < 5
    assert "2026-03-12" in driver.find_element("id", "from").get_attribute("value")
    assert record(driver) == ([], [])


def test_the_wheel_zooms_with_ctrl_and_a_double_click_shows_all(driver: Any, write: Any) -> None:
    from selenium.webdriver import ActionChains, Keys
    from selenium.webdriver.common.actions.wheel_input import ScrollOrigin

    def axis() -> list[str]:
        driver.execute_async_script("setTimeout(arguments[0], 300)")
        labels = driver.find_elements("css selector", ".live .role-axis-label text")
        return sorted(label.text for label in labels if ":" in label.text)

    show(driver, write(typical()))
    drawing = driver.find_element("css selector", ".live svg")
    before = axis()
    wheel = ActionChains(driver).key_down(Keys.CONTROL)
    wheel.scroll_from_origin(ScrollOrigin.from_element(drawing, -200, 0), 0, -600).key_up(Keys.CONTROL).perform()
    nearer = axis()
    assert nearer != before
    ActionChains(driver).move_to_element_with_offset(drawing, -200, 0).click_and_hold().move_by_offset(
        40, 0
    ).release().perform()
    assert "of 201 failures" in driver.find_element("id", "shown").text
    driver.find_element("id", "reset").click()
    ActionChains(driver).move_to_element_with_offset(drawing, 100, 0).double_click().perform()
    assert axis() == before
    assert record(driver) == ([], [])


def test_a_click_on_a_cause_hides_it_in_the_chart(driver: Any, write: Any) -> None:
    show(driver, write(typical()))
    count = "return document.querySelectorAll('.live .layer_1_marks path').length"
    before = driver.execute_script(count)
    button = driver.find_element("css selector", "#legend button")
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    driver.execute_async_script("setTimeout(arguments[0], 200)")
    assert driver.execute_script(count) < before
    assert button.get_attribute("aria-pressed") == "false"
    for other in driver.find_elements("css selector", "#legend button[aria-pressed=true]"):
        other.click()
    driver.execute_async_script("setTimeout(arguments[0], 200)")
    assert driver.execute_script(count) <= 1
    assert record(driver) == ([], [])


def test_without_scripts_the_page_still_tells_everything(driver: Any, write: Any) -> None:
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        driver.get(write(typical()).as_uri())
        still = driver.find_element("css selector", ".still")
        assert still.is_displayed()
        assert len(still.find_elements("css selector", "path")) == 6
        assert not driver.find_element("id", "filter").is_displayed()
        assert "198.51.100.23" in driver.find_element("tag name", "h1").text
        assert driver.find_element("css selector", "#finding-1 .evidence pre").is_displayed()
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize(
    "scan",
    [empty(), empty(lines=9, events=9), empty(faults=("x",)), QUIET],
    ids=["nothing", "healthy", "unreadable", "quiet"],
)
def test_a_page_without_findings_is_silent_too(driver: Any, write: Any, scan: Any) -> None:
    show(driver, write(scan, "empty"), width=360)
    assert record(driver) == ([], [])
    assert driver.execute_script("return document.documentElement.dataset.chart || 'none'") in ("ready", "none")


def test_three_hundred_findings_are_folded_quick_and_follow_the_filter(driver: Any, write: Any) -> None:
    many = tuple(
        finding(id=f"{k:x}", cause=("token_expired", "api_key_invalid")[k % 2], scope=Scope("client", (f"192.0.2.{k}",)), clients=((f"192.0.2.{k}", 9),))
        for k in range(300)
    )  # fmt: skip
    driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
    show(driver, write(replace(typical(), findings=many), "many"))
    metrics = driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    assert {each["name"]: each["value"] for each in metrics}["TaskDuration"] < 3  # seconds of its thread; usually 0.6
    assert len(driver.find_elements("css selector", "#findings > .card")) == 10
    groups = driver.find_elements("css selector", "#findings > .group")
    assert [group.find_element("css selector", "summary").text.split("\n")[-1] for group in groups] == [
        "Token has expired 145 findings, 50,170 failures", "API key not accepted 145 findings, 50,170 failures",
    ]  # fmt: skip
    assert driver.execute_script("return document.documentElement.scrollHeight") < 20_000
    driver.find_element("id", "query").send_keys("192.0.2.206")
    driver.execute_async_script("setTimeout(arguments[0], 400)")
    assert "of 300 findings" in driver.find_element("id", "shown").text
    assert "1 of 145 findings in view" in groups[0].find_element("css selector", "summary").text
    assert not groups[1].is_displayed()
    groups[0].find_element("css selector", "summary").click()
    card = driver.find_element("css selector", ".group .card:not([hidden])")
    card.find_element("css selector", "summary").click()
    assert "Evidence" in card.text
    assert record(driver) == ([], [])


def test_it_prints_with_everything_unfolded(driver: Any, write: Any) -> None:
    show(driver, write(typical()))
    printed = driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})
    assert len(printed["data"]) > 50_000
    assert record(driver) == ([], [])


def test_headings_do_not_skip_and_every_section_and_control_has_a_name(driver: Any, write: Any) -> None:
    show(driver, write(typical()))
    levels = driver.execute_script("return [...document.querySelectorAll('h1,h2,h3,h4,h5')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    tree = driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    named = {"region", "navigation", "article", "button", "searchbox", "img", "image", "link", "table"} - {"table"}
    nameless = [
        n["role"]["value"] for n in tree
        if not n.get("ignored") and n["role"]["value"] in named and not n.get("name", {}).get("value", "").strip()
    ]  # fmt: skip
    assert not nameless
