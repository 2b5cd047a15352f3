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
    url = pl.col("url.original")
    bare = (
        pl.when(url.str.contains(_AUTHORITY)).then(url.str.replace(_AUTHORITY + "(?::[0-9]*)?/?", "/")).otherwise(url)
    )
    parts = {
        "url.path": bare.str.extract(r"^(/[^?#]*)", 1),
        "url.query": url.str.extract(r"\?([^#]*)", 1),
        "url.domain": url.str.extract(_AUTHORITY, 1).str.strip_chars("[]").replace("", None),
    }
    added = []
    for name in sorted(PARTS & want):
        found = parts[name]
        added.append((pl.coalesce(name, found) if name in events.columns else found).alias(name))
    return events.with_columns(added)
