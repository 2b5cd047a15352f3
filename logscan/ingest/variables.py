"""What web servers write for each variable of their log formats: rules/variables.yml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from logscan.model.document import read_document
from logscan.model.resources import rules_dir


@dataclass(frozen=True)
class Shape:
    """What a variable may hold.

    pattern  empty: any text, without blanks where `blank` is false
    loose    a client chooses it: the pattern counts only where another variable follows at once
    fixed    always as long, so that what follows needs nothing in between
    opens    the text it begins with where it is not missing
    missing  it may be `-` or empty
    samples  three texts
    """

    pattern: str = ""
    loose: bool = False
    blank: bool = True
    fixed: bool = False
    opens: str = ""
    missing: bool = True
    request: bool = False
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fill:
    """A column that a variable fills; of several for one column the lowest rank counts first."""

    column: str
    rank: int = 0
    within: str = ""
    time: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Part:
    """A variable in a log format, as it is written there."""

    said: str
    shape: Shape
    fills: tuple[Fill, ...] = ()


class Variables(NamedTuple):
    shapes: Mapping[str, Shape]
    nginx: Mapping[str, Part]
    apache: Mapping[str, Part]


@cache
def load_variables() -> Variables:
    """The shipped table. A mistake in it is a fault of logscan and raises TypeError or KeyError."""
    value = read_document(rules_dir() / "variables.yml").value
    shapes = {name: _shape(body) for name, body in value["shapes"].items()}
    tables = {
        name: {key: _part(key, body, shapes) for key, body in value[name].items()} for name in ("nginx", "apache")
    }
    return Variables(shapes, **tables)


def _shape(body: Mapping[str, Any]) -> Shape:
    first, second, third = body["samples"]
    rest = {key: each for key, each in body.items() if key not in {"samples", "second"}}
    return Shape(**rest, samples=(first, body.get("second", second), third))


def _part(key: str, body: Mapping[str, Any], shapes: Mapping[str, Shape]) -> Part:
    return Part(key, shapes[body["shape"]], tuple(Fill(**fill) for fill in body.get("fills", ())))
