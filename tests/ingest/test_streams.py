"""Writers that share a file, and lines that an envelope cut in parts."""

import json
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logscan.ingest.parse import Parsed, parse
from logscan.ingest.shape import Format
from logscan.ingest.streams import APART, MOST_BYTES, MOST_LINES
from logscan.model.schemas import EVENTS
from tests.ingest.frames import CLOCK, FORMATS, format_of, lines_of

ALL = frozenset(EVENTS)
FEWER = settings(max_examples=settings().max_examples // 2)  # each reads four times
TRACE = ["Traceback (most recent call last):", '  File "x.py", line 1', "x.AuthError: Error code: 401"]


# Those that read the lines of the law below, in a world that is quick to go through.
FEW = [
    format_of(name) for name in ("container-prefix", "python-logging", "stack-trace", "bare-exception", "generic-line")
]


def read(texts: list[str], formats: Sequence[Format] = FORMATS) -> Parsed:
    got = parse(lines_of(texts), formats, ALL, CLOCK)
    assert got.events.height + got.rejects.height + got.continuations + got.blank == len(texts)
    assert got.joined.height == got.continuations
    return got


def cri(text: str, *, stream: str = "stdout", tag: str = "F", second: int = 0) -> str:
    return f"2026-03-12T06:25:{second:02}.5Z {stream} {tag} {text}"


def docker(text: str, *, stream: str = "stdout", second: int = 0) -> str:
    return json.dumps({"log": text, "stream": stream, "time": f"2026-03-12T06:25:{second:02}.5Z"})


def test_parts_of_one_line_are_joined_by_stream() -> None:
    inner = json.dumps({"level": "error", "status": 401, "msg": "refused"})
    for texts in (
        [
            cri(inner[:9], tag="P", second=1),
            cri("INFO: one", stream="stderr", second=2),
            cri(inner[9:20], tag="P", second=3),
            cri(inner[20:], second=4),
        ],
        [
            docker(inner[:9], second=1),
            docker("INFO: one\n", stream="stderr", second=2),
            docker(inner[9:20], second=3),
            docker(inner[20:] + "\n", second=4),
        ],
    ):
        got = read(texts)
        first = got.events.row(0, named=True)
        assert got.events["logscan.line"].to_list() == [1, 2]
        assert (first["http.response.status_code"], first["message"], first["@timestamp"].second) == (401, "refused", 1)
        assert first["event.original"] == "\n".join([texts[0], texts[2], texts[3]])
        assert got.joined.rows() == [(3, 1), (4, 1)]


def test_parts_without_an_end_stay_as_they_are() -> None:
    got = read([cri("ab", tag="P"), cri("cd", tag="P"), docker("ef"), docker("gh")])
    assert got.events["message"].to_list() == ["ab", "cd", "ef", "gh"]


@pytest.mark.parametrize(("count", "size"), [(MOST_LINES + 2, 10), (4, MOST_BYTES // 3)])
def test_parts_beyond_the_bounds_stay_as_they_are(count: int, size: int) -> None:
    got = read([*[cri("x" * size, tag="P")] * count, cri("end"), cri("more", tag="P"), cri("end")])
    assert got.events.height == count + 2
    assert got.events["message"].to_list()[-1] == "moreend"


def test_traces_of_two_writers_go_each_to_its_own_event() -> None:
    texts = []
    for name, trace in (("api-1", ["ERROR:shop:one", *TRACE]), ("web-1", ["ERROR:shop:two", *reversed(TRACE)])):
        texts.append([f"{name}  | {text}" for text in trace])
    mixed = [line for pair in zip(*texts, strict=True) for line in pair]
    got = read(mixed)
    assert got.events.select("logscan.line", "service.name", "http.response.status_code").rows() == [
        (1, "api-1", 401),
        (2, "web-1", 401),
    ]
    assert got.events["message"].to_list() == ["\n".join(["one", *TRACE]), "\n".join(["two", *reversed(TRACE)])]
    assert got.joined.rows() == [(3, 1), (4, 2), (5, 1), (6, 2), (7, 1), (8, 2)]


def test_what_stands_too_far_away_continues_nothing() -> None:
    for between, joined in ((APART - 1, 1), (APART, 0)):
        got = read(["a | ERROR:shop:one", *["b | INFO:shop:x"] * between, "a |   at x"])
        assert got.continuations == joined


PRETTY = json.dumps({"status": 401, "user": {"name": "ada"}, "msg": "refused"}, indent=2).split("\n")


@pytest.mark.parametrize(
    "wrap", [cri, lambda text: docker(text + "\n"), "api-1  | {}".format], ids=["cri", "docker", "compose"]
)
def test_an_object_over_many_lines_of_a_container_is_one_event(wrap: Callable[[str], str]) -> None:
    texts = [wrap(line) for line in [*PRETTY, "INFO:shop:on", *PRETTY]]
    got = read(texts)
    assert got.events.select("logscan.line", "http.response.status_code", "user.name").rows() == [
        (1, 401, "ada"),
        (len(PRETTY) + 1, None, None),
        (len(PRETTY) + 2, 401, "ada"),
    ]
    assert got.joined.rows()[:2] == [(2, 1), (3, 1)]


@pytest.mark.parametrize("lines", [["{", '  "a": 1,'], ["{", "words", "}"], ["{", "  a", "}"], ["{", '"a": 1', "}"]])
def test_what_is_no_object_then_stays_as_it_is(lines: list[str]) -> None:
    assert read([cri(line) for line in lines]).events["message"].to_list() == lines


def test_an_object_that_no_format_reads_stays_as_it_is() -> None:
    got = read([cri(line) for line in PRETTY], [format_of("container-cri")])
    assert got.events["message"].to_list() == PRETTY


NAMES = ("api-1  | ", "web-1  | ", "[pod/a-0/app] ")
BODIES = st.lists(st.sampled_from(["INFO:shop:x", "  at y", "Caused by: z", "words"]), min_size=1, max_size=6)


@FEWER
@given(st.tuples(BODIES, BODIES, BODIES), st.randoms(use_true_random=False))
def test_mixing_writers_changes_nothing_for_any(bodies: tuple[list[str], ...], order: random.Random) -> None:
    alone = [
        read([name + body for body in lines], FEW).events["message"].to_list()
        for name, lines in zip(NAMES, bodies, strict=True)
    ]
    left = [[name + body for body in lines] for name, lines in zip(NAMES, bodies, strict=True)]
    mixed = []
    while any(left):
        mixed.append(order.choice([lines for lines in left if lines]).pop(0))
    events = read(mixed, FEW).events
    keys = ("api-1", "web-1", "app")
    assert [events.filter(events["service.name"] == key)["message"].to_list() for key in keys] == alone
