"""What Sigma means, written plainly: one row, one value at a time. And random detections to try it on."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

import polars as pl
from hypothesis import strategies as st

Row = Mapping[str, Any]
COLUMNS = {
    "message": pl.String(),
    "error.code": pl.String(),
    "url.original": pl.String(),
    "source.address": pl.String(),
    "http.response.status_code": pl.UInt16(),
}


def holds(detection: Mapping[str, Any], row: Row) -> bool:
    """Whether a detection matches a row. The condition is a nested tuple: ("and", a, b), ("not", a), a name."""

    def condition(asked: Any) -> bool:
        if isinstance(asked, str):
            return _part(detection[asked], row)
        how, *rest = asked
        if how == "not":
            return not condition(rest[0])
        return (all if how == "and" else any)(condition(part) for part in rest)

    return condition(detection["condition"])


def written(asked: Any) -> str:
    """The condition as Sigma writes it."""
    if isinstance(asked, str):
        return asked
    how, *rest = asked
    inner = [written(part) for part in rest]
    return f"(not {inner[0]})" if how == "not" else f"({f' {how} '.join(inner)})"


def _part(part: Any, row: Row) -> bool:
    if isinstance(part, dict):
        return all(_item(key, value, row) for key, value in part.items())
    return any(_part(inner, row) for inner in part)


def _item(key: str, value: Any, row: Row) -> bool:
    field, *modifiers = key.split("|")
    held = row.get(field)
    values = value if isinstance(value, list) else [value]
    each = (_value(modifiers, wanted, held) for wanted in values)
    return all(each) if "all" in modifiers else any(each)


def _value(modifiers: list[str], wanted: Any, held: Any) -> bool:  # noqa: PLR0911 (plain beats short here)
    if "exists" in modifiers:
        return bool((held is not None) == wanted)
    if wanted is None:
        return held is None
    if held is None:
        return False
    for name, test in {"gt": "__gt__", "gte": "__ge__", "lt": "__lt__", "lte": "__le__"}.items():
        if name in modifiers:
            return bool(getattr(held, test)(wanted))
    if "cidr" in modifiers:
        try:
            return ipaddress.ip_address(held) in ipaddress.ip_network(wanted)
        except ValueError:
            return False
    if "re" in modifiers:
        return re.search(wanted, held, re.IGNORECASE if "i" in modifiers else 0) is not None
    return _text(modifiers, str(wanted), str(held))


def _text(modifiers: list[str], wanted: str, held: str) -> bool:
    if "cased" not in modifiers:
        wanted, held = wanted.lower(), held.lower()
    body = "".join({"*": "(?s:.*)", "?": "(?s:.)"}.get(char, re.escape(char)) for char in wanted)
    before = "(?s:.*)" if {"contains", "endswith"} & set(modifiers) else ""
    after = "(?s:.*)" if {"contains", "startswith"} & set(modifiers) else ""
    return re.fullmatch(before + body + after, held) is not None


_WORD = st.text(alphabet="abAB.*?|( é/", min_size=1, max_size=4)
_PLAIN = st.text(alphabet="abAB.|( é/\n", max_size=6)
_TEXT_FIELD = st.sampled_from(["message", "error.code", "url.original"])
_STATUS = st.sampled_from([200, 401, 403, 500])


def _one_or_more(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(values, st.lists(values, min_size=1, max_size=4))


_HOW = st.sampled_from(["", "|contains", "|startswith", "|endswith", "|contains|all", "|contains|cased", "|cased"])
_ITEMS = st.one_of(
    st.tuples(st.builds(str.__add__, _TEXT_FIELD, _HOW), _one_or_more(_WORD)),
    st.tuples(st.just("http.response.status_code"), _one_or_more(_STATUS)),
    st.tuples(st.sampled_from([f"http.response.status_code|{op}" for op in ("gt", "gte", "lt", "lte")]), _STATUS),
    st.tuples(st.just("http.response.status_code|startswith"), st.sampled_from(["4", "40", "5"])),
    st.tuples(st.builds(str.__add__, _TEXT_FIELD, st.just("|exists")), st.booleans()),
    st.tuples(_TEXT_FIELD, st.none()),
    st.tuples(st.builds(str.__add__, _TEXT_FIELD, st.sampled_from(["|re", "|re|i"])), st.sampled_from(["a+b", "^A", "b$", "[ab]/"])),
    st.tuples(st.just("source.address|cidr"), _one_or_more(st.sampled_from(["192.0.2.0/24", "198.51.100.128/25", "2001:db8::/32"]))),
)  # fmt: skip
_MAPPING = st.lists(_ITEMS, min_size=1, max_size=3).map(dict)
_PART = st.one_of(_MAPPING, st.lists(_MAPPING, min_size=1, max_size=2))
_NAMES = st.sampled_from(["one", "two", "three"])
_CONDITION = st.recursive(
    _NAMES,
    lambda inner: st.one_of(st.tuples(st.sampled_from(["and", "or"]), inner, inner), st.tuples(st.just("not"), inner)),
    max_leaves=6,
)
DETECTIONS = st.fixed_dictionaries({"one": _PART, "two": _PART, "three": _PART, "condition": _CONDITION})
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "message": st.none() | _PLAIN,
            "error.code": st.none() | _PLAIN,
            "url.original": st.none() | _PLAIN,
            "source.address": st.sampled_from(
                [None, "192.0.2.7", "198.51.100.9", "2001:db8::1", "no address", "198.51.100.200"]
            ),
            "http.response.status_code": st.none() | _STATUS,
        }
    ),
    min_size=1,
    max_size=8,
)
