"""What is read and what is left out: rules/ingest.yml, checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from logscan.model.document import Document, read_document
from logscan.model.errors import Faults, LogscanError, RuleError
from logscan.model.resources import rules_dir


@dataclass(frozen=True)
class NotText:
    """Content that holds no lines, known by its first bytes."""

    title: str
    magic: bytes
    hint: str


@dataclass(frozen=True)
class Limits:
    """Units: *_bytes bytes, *_lines lines, *_share 0..1 of the sample."""

    skip_suffixes: tuple[str, ...]
    sample_bytes: int
    binary_nul_share: float
    binary_control_share: float
    binary_text_lines: int
    leading_nul_bytes: int
    utf16_nul_share: float
    utf16_printable_share: float
    low_format_share: float
    unpack_memory_bytes: int
    rule_text_bytes: int
    record_bytes: int
    record_lists: tuple[str, ...]
    record_lists_beside: tuple[str, ...]
    record_rows: Mapping[str, tuple[str, ...]]
    table_names: Mapping[str, tuple[str, ...]]
    not_text: tuple[NotText, ...]


@cache
def load_limits(path: Path | None = None) -> Limits:
    """Read the limits, by default those that come with logscan.

    Errors: Faults with every fault of the file
    """
    document = read_document(path or rules_dir() / "ingest.yml")
    value = document.value if isinstance(document.value, dict) else {}
    faults: list[LogscanError] = []
    known = [field.name for field in fields(Limits)]
    faults += [_fault(document, key, "unknown key", f"use one of: {', '.join(known)}") for key in value.keys() - known]
    found: dict[str, Any] = {}
    for name in known:
        if name not in value:
            faults.append(_fault(document, name, f"`{name}` is missing", "add it"))
            continue
        try:
            found[name] = _reader(name)(value[name])
        except (TypeError, ValueError, KeyError, AttributeError) as fault:
            faults.append(_fault(document, name, f"has a wrong value: {fault}", _expected(name)))
    if faults:
        raise Faults(faults)
    return Limits(**found)


def _reader(name: str) -> Callable[[Any], Any]:
    if name.endswith(("_bytes", "_lines")):
        return _positive
    if name.endswith("_share"):
        return _share
    if name.startswith("record_lists"):
        return _names
    if name in {"record_rows", "table_names"}:
        return _rows
    return _suffixes if name == "skip_suffixes" else _magics


def _expected(name: str) -> str:
    if name.endswith(("_bytes", "_lines")):
        return f"write a whole number of {name.rpartition('_')[2]} above 0"
    if name.endswith("_share"):
        return "write a number from 0 to 1"
    if name.startswith("record_lists"):
        return "write a list of keys such as Records"
    if name == "record_rows":
        return "write ways to lists, each with the names of a row's items: `data.rows[].cells: [time, line]`"
    if name == "table_names":
        return "write names of columns, each with ways to write it in small letters: `'@timestamp': [time, date]`"
    return "write a list of suffixes such as .yml" if name == "skip_suffixes" else "write {title: ..., magic: HEX}"


def _positive(value: Any) -> int:
    if type(value) is not int or value <= 0:
        raise ValueError(repr(value))
    return value


def _share(value: Any) -> float:
    if isinstance(value, bool) or not 0 <= value <= 1:
        raise ValueError(repr(value))
    return float(value)


def _suffixes(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.startswith(".") for item in value):
        raise ValueError(repr(value))
    return tuple(item.lower() for item in value)


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
        raise ValueError(repr(value))
    return tuple(value)


def _rows(value: Any) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, dict) or not value:
        raise ValueError(repr(value))
    return {str(name): _names(names) if names else () for name, names in value.items()}


def _magics(value: Any) -> tuple[NotText, ...]:
    kinds = []
    for item in value:
        if unknown := item.keys() - {"title", "magic", "hint"}:
            raise ValueError(f"unknown key {min(unknown)}")
        magic = bytes.fromhex(item["magic"])
        if not magic:
            raise ValueError("empty magic")
        kinds.append(NotText(str(item["title"]), magic, str(item.get("hint", ""))))
    return tuple(kinds)


def _fault(document: Document, key: str, what: str, hint: str) -> RuleError:
    return RuleError(what, where=document.where(key), hint=hint)
