"""The failures as the page carries them: columns of numbers and texts in one compressed block."""

import base64
import json
import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from logscan.report.escape import UNSEEN
from logscan.report.show import visible

_CODED = ("path", "client", "user", "method", "endpoint", "agent", "credential")
_LABEL = 300  # characters of such a text
_LINE = 500
_WORD = 8  # bytes: every column begins at a multiple of it
_LEVEL = 4  # of compression: 20 MB of lines in 0.3 s, a tenth larger than at the usual 6


def packed_events(shown: pl.DataFrame, cards: Sequence[int]) -> str:
    """One block for the page's script.

    In:    shown SHOWN; cards: the number of its card for each finding
    Out:   base64 of zlib of: length of the head (u32, little endian), the head (JSON), padding, columns
           head {rows, columns: {name: {at, values?}}}; `at` is counted from the first column
           card u32; t f64 milliseconds, NaN without a time; answer f32 seconds, NaN without; line and offset f64;
           status, path, client, user, method, endpoint, agent, credential u32, places in `values`, of which the first
           stands for none; text: rows + 1 ends (u32), then UTF-8
    Law:   the same frame gives the same block; no text in it holds a character that cannot be seen
    """
    numbers = np.asarray(cards, dtype="<u4") if len(cards) else np.zeros(0, dtype="<u4")
    times = shown["t"].dt.epoch("us").cast(pl.Float64()) / 1000
    found: dict[str, tuple[bytes, list[Any] | None]] = {
        "card": (numbers[shown["finding"].to_numpy()].tobytes(), None),
        "t": (times.fill_null(float("nan")).to_numpy().astype("<f8").tobytes(), None),
        "answer": (shown["answer_s"].fill_null(float("nan")).to_numpy().astype("<f4").tobytes(), None),
        "line": (shown["line"].to_numpy().astype("<f8").tobytes(), None),
        "offset": (shown["offset"].to_numpy().astype("<f8").tobytes(), None),
        "status": _codes(shown["status"].cast(pl.String())),
        **{name: _codes(shown[name]) for name in _CODED},
        "text": (_lines(shown["text"]), None),
    }
    columns, body, at = {}, [], 0
    for name, (data, values) in found.items():
        columns[name] = {"at": at} | ({} if values is None else {"values": values})
        body += [data, b"\0" * (-len(data) % _WORD)]
        at += len(data) + len(body[-1])
    head = json.dumps({"rows": shown.height, "columns": columns}, separators=(",", ":")).encode()
    head += b" " * (-(len(head) + 4) % _WORD)
    return base64.b64encode(zlib.compress(b"".join([struct.pack("<I", len(head)), head, *body]), _LEVEL)).decode()


def _codes(texts: pl.Series) -> tuple[bytes, list[Any]]:
    known = texts.drop_nulls().unique().sort()
    codes = texts.cast(pl.Enum(known)).to_physical().cast(pl.UInt32()) + 1
    return codes.fill_null(0).to_numpy().astype("<u4").tobytes(), ["", *_seen(known, _LABEL).to_list()]


def _lines(texts: pl.Series) -> bytes:
    seen = _seen(texts.fill_null(""), _LINE)
    ends = np.concatenate([np.zeros(1, dtype="<u4"), np.cumsum(seen.str.len_bytes().to_numpy(), dtype="<u4")])
    return ends.astype("<u4").tobytes() + "".join(seen.to_list()).encode()


def _seen(texts: pl.Series, limit: int) -> pl.Series:
    """Most need no change, and are not looked at one by one."""
    odd = texts.str.contains(UNSEEN + r"|[^\x00-\x7f]") | (texts.str.len_bytes() > limit)
    if not odd.any():
        return texts
    mended = pl.Series([visible(text, limit) for text in texts.filter(odd)], dtype=pl.String())
    return texts.clone().scatter(odd.arg_true(), mended)
