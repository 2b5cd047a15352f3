"""The heat maps in a real browser: they tell numbers, and follow the filter as far as the page knows."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from playwright.sync_api import Page

from tests.browser.chromium import WHY_NOT, record, show
from tests.browser.test_view import pick
from tests.report.scans import START, asked, failures, typical

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]


def test_the_heat_maps_follow_and_are_tables_too(tab: Page, write: Any) -> None:
    scan = typical()
    later = tuple((when + timedelta(days=2), what, events) for when, what, events in scan.timeline)
    show(tab, write(replace(scan, timeline=(*scan.timeline, *later)), failures(scan), "heat"))
    for name, rows in (("week", 7), ("matrix", 6), ("pairing", 6)):
        assert tab.locator(f"#{name} .heat-chart .mark-rect path").count() % rows == 0
        assert tab.locator(f"#{name} tbody tr").count() == rows
    hot = tab.locator("#matrix .mark-rect path[fill*='--high']")
    before = hot.count()
    pick(tab, "203.0.113.66").click()
    tab.wait_for_timeout(200)
    assert hot.count() == 1 < before
    assert record(tab) == ([], [])


def cell(tab: Page, row: int, column: int) -> str:
    """What the matrix tells of a client and an endpoint, by their places."""
    columns = len(asked(typical()).endpoints)  # type: ignore[union-attr]
    tab.locator("#matrix .mark-rect path").nth(row * columns + column).hover(force=True)
    return tab.locator(".tip").inner_text()


def test_the_matrix_tells_the_share_and_follows_what_the_page_knows_of_requests(tab: Page, usual: Path) -> None:
    told = asked(typical())
    assert told is not None
    client = told.clients.index("203.0.113.66")
    route = told.endpoints.index("/login")
    other = next(at for at, failed in enumerate(told.failed[client]) if not failed)
    show(tab, usual)
    tab.locator("#matrix").scroll_into_view_if_needed()
    assert cell(tab, client, route) == "203.0.113.66 on /login\n40 of 80 requests failed: 50 %"
    assert cell(tab, client, other).endswith("no request")
    assert "50 %" in tab.locator("#matrix .mark-text text").all_text_contents()
    row = tab.locator("#matrix tbody tr").nth(client)
    assert row.locator("td").nth(route).text_content() == "50 % 40 of 80"
    note = tab.locator("#matrix-note")
    assert not note.is_visible()
    # Half of the burst: requests are known by the hour, and it lies in the first minutes of one.
    day, hour = START.date(), START.hour + 14
    for place, minute in (("from", 0), ("to", 30)):
        tab.locator(f"#{place}").fill(f"{day}T{hour:02}:{minute:02}:00")
    tab.wait_for_timeout(200)
    assert cell(tab, client, route).endswith("40 of about 40 requests failed: 100 %")
    assert "steps of 60 min" in note.inner_text()
    tab.locator("#to").fill(f"{day}T{hour + 1:02}:00:00")
    tab.wait_for_timeout(200)
    assert cell(tab, client, route).endswith("40 of 80 requests failed: 50 %")
    assert not note.is_visible()
    tab.locator("#reset").click()
    pick(tab, "POST").click()
    tab.wait_for_timeout(200)
    assert cell(tab, client, route).endswith("14 of 80 requests failed: 18 %")
    assert note.inner_text().startswith("The filter by methods counts failures alone")
    pick(tab, "203.0.113.66").click()
    tab.wait_for_timeout(200)
    assert cell(tab, 0 if client else 1, told.endpoints.index("/v1/models")).endswith("no request")
    assert record(tab) == ([], [])


def test_a_matrix_of_failures_that_are_not_all_listed_gives_no_share_under_a_filter(tab: Page, write: Any) -> None:
    rows = failures(typical())
    show(tab, write(typical(), rows.filter(pl.col("client") != "203.0.113.66"), "thinned"))
    told = asked(typical())
    assert told is not None
    place = told.clients.index("192.0.2.7"), told.endpoints.index("/api/v1/orders/{id}")
    assert " of " in cell(tab, *place)
    pick(tab, "svc-orders").click()
    tab.wait_for_timeout(200)
    assert re.fullmatch(r"192\.0\.2\.7 on .*\n\d+ failures", cell(tab, *place))
    assert "no share" in tab.locator("#matrix-note").inner_text()
