"""What the page carries, unpacked again as its script does."""

import base64
import json
import struct
import zlib
from datetime import UTC, datetime
from itertools import pairwise
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
    assert (4 + length) % 8 == 0
    found: dict[str, list[Any]] = {}
    for name, column in head["columns"].items():
        assert column["at"] % 8 == 0
        if name == "text":
            ends = np.frombuffer(body, "<u4", rows + 1, column["at"])
            texts = body[column["at"] + ends.nbytes :]
            found[name] = [texts[a:b].decode() for a, b in pairwise(ends)]
            continue
        kind = "<f4" if name == "answer" else "<f8" if name in ("t", "line", "offset") else "<u4"
        values = np.frombuffer(body, kind, rows, column["at"]).tolist()
        found[name] = [column["values"][code] for code in values] if "values" in column else values
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
        assert np.isnan(seen) if row["t"] is None else abs(seen / 1000 - row["t"].timestamp()) < 1e-5
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
