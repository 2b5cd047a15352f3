"""The index in a real browser: it fits, it is silent, it can be used without eyes or scripts."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from logscan.model.resources import rules_dir
from logscan.model.taxonomy import load_taxonomy
from logscan.report.index import History, render_index
from tests.browser.chromium import WHY_NOT, faults, record, show
from tests.hostile.corpus import PAYLOADS
from tests.report.histories import typical
from tests.report.test_index import hostile

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]
ALL_AT_ONCE = "".join(text for text in PAYLOADS.values() if len(text) < 400)


def write(folder: Path, history: History, title: str = "example.com") -> Path:
    page = folder / "index.html"
    taxonomy = load_taxonomy(rules_dir() / "taxonomy.yml")
    page.write_text(render_index(history, taxonomy, version="1", title=title), "utf-8")
    return page


@pytest.mark.parametrize(("width", "dark"), [(360, False), (768, True), (1280, False), (3840, True)])
def test_the_index_fits_is_silent_and_has_no_serious_fault(tab: Page, tmp_path: Path, width: int, dark: bool) -> None:
    show(tab, write(tmp_path, typical()), width=width, dark=dark)
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    assert record(tab) == ([], [])
    tab.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    assert faults(tab) == []


def test_every_picture_is_drawn_and_named(tab: Page, tmp_path: Path) -> None:
    show(tab, write(tmp_path, typical()))
    pictures = tab.evaluate(
        "[...document.querySelectorAll('svg[role=img]')].map((e) => [e.getBoundingClientRect().height > 20,"
        " !!e.getAttribute('aria-label'), e.querySelectorAll('path').length > 0])"
    )
    assert len(pictures) == 10
    assert all(all(each) for each in pictures)


def test_hostile_text_does_nothing(tab: Page, tmp_path: Path) -> None:
    short = History(typical().entries[280:290], typical().rows[:50])
    show(tab, write(tmp_path, hostile(short, ALL_AT_ONCE), ALL_AT_ONCE))
    assert record(tab) == ([], [])
    assert tab.evaluate("window.pwned === undefined && document.querySelectorAll('h1').length === 1")
    assert tab.evaluate("document.documentElement.scrollWidth") == 1280
    assert not tab.evaluate("document.querySelectorAll('iframe, img, base, script').length")
