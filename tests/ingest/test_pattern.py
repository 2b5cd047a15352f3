import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logscan.ingest.pattern import idle, read_pattern
from logscan.ingest.shape import Format, Layout
from tests.ingest.frames import CLOCK, FORMATS, format_of, lines_of, small_format

SMALL = small_format(
    "^(?<who>[a-z]+) ",
    {"who": "user.name", "code": "error.code", "size": "http.response.body.bytes"},
    tail=r"code=(?<code>\S+)(?: (?<size>\S+))?",
)
PATTERNS = [fmt for fmt in FORMATS if fmt.kind == "pattern"]
SAMPLES = [sample.line for fmt in FORMATS for sample in fmt.samples]


def test_hit_lines_become_typed_rows_in_their_order() -> None:
    read = read_pattern(
        lines_of(["ada code=x 12", "??", "bob code=- twelve", "eve "]),
        SMALL,
        {"user.name", "error.code", "http.response.body.bytes"},
        CLOCK,
    )
    assert read.hit.to_list() == [True, False, True, True]
    assert read.events.to_dict(as_series=False) == {
        "logscan.line": [1, 3, 4],
        "log.offset": [0, 17, 35],
        "event.original": ["ada code=x 12", "bob code=- twelve", "eve "],
        "event.dataset": ["small"] * 3,
        "user.name": ["ada", "bob", "eve"],
        "error.code": ["x", None, None],
        "http.response.body.bytes": [12, None, None],
    }


def test_nothing_read_is_an_empty_frame_of_the_same_columns() -> None:
    read = read_pattern(lines_of(["??"]), SMALL, {"user.name"}, CLOCK)
    assert read.hit.to_list() == [False]
    assert read.events.columns == ["logscan.line", "log.offset", "event.original", "event.dataset", "user.name"]
    assert read_pattern(lines_of([]), SMALL, {"user.name"}, CLOCK).hit.to_list() == []


FEW = settings(max_examples=settings().max_examples // 5)  # for each of many formats


def hostile(samples: list[str]) -> st.SearchStrategy[str]:
    broken = st.tuples(st.sampled_from(samples), st.text(), st.integers(0, 200))
    return st.one_of(st.sampled_from(samples), st.text(), broken.map(lambda t: t[0][: t[2]] + t[1] + t[0][t[2] :]))


HOSTILE = hostile(SAMPLES)


def lines_for(fmt: Format) -> st.SearchStrategy[list[str]]:
    """Half of them the format's own, or nearly."""
    return st.lists(st.one_of(hostile([sample.line for sample in fmt.samples]), HOSTILE), max_size=6)


@pytest.mark.parametrize("fmt", PATTERNS, ids=lambda fmt: fmt.id)
@FEW
@given(
    data=st.data(),
    want=st.sets(
        st.sampled_from(["@timestamp", "source.address", "url.original", "user.name", "message", "user_agent.original"])
    ),
)
def test_narrow_and_wide_reads_agree(fmt: Format, data: st.DataObject, want: set[str]) -> None:
    texts = data.draw(lines_for(fmt))
    lines = lines_of([text.replace("\n", " ") for text in texts])
    wide = read_pattern(lines, fmt, fmt.names(), CLOCK)
    narrow = read_pattern(lines, fmt, want, CLOCK)
    assert narrow.hit.to_list() == wide.hit.to_list()
    assert narrow.events.equals(wide.events.select(narrow.events.columns))
    assert wide.events["logscan.line"].to_list() == [n for n, hit in enumerate(wide.hit, 1) if hit]


@pytest.mark.parametrize("fmt", PATTERNS, ids=lambda fmt: fmt.id)
@FEW
@given(data=st.data())
def test_a_line_is_read_alone_as_among_others(fmt: Format, data: st.DataObject) -> None:
    texts = data.draw(lines_for(fmt))
    lines = lines_of([text.replace("\n", " ") for text in texts])
    together = read_pattern(lines, fmt, fmt.names(), CLOCK).events
    alone = [read_pattern(lines[n : n + 1], fmt, fmt.names(), CLOCK).events for n in range(lines.height)]
    assert together.equals(pl.concat([together.clear(), *alone]))


def test_lines_that_come_late_are_found_as_well() -> None:
    read = read_pattern(lines_of(["??"] * 700 + ["ada code=x"]), SMALL, {"user.name"}, CLOCK)
    assert read.events.select("logscan.line", "user.name").rows() == [(701, "ada")]
    assert read.hit.arg_true().to_list() == [700]


def test_formats_that_take_none_of_a_few_lines_are_told_at_once() -> None:
    other = small_format("^[0-9]+$", {"who": "user.name"}, id="other")
    both = small_format("^x$", {}, id="both", layouts=(Layout("^x$"), Layout("^(?<who>[a-z]+) ")))
    formats = (SMALL, other, both)
    assert idle(lines_of(["ada code=x"]), formats) == {"other"}
    assert idle(lines_of(["7", "x"]), formats) == {"small"}
    assert idle(lines_of(["?"]), [format_of("generic-json")]) == frozenset()
    assert idle(lines_of([]), formats) == frozenset()
    assert idle(lines_of(["?"] * 9_000), formats) == {"other", "small", "both"}
    assert idle(lines_of([*["?"] * 9_000, "7"]), formats) == {"small", "both"}


@FEW
@given(st.lists(HOSTILE, max_size=6))
def test_an_idle_format_takes_no_line(texts: list[str]) -> None:
    lines = lines_of(texts)
    useless = idle(lines, FORMATS)
    assert {fmt.id for fmt in PATTERNS if texts and not read_pattern(lines, fmt, set(), CLOCK).hit.any()} == useless
