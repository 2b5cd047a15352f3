"""What a failure's own text holds: tokens decoded offline, and what messages state of times; not yet hidden."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import polars as pl

from logscan.analysis.jwt import NEAR, PATTERN, decode
from logscan.analysis.redact import Redactor
from logscan.analysis.stated import TEXTS, Stated, read_stated
from logscan.ingest.limits import load_limits
from logscan.model.schemas import CONTENT, TIME

_MOST = 4  # tokens of one line that are decoded
_SECOND = 1_000_000
_TOKENS = {"expires": pl.Int64(), "begins": pl.Int64(), "lifetime_s": pl.Float64(), "told": pl.Int64()}


class _Tokens(NamedTuple):
    """frame: one row for each text, times in microseconds since the epoch; `told` is a place in the list."""

    frame: pl.DataFrame
    told: list[Mapping[str, Any]]


def with_content(events: pl.DataFrame, stated: Stated, redactor: Redactor) -> pl.DataFrame:
    """Add CONTENT to events.

    In:   EVENTS, not redacted
    Law:  same rows, same order; a row depends on itself alone; what the server states goes before what the token says;
          of several tokens in a line, it has run out only when all have
    """
    text, at = _text(events), events["@timestamp"].cast(pl.Int64)
    said = read_stated(text, at, stated)
    tokens = _tokens(text, redactor)
    expired = (at - tokens.frame["expires"]) / _SECOND
    ahead = (tokens.frame["begins"] - at) / _SECOND
    skew = ahead.set(ahead < stated.resolution_s, None)
    expires = said["expires"].zip_with(said["expires"].is_not_null(), tokens.frame["expires"])
    return events.with_columns(
        said["expired_s"].zip_with(said["expired_s"].is_not_null(), expired).alias("logscan.expired_s"),
        said["skew_s"].zip_with(said["skew_s"].is_not_null(), skew).alias("logscan.skew_s"),
        said["lifetime_s"]
        .zip_with(said["lifetime_s"].is_not_null(), tokens.frame["lifetime_s"])
        .alias("logscan.lifetime_s"),
        expires.cast(TIME).alias("logscan.expires"),
        _shown(tokens, said).alias("logscan.token"),
    ).select(*events.columns, *CONTENT)


def _text(events: pl.DataFrame) -> pl.Series:
    """The line; with what is written in it with escapes, once more without."""
    line, message, error = (pl.col(name).fill_null("") for name in ("event.original", "message", "error.message"))
    escaped = pl.col("event.original").str.contains("\\", literal=True).fill_null(value=True)
    whole = pl.when(escaped).then(pl.concat_str([line, message, error], separator="\n")).otherwise(line)
    most = load_limits().rule_text_bytes
    text = events.select(whole.alias("text"))["text"]
    return text.str.slice(0, most) if (text.str.len_bytes() > most).any() else text


def _tokens(text: pl.Series, redactor: Redactor) -> _Tokens:
    nothing = [pl.Series(name, [None], dtype=kind).new_from_index(0, len(text)) for name, kind in _TOKENS.items()]
    rows = text.str.contains(NEAR, literal=True).fill_null(value=False).arg_true()
    each = text.gather(rows).str.extract_all(PATTERN).list.unique(maintain_order=True).list.head(_MOST)
    found = pl.DataFrame({"row": rows, "token": each}).explode("token").drop_nulls("token")
    if found.is_empty():
        return _Tokens(pl.DataFrame(nothing), [])
    known, told = _decoded(found["token"].unique(), redactor)
    # The token of a line that runs out last stands for it; what one cannot tell, another one may.
    longest = pl.col("expires").arg_max()
    of_line = (
        found.join(known, on="token", how="inner", maintain_order="left")
        .group_by("row", maintain_order=True)
        .agg(
            pl.col("expires").max(),
            pl.col("begins").min(),
            pl.col("lifetime_s").get(longest),
            pl.col("told").drop_nulls().first(),
        )
    )
    return _Tokens(pl.DataFrame([every.scatter(of_line["row"], of_line[every.name]) for every in nothing]), told)


def _decoded(tokens: pl.Series, redactor: Redactor) -> tuple[pl.DataFrame, list[Mapping[str, Any]]]:
    told: dict[str, int] = {}
    rows: list[tuple[str, int | None, int | None, float | None, int]] = []
    for text in tokens.to_list():
        token = decode(text, redactor.named)
        if token is None:
            continue
        shown = json.dumps(token.told, ensure_ascii=False)
        begins = [each for each in (token.not_before, token.issued) if each is not None]
        lasts = token.expires is not None and token.issued is not None and token.expires > token.issued
        rows.append(
            (
                text,
                None if token.expires is None else round(token.expires * _SECOND),
                round(max(begins) * _SECOND) if begins else None,
                (token.expires or 0) - (token.issued or 0) if lasts else None,
                told.setdefault(shown, len(told)),
            )
        )
    return pl.DataFrame(rows, schema={"token": pl.String(), **_TOKENS}, orient="row"), [
        json.loads(each) for each in told
    ]


def _shown(tokens: _Tokens, said: pl.DataFrame) -> pl.Series:
    """What token and message tell together, as JSON text; what the server says of the token goes first."""
    both = said.select(TEXTS).with_columns(tokens.frame["told"])
    once = both.unique(maintain_order=True)
    texts: list[str | None] = []
    for row in once.iter_rows(named=True):
        place = row.pop("told")
        stated = {name: value for name, value in row.items() if value is not None}
        whole = {**({} if place is None else tokens.told[place]), **stated}
        texts.append(json.dumps(whole, ensure_ascii=False) if whole else None)
    known = once.with_columns(pl.Series("text", texts, dtype=pl.String()))
    return both.join(known, on=both.columns, how="left", nulls_equal=True, maintain_order="left")["text"]
