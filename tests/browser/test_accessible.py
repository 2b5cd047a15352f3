"""The page with a screen reader or a keyboard: what axe-core would complain of."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from logscan.report.html import render_html
from tests.browser.chromium import WHY_NOT, faults, show
from tests.report.scans import GENERATED, asked, empty, failures, library, typical

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]


def opened(tab: Page, page: Path, **look: Any) -> Any:
    """The faults of a page with everything unfolded, a row opened and something chosen."""
    show(tab, page, **look)
    tab.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    tab.evaluate("document.querySelector('#rows .row')?.click(); document.querySelector('#facets .pick')?.click()")
    size = tab.viewport_size or {"width": 0, "height": 0}
    tab.set_viewport_size({"width": size["width"] + 40, "height": size["height"]})  # charts are drawn anew
    tab.wait_for_timeout(200)
    return faults(tab)


@pytest.mark.parametrize(("width", "dark"), [(1280, True), (360, False)])
def test_no_serious_fault(tab: Page, bundle: str, tmp_path: Path, width: int, dark: bool) -> None:
    page = tmp_path / "page.html"
    made: Any = {"generated": GENERATED, "command": "logscan report x", "version": "1", "bundle": bundle}
    page.write_text(
        render_html(typical(), library(), shown=failures(typical(), each=8), asked=asked(typical()), **made), "utf-8"
    )
    assert opened(tab, page, width=width, dark=dark) == []


def test_a_page_without_findings_has_none_either(tab: Page, bundle: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    made: Any = {"generated": GENERATED, "command": "logscan report x", "version": "1", "bundle": bundle}
    page.write_text(render_html(empty(), library(), **made), "utf-8")
    assert opened(tab, page) == []


def test_the_check_would_notice(tab: Page, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<!doctype html><title>x</title><body><button></button><p style='color:#eee;background:#fff'>pale</p>"
    )
    assert {line.split(":")[0] for line in opened(tab, page)} >= {"button-name", "color-contrast"}
