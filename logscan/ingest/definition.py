"""One format file, read and checked: every fault is noted with its place."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl

from logscan.ingest.capture import captures
from logscan.ingest.shape import INNER, KINDS, STRENGTHS, UNITS, Column, Extract, Format, Layout, Sample
from logscan.ingest.when import KINDS as TIME_KINDS
from logscan.ingest.when import Clock, utc_times
from logscan.model.document import Document
from logscan.model.errors import FormatError, LogscanError
from logscan.model.schemas import EVENTS

_KEYS = {
    "id", "title", "reference", "kind", "logsource", "order", "pattern", "tail", "layouts", "null_values", "columns",
    "requires", "extract", "multiline", "inner", "strength", "stream", "unfinished",
    "samples",
}  # fmt: skip
_COLUMN_KEYS = ("column", "keys", "time", "zone", "unit", "values", "within", "join")


class Definition:
    """Reads one document and notes every fault with its place."""

    def __init__(self, document: Document, faults: list[LogscanError]) -> None:
        self.document, self.faults = document, faults
        self.value: Mapping[str, Any] = document.value if isinstance(document.value, dict) else {}
        if not self.value:
            self.fault("", "is not a mapping", "write keys such as `id:` and `kind:`")

    def fault(self, key: str, what: str, hint: str) -> None:
        self.faults.append(FormatError(what, where=self.document.where(key), hint=hint))

    def keys(self, known: set[str]) -> None:
        for key in self.value.keys() - known:
            self.fault(str(key), f"unknown key `{key}`", f"use one of: {', '.join(sorted(known))}")

    def text(self, key: str, *, default: str | None = None) -> str:
        value = self.value.get(key, default)
        if not isinstance(value, str) or (not value and default is None):
            self.fault(key, f"`{key}` must be text", "write it as one quoted line")
            return ""
        return value

    def texts(self, key: str, value: Any) -> tuple[str, ...]:
        items = [value] if isinstance(value, str) else value
        if isinstance(items, list) and all(isinstance(item, str) for item in items):
            return tuple(items)
        self.fault(key, f"`{key}` must be text or a list of texts", "quote every item")
        return ()

    def one_of(self, key: str, known: Sequence[str]) -> str:
        value = self.value.get(key, known[0])
        if value not in known:
            self.fault(key, f"unknown {key} `{value}`", f"use one of: {', '.join(filter(None, known))}")
            return known[0]
        return str(value)

    def null_values(self) -> tuple[str, ...]:
        return self.texts("null_values", self.value.get("null_values", ["-", ""]))

    def format(self, shared: Mapping[str, tuple[Extract, ...]]) -> Format:
        self.keys(_KEYS)
        kind = self.one_of("kind", KINDS) if "kind" in self.value else self.text("kind")
        order = self.value.get("order", 50)
        if not isinstance(order, int):
            self.fault("order", "`order` must be a whole number", "lower is tried first; 50 is usual")
            order = 50
        layouts = self.layouts() if kind == "pattern" else ()
        requires = self.texts("requires", self.value.get("requires", []))
        columns = self.columns(kind)
        if kind == "pattern":
            self.same_names(layouts, columns)
        return Format(
            id=self.text("id"), title=self.text("title"), reference=self.text("reference", default=""), kind=kind,
            logsource=self.logsource(), order=order, layouts=layouts, columns=columns,
            null_values=self.null_values(),
            requires=tuple(map(str.lower, requires)) if kind == "w3c" else requires,
            extract=self.extracts("extract", shared), multiline=bool(self.value.get("multiline", False)),
            inner=self.one_of("inner", INNER), strength=self.one_of("strength", STRENGTHS),
            samples=self.samples(), path=self.document.path,
            stream=self.own_regex("stream"), unfinished=self.own_regex("unfinished"),
        )  # fmt: skip

    def own_regex(self, key: str) -> str:
        pattern = self.text(key, default="")
        self.regex(key, pattern)
        return pattern

    def logsource(self) -> Mapping[str, str]:
        value = self.value.get("logsource", {})
        if not isinstance(value, dict) or value.keys() - {"product", "category", "service"}:
            self.fault(
                "logsource", "`logsource` must map product, category, service to text", "leave out what is not sure"
            )
            return {}
        return {str(k): str(v) for k, v in value.items()}

    def layouts(self) -> tuple[Layout, ...]:
        listed = self.value.get("layouts")
        if listed is None:
            found = [Layout(self.text("pattern"), self.text("tail", default=""))]
            places = [""]
        else:
            rows = listed if isinstance(listed, list) else []
            found = [Layout(str(r.get("pattern", "")), str(r.get("tail", ""))) for r in rows if isinstance(r, dict)]
            places = [f"layouts.{n}." for n in range(len(found))]
            if not found or len(found) != len(rows):
                self.fault(
                    "layouts", "`layouts` must list mappings with `pattern` and, if need be, `tail`", "see combined.yml"
                )
        for layout, place in zip(found, places, strict=True):
            self.regex(place + "pattern", layout.head)
            self.regex(place + "tail", layout.tail)
        return tuple(found)

    def regex(self, key: str, pattern: str) -> None:
        """Polars refuses a regex when it is first used, so use it once."""
        try:
            pl.Series([""], dtype=pl.String).str.contains(pattern)
        except pl.exceptions.ComputeError as error:
            self.fault(
                key,
                f"is not a regex: {' '.join(str(error).split())}",
                "Rust syntax: no look-around, no back-references",
            )

    def columns(self, kind: str) -> tuple[Column, ...]:
        value = self.value.get("columns")
        if not isinstance(value, dict) or not value:
            self.fault("columns", "`columns` must be a mapping", "see combined.yml or generic-json.yml")
            return ()
        found: list[Column] = []
        for key, body in value.items():
            place = f"columns.{key}"
            if kind == "pattern":
                for item in body if isinstance(body, list) else [body]:
                    spec = item if isinstance(item, dict) else {"column": item}
                    found += self.column(place, (str(key),), str(spec.get("column", "")), spec)
                continue
            for item in body if isinstance(body, list) and all(isinstance(i, dict) for i in body) else [body]:
                spec = item if isinstance(item, dict) else {"keys": item}
                names = self.texts(place, spec.get("keys"))
                found += self.column(place, tuple(map(str.lower, names)) if kind == "w3c" else names, str(key), spec)
        zones = [replace(column, name="event.timezone") for column in found if column.name == "@timestamp"]
        return (*found, *zones)

    def column(self, place: str, keys: tuple[str, ...], name: str, body: Any) -> list[Column]:
        spec = body if isinstance(body, dict) else {}
        for extra in spec.keys() - set(_COLUMN_KEYS):
            self.fault(f"{place}.{extra}", f"unknown key `{extra}`", f"use {', '.join(_COLUMN_KEYS)}")
        if name not in EVENTS:
            self.fault(place, f"unknown column `{name}`", "use a column of model/schemas.py EVENTS")
            return []
        time, unit, values = str(spec.get("time", "auto")), str(spec.get("unit", "ns")), spec.get("values", {})
        if time not in TIME_KINDS and "%" not in time:
            self.fault(place, f"unknown time `{time}`", f"use {', '.join(TIME_KINDS)} or a format with %")
        if unit not in UNITS:
            self.fault(place, f"unknown unit `{unit}`", f"use one of: {', '.join(UNITS)}")
        if not isinstance(values, dict):
            self.fault(place, "`values` must be a mapping", "map each text to what stands for it")
            values = {}
        within, join, zone = (str(spec.get(key, "")) for key in ("within", "join", "zone"))
        self.regex(place, within)
        if join and self.value.get("kind") == "pattern":
            self.fault(place, "`join` is for kinds with keys", "capture the whole text")
        if zone and not _is_zone(zone):
            self.fault(place, f"unknown zone `{zone}`", "use a name such as Europe/Berlin, or an offset such as +02:00")
        texts = {str(k): str(v) for k, v in values.items()}
        return [Column(name, keys, time, unit, texts, within, join, zone)]

    def same_names(self, layouts: Sequence[Layout], columns: Sequence[Column]) -> None:
        groups = {name for layout in layouts for name in captures(layout.head) + captures(layout.tail)}
        named = {key for column in columns for key in column.keys}
        for name in sorted(groups ^ named):
            what = "has no column" if name in groups else "is no capture of the pattern"
            self.fault(f"columns.{name}", f"`{name}` {what}", "name every capture under `columns`, and nothing else")

    def extracts(self, key: str, shared: Mapping[str, tuple[Extract, ...]]) -> tuple[Extract, ...]:
        """A regex of its own, the name of a shared list, or `{use: NAME, look_in: COLUMN}`."""
        found: list[Extract] = []
        for place, item in self.items(key):
            if isinstance(item, dict) and "use" not in item:
                found.append(self.extract(place, item))
                continue
            spec = item if isinstance(item, dict) else {"use": item}
            name, on = str(spec["use"]), spec.get("look_in")
            if name not in shared or str(on or "message") not in EVENTS:
                hint = f"write `pattern`, or use one of {', '.join(sorted(shared))}"
                self.fault(place, f"no shared list `{name}` to look with in `{on or 'message'}`", hint)
                continue
            found += [replace(each, on=on) if on else each for each in shared[name]]
        return tuple(found)

    def extract(self, place: str, item: Mapping[str, Any]) -> Extract:
        pattern, on = str(item.get("pattern", "")), str(item.get("look_in", "message"))
        for extra in item.keys() - {"pattern", "look_in", "needs"}:
            self.fault(f"{place}.{extra}", f"unknown key `{extra}`", "use pattern, look_in, needs")
        self.regex(f"{place}.pattern", pattern)
        names = captures(pattern)
        for name in (*names, on):
            if name not in EVENTS:
                self.fault(place, f"unknown column `{name}`", "name captures after columns of EVENTS")
        if not names:
            self.fault(place, "the pattern captures nothing", "write (?<url.original>...) and so on")
        return Extract(pattern, on, self.texts(f"{place}.needs", item.get("needs", [])), names, self.null_values())

    def items(self, key: str) -> list[tuple[str, Any]]:
        value = self.value.get(key) or []
        if not isinstance(value, list):
            self.fault(key, f"`{key}` must be a list", "begin every item with `-`")
            return []
        return [(f"{key}.{n}", item if isinstance(item, dict) else str(item)) for n, item in enumerate(value)]

    def samples(self) -> tuple[Sample, ...]:
        found = []
        for place, item in self.items("samples"):
            if not isinstance(item, dict) or not isinstance(item.get("line"), str) or "expect" not in item:
                self.fault(place, "a sample needs `line` and `expect`", "expect: a mapping of columns, or reject")
                continue
            expect = item["expect"]
            if expect != "reject" and not isinstance(expect, dict):
                self.fault(f"{place}.expect", "`expect` must be a mapping or `reject`", "name columns and values")
                continue
            found.append(Sample(item["line"], None if expect == "reject" else expect))
        return tuple(found)


def _is_zone(name: str) -> bool:
    try:
        utc_times(pl.Series(["2026-03-12 06:25:24"]), "iso", Clock(name, datetime(2026, 3, 12, tzinfo=UTC)))
    except pl.exceptions.ComputeError:
        return False
    return True
