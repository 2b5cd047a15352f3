"""The report in words."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from logscan.report.brief import brief
from tests.hostile.corpus import PAYLOADS, with_every_text
from tests.report.scans import empty, library, typical

LIBRARY = library()
TEXTS = [text[:3_000] for text in PAYLOADS.values()]
HOSTILE = st.one_of(
    st.sampled_from(TEXTS), st.text(min_size=1, max_size=40), st.text("`*_[]()<>#|!~&\\\n -+=", min_size=1, max_size=30)
)


@pytest.mark.parametrize("kind", ["text", "markdown"])
def test_what_is_said(golden: Any, kind: str) -> None:
    golden(f"report/brief.{kind}", brief(typical(), LIBRARY, kind))


@pytest.mark.parametrize("kind", ["text", "markdown"])
def test_nothing_to_tell_is_told(kind: str) -> None:
    assert "No authentication failed in 9 events." in brief(empty(lines=9, events=9), LIBRARY, kind).replace("\\", "")
    assert "interrupted" in brief(empty(partial=True), LIBRARY, kind)


@settings(max_examples=40)
@given(HOSTILE)
def test_text_is_made_of_what_can_be_seen(text: str) -> None:
    assert all(
        char.isprintable() for char in brief(with_every_text(typical(), text), LIBRARY, "text").replace("\n", "")
    )


def shape(markdown: str) -> list[tuple[str, str]]:
    """What Markdown becomes but for its words: the kinds and levels of its tokens, inner ones too."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown)
    return [
        (inner.type, inner.tag)
        for token in tokens
        for inner in (token, *(each for each in token.children or () if each.type not in ("text", "text_special")))
    ]


@settings(max_examples=60)
@given(HOSTILE)
def test_no_text_of_a_log_is_markup(text: str) -> None:
    plain = brief(with_every_text(typical(), "plain"), LIBRARY, "markdown")
    hostile = brief(with_every_text(typical(), text), LIBRARY, "markdown")
    assert all(char.isprintable() for char in hostile.replace("\n", ""))
    kinds = shape(hostile)
    assert not {"html_block", "html_inline", "link_open", "image", "code_inline", "em_open"} & {
        kind for kind, _ in kinds
    }
    if text.split():
        assert kinds == shape(plain)
