"""Lines and formats for the tests of ingest."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from logscan.ingest.format import Clock, Format, load_formats
from logscan.ingest.shape import Column, Layout
from logscan.model.resources import rules_dir
from logscan.model.schemas import LINES

CLOCK = Clock("UTC", datetime(2026, 3, 13, tzinfo=UTC))
FORMATS = load_formats([rules_dir() / "formats"])


def lines_of(texts: Sequence[str], first: int = 1) -> pl.DataFrame:
    sizes = [len(text.encode("utf-8", "surrogatepass")) + 1 for text in texts]
    offsets = [sum(sizes[:n]) for n in range(len(texts))]
    numbers = range(first, first + len(texts))
    return pl.DataFrame({"logscan.line": numbers, "log.offset": offsets, "event.original": texts}, schema=LINES)


def format_of(name: str) -> Format:
    return next(fmt for fmt in FORMATS if fmt.id == name)


def small_format(pattern: str, columns: dict[str, str], *, tail: str = "", **more: Any) -> Format:
    usual: dict[str, Any] = {"id": "small", "multiline": False, "inner": "", "strength": "strong"}
    usual["layouts"] = (Layout(pattern, tail),)
    return Format(
        title="small", reference="", kind="pattern", logsource={}, order=1,
        null_values=("-",), columns=tuple(Column(name, (key,)) for key, name in columns.items()), requires=(), extract=(),
        samples=(), path="small.yml", **(usual | more),
    )  # fmt: skip


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return path
