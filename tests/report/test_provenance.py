"""What a page says it was made from can be read out of it again."""

import json
import re
from typing import Any

import pytest

from logscan.model.errors import SourceError
from logscan.report.html import render_html
from logscan.report.provenance import recorded_inputs
from tests.hostile.corpus import PAYLOADS, with_every_text
from tests.report.scans import GENERATED, library, typical

BUNDLE = "window.vegaEmbed = async () => ({});"


def page(scan: Any) -> str:
    return render_html(scan, library(), generated=GENERATED, command="logscan report x", version="1", bundle=BUNDLE)


def test_the_inputs_come_back() -> None:
    found = recorded_inputs(page(typical()), "report.html")
    assert [(each.path, each.sha256, each.size) for each in found] == [
        (i.path, i.sha256, i.bytes) for i in typical().inputs
    ]


@pytest.mark.parametrize(
    "text", [text for text in PAYLOADS.values() if len(text) < 500], ids=lambda text: text[:12].encode().hex()
)
def test_hostile_names_come_back_unchanged(text: str) -> None:
    found = recorded_inputs(page(with_every_text(typical(), text)), "report.html")
    assert {each.path for each in found} == {text}


def test_the_block_tells_what_is_needed_to_make_the_page_again() -> None:
    block = json.loads(re.findall(r'id="provenance">(.*?)</script>', page(typical()))[0])
    assert block["command"] == "logscan report x"
    assert block["generated"] == "2026-03-13T09:30:00Z"
    assert block["rules_digest"] == library().digest
    assert sum(each["lines"] for each in block["inputs"]) == sum(i.lines for i in typical().inputs)


@pytest.mark.parametrize(
    "text",
    ["", "<html>", '<script type="application/json" id="provenance">{</script>', '<script type="application/json" id="provenance">[]</script>',
     '<script type="application/json" id="provenance">{"schema":"other/9","inputs":[]}</script>'],
)  # fmt: skip
def test_another_page_is_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(SourceError, match=r"x\.html.*does not say which inputs") as told:
        recorded_inputs(text, "x.html")
    assert "logscan report" in str(told.value)
