"""What the page carries, unpacked again as its script does."""

import base64
import json
import re
import struct
import zlib
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from logscan.model.schemas import SHOWN
from logscan.report.packed import packed_events
from logscan.report.show import visible
from tests.hostile.corpus import PAYLOADS

TEXT = st.one_of(st.none(), st.text(max_size=30), st.sampled_from([text[:200] for text in PAYLOADS.values()]))
ROW = st.fixed_dictionaries(
    {
        "t": st.one_of(st.none(), st.integers(0, 2**41).map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC))),
        "finding": st.integers(0, 2),
        "line": st.integers(1, 2**40),
        "offset": st.integers(0, 2**50),
        "answer_s": st.one_of(st.none(), st.floats(0, 60, width=32)),
        "status": st.one_of(st.none(), st.integers(100, 599)),
        **dict.fromkeys(("path", "client", "user", "method", "endpoint", "agent", "credential", "text"), TEXT),
    }
)


def unpacked(block: str) -> dict[str, list[Any]]:
    raw = zlib.decompress(base64.b64decode(block))
    (length,) = struct.unpack_from("<I", raw)
    head = json.loads(raw[4 : 4 + length])
    body, rows = raw[4 + length :], head["rows"]
    found: dict[str, list[Any]] = {}
    for name, column in head["columns"].items():
        if name == "answer":
            found[name] = np.frombuffer(body, "<f4", rows, column["at"]).tolist()
            continue
        width = 7 if name in ("t", "line", "offset") else 4
        planes = np.frombuffer(body, "u1", rows * width, column["at"]).reshape(width, rows)
        numbers = [int.from_bytes(bytes(row), "little", signed=width == 7) for row in planes.T]
        if name == "text":
            texts = body[column["at"] + 4 * rows :]
            found[name] = [texts[b - size : b].decode() for b, size in zip(accumulate(numbers), numbers, strict=True)]
        elif width == 7:
            untimed = -(2**55)
            sums = accumulate(0 if step == untimed else step for step in numbers)
            found[name] = [None if step == untimed else total for step, total in zip(numbers, sums, strict=True)]
        else:
            found[name] = [column["values"][code] for code in numbers] if "values" in column else numbers
    clock = [t is not None and datetime.fromtimestamp(t // 10**6, UTC).strftime("%H:%M:%S") for t in found["t"]]
    known = [*(found[name] for name in ("agent", "endpoint", "client", "user")), clock]
    found["text"] = [
        re.sub(r"[\x01-\x05]", lambda mark, row=row: known[ord(mark[0]) - 1][row], text)  # type: ignore[misc]
        for row, text in enumerate(found["text"])
    ]
    return found


@given(st.lists(ROW, max_size=12))
def test_what_is_unpacked_is_what_was_packed_made_visible(rows: list[dict[str, Any]]) -> None:
    frame = pl.DataFrame(rows, schema=SHOWN)
    block = packed_events(frame, [7, 1, 4])
    assert block == packed_events(frame, [7, 1, 4])
    assert block.isascii()
    found = unpacked(block)
    assert found["card"] == [[7, 1, 4][row["finding"]] for row in rows]
    assert found["line"] == [row["line"] for row in rows]
    assert found["offset"] == [row["offset"] for row in rows]
    assert found["status"] == [str(row["status"] or "") for row in rows]
    for seen, row in zip(found["t"], rows, strict=True):
        assert seen is None if row["t"] is None else seen == round(row["t"].timestamp() * 1e6)
    answers = [-1.0 if np.isnan(seen) else seen for seen in found["answer"]]
    assert answers == [-1.0 if row["answer_s"] is None else row["answer_s"] for row in rows]
    for name in ("path", "client", "user", "method", "endpoint", "agent", "credential"):
        assert found[name] == [visible(row[name] or "", 300) for row in rows]
    assert found["text"] == [visible(row["text"] or "", 500) for row in rows]
    assert all(text.isprintable() for name in ("client", "text") for text in found[name])


def test_long_texts_are_cut_and_say_so() -> None:
    row = dict.fromkeys(SHOWN) | {"finding": 0, "line": 1, "offset": 0, "text": "x" * 900, "user": "y" * 900}
    found = unpacked(packed_events(pl.DataFrame([row], schema=SHOWN), [1]))
    assert found["text"] == ["x" * 500 + " … (400 more characters)"]
    assert found["user"] == ["y" * 300 + " … (600 more characters)"]


def test_a_line_does_not_repeat_what_its_row_tells() -> None:
    when = datetime(2026, 3, 12, 6, 25, 24, tzinfo=UTC)
    told = {"client": "192.0.2.7", "user": "ada", "agent": "curl/8.1 (x)", "endpoint": "/api/orders"}
    text = '192.0.2.7 - ada [12/Mar/2026:06:25:24 +0000] "GET /api/orders?of=ada HTTP/1.1" 401 0 "-" "curl/8.1 (x)"'
    row = dict.fromkeys(SHOWN) | {"t": when, "finding": 0, "line": 1, "offset": 0, "text": text} | told
    rows = [row, row | {"text": text.replace("GET", "GÉT")}, row | {"client": "19", "user": None, "t": None}]
    block = packed_events(pl.DataFrame(rows, schema=SHOWN), [1])
    assert unpacked(block)["text"] == [each["text"] for each in rows]
    raw = zlib.decompress(base64.b64decode(block))
    assert raw.count(b"curl/8.1") == 2  # among the agents, and in the line that is not ASCII
    assert raw.count(b"06:25:24") == 2


def test_a_log_of_many_failures_is_small() -> None:
    count = 20_000
    step = pl.int_range(count)
    start = pl.lit(datetime(2026, 3, 12, tzinfo=UTC))
    frame = pl.DataFrame({"n": range(count)}).select(
        t=start + pl.duration(seconds=step), finding=pl.lit(0), line=step * 7, offset=step * 901,
        client=pl.concat_str(pl.lit("192.0.2."), step * 7919 % 250), agent=pl.lit("Mozilla/5.0 (X11; Linux x86_64) Firefox/1.0"),
    )  # fmt: skip
    text = pl.concat_str("client", pl.lit(" - - ["), pl.col("t").dt.to_string("%d/%b/%Y:%H:%M:%S"), pl.lit('] "GET / HTTP/1.1" 401 0 "-" "'), "agent", pl.lit('"'))  # fmt: skip
    rows = frame.with_columns(text=text)
    missing = {name: pl.lit(None) for name in SHOWN if name not in rows.columns}
    shown = rows.with_columns(**missing).select(pl.col(name).cast(dtype) for name, dtype in SHOWN.items())
    assert len(packed_events(shown, [1])) < 5 * count  # of 120 characters a line
