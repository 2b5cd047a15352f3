"""Formats, and what they read, for a terminal and for a machine. No log text gets out unescaped."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from logscan.engine.detected import Detected
from logscan.ingest.shape import Column, Format, Sample
from logscan.report.escape import cell, json_text, shortened
from logscan.report.show import machine_time, percent, visible

_WIDE = 100  # columns of a terminal
_HEADS = ("id", "kind", "order", "strength", "source", "title")


def formats_table(formats: Sequence[Format]) -> str:
    rows = [_HEADS, *([str(_row(fmt)[head]) for head in _HEADS] for fmt in formats)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "".join(f"{'  '.join(map(cell, row, widths)).rstrip()}\n" for row in rows)


def formats_json(formats: Sequence[Format]) -> str:
    return (
        json_text([{**_row(fmt), "logsource": dict(fmt.logsource), "path": fmt.path} for fmt in formats], indent=2)
        + "\n"
    )


def _row(fmt: Format) -> dict[str, Any]:
    source = "/".join(fmt.logsource[key] for key in ("product", "category", "service") if key in fmt.logsource)
    return {
        "id": fmt.id,
        "kind": fmt.kind,
        "order": fmt.order,
        "strength": fmt.strength,
        "source": source,
        "title": fmt.title,
    }


def format_shown(fmt: Format, sample: Sample | None, events: pl.DataFrame | None) -> str:
    """In: events: what the format reads of the sample"""
    facts = {**_row(fmt), "file": fmt.path, "reference": fmt.reference, "requires": ", ".join(fmt.requires)}
    facts["lines below"] = "belong to the event before them" if fmt.multiline else ""
    facts["lines within"] = {"known": "read where a strong format takes them", "any": "read"}.get(fmt.inner, "")
    width = max(map(len, facts)) + 2
    lines = [f"{f'{key}:'.ljust(width)}{value}" for key, value in facts.items() if value not in ("", None)]
    lines += ["", "columns:", *_aligned((c.name, _from(c)) for c in fmt.columns)]
    if fmt.extract:
        looked = dict.fromkeys(name for extract in fmt.extract for name in extract.columns)
        lines += ["", "found within a text where the line does not say:", f"  {', '.join(looked)}"]
    for number, layout in enumerate(fmt.layouts, 1):
        lines += ["", f"layout {number}:", f"  {layout.head}", *([f"  then: {layout.tail}"] if layout.tail else [])]
    if sample is not None and events is not None:
        lines += ["", "sample:", *(f"  {row}" for row in sample.line.split("\n")), "", "is read as:", *_fields(events)]
    return "".join(f"{visible(line)}\n" for line in lines)


def _from(column: Column) -> str:
    more = [f"time {column.time}"] if column.name == "@timestamp" else []
    more += [f"in {column.unit}"] if column.name == "event.duration" else []
    more += [f"within {column.within}"] if column.within else []
    return ", ".join([" or ".join(column.keys), *more])


def _fields(events: pl.DataFrame) -> list[str]:
    if events.is_empty():
        return ["  nothing: see logscan formats test"]
    row = {name: value for name, value in events.row(0, named=True).items() if value is not None}
    return _aligned((name, value_text(value)) for name, value in row.items() if name not in _OWN)


_OWN = {"event.original", "logscan.line", "log.offset", "event.dataset"}


def value_text(value: Any) -> str:
    return machine_time(value) if isinstance(value, datetime) else str(value)


def _aligned(rows: Iterable[tuple[str, str]]) -> list[str]:
    kept = list(rows)
    width = max((len(name) for name, _ in kept), default=0) + 2
    return [f"  {name.ljust(width)}{text}" for name, text in kept]


def detected_text(found: Sequence[Detected]) -> str:
    return "\n".join("".join(f"{line}\n" for line in _detected(each)) for each in found)


def _detected(each: Detected) -> list[str]:
    head = visible(each.path)
    if each.fault:
        return [f"{head}: cannot be looked at: {visible(each.fault)}"]
    if not each.sampled:
        return [f"{head}: is empty"]
    lines = [f"{head}: {_shares(each.shares) or 'no format reads it'}", f"  why: {visible(each.why)}"]
    if each.shares:
        lines.append(f"  next best: {_shares(each.next_best) or 'none'}")
    for text, reason in each.rejects:
        lines += [f"  not read: {shortened(text, _WIDE - 12)}", f"    {visible(reason)}"]
    return lines


def _shares(shares: Any) -> str:
    return ", ".join(f"{visible(name)} {percent(share)}" for name, share in list(shares.items())[:4])


def detected_json(found: Sequence[Detected]) -> str:
    rows = [
        {
            "path": each.path,
            "format": next(iter(each.shares), None),
            "sampled": each.sampled,
            "shares": {name: round(share, 4) for name, share in each.shares.items()},
            "why": each.why,
            "next_best": {name: round(share, 4) for name, share in each.next_best.items()},
            "rejects": [{"line": text, "reason": reason} for text, reason in each.rejects],
            "fault": each.fault or None,
        }
        for each in found
    ]
    return json_text(rows, indent=2) + "\n"
