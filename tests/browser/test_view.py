"""The filter, the lists, the table: in a real browser, everything follows."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import BrowserContext, Locator, Page

from logscan.report.show import visible
from tests.browser.chromium import WHY_NOT, record, show
from tests.hostile.corpus import PAYLOADS, with_every_text
from tests.report.scans import failures, typical

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]
# Opens every row of this page of the table, one after another: its number, its cells, its line.
UNFOLD = """() => [...document.querySelectorAll('#rows tr')].map((row) => row.dataset.row).map((at) => {
  document.querySelector(`[data-row="${at}"] button`).click();
  const cells = [...document.querySelectorAll(`[data-row="${at}"] td span`)].map((cell) => cell.textContent);
  return [Number(at), cells, document.querySelector('.opened pre').textContent];
})"""
FORMULA = re.compile(r"[\s\u00a0]*(?:[=+@|%\uff1d\uff0b\uff0d\uff20]|-.)")
SHORT = {name: text for name, text in PAYLOADS.items() if len(text) < 400}


def shown(tab: Page) -> str:
    return tab.locator("#shown").inner_text()


def pick(tab: Page, text: str) -> Locator:
    return tab.locator("#facets .pick", has_text=text).first


def cards(tab: Page) -> list[str]:
    """The findings in view."""
    return [str(card.get_attribute("id")) for card in tab.locator("#findings .card:not([hidden])").all()]


def test_a_click_on_a_client_narrows_everything_and_the_link_says_so(tab: Page, usual: Path) -> None:
    show(tab, usual)
    assert cards(tab) == [f"finding-{k}" for k in range(1, 6)]
    pick(tab, "203.0.113.66").click()
    assert shown(tab) == "40 of 201 failures, 1 of 5 findings"
    assert tab.locator("#total-failed").inner_text() == "40 in view"
    assert tab.locator("#page").inner_text() == "1 to 40 of 40"
    assert set(tab.locator("#rows td:nth-child(3)").all_inner_texts()) == {"203.0.113.66"}
    address = tab.evaluate("location.hash")
    assert address == "#view?client=203.0.113.66"
    show(tab, usual.as_uri() + address)
    assert shown(tab) == "40 of 201 failures, 1 of 5 findings"
    tab.locator("#chips button").first.click()
    assert shown(tab) == ""
    assert tab.evaluate("location.hash") == ""
    assert len(cards(tab)) == 5
    assert record(tab) == ([], [])


def test_a_second_value_adds_and_another_list_narrows(tab: Page, usual: Path) -> None:
    show(tab, usual)
    pick(tab, "192.0.2.7").click()
    first = int(shown(tab).split()[0])
    pick(tab, "192.0.2.8").click()
    both = int(shown(tab).split()[0])
    assert both > first
    pick(tab, "svc-orders").click()
    assert 0 < int(shown(tab).split()[0]) < both
    assert tab.locator("#chips button").count() == 3
    tab.locator("#reset").click()
    assert shown(tab) == ""


def test_the_chart_is_drawn_anew_from_what_is_left(tab: Page, usual: Path) -> None:
    show(tab, usual)
    boxes = tab.locator(".live .layer_1_marks path")
    before = boxes.count()
    pick(tab, "203.0.113.66").click()
    tab.wait_for_timeout(200)
    assert 0 < boxes.count() < before
    tab.locator("#reset").click()
    tab.wait_for_timeout(200)
    assert boxes.count() == before


def test_times_can_be_typed_and_the_brush_shows_them(tab: Page, usual: Path) -> None:
    show(tab, usual)
    for place, text in (("from", "2026-03-12T19:00:00"), ("to", "2026-03-12T19:05:00")):
        tab.locator(f"#{place}").fill(text)
    tab.wait_for_timeout(200)
    times = tab.locator("#rows td:first-child").all_inner_texts()
    assert times
    assert all("2026-03-12 19:00" <= text < "2026-03-12 19:05" for text in times)
    assert tab.locator(".live [class*=brush]").count()
    assert "from=2026-03-12T19%3A00%3A00.000Z" in tab.evaluate("location.hash")
    tab.locator("#reset").click()
    assert tab.locator("#from").input_value() == ""


def test_the_table_sorts_pages_unfolds_and_follows_the_keyboard(tab: Page, usual: Path) -> None:
    show(tab, usual)
    assert tab.locator("#page").inner_text() == "1 to 50 of 201"
    tab.locator("#after").click()
    assert tab.locator("#page").inner_text() == "51 to 100 of 201"
    tab.locator("#heads button").nth(2).press("Enter")
    clients = tab.locator("#rows td:nth-child(3)").all_inner_texts()
    assert clients == sorted(clients)
    assert tab.locator("*:focus").inner_text().startswith("Client")
    tab.locator("#rows .row").first.press("Enter")
    assert tab.locator("#rows .row").first.get_attribute("aria-expanded") == "true"
    assert tab.locator("#rows .opened pre").inner_text()
    tab.locator(".chooser summary").click()
    tab.locator("#columns input").nth(4).click()
    assert "Method" in tab.locator("#heads").inner_text()
    assert record(tab) == ([], [])


def test_evidence_leads_to_its_row_and_a_card_to_its_failures(tab: Page, usual: Path) -> None:
    show(tab, usual)
    link = tab.locator("#finding-2 .place .tool").first
    assert link.inner_text() == "in the table"
    link.click()
    assert "token rejected" in tab.locator("#rows .opened pre").inner_text()
    tab.locator("#finding-3 .tools .tool").first.click()
    assert cards(tab) == ["finding-3"]
    assert tab.evaluate("location.hash") == "#view?card=77bc"


def test_hostile_text_is_inert_in_lists_table_link_and_markdown(tab: Page, write: Any) -> None:
    row = failures(typical(), each=1).filter(pl.col("client").is_not_null()).head(1)
    texts = ("path", "client", "user", "endpoint", "method", "agent", "credential", "text")
    rows = pl.concat(
        row.with_columns(pl.lit(text).alias(name) for name in texts).with_columns(
            pl.lit(k).cast(pl.UInt64).alias("line")
        )
        for k, text in enumerate(PAYLOADS.values())
    )
    show(tab, write(with_every_text(typical(), "".join(SHORT.values())), rows, "hostile"))
    for box in tab.locator("#columns input").all():
        box.evaluate("box => { if (!box.checked) box.click(); }")
    cells, lines = {}, {}
    for last in (False, True):
        for line, texts, opened in tab.evaluate(UNFOLD):
            cells[line] = [text for text in texts if text != "Normal challenge"]
            lines[line] = opened
        if not last:
            tab.locator("#after").click()
    order = sorted(PAYLOADS.values(), key=lambda text: list(PAYLOADS.values()).index(text))
    assert len(cells) == len(PAYLOADS) >= 60
    for line, text in enumerate(order):
        assert cells[line].count(visible(text, 300)) == 6, text[:80]
        assert lines[line] == visible(text, 500)
    written = tab.evaluate(
        "() => { const kept = []; navigator.clipboard.writeText = async (text) => { kept.push(text); };"
        "for (const tool of document.querySelectorAll('.tools .tool:nth-child(2), #link')) tool.click(); return kept; }"
    )
    assert len(written) >= 5
    for one in written[:-1]:
        tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(one)
        kinds = {inner.type for token in tokens for inner in (token, *(token.children or ()))}
        assert not {"html_block", "html_inline", "link_open", "image", "hr", "blockquote_open"} & kinds
    saved = tab.evaluate(
        "() => { const kept = []; const make = URL.createObjectURL; URL.createObjectURL = (blob) => { kept.push(blob); return make(blob); };"
        "HTMLAnchorElement.prototype.click = () => {};"
        "for (const kind of ['json', 'csv']) document.getElementById(`save-${kind}`).click();"
        "return Promise.all(kept.map((blob) => blob.text())); }"
    )
    kept = {one["line"]: one for one in json.loads(saved[0])}
    assert [kept[k]["text"] for k in range(len(order))] == [visible(text, 500) for text in order]
    assert all(kept[k]["client"] == visible(text, 300) == kept[k]["path"] for k, text in enumerate(order))
    told = pl.read_csv(saved[1].encode(), infer_schema=False)
    assert told["text"].to_list() == [
        row["text"] if not FORMULA.match(row["text"]) else f"'{row['text']}" for row in json.loads(saved[0])
    ]
    tab.evaluate(
        "() => { for (let k = 0; k < document.querySelectorAll('#facets .pick').length; k++) document.querySelectorAll('#facets .pick')[k].click(); }"
    )
    address = tab.evaluate("location.href")
    assert len(address) > 1_000
    said = record(tab)
    show(tab, address)
    assert said == ([], [])
    assert record(tab) == ([], [])
    assert tab.evaluate("window.pwned === undefined && !({}).pwned")
    assert tab.evaluate("document.querySelectorAll('h1').length") == 1
    odd = "[...document.querySelectorAll('a, iframe, img, base, link')].map(e => e.getAttribute('href') || e.tagName)"
    assert all(link.startswith("#") or link == "data:," for link in tab.evaluate(odd))
    assert tab.evaluate("document.documentElement.scrollWidth") == 1280


@pytest.mark.parametrize(
    "fragment", ["#view?", "#view?client=<img src=x>&from=x&to=y&q=%", "#view?from=9&to=1&constructor=1", "#finding-1"]
)
def test_a_link_that_makes_no_sense_shows_the_whole_page(tab: Page, usual: Path, fragment: str) -> None:
    show(tab, usual.as_uri() + fragment)
    assert len(cards(tab)) >= (0 if "q=" in fragment else 5)
    assert record(tab) == ([], [])


def test_what_is_saved_is_what_is_in_view(tab: Page, write: Any, tmp_path: Path) -> None:
    scan = typical()
    rows = failures(scan).with_columns(
        pl.when(pl.col("client") == "203.0.113.66").then(pl.lit('=1+1","x')).otherwise("agent").alias("agent")
    )
    show(tab, write(scan, rows, "save"))
    pick(tab, "203.0.113.66").click()
    for kind in ("csv", "json"):
        with tab.expect_download() as saved:
            tab.locator(f"#save-{kind}").click()
        assert saved.value.suggested_filename == f"logscan-failures.{kind}"
        saved.value.save_as(tmp_path / f"logscan-failures.{kind}")
    table = pl.read_csv(tmp_path / "logscan-failures.csv")
    assert table.height == 40
    assert table["agent"].unique().to_list() == ['\'=1+1","x']
    found = json.loads((tmp_path / "logscan-failures.json").read_text("utf-8"))
    assert len(found) == 40
    assert {one["client"] for one in found} == {"203.0.113.66"}
    assert {one["finding"] for one in found} == {"77bc"}
    assert record(tab) == ([], [])


def test_a_card_as_markdown_keeps_the_line_inside_its_fence(tab: Page, write: Any) -> None:
    scan = typical()
    ticks = scan.findings[0].evidence[0]
    odd = replace(scan.findings[0], evidence=(replace(ticks, text="``` \n# not a heading ````"),))
    show(tab, write(replace(scan, findings=(odd, *scan.findings[1:])), name="ticks"))
    written = tab.evaluate(
        "() => { let kept = ''; navigator.clipboard.writeText = async (text) => { kept = text; };"
        "document.querySelectorAll('#finding-1 .tools .tool')[1].click(); return kept; }"
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


@pytest.mark.parametrize(("rows", "opens_s", "filters_s"), [(10_000, 1.0, 0.15), (200_000, 3.0, 0.6)])
def test_many_failures_do_not_freeze_the_page(  # noqa: PLR0917 - fixtures and cases
    chromium: BrowserContext, tab: Page, write: Any, rows: int, opens_s: float, filters_s: float
) -> None:
    page = write(typical(), big(rows), "big")
    assert page.stat().st_size < 2_500_000
    session = chromium.new_cdp_session(tab)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})  # what others do beside it does not count

    def busy() -> float:
        told = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
        return float(told["TaskDuration"])

    show(tab, page)
    assert busy() < opens_s
    for act in ("#facets .pick", "#facets .pick:not([aria-pressed=true])", "#reset", "#heads th:nth-child(3) button"):
        before = busy()
        tab.evaluate("act => document.querySelector(act).click()", act)
        assert busy() - before < filters_s, act
    session.detach()
