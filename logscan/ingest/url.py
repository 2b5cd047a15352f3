"""The parts of an address, from `url.original`."""

from collections.abc import Set as AbstractSet

import polars as pl

PARTS = frozenset({"url.path", "url.query", "url.domain"})
_AUTHORITY = r"^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?(\[[0-9A-Fa-f:.]+\]|[^/?#:]*)"


def with_url(events: pl.DataFrame, want: AbstractSet[str]) -> pl.DataFrame:
    """Add the wanted ones of url.path, url.query and url.domain where the format did not read them itself.

    In:  url.original, a path, a whole URL, or `host:port` of a CONNECT
    Out: url.path without the query, url.query without `?`, url.domain without port, user or brackets
    """
    lacking = [name for name in sorted(PARTS & want) if not _read(events, name)]
    split = _simple(events) if lacking else None
    parts = _whole(pl.col("url.original")) if split is None else split
    added = []
    for name in lacking:
        found = parts[name]
        added.append((pl.coalesce(name, found) if name in events.columns else found).alias(name))
    return events.with_columns(added)


def _read(events: pl.DataFrame, name: str) -> bool:
    """Whether the format read this part of every address."""
    return name in events.columns and not (events[name].is_null() & events["url.original"].is_not_null()).any()


def _simple(events: pl.DataFrame) -> dict[str, pl.Expr] | None:
    """The parts of a column that holds paths alone, which need no regex; None where it holds more."""
    url = events["url.original"]
    if url.str.contains_any(["#", "://"]).any():
        return None
    path, query = url.str.splitn("?", 2).struct.unnest()
    rooted = (url >= "/") & (url < "0")  # compared, not searched: see header
    if not rooted.all():
        path = path.zip_with(rooted, pl.Series([None], dtype=pl.String()).new_from_index(0, len(path)))
    return {"url.path": pl.lit(path), "url.query": pl.lit(query), "url.domain": pl.lit(None, pl.String())}


def _whole(url: pl.Expr) -> dict[str, pl.Expr]:
    bare = (
        pl.when(url.str.contains(_AUTHORITY)).then(url.str.replace(_AUTHORITY + "(?::[0-9]*)?/?", "/")).otherwise(url)
    )
    return {
        "url.path": bare.str.extract(r"^(/[^?#]*)", 1),
        "url.query": url.str.extract(r"\?([^#]*)", 1),
        "url.domain": url.str.extract(_AUTHORITY, 1).str.strip_chars("[]").replace("", None),
    }
