"""The page without a pointer: everything that can be clicked is reached, seen when reached, and does the same."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import WHY_NOT, record, show

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]
FOCUSED = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), look = getComputedStyle(e);
  return [e.id || e.className || e.tagName, e.textContent.slice(0, 40), box.width > 0 && box.height > 0, look.outlineStyle !== 'none'];
}"""


def press(tab: Page, key: str) -> list[Any]:
    tab.keyboard.press(key)
    return tab.evaluate(FOCUSED)  # type: ignore[no-any-return]


def walk(tab: Page, until: str, most: int = 250) -> list[list[Any]]:
    """Tab on until something of this id, class or beginning of its text has the focus."""
    seen = []
    for _ in range(most):
        seen.append(press(tab, "Tab"))
        if until in seen[-1][0].split() or seen[-1][1].startswith(until):
            return seen
    raise AssertionError(f"{until} is not reached: {seen[-5:]}")


def test_the_page_is_used_with_keys_alone(tab: Page, usual: Path) -> None:
    show(tab, usual)
    assert press(tab, "Tab")[1] == "Skip to the findings"
    press(tab, "Enter")
    assert tab.evaluate("location.hash") == "#findings"
    seen = walk(tab, "Its failures in the table")
    press(tab, "Enter")
    assert "1 of 5 findings" in tab.locator("#shown").inner_text()
    seen += walk(tab, "pick")
    press(tab, "Space")
    assert tab.locator("#facets [aria-pressed=true]").count()
    tab.locator("#reset").focus()
    press(tab, "Enter")
    assert tab.locator("#shown").inner_text() == ""
    tab.locator("#query").focus()
    tab.keyboard.type("svc-billing")
    tab.wait_for_timeout(100)
    assert "of 201 failures" in tab.locator("#shown").inner_text()
    seen += walk(tab, "sort")
    press(tab, "Enter")
    assert tab.locator("th[aria-sort=descending]").inner_text().startswith("Time")
    seen += walk(tab, "row")
    press(tab, "Enter")
    assert tab.locator(".opened pre").is_visible()
    assert not [each for each in seen if not each[2]], "focus went to something that cannot be seen"
    assert not [each for each in seen if not each[3]], "focus cannot be seen"
    assert record(tab) == ([], [])


def test_focus_is_never_caught(tab: Page, usual: Path) -> None:
    """From the last thing of the page a further key leads out of it, or to its beginning."""
    show(tab, usual)
    tab.locator("summary").last.focus()
    names = [press(tab, "Tab")[0] for _ in range(40)]
    assert "skip" in names or "BODY" in names
