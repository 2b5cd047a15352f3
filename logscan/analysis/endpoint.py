"""URL paths become endpoint templates: what an id looks like stands in rules/endpoints.yml."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import and_, or_
from pathlib import Path
from typing import Any

import polars as pl

from logscan.model.document import Document, read_document
from logscan.model.errors import Faults, LogscanError, RuleError
from logscan.model.resources import rules_dir

ID = "{id}"
_KEYS = {"max_length", "parts", "keep", "ids", "samples"}
# A path that holds none of these has no id in it: most paths are left after this one look.
_SUSPECT = r"[0-9@%(;=<]|[^/]{32,}"
# Numbers are all alike to the patterns: one for all leaves few distinct paths to look at.
_DIGITS = "0123456789"
_NUMBER, _TWO_NUMBERS = r"/[0-9]+(/|$)", r"/0/[0-9]"
_ADDRESS = r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*"
_NAMES = ("url.path", "url.original")


@dataclass(frozen=True)
class Templates:
    """The patterns that tell ids from words, and the longest template, in characters."""

    parts: tuple[tuple[str, str], ...]
    keep: tuple[str, ...]
    ids: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    max_length: int
    samples: tuple[tuple[str, str], ...]


def load_templates(path: Path) -> Templates:
    """Errors: Faults with every fault of the file: unknown keys, patterns that do not compile."""
    document = read_document(path)
    body = document.value if isinstance(document.value, dict) else {}
    faults: list[LogscanError] = [
        _fault(document, str(key), "unknown key", f"use one of: {', '.join(sorted(_KEYS))}")
        for key in body.keys() - _KEYS
    ]
    parts = [(str(p.get("pattern")), str(p.get("replace"))) for p in _maps(document, body, "parts", faults)]
    ids = [(_texts(entry.get("all")), _texts(entry.get("none"))) for entry in _maps(document, body, "ids", faults)]
    keep = _texts(body.get("keep"))
    max_length = body.get("max_length", 200)
    if not isinstance(max_length, int) or max_length < 2:
        faults.append(_fault(document, "max_length", "is not a whole number above 1", "write `max_length: 200`"))
    placed = [(f"parts.{n}", p) for n, (p, _) in enumerate(parts)] + [(f"keep.{n}", p) for n, p in enumerate(keep)]
    for number, (wanted, unwanted) in enumerate(ids):
        placed += [(f"ids.{number}", pattern) for pattern in (*wanted, *unwanted)]
        if not wanted:
            faults.append(_fault(document, f"ids.{number}", "has no `all`", "add `all: ['<regex>']`"))
    faults += [fault for key, pattern in placed for fault in _refused(document, key, pattern)]
    if faults:
        raise Faults(faults)
    samples = tuple((str(k), str(v)) for k, v in (body.get("samples") or {}).items())
    return Templates(tuple(parts), keep, tuple(ids), max_length, samples)


def with_endpoint(frame: pl.DataFrame, templates: Templates | None = None) -> pl.DataFrame:
    """Name the endpoint of each event.

    In:   url.path or url.original (the first that is not null; url.original may be a whole URL)
    Out:  + logscan.endpoint: the path with ids as {id}, without query and fragment; null where there is no path
    Law:  same rows, same order; depends on the row's own path alone; at most `max_length` characters
    """
    have = [name for name in _NAMES if frame.schema.get(name) == pl.String()]
    if not have:
        return frame.with_columns(pl.lit(None, pl.String()).alias("logscan.endpoint"))
    first = frame[have[0]]
    raw = first if len(have) == 1 or not first.null_count() else frame.select(pl.coalesce(have)).to_series()
    # Most ids are a number at the end: without it few distinct paths are left to look at.
    stem = raw.str.strip_chars_end(_DIGITS)
    numbered = (stem.str.ends_with("/") & (stem.str.len_bytes() != raw.str.len_bytes())).fill_null(value=False)
    path = stem.zip_with(numbered, raw)
    coded = path.cast(pl.Categorical(pl.Categories.random()))
    different = coded.unique().drop_nulls()  # Polars numbers them from 0, as they come
    known, which = different.gather(different.to_physical().arg_sort()).cast(pl.String()), coded.to_physical()
    named = _named(pl.concat([known, known + "0"]), templates or default_templates())
    place = which + numbered.cast(pl.UInt32()) * len(known)
    return frame.with_columns(named.gather(place).alias("logscan.endpoint"))


def _named(paths: pl.Series, templates: Templates) -> pl.Series:
    alike = paths.str.replace_all(_NUMBER, "/0${1}")
    if alike.str.contains(_TWO_NUMBERS).any():  # a match took the slash that the next number needed
        alike = alike.str.replace_all(_NUMBER, "/0${1}")
    known = alike.unique()
    return alike.replace_strict(known, template(known, templates), default=None, return_dtype=pl.String())


def template(paths: pl.Series, templates: Templates) -> pl.Series:
    """One template for each path or URL; null for what is neither."""
    path = pl.col("raw").str.replace(_ADDRESS, "/").str.replace(r"[?#](?s:.*)$", "").str.replace_all(r"/{2,}", "/")
    frame = pl.DataFrame({"raw": paths}).select(pl.when(path.str.starts_with("/")).then(path).alias("path"))
    suspect = frame.filter(pl.col("path").str.contains(_SUSPECT))["path"].unique()
    split = suspect.str.split("/")
    segments = split.explode(empty_as_null=False).unique()
    segments = segments.filter(segments.str.contains(_SUSPECT))
    words = _segments(segments, templates)
    named = split.list.eval(pl.element().replace(segments, words)).list.join("/")
    limit = templates.max_length
    whole = pl.col("path").replace(suspect, named)
    cut = whole.str.slice(0, limit - 1) + "…"
    return frame.select(pl.when(whole.str.len_chars() > limit).then(cut).otherwise(whole).alias("path"))["path"]


def _segments(segments: pl.Series, templates: Templates) -> pl.Series:
    """Each distinct segment as it stands in a template."""
    part = pl.col("part")
    for pattern, replacement in templates.parts:
        part = part.str.replace(pattern, replacement)
    # One alternation for the ids that need no second look, because each pattern costs a pass.
    plain = _any([wanted[0] for wanted, unwanted in templates.ids if len(wanted) == 1 and not unwanted])
    mixed = [(wanted, unwanted) for wanted, unwanted in templates.ids if len(wanted) > 1 or unwanted]
    found = [_holds(w) & ~pl.col("part").str.contains(_any(u)) if u else _holds(w) for w, u in mixed]
    seen = reduce(or_, found, pl.col("part").str.contains(plain))
    frame = pl.DataFrame({"part": segments}).with_columns(part)
    return frame.select(
        pl.when(seen & ~pl.col("part").str.contains(_any(templates.keep)))
        .then(pl.lit(ID))
        .otherwise("part")
        .alias("part")
    )["part"]


def _holds(patterns: Sequence[str]) -> pl.Expr:
    return reduce(and_, (pl.col("part").str.contains(pattern) for pattern in patterns))


def _any(patterns: Sequence[str]) -> str:
    """One pattern for all; of none: one that matches nothing."""
    return "|".join(f"(?:{pattern})" for pattern in patterns) or r"[^\s\S]"


@cache
def default_templates() -> Templates:
    return load_templates(rules_dir() / "endpoints.yml")


def _maps(document: Document, body: dict[str, Any], key: str, faults: list[LogscanError]) -> list[dict[str, Any]]:
    items = body.get(key) or []
    bad = [n for n, item in enumerate(items) if not isinstance(item, dict)]
    faults += [_fault(document, f"{key}.{n}", "is not a mapping", "write `{...}`") for n in bad]
    return [item for item in items if isinstance(item, dict)]


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _refused(document: Document, key: str, pattern: str) -> list[LogscanError]:
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.PolarsError as fault:
        return [
            _fault(document, key, f"is not a valid pattern: {fault}", "Rust regex: no look-around, no back-references")
        ]
    return []


def _fault(document: Document, key: str, what: str, hint: str) -> RuleError:
    return RuleError(what, where=document.where(key), hint=hint)
