"""The failures as the page carries them: columns of numbers and texts in one compressed block."""

import base64
import json
import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logscan.report.escape import UNSEEN
from logscan.report.show import visible

_CODED = ("path", "client", "user", "method", "endpoint", "agent", "credential")
# What a line repeats of its columns is left out of it: these stand for it, and in no text that is shown.
_MARKS = {"agent": "\x01", "endpoint": "\x02", "client": "\x03", "user": "\x04", "clock": "\x05"}
_CLOCK = "%H:%M:%S"
_SHORT = 3  # characters; what is shorter stays
_LABEL = 300  # characters of such a text
_LINE = 500
_UNTIMED = -(1 << 55)  # no time is so far from another
_WIDE, _NARROW = 7, 4  # bytes of a difference, of a code


def packed_events(shown: pl.DataFrame, cards: Sequence[int]) -> str:
    """One block for the page's script.

    In:    shown SHOWN; cards: the number of its card for each finding
    Out:   base64 of zlib of: length of the head (u32, little endian), the head (JSON), columns
           head {rows, columns: {name: {at, values?}}}; `at` is counted from the first column
           Numbers stand byte by byte: the lowest bytes of all rows, then the next, so that what is alike is together.
           t, line and offset: 7 bytes, signed, the step from the row before; t in microseconds, -2^55 without a time
           card, status, path, client, user, method, endpoint, agent, credential: 4 bytes, but for card a place in
           `values`, of which the first stands for none
           answer: f32 seconds, NaN without; text: bytes of each (4 bytes), then UTF-8
           In a text \\x01 to \\x04 stand for the row's agent, endpoint, client, user, \\x05 for HH:MM:SS of its t
    Law:   the same frame gives the same block; no text of it, put together, holds a character that cannot be seen
    """
    numbers = np.asarray(cards, dtype="<u4") if len(cards) else np.zeros(0, dtype="<u4")
    coded = {name: _coded(shown[name]) for name in _CODED}
    known = {name: values.gather(codes) for name, (codes, values) in coded.items() if name in _MARKS}
    known["clock"] = shown["t"].dt.to_string(_CLOCK)
    status, statuses = _coded(shown["status"].cast(pl.String()))
    found: dict[str, tuple[bytes, pl.Series | None]] = {
        "card": (_bytewise(numbers[shown["finding"].to_numpy()], _NARROW), None),
        "t": (_times(shown["t"]), None),
        "answer": (shown["answer_s"].fill_null(float("nan")).to_numpy().astype("<f4").tobytes(), None),
        "line": (_steps(shown["line"].to_numpy()), None),
        "offset": (_steps(shown["offset"].to_numpy()), None),
        "status": (_bytewise(status, _NARROW), statuses),
        **{name: (_bytewise(codes, _NARROW), values) for name, (codes, values) in coded.items()},
        "text": (_lines(shown["text"], known), None),
    }
    columns, body, at = {}, [], 0
    for name, (data, values) in found.items():
        columns[name] = {"at": at} | ({} if values is None else {"values": values.to_list()})
        body.append(data)
        at += len(data)
    head = json.dumps({"rows": shown.height, "columns": columns}, separators=(",", ":")).encode()
    return base64.b64encode(zlib.compress(b"".join([struct.pack("<I", len(head)), head, *body]))).decode()


def _bytewise(numbers: NDArray[Any], width: int) -> bytes:
    """The lowest bytes of all numbers, then the next ones."""
    whole = np.ascontiguousarray(numbers.astype(f"<i{8 if width > _NARROW else 4}"))
    return whole.view("u1").reshape(len(numbers), whole.itemsize)[:, :width].T.tobytes()


def _steps(numbers: NDArray[Any]) -> bytes:
    return _bytewise(np.diff(numbers.astype("<i8"), prepend=0), _WIDE)


def _times(t: pl.Series) -> bytes:
    there = t.is_not_null().to_numpy()
    steps = np.full(len(t), _UNTIMED, dtype="<i8")
    steps[there] = np.diff(t.drop_nulls().dt.epoch("us").to_numpy(), prepend=0)
    return _bytewise(steps, _WIDE)


def _coded(texts: pl.Series) -> tuple[NDArray[Any], pl.Series]:
    known = texts.drop_nulls().unique().sort()
    codes = texts.cast(pl.Enum(known)).to_physical().cast(pl.UInt32()) + 1
    values = pl.concat([pl.Series([""], dtype=pl.String()), _seen(known, _LABEL).rename("")])
    return codes.fill_null(0).to_numpy().astype("<u4"), values


def _lines(texts: pl.Series, known: dict[str, pl.Series]) -> bytes:
    seen = _seen(texts.fill_null(""), _LINE)
    frame = pl.DataFrame({"text": seen, **known}).lazy()
    text = pl.col("text")
    plain = text.str.len_bytes() == text.str.len_chars()  # a place is found in bytes, and cut out in characters
    for name, mark in _MARKS.items():
        at, length = text.str.find(pl.col(name), literal=True), pl.col(name).str.len_bytes()
        left = [text.str.slice(0, at), pl.lit(mark), text.str.slice(at + length)]
        frame = frame.with_columns(
            pl.when(plain & (length >= _SHORT) & at.is_not_null())
            .then(pl.concat_str(left))
            .otherwise(text)
            .alias("text")
        )
    short = frame.collect()["text"]
    return _bytewise(short.str.len_bytes().to_numpy(), _NARROW) + "".join(short.to_list()).encode()


def _seen(texts: pl.Series, limit: int) -> pl.Series:
    """Most need no change, and are not looked at one by one."""
    odd = texts.str.contains(UNSEEN + r"|[^\x00-\x7f]") | (texts.str.len_bytes() > limit)
    if not odd.any():
        return texts
    mended = pl.Series([visible(text, limit) for text in texts.filter(odd)], dtype=pl.String())
    return texts.clone().scatter(odd.arg_true(), mended)
