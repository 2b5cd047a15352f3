"""The index in a real browser: it fits, it is silent, it can be used without eyes or scripts."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from logscan.model.resources import rules_dir
from logscan.model.taxonomy import load_taxonomy
from logscan.report.index import History, render_index
from tests.browser.chromium import WHY_NOT, browser, record, show
from tests.browser.test_accessible import RUN
from tests.hostile.corpus import PAYLOADS
from tests.report.histories import typical
from tests.report.test_index import hostile

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]
ALL_AT_ONCE = "".join(text for text in PAYLOADS.values() if len(text) < 400)


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with browser(tmp_path_factory.mktemp("profile")) as running:
        running.set_script_timeout(120)
        yield running


def write(folder: Path, history: History, title: str = "example.com") -> Path:
    page = folder / "index.html"
    taxonomy = load_taxonomy(rules_dir() / "taxonomy.yml")
    page.write_text(render_index(history, taxonomy, version="1", title=title), "utf-8")
    return page


@pytest.mark.parametrize(("width", "dark"), [(360, False), (768, True), (1280, False), (3840, True)])
def test_the_index_fits_is_silent_and_has_no_serious_fault(driver: Any, tmp_path: Path, width: int, dark: bool) -> None:
    show(driver, write(tmp_path, typical()), width=width, dark=dark)
    assert driver.execute_script("return document.documentElement.scrollWidth") == width
    assert record(driver) == ([], [])
    driver.execute_script("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    source = files("axe_core_python").joinpath("axe.min.js").read_text("utf-8")
    driver.execute_cdp_cmd("Runtime.evaluate", {"expression": source})
    assert driver.execute_async_script(RUN) == []


def test_every_picture_is_drawn_and_named(driver: Any, tmp_path: Path) -> None:
    show(driver, write(tmp_path, typical()))
    pictures = driver.execute_script(
        "return [...document.querySelectorAll('svg[role=img]')].map((e) => [e.getBoundingClientRect().height > 20,"
        " !!e.getAttribute('aria-label'), e.querySelectorAll('path').length > 0])"
    )
    assert len(pictures) == 10
    assert all(all(each) for each in pictures)


def test_hostile_text_does_nothing(driver: Any, tmp_path: Path) -> None:
    short = History(typical().entries[280:290], typical().rows[:50])
    show(driver, write(tmp_path, hostile(short, ALL_AT_ONCE), ALL_AT_ONCE))
    assert record(driver) == ([], [])
    assert driver.execute_script("return window.pwned === undefined && document.querySelectorAll('h1').length === 1")
    assert driver.execute_script("return document.documentElement.scrollWidth") == 1280
    assert not driver.execute_script("return document.querySelectorAll('iframe, img, base, script').length")
