"""Where a log may be cut: what is read does not change."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logscan.ingest.parse import parse
from logscan.ingest.seam import seam
from logscan.model.schemas import EVENTS
from tests.ingest.frames import CLOCK, FORMATS, lines_of

ALL = frozenset(EVENTS)
APP = "2026-03-12 06:25:24,103 - shop - ERROR - call failed"
ACCESS = '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "GET / HTTP/1.1" 401 0 "-" "x"'
TRACE = ["Traceback (most recent call last):", "  at x", "", "x.AuthError: Error code: 401"]


def cut(texts: Sequence[str]) -> int | None:
    return seam(lines_of(texts), FORMATS, CLOCK)


@pytest.mark.parametrize(
    ("texts", "want"),
    [
        ([APP], 0),
        ([APP, *TRACE], 0),
        (TRACE, None),
        ([ACCESS, APP, *TRACE], 1),
        ([APP, *TRACE, ACCESS], 5),
        (["a  | " + APP], None),
        (["a  | " + ACCESS] * 150, 149),
        ([*["a  | " + APP] * 150, *["a  | " + text for text in TRACE]], 149),
        ([*["b  | " + ACCESS] * 100, "a  | " + APP, *["b  | " + ACCESS] * 30], 100),
        ([*["b  | " + ACCESS] * 100, "a  | " + APP, *["b  | " + ACCESS] * 130], 230),
        ([*["a  | " + ACCESS] * 120, "2026-03-12T06:25:24Z stdout P x"], 120),
        (
            [
                *["2026-03-12T06:25:24Z stdout F " + APP] * 120,
                "2026-03-12T06:25:24Z stdout P x",
                "2026-03-12T06:25:24Z stdout F x",
            ],
            119,
        ),
        (TRACE * 300, 1196),
    ],
    ids=range(13),
)
def test_the_last_line_before_which_nothing_is_cut_apart(texts: list[str], want: int | None) -> None:
    assert cut(texts) == want


PIECES = st.lists(
    st.tuples(
        st.sampled_from(["api-1  | ", "web-1  | ", "2026-03-12T06:25:24Z stdout ", "2026-03-12T06:25:24Z stderr ", ""]),
        st.sampled_from([APP, ACCESS, *TRACE, "words"]),
        st.booleans(),
    ),
    min_size=20,
    max_size=45,
)


@settings(max_examples=25)
@given(PIECES, PIECES)
def test_what_is_cut_is_read_as_it_was_whole(
    head: list[tuple[str, str, bool]], tail: list[tuple[str, str, bool]]
) -> None:
    texts = [
        around + (("P " if part else "F ") if around.endswith(("out ", "err ")) else "") + text
        for around, text, part in head * 3 + tail
    ]
    known = texts[: 3 * len(head)]
    at = cut(known)
    if at is None:
        return
    lines = lines_of(texts)
    whole = parse(lines, FORMATS, ALL, CLOCK)
    parts = [parse(part, FORMATS, ALL, CLOCK) for part in (lines.head(at), lines.slice(at))]
    assert [row for part in parts for row in part.events.rows()] == whole.events.rows()
    assert [row for part in parts for row in part.joined.rows()] == whole.joined.rows()
    assert [row for part in parts for row in part.rejects.rows()] == whole.rejects.rows()
