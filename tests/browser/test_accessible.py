"""The page with a screen reader or a keyboard: what axe-core would complain of."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from logscan.report.charts import chart_bundle
from logscan.report.html import render_html
from tests.browser.chromium import WHY_NOT, browser, show
from tests.report.scans import GENERATED, empty, failures, library, typical

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]
RUN = (
    "const done = arguments[0]; axe.run(document).then("
    "(told) => done(told.violations.filter((v) => ['serious', 'critical'].includes(v.impact))"
    ".map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`)), (fault) => done([String(fault)]))"
)


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with browser(tmp_path_factory.mktemp("profile")) as running:
        running.set_script_timeout(120)
        yield running


def faults(driver: Any, page: Path, **look: Any) -> Any:
    show(driver, page, **look)
    driver.execute_script("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    driver.execute_script(
        "document.querySelector('#rows .row')?.click(); document.querySelector('#facets .pick')?.click()"
    )
    source = files("axe_core_python").joinpath("axe.min.js").read_text("utf-8")
    driver.execute_cdp_cmd("Runtime.evaluate", {"expression": source})
    return driver.execute_async_script(RUN)


@pytest.mark.parametrize(("width", "dark"), [(1280, True), (360, False)])
def test_no_serious_fault(driver: Any, tmp_path: Path, width: int, dark: bool) -> None:
    page = tmp_path / "page.html"
    made: Any = {
        "generated": GENERATED,
        "command": "logscan report x",
        "version": "1",
        "bundle": chart_bundle(tmp_path),
    }
    page.write_text(render_html(typical(), library(), shown=failures(typical()), **made), "utf-8")
    assert faults(driver, page, width=width, dark=dark) == []


def test_a_page_without_findings_has_none_either(driver: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    made: Any = {
        "generated": GENERATED,
        "command": "logscan report x",
        "version": "1",
        "bundle": chart_bundle(tmp_path),
    }
    page.write_text(render_html(empty(), library(), **made), "utf-8")
    assert faults(driver, page) == []


def test_the_check_would_notice(driver: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<!doctype html><title>x</title><body><button></button><p style='color:#eee;background:#fff'>pale</p>"
    )
    assert {line.split(":")[0] for line in faults(driver, page)} >= {"button-name", "color-contrast"}
