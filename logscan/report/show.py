"""Text, numbers and times as a person reads them on the page; nothing hidden stays hidden."""

import math
import unicodedata
from datetime import UTC, datetime
from typing import Any

LIMIT = 2_000  # characters shown of any one field
_MARKS = 3  # combining marks shown on one letter; more of them paint over the neighbouring lines
_UNITS = (("d", 86_400.0), ("h", 3_600.0), ("min", 60.0), ("s", 1.0), ("ms", 0.001))
_SHARES = ("_share", "_rate", "rate_before", "rate_during", "hit_before", "hit_during")
_SIZES = ("B", "kB", "MB", "GB", "TB", "PB")


def visible(text: str, limit: int = LIMIT, keep: str = "") -> str:
    """Make every character of hostile text one that can be seen, and shorten it.

    Out: control, bidi, zero-width, surrogate and unassigned characters as \\x1b, \\u202e, \\U000e0041;
         a longer text ends with how much was left out
    Law: the result is printable but for the characters in `keep`, and encodes as UTF-8
    """
    rest = len(text) - limit
    if rest > 0:
        text = text[:limit]
    if not (text.isprintable() and text.isascii()):
        text = _escaped(text, keep)
    return f"{text} … ({number(rest)} more characters)" if rest > 0 else text


def _escaped(text: str, keep: str) -> str:
    out, marks = [], 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if (char.isprintable() or char in keep) and marks <= _MARKS:
            out.append(char)
        else:
            code = ord(char)
            out.append(f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
    return "".join(out)


def number(value: float) -> str:
    """12345 → 12,345; fractions keep three significant digits."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        if value != int(value):
            return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{int(value):,}"


def percent(share: float) -> str:
    """Units: share 0..1; never rounds a part to nothing or to all."""
    value = share * 100
    if 0 < value < 0.1:
        return "< 0.1 %"
    if 99.9 < value < 100:
        return "> 99.9 %"
    return f"{value:.1f} %" if value < 10 and value != int(value) else f"{value:.0f} %"


def duration(seconds: float) -> str:
    """Units: seconds; in the largest unit of which there are two: 3600 → 60 min, 7200 → 2 h."""
    if seconds == 0:
        return "0 s"
    sign, size = ("-", -seconds) if seconds < 0 else ("", seconds)
    name, unit = next(((n, u) for n, u in _UNITS if size >= (1 if n == "s" else 2) * u * 0.999), _UNITS[-1])
    return f"{sign}{number(float(f'{size / unit:.3g}'))} {name}"


def size(count: int) -> str:
    """Units: bytes, in powers of 1000."""
    value, unit = float(count), 0
    while value >= 1000 and unit < len(_SIZES) - 1:
        value, unit = value / 1000, unit + 1
    return f"{count} B" if unit == 0 else f"{value:.3g} {_SIZES[unit]}"


def moment(when: datetime) -> str:
    """2026-03-12 06:25:24; the page says once that all times are UTC."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def machine_time(when: datetime) -> str:
    """For <time datetime>: RFC 3339, UTC."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def span(first: datetime, last: datetime) -> str:
    """Two moments, the day said once when it is the same."""
    head, tail = moment(first), moment(last)
    if head == tail:
        return head
    return f"{head} \N{EN DASH} {tail[11:] if head[:10] == tail[:10] else tail}"


def measured(name: str, value: Any) -> str:
    """One measured feature; its unit stands in its name: `_s` seconds, those of _SHARES 0..1."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, list | tuple):
        return ", ".join(measured(name, item) for item in value)
    return _amount(name, value) if isinstance(value, int | float) and math.isfinite(value) else str(value)


def _amount(name: str, value: float) -> str:
    if name.endswith("_s"):
        return duration(value)
    return percent(value) if name.endswith(_SHARES) else number(value)
