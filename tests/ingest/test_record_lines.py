from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.record_lines import RecordLines


@given(st.text("ab\n", max_size=40), st.lists(st.integers(0, 40), max_size=6), st.lists(st.integers(0, 40), max_size=4))
def test_every_line_is_a_row_or_a_continuation_or_blank(text: str, places: list[int], cuts: list[int]) -> None:
    spots = sorted({place for place in places if place <= len(text)})
    rows = [(low, high) for low, high in list(pairwise(spots))[::2] if low < high and text[low] != "\n"]
    rows = [(low, high - (text[high - 1] == "\n")) for low, high in rows]
    lines, begun, at = RecordLines(), set[int](), 0
    for cut in sorted({*(cut for cut in cuts if cut < len(text)), len(text)}):
        lines.begin(text[at:])
        for low, high in rows:
            if at <= low and high <= cut:
                begun.add(lines.row(low - at, high - at))
        done = max(
            [
                at,
                *(low for low, high in rows if at <= low < cut < high),
                *([] if any(low < cut < high for low, high in rows) else [cut]),
            ]
        )
        done = min([done, *(low for low, high in rows if low < cut < high and low >= at)])
        lines.leave(done - at, ended=cut == len(text))
        at = done
    total = text.count("\n") + (not text.endswith("\n") and bool(text))
    assert len(begun) + lines.continuations + lines.blank == total
    assert begun == {text[:low].count("\n") + 1 for low, _ in rows}


def test_the_beginning_of_a_line_is_known_across_pieces() -> None:
    lines = RecordLines()
    lines.begin("x\n  ab")
    lines.leave(5, ended=False)
    lines.begin("bc")
    assert lines.indent(1) == "  ab"
