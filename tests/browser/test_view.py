"""The filter, the lists, the table: in a real browser, everything follows."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from markdown_it import MarkdownIt
from selenium.webdriver import Keys

from logscan.report.charts import chart_bundle
from logscan.report.html import render_html
from logscan.report.show import visible
from tests.browser.chromium import WHY_NOT, browser, record, show
from tests.hostile.corpus import PAYLOADS, with_every_text
from tests.report.scans import GENERATED, failures, library, typical

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]
VISIBLE = "return [...document.querySelectorAll('#findings .card')].filter(c => !c.hidden).map(c => c.id)"
FORMULA = re.compile(r"[\s\u00a0]*(?:[=+@|%\uff1d\uff0b\uff0d\uff20]|-.)")
SHORT = {name: text for name, text in PAYLOADS.items() if len(text) < 400}


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("pages")
    bundle = chart_bundle(folder / "cache")

    def page(scan: Any, shown: pl.DataFrame | None = None, name: str = "page") -> Path:
        made: Any = {"generated": GENERATED, "command": "logscan report x", "version": "1", "bundle": bundle}
        rows = failures(scan) if shown is None else shown
        path = folder / f"{name}.html"
        path.write_text(render_html(scan, library(), shown=rows, **made), "utf-8")
        return path

    return page


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with browser(tmp_path_factory.mktemp("profile")) as running:
        yield running


def shown(driver: Any) -> str:
    return str(driver.find_element("id", "shown").text)


def pick(driver: Any, text: str) -> Any:
    found = [one for one in driver.find_elements("css selector", "#facets .pick") if text in one.text]
    assert found, text
    return found[0]


def test_a_click_on_a_client_narrows_everything_and_the_link_says_so(driver: Any, write: Any) -> None:
    page = write(typical())
    show(driver, page)
    assert driver.execute_script(VISIBLE) == [f"finding-{k}" for k in range(1, 6)]
    pick(driver, "203.0.113.66").click()
    assert shown(driver) == "40 of 201 failures, 1 of 5 findings"
    assert driver.find_element("id", "total-failed").text == "40 in view"
    assert driver.find_element("id", "page").text == "1 to 40 of 40"
    assert {row.text for row in driver.find_elements("css selector", "#rows td:nth-child(3)")} == {"203.0.113.66"}
    address = driver.execute_script("return location.hash")
    assert address == "#view?client=203.0.113.66"
    driver.get("about:blank")
    driver.get(page.as_uri() + address)
    driver.execute_async_script("setTimeout(arguments[0], 800)")
    assert shown(driver) == "40 of 201 failures, 1 of 5 findings"
    driver.find_element("css selector", "#chips button").click()
    assert shown(driver) == ""
    assert driver.execute_script("return location.hash") == ""
    assert len(driver.execute_script(VISIBLE)) == 5
    assert record(driver) == ([], [])


def test_a_second_value_adds_and_another_list_narrows(driver: Any, write: Any) -> None:
    show(driver, write(typical()))
    pick(driver, "192.0.2.7").click()
    first = int(shown(driver).split()[0])
    pick(driver, "192.0.2.8").click()
    both = int(shown(driver).split()[0])
    assert both > first
    pick(driver, "svc-orders").click()
    assert 0 < int(shown(driver).split()[0]) < both
    assert len(driver.find_elements("css selector", "#chips button")) == 3
    driver.find_element("id", "reset").click()
    assert shown(driver) == ""


def test_the_chart_is_drawn_anew_from_what_is_left(driver: Any, write: Any) -> None:
    show(driver, write(typical()))
    boxes = "return document.querySelectorAll('.live .layer_1_marks path').length"
    before = driver.execute_script(boxes)
    pick(driver, "203.0.113.66").click()
    driver.execute_async_script("setTimeout(arguments[0], 300)")
    assert 0 < driver.execute_script(boxes) < before
    driver.find_element("id", "reset").click()
    driver.execute_async_script("setTimeout(arguments[0], 300)")
    assert driver.execute_script(boxes) == before


def test_the_heat_maps_follow_and_are_tables_too(driver: Any, write: Any) -> None:
    scan = typical()
    later = tuple((when + timedelta(days=2), what, events) for when, what, events in scan.timeline)
    show(driver, write(replace(scan, timeline=(*scan.timeline, *later)), failures(scan), "heat"))
    for name, rows in (("week", 7), ("matrix", 6), ("pairing", 6)):
        assert len(driver.find_elements("css selector", f"#{name} .heat-chart .mark-rect path")) % rows == 0
        assert len(driver.find_elements("css selector", f"#{name} tbody tr")) == rows
    hot = "return [...document.querySelectorAll('#matrix .mark-rect path')].filter(p => p.getAttribute('fill').includes('mix')).length"
    before = driver.execute_script(hot)
    pick(driver, "203.0.113.66").click()
    driver.execute_async_script("setTimeout(arguments[0], 300)")
    assert driver.execute_script(hot) == 1 < before
    assert record(driver) == ([], [])


def test_times_can_be_typed_and_the_brush_shows_them(driver: Any, write: Any) -> None:
    show(driver, write(typical()))
    driver.execute_script(
        "for (const [id, v] of [['from', '2026-03-12T19:00:00'], ['to', '2026-03-12T19:05:00']]) {"
        " const box = document.getElementById(id); box.value = v; box.dispatchEvent(new Event('change')); }"
    )
    driver.execute_async_script("setTimeout(arguments[0], 300)")
    times = [row.text for row in driver.find_elements("css selector", "#rows td:first-child")]
    assert times
    assert all("2026-03-12 19:00" <= text < "2026-03-12 19:05" for text in times)
    assert driver.execute_script(
        "return document.querySelector('.live .brush_brush_bg, .live [class*=brush]') !== null"
    )
    assert "from=2026-03-12T19%3A00%3A00.000Z" in driver.execute_script("return location.hash")
    driver.find_element("id", "reset").click()
    assert driver.find_element("id", "from").get_attribute("value") == ""


def test_the_table_sorts_pages_unfolds_and_follows_the_keyboard(driver: Any, write: Any) -> None:
    show(driver, write(typical()))
    assert driver.find_element("id", "page").text == "1 to 50 of 201"
    driver.find_element("id", "after").click()
    assert driver.find_element("id", "page").text == "51 to 100 of 201"
    head = driver.find_elements("css selector", "#heads button")[2]
    head.send_keys(Keys.ENTER)
    clients = [cell.text for cell in driver.find_elements("css selector", "#rows td:nth-child(3)")]
    assert clients == sorted(clients)
    assert driver.switch_to.active_element.text.startswith("Client")
    row = driver.find_element("css selector", "#rows .row")
    row.send_keys(Keys.ENTER)
    assert driver.find_element("css selector", "#rows .row").get_attribute("aria-expanded") == "true"
    assert driver.find_element("css selector", "#rows .opened pre").text
    boxes = driver.find_elements("css selector", "#columns input")
    driver.find_element("css selector", ".chooser summary").click()
    boxes[4].click()
    assert "Method" in driver.find_element("id", "heads").text
    assert record(driver) == ([], [])


def test_evidence_leads_to_its_row_and_a_card_to_its_failures(driver: Any, write: Any) -> None:
    show(driver, write(typical()))
    link = driver.find_element("css selector", "#finding-2 .place .tool")
    assert link.text == "in the table"
    driver.execute_script("arguments[0].click()", link)
    assert "token rejected" in driver.find_element("css selector", "#rows .opened pre").text
    driver.execute_script("arguments[0].click()", driver.find_element("css selector", "#finding-3 .tools .tool"))
    assert driver.execute_script(VISIBLE) == ["finding-3"]
    assert driver.execute_script("return location.hash") == "#view?card=77bc"


def test_hostile_text_is_inert_in_lists_table_link_and_markdown(driver: Any, write: Any) -> None:
    row = failures(typical(), each=1).filter(pl.col("client").is_not_null()).head(1)
    texts = ("path", "client", "user", "endpoint", "method", "agent", "credential", "text")
    rows = pl.concat(
        row.with_columns(pl.lit(text).alias(name) for name in texts).with_columns(
            pl.lit(k).cast(pl.UInt64).alias("line")
        )
        for k, text in enumerate(PAYLOADS.values())
    )
    show(driver, write(with_every_text(typical(), "".join(SHORT.values())), rows, "hostile"))
    for box in driver.find_elements("css selector", "#columns input:not(:checked)"):
        driver.execute_script("arguments[0].click()", box)
    cells, lines = {}, {}
    for last in (False, True):
        for line in driver.execute_script("return [...document.querySelectorAll('#rows tr')].map(r => +r.dataset.row)"):
            driver.execute_script(f"document.querySelector('[data-row=\"{line}\"] button').click()")
            found = driver.execute_script(
                f"return [...document.querySelectorAll('[data-row=\"{line}\"] td span')].map(e => e.textContent)"
            )
            cells[line] = [text for text in found if text != "Normal challenge"]
            lines[line] = driver.execute_script("return document.querySelector('.opened pre').textContent")
        if not last:
            driver.execute_script("document.getElementById('after').click()")
    order = sorted(PAYLOADS.values(), key=lambda text: list(PAYLOADS.values()).index(text))
    assert len(cells) == len(PAYLOADS) >= 60
    for line, text in enumerate(order):
        assert cells[line].count(visible(text, 300)) == 6, text[:80]
        assert lines[line] == visible(text, 500)
    written = driver.execute_script(
        "const kept = []; navigator.clipboard.writeText = async (text) => { kept.push(text); };"
        "for (const tool of document.querySelectorAll('.tools .tool:nth-child(2), #link')) tool.click(); return kept;"
    )
    assert len(written) >= 5
    for one in written[:-1]:
        tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(one)
        kinds = {inner.type for token in tokens for inner in (token, *(token.children or ()))}
        assert not {"html_block", "html_inline", "link_open", "image", "hr", "blockquote_open"} & kinds
    saved = driver.execute_script(
        "const kept = []; const make = URL.createObjectURL; URL.createObjectURL = (blob) => { kept.push(blob); return make(blob); };"
        "HTMLAnchorElement.prototype.click = () => {};"
        "for (const kind of ['json', 'csv']) document.getElementById(`save-${kind}`).click();"
        "return Promise.all(kept.map((blob) => blob.text()));"
    )
    kept = {one["line"]: one for one in json.loads(saved[0])}
    assert [kept[k]["text"] for k in range(len(order))] == [visible(text, 500) for text in order]
    assert all(kept[k]["client"] == visible(text, 300) == kept[k]["path"] for k, text in enumerate(order))
    told = pl.read_csv(saved[1].encode(), infer_schema=False)
    assert told["text"].to_list() == [
        row["text"] if not FORMULA.match(row["text"]) else f"'{row['text']}" for row in json.loads(saved[0])
    ]
    picks = len(driver.find_elements("css selector", "#facets .pick"))
    for k in range(picks):
        driver.execute_script(f"document.querySelectorAll('#facets .pick')[{k}]?.click()")
    address = driver.execute_script("return location.href")
    driver.get("about:blank")
    driver.get(address)
    driver.execute_async_script("setTimeout(arguments[0], 500)")
    assert record(driver) == ([], [])
    assert driver.execute_script("return window.pwned === undefined && !({}).pwned")
    assert driver.execute_script("return document.querySelectorAll('h1').length") == 1
    odd = "return [...document.querySelectorAll('a, iframe, img, base, link')].map(e => e.getAttribute('href') || e.tagName)"
    assert all(link.startswith("#") or link == "data:," for link in driver.execute_script(odd))
    assert driver.execute_script("return document.documentElement.scrollWidth") == 1280


@pytest.mark.parametrize(
    "fragment", ["#view?", "#view?client=<img src=x>&from=x&to=y&q=%", "#view?from=9&to=1&constructor=1", "#finding-1"]
)
def test_a_link_that_makes_no_sense_shows_the_whole_page(driver: Any, write: Any, fragment: str) -> None:
    page = write(typical())
    show(driver, page)
    driver.get("about:blank")
    driver.get(page.as_uri() + fragment)
    driver.execute_async_script("setTimeout(arguments[0], 800)")
    assert len(driver.execute_script(VISIBLE)) >= (0 if "q=" in fragment else 5)
    assert record(driver) == ([], [])


def test_what_is_saved_is_what_is_in_view(driver: Any, write: Any, tmp_path: Path) -> None:
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    scan = typical()
    rows = failures(scan).with_columns(
        pl.when(pl.col("client") == "203.0.113.66").then(pl.lit('=1+1","x')).otherwise("agent").alias("agent")
    )
    show(driver, write(scan, rows, "save"))
    pick(driver, "203.0.113.66").click()
    for kind in ("csv", "json"):
        driver.execute_script("arguments[0].click()", driver.find_element("id", f"save-{kind}"))
        for _ in range(60):
            if (tmp_path / f"logscan-failures.{kind}").exists():
                break
            driver.execute_async_script("setTimeout(arguments[0], 50)")
    table = pl.read_csv(tmp_path / "logscan-failures.csv")
    assert table.height == 40
    assert table["agent"].unique().to_list() == ['\'=1+1","x']
    found = json.loads((tmp_path / "logscan-failures.json").read_text("utf-8"))
    assert len(found) == 40
    assert {one["client"] for one in found} == {"203.0.113.66"}
    assert {one["finding"] for one in found} == {"77bc"}
    assert record(driver) == ([], [])


def test_a_card_as_markdown_keeps_the_line_inside_its_fence(driver: Any, write: Any) -> None:
    scan = typical()
    ticks = scan.findings[0].evidence[0]
    odd = replace(scan.findings[0], evidence=(replace(ticks, text="``` \n# not a heading ````"),))
    show(driver, write(replace(scan, findings=(odd, *scan.findings[1:])), name="ticks"))
    written = driver.execute_script(
        "let kept = ''; navigator.clipboard.writeText = async (text) => { kept = text; };"
        "document.querySelectorAll('#finding-1 .tools .tool')[1].click(); return kept;"
    )
    assert written.startswith("## API key not accepted")
    assert "`````\n``` \n# not a heading ````\n`````" in written
    assert "- **Confidence**" in written


def big(rows: int) -> pl.DataFrame:
    few = failures(typical())
    many = pl.concat([few] * (rows // few.height + 1)).head(rows)
    step = pl.int_range(rows).cast(pl.Int64)
    return many.with_columns(
        pl.lit("198.51.100.").add(step.mod(250).cast(pl.String())).alias("client"),
        pl.lit("user").add(step.mod(5_000).cast(pl.String())).alias("user"),
        step.cast(pl.UInt64).alias("line"),
        pl.lit("a line of the log that failed, number ").add(step.cast(pl.String())).alias("text"),
    ).sort("t")


@pytest.mark.parametrize(("rows", "opens_ms", "filters_ms"), [(10_000, 3_000, 450), (200_000, 9_000, 3_000)])
def test_many_failures_do_not_freeze_the_page(
    driver: Any, write: Any, rows: int, opens_ms: int, filters_ms: int
) -> None:
    page = write(typical(), big(rows), "big")
    assert page.stat().st_size < 14_000_000
    show(driver, page)
    opened = driver.execute_script("return performance.now()")
    took = driver.execute_script(
        "const pick = document.querySelector('#facets .pick'), from = performance.now(); pick.click(); return performance.now() - from"
    )
    assert opened < opens_ms
    assert took < filters_ms
