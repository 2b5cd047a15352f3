from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from playwright.sync_api import BrowserContext, Page

from logscan.report.charts import chart_bundle
from logscan.report.html import render_html
from tests.browser.chromium import browser, new_tab
from tests.report.scans import GENERATED, asked, failures, library, typical


@pytest.fixture(scope="package")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    with browser(tmp_path_factory.mktemp("profile")) as context:
        yield context


@pytest.fixture(scope="module")
def tab(chromium: BrowserContext) -> Iterator[Page]:
    page = new_tab(chromium)
    yield page
    page.close()


@pytest.fixture(scope="package")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The chart library, built once."""
    return chart_bundle(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="package")
def usual(bundle: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a typical scan."""
    page = tmp_path_factory.mktemp("usual") / "page.html"
    made: Any = {"generated": GENERATED, "command": "logscan report x", "version": "1", "bundle": bundle}
    scan = typical()
    page.write_text(render_html(scan, library(), shown=failures(scan), asked=asked(scan), **made), "utf-8")
    return page


@pytest.fixture(scope="module")
def write(bundle: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("pages")

    def page(scan: Any, shown: pl.DataFrame | None = None, name: str = "page") -> Path:
        made: Any = {"generated": GENERATED, "command": "logscan report x", "version": "1", "bundle": bundle}
        rows = failures(scan) if shown is None else shown
        path = folder / f"{name}.html"
        path.write_text(render_html(scan, library(), shown=rows, asked=asked(scan), **made), "utf-8")
        return path

    return page
