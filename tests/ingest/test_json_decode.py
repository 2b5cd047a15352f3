"""Many JSON lines at once: whatever stands beside a line, it gives what it gives alone."""

import json
import time
from unittest import mock

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest import json_decode
from logscan.ingest.json_decode import decode
from logscan.ingest.json_paths import Plan, plan

PATHS = ("m", "u", "u.n", "h.s.c", "e", "e.m", "l.0", "o.0.m", "p")
PLAN = plan(PATHS, ("t",), (*PATHS, "p.q"))

SCALAR = st.none() | st.booleans() | st.integers(-(10**40), 10**40) | st.floats() | st.text(max_size=6)
ANY = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("mnsceq"), inner, max_size=2),
    max_leaves=5,
)
KEY = st.sampled_from(["m", "u", "u.n", "h", "h.s", "h.s.c", "e", "l", "o", "p", "t", "zz", ""])
OBJECT = st.dictionaries(KEY, ANY, max_size=6).map(json.dumps)
LINE = st.one_of(
    OBJECT,
    st.tuples(OBJECT, st.integers(1, 30)).map(lambda p: p[0][: -p[1]] + "}"),
    st.tuples(OBJECT, OBJECT).map(",".join),
    st.sampled_from(
        ["", "{}", "null", "[1]", "{", "}", "nope", '{"m":"a\tb"}', '{"m":NaN}', '{"m":1,"m":2}', '{"m":"\\ud800"}',
         '{"\\u006d":"escaped key"}', '{"u":[{"n":1}', '{"n":2}]}', '{"u":1},null', '{"m":"},{"}', ' {"m":1}, ', '{"m":01}']
    ),
)  # fmt: skip


def read(lines: list[str], ready: Plan = PLAN) -> list[dict[str, str] | None]:
    found = decode(pl.Series("lines", lines, dtype=pl.String), ready)
    assert found.values.height == found.hit.sum()
    names = {name: ready.paths[int(name)] for name in found.values.columns}
    rows = iter(found.values.rows(named=True))
    return [{names[k]: v for k, v in next(rows).items() if v is not None} if hit else None for hit in found.hit]


@pytest.mark.parametrize(("small", "size", "groups"), [(24, 768 << 10, 24), (1, 60, 2), (1, 500, 24)])
@given(lines=st.lists(LINE, max_size=40))
def test_a_line_gives_the_same_alone_and_among_others(small: int, size: int, groups: int, lines: list[str]) -> None:
    alone = [read([line])[0] for line in lines]
    with mock.patch.multiple(json_decode, _SMALL=small, _BATCH_BYTES=size, _MOST_GROUPS=groups):
        assert read(lines) == alone


@given(st.lists(OBJECT, max_size=20), st.data())
def test_malformed_lines_never_change_the_reading_of_good_ones(good: list[str], data: st.DataObject) -> None:
    bad = st.sampled_from(['{"u":[{"n":1}', '{"n":2}]}', '{"u":1},{"u":2}', '{"m":"x}', '{"m"}', '{"m":1}},{"m":2}'])
    mixed = [line for text in good for line in [*data.draw(st.lists(bad, max_size=2)), text]]
    got = read(mixed)
    assert [row for line, row in zip(mixed, got, strict=True) if line in good] == read(good)


PLAIN = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(["m", "t", "u.n", "h.s.c", "zz"], SCALAR),
        **dict.fromkeys(["u", "e"], SCALAR | st.dictionaries(st.sampled_from("nmz"), SCALAR, max_size=2)),
    },
)


@given(st.lists(PLAIN, max_size=15))
def test_what_is_read_is_what_plain_python_finds(objects: list[dict[str, object]]) -> None:
    for value, got in zip(objects, read([json.dumps(v) for v in objects]), strict=True):
        assert got is not None
        for path in ("m", "t", "h.s.c", "u.n", "e.m", "u", "e"):
            assert same(got.get(path), [v for v in looked_up(value, path) if v is not None]), path


def looked_up(value: dict[str, object], path: str) -> list[object]:
    """What may stand at a path, nested first."""
    outer, _, inner = path.partition(".")
    deep = value.get(outer)
    nested = deep.get(inner) if isinstance(deep, dict) else None
    return [
        None if isinstance(v, dict) or (isinstance(v, float) and v - v != 0) else v for v in (nested, value.get(path))
    ]


def same(got: str | None, values: list[object]) -> bool:
    if not values or got is None:
        return got is None and not values
    value = values[0]
    if isinstance(value, float):
        return float(got) == value
    return got == (str(value).lower() if isinstance(value, bool) else str(value))


@given(SCALAR.filter(lambda v: v is not None))
def test_nested_and_dotted_keys_read_the_same(value: object) -> None:
    spellings = [{"h": {"s": {"c": value}}}, {"h.s": {"c": value}}, {"h": {"s.c": value}}, {"h.s.c": value}]
    first, *others = read([json.dumps(v) for v in spellings])
    assert all(other == first for other in others)


@pytest.mark.parametrize(
    ("number", "text"),
    [("401", "401"), ("1773296724.5", "1773296724.5"), ("1e3", "1000"), ("1773296724123456789", "1773296724123456789"), ("-0", "0"),
     ("0.0000001", "0.0000001"), ("18446744073709551616", "18446744073709551616"), ("9" * 50, "9" * 50)],
)  # fmt: skip
def test_numbers_become_text_without_exponent(number: str, text: str) -> None:
    assert read([f'{{"m":{number}}}', f'{{"\\u006d":{number}}}']) == [{"m": text}, {"m": text}]


def test_an_object_where_text_is_wanted_is_its_json_unless_a_path_leads_further() -> None:
    assert read(['{"m":{"x":[1,2.50]}}', '{"m":[1]}', '{"u":{"x":1}}', '{"p":{"x":1}}', '{"p":[1]}', '{"t":{"x":1}}']) == [
        {"m": '{"x":[1,2.50]}'}, {"m": "[1]"}, {}, {}, {}, {},
    ]  # fmt: skip


def test_a_line_that_is_several_values_shifts_no_row() -> None:
    lines = ['{"m":1}', '{"u":[{"n":{"x":1}}', '{"m":2}', '{"n":2}]}', '{"m":3},{"m":4}', '{"m":5},null', '{"m":6}']
    assert read(lines) == [{"m": "1"}, None, {"m": "2"}, None, None, None, {"m": "6"}]


def test_hostile_depth_and_length_are_rejects_or_rows_never_a_crash() -> None:
    deep = ['{"m":1,"u":' + "[" * n + "]" * n + "}" for n in (150, 10_000)]
    deep += ['{"m":1,"u":' + '{"n":' * n + "1" + "}" * (n + 1) for n in (150, 10_000)]
    long = json.dumps({"m": "x" * 1_000_000})
    got = read([*deep, '{"m":"' + "[" * 100_000, long, '{"m":2}'])
    assert [None if row is None else len(row["m"]) for row in got] == [1, None, 1, None, None, 1_000_000, 1]


def test_many_shapes_in_one_batch_are_all_read() -> None:
    users = ['"ada"', "7", '{"n":"ada"}', '{"x":1}', "null", "[1]", '["ada"]', "{}"]
    lines = [f'{{"m":"{n}","u":{users[n % 8]},"e":{{"m":"x"}},"l":{["[]", "[1]", "2"][n % 3]}}}' for n in range(2_000)]
    got = read(lines)
    assert [row["m"] for row in got if row] == [str(n) for n in range(2_000)]
    assert [row.get("u.n") for row in got[:8] if row] == [None, None, "ada", None, None, None, None, None]
    assert [row.get("u") for row in got[:2] if row] == ["ada", "7"]


def test_nothing_gives_nothing() -> None:
    assert read([]) == []
    assert decode(pl.Series("lines", [None, "x"], dtype=pl.String), PLAN).hit.to_list() == [False, False]
    assert read(["{}"], plan(())) == [{}]


def test_a_few_malformed_lines_do_not_halve_the_speed() -> None:
    line = json.dumps({"m": "request completed", "h": {"s": {"c": 200}}, "u": {"n": "ada"}, "x": "y" * 200})
    clean = [line] * 40_000
    some = [text[:-9] + "}" if n % 13_000 == 7 else text for n, text in enumerate(clean)]

    def best(lines: list[str]) -> float:
        series, taken = pl.Series(lines), []
        for _ in range(4):
            start = time.process_time()
            decode(series, PLAN)
            taken.append(time.process_time() - start)
        return min(taken)

    assert best(some) < 2 * best(clean)
