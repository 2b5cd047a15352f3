from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.definition import Definition
from logscan.ingest.shape import Column, Layout
from logscan.model.document import parse_document
from logscan.model.errors import LogscanError

GOOD = """\
id: small
title: Small
kind: pattern
logsource: {category: webserver}
order: 7
pattern: '^(?<who>[a-z]+) '
tail: '(?<took>[0-9.]+)(?<rest>.*)'
columns:
  who: user.name
  took: {column: event.duration, unit: ms}
  rest:
    - {column: http.request.id, within: 'id=([0-9]+)'}
    - {column: trace.id, within: 'trace=([0-9a-f]+)'}
extract:
  - {pattern: 'code=(?<error.code>[a-z]+)', needs: code=}
samples:
  - {line: 'ada 5', expect: {user.name: ada}}
  - {line: '?', expect: reject}
"""


def faults_of(text: str) -> list[LogscanError]:
    faults: list[LogscanError] = []
    Definition(parse_document(text, "formats/small.yml"), faults).format({})
    return faults


def test_a_good_file_becomes_a_format() -> None:
    faults: list[LogscanError] = []
    fmt = Definition(parse_document(GOOD, "formats/small.yml"), faults).format({})
    assert faults == []
    assert (fmt.id, fmt.order, fmt.multiline, fmt.null_values) == ("small", 7, False, ("-", ""))
    assert fmt.layouts == (Layout("^(?<who>[a-z]+) ", "(?<took>[0-9.]+)(?<rest>.*)"),)
    assert [column.name for column in fmt.columns] == ["user.name", "event.duration", "http.request.id", "trace.id"]
    assert fmt.extract[0].columns == ("error.code",)
    assert fmt.extract[0].needs == ("code=",)
    assert [sample.expect for sample in fmt.samples] == [{"user.name": "ada"}, None]


def test_keyed_kinds_name_key_paths() -> None:
    text = """\
id: k
title: K
kind: json
requires: [a|b, c]
columns:
  user.name: [user, usr.name]
  log.level: {keys: level, values: {30: info}}
  event.duration: [{keys: ms, unit: ms}, {keys: [s, sec], unit: s}]
"""
    faults: list[LogscanError] = []
    fmt = Definition(parse_document(text, "formats/k.yml"), faults).format({})
    assert faults == []
    assert fmt.requires == ("a|b", "c")
    assert fmt.columns == (
        Column("user.name", ("user", "usr.name")),
        Column("log.level", ("level",), values={"30": "info"}),
        Column("event.duration", ("ms",), unit="ms"),
        Column("event.duration", ("s", "sec"), unit="s"),
    )


def test_columns_of_a_log_are_named_in_any_letters() -> None:
    text = """
id: k
title: K
kind: w3c
requires: ['Date|time']
columns:
  '@timestamp': {keys: [Date, time], join: ' ', zone: UTC}
  url.original: {keys: [cs-uri-stem, cs-uri-query], join: '?'}
"""
    faults: list[LogscanError] = []
    fmt = Definition(parse_document(text, "formats/k.yml"), faults).format({})
    assert faults == []
    assert fmt.requires == ("date|time",)
    assert fmt.columns == (
        Column("@timestamp", ("date", "time"), join=" ", zone="UTC"),
        Column("url.original", ("cs-uri-stem", "cs-uri-query"), join="?"),
        Column("event.timezone", ("date", "time"), join=" ", zone="UTC"),
    )


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("kind: pattern", "kind: patern", "formats/small.yml:3 kind", "unknown kind `patern`"),
        ("order: 7", "order: soon", "formats/small.yml:5 order", "`order` must be a whole number"),
        ("order: 7", "ordr: 7", "formats/small.yml:5 ordr", "unknown key `ordr`"),
        ("title: Small", "title: [x]", "formats/small.yml:2 title", "`title` must be text"),
        ("[a-z]+) '", "[a-z+) '", "formats/small.yml:6 pattern", "is not a regex"),
        ("(?<who>", "(?=x)(?<who>", "formats/small.yml:6 pattern", "is not a regex"),
        ("who: user.name", "who: user.nam", "formats/small.yml:9 columns.who", "unknown column `user.nam`"),
        ("  who: user.name\n", "", "formats/small.yml:8 columns.who", "`who` has no column"),
        (
            "who: user.name",
            "who: user.name\n  why: message",
            "formats/small.yml:10 columns.why",
            "`why` is no capture of the pattern",
        ),
        ("unit: ms", "unit: h", "formats/small.yml:10 columns.took", "unknown unit `h`"),
        ("unit: ms", "zone: Mars", "formats/small.yml:10 columns.took", "unknown zone `Mars`"),
        ("unit: ms", "join: ' '", "formats/small.yml:10 columns.took", "`join` is for kinds with keys"),
        ("unit: ms", "size: h", "formats/small.yml:10 columns.took.size", "unknown key `size`"),
        ("id=([0-9]+)", "id=([0-9]+", "formats/small.yml:11 columns.rest", "is not a regex"),
        ("(?<error.code>", "(?<error.cod>", "formats/small.yml:15 extract.0", "unknown column `error.cod`"),
        ("(?<error.code>", "(?:", "formats/small.yml:15 extract.0", "captures nothing"),
        ("{category: webserver}", "{categry: webserver}", "formats/small.yml:4 logsource", "`logsource` must map"),
        ("expect: reject", "expect: rejected", "formats/small.yml:18 samples.1.expect", "`expect` must be a mapping"),
        ("{line: '?', expect: reject}", "{line: '?'}", "formats/small.yml:18 samples.1", "a sample needs"),
    ],
)
def test_a_fault_is_named_with_its_place(old: str, new: str, place: str, words: str) -> None:
    assert old in GOOD
    faults = faults_of(GOOD.replace(old, new, 1))
    assert (place, True) in [(str(fault.where), words in fault.what) for fault in faults]
    assert all(fault.hint for fault in faults)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n",
        "x\n",
        "id: 1\nkind: [pattern]\ncolumns: {a: 1}\nsamples: {}\nlayouts: 3\nextract: [1]\nnull_values: 4\n",
    ],
)
def test_whatever_stands_in_a_file_gives_faults_not_a_crash(text: str) -> None:
    assert faults_of(text)


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(0, 9), st.sampled_from(["(", "x", "message", "reject"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(
            st.sampled_from(["pattern", "column", "line", "expect", "keys", "values", "x"]), inner, max_size=2
        ),
    ),
    max_leaves=4,
)


@given(st.sampled_from(sorted(yaml.safe_load(GOOD))), VALUES, st.sampled_from(["pattern", "json", "x"]))
def test_no_value_under_any_key_crashes_the_loader(key: str, value: Any, kind: str) -> None:
    text = yaml.safe_dump(yaml.safe_load(GOOD) | {"kind": kind, key: value})
    assert isinstance(faults_of(text), list)
