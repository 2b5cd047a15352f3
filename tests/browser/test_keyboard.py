"""The page without a pointer: everything that can be clicked is reached, seen when reached, and does the same."""

from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Keys

from logscan.report.charts import chart_bundle
from logscan.report.html import render_html
from tests.browser.chromium import WHY_NOT, browser, record, show
from tests.report.scans import GENERATED, failures, library, typical

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]
FOCUSED = (
    "const e = document.activeElement, box = e.getBoundingClientRect(), look = getComputedStyle(e);"
    "return [e.id || e.className || e.tagName, e.textContent.slice(0, 40), box.width > 0 && box.height > 0, look.outlineStyle !== 'none']"
)


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("keys")
    page = folder / "page.html"
    made: Any = {"generated": GENERATED, "command": "x", "version": "1", "bundle": chart_bundle(folder / "cache")}
    page.write_text(render_html(typical(), library(), shown=failures(typical()), **made), "utf-8")
    with browser(folder / "profile") as running:
        show(running, Path(page))
        yield running


def press(driver: Any, *keys: str) -> list[Any]:
    driver.switch_to.active_element.send_keys(*keys)
    return driver.execute_script(FOCUSED)  # type: ignore[no-any-return]


def walk(driver: Any, until: str, most: int = 250) -> list[list[Any]]:
    """Tab on until something of this id, class or beginning of its text has the focus."""
    seen = []
    for _ in range(most):
        seen.append(press(driver, Keys.TAB))
        if until in seen[-1][0].split() or seen[-1][1].startswith(until):
            return seen
    raise AssertionError(f"{until} is not reached: {seen[-5:]}")


def test_the_page_is_used_with_keys_alone(driver: Any) -> None:
    driver.find_element("tag name", "body").send_keys(Keys.TAB)
    assert driver.switch_to.active_element.text == "Skip to the findings"
    press(driver, Keys.ENTER)
    assert driver.execute_script("return location.hash") == "#findings"
    seen = walk(driver, "Its failures in the table")
    press(driver, Keys.ENTER)
    assert "1 of 5 findings" in driver.find_element("id", "shown").text
    seen += walk(driver, "pick")
    press(driver, Keys.SPACE)
    assert driver.find_elements("css selector", "#facets [aria-pressed=true]")
    driver.execute_script("document.getElementById('reset').focus()")
    press(driver, Keys.ENTER)
    assert driver.find_element("id", "shown").text == ""
    driver.execute_script("document.getElementById('query').focus()")
    press(driver, "svc-billing")
    driver.execute_async_script("setTimeout(arguments[0], 300)")
    assert "of 201 failures" in driver.find_element("id", "shown").text
    seen += walk(driver, "sort")
    press(driver, Keys.ENTER)
    assert driver.find_element("css selector", "th[aria-sort=descending]").text.startswith("Time")
    seen += walk(driver, "row")
    press(driver, Keys.ENTER)
    assert driver.find_element("css selector", ".opened pre").is_displayed()
    assert not [each for each in seen if not each[2]], "focus went to something that cannot be seen"
    assert not [each for each in seen if not each[3]], "focus cannot be seen"
    assert record(driver) == ([], [])


def test_focus_is_never_caught(driver: Any) -> None:
    """From the last thing of the page a further key leads out of it, or to its beginning."""
    driver.execute_script(
        "document.querySelectorAll('summary')[document.querySelectorAll('summary').length - 1].focus()"
    )
    names = [press(driver, Keys.TAB)[0] for _ in range(40)]
    assert "skip" in names or "BODY" in names
