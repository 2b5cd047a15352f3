"""A format proposed from example lines: what can be told by its looks is named, the rest is for a person to name."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from logscan.ingest.check import check_text, read_sample
from logscan.ingest.logfmt import pairs_of
from logscan.ingest.shape import Format, Sample
from logscan.ingest.template import Names, literal
from logscan.ingest.tokens import BY_KEY, Token, tokens_of
from logscan.ingest.written import Written
from logscan.ingest.yaml_text import yaml_text
from logscan.model.errors import FormatError, Where

_ORDER = 20
_PROSE = 2  # words in a row that are no longer columns but a message
_NEEDED = 4  # keys that tell lines of a kind from others
_LONGEST = 64 << 10
_REJECTS = ("-- reopened --", "{}", "a=b")
_PARTS = {"method": "http.request.method", "uri": "url.original"}
_NOT_READ = {"event.original", "logscan.line", "log.offset", "event.dataset", "logscan.fields", "event.timezone"}


def propose(lines: Sequence[str], name: str, shipped: Sequence[Format]) -> Written:
    """A format file that reads all the lines, with what it reads of them as samples to be checked.

    In:     lines  at least one;  name  its id;  shipped  formats whose keys say what keys mean
    Errors: FormatError when the id is taken or is none, or the lines have too little in common
    """
    where = Where("--line")
    if any(fmt.id == name for fmt in shipped) or not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        hint = "use small letters, digits and `-`, and no id that `logscan formats list` shows"
        raise FormatError(f"`{name}` cannot be the id", where=Where("--id"), hint=hint)
    kept = list(dict.fromkeys(line.rstrip("\r\n") for line in lines if line.strip()))
    long = [line for line in kept if len(line) > _LONGEST or "\n" in line]
    if long:
        raise FormatError(
            "is too long, or more than one line", where=where, hint="give single lines as they are logged"
        )
    objects = [_object(line) for line in kept]
    if all(objects):
        body, notes = _keyed("json", [dict(_leaves(value, "")) for value in objects if value], shipped)
    elif all(len(pairs_of(line)) > 1 and re.match(r"\s*[A-Za-z_@][^\s=\"':]*=", line) for line in kept):
        body, notes = _keyed("logfmt", [pairs_of(line) for line in kept], shipped)
    else:
        body, notes = _pattern(kept)
    if not body["columns"]:
        raise FormatError("nothing in it can be told by its looks", where=where, hint="see docs/formats.md, text lines")
    return _written(name, body, notes, kept)


def _written(name: str, body: Mapping[str, Any], notes: Sequence[str], lines: Sequence[str]) -> Written:
    comments = ["Proposed by `logscan formats new`. Check what the samples expect, name what is missing, then run:"]
    comments += ["  logscan formats test FILE", *(f"Note: {note}" for note in notes)]
    keys = {"id": name, "title": f"Log of {name}", "kind": body["kind"], "order": _ORDER, **body}
    plain = check_text(yaml_text(comments, keys), name, {})
    samples: list[dict[str, Any]] = [{"line": line, "expect": _read(line, plain)} for line in lines]
    unread = [sample["line"] for sample in samples if not sample["expect"]]
    if unread:
        hint = "give lines of one kind; make a format for each kind"
        raise FormatError("the lines have too little in common", where=Where("--line"), hint=hint)
    refused = next((line for line in _REJECTS if read_sample(Sample(line, None), [plain]).is_empty()), None)
    samples += [{"line": refused, "expect": "reject"}] if refused else []
    text = yaml_text(comments, {**keys, "samples": samples})
    check_text(text, name, {})
    return Written(name, text, tuple(notes))


def _read(line: str, fmt: Format) -> dict[str, Any]:
    events = read_sample(Sample(line, {}), [fmt])
    row = events.row(0, named=True) if events.height else {}
    return {
        name: value.isoformat().replace("+00:00", "Z") if name == "@timestamp" else value
        for name, value in row.items()
        if value is not None and name not in _NOT_READ
    }


def _pattern(lines: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """The longest beginning of the first line that all lines have in common; what follows is the message."""
    tokens = _head(tokens_of(lines[0]))
    while tokens:
        pattern, columns = _drawn(tokens)
        if pl.Series(list(lines)).str.contains(pattern).all() and columns:
            break
        tokens = tokens[:-1]
        while tokens and not _named(tokens[-1]):
            tokens = tokens[:-1]
    if not tokens:
        hint = "see docs/formats.md, text lines; a format needs a time, an address, a request or the like"
        raise FormatError("nothing at their beginning can be told by its looks", where=Where("--line"), hint=hint)
    left = [token.text for token in tokens if token.pattern and not _named(token)]
    notes = [f"read, but in no column: {', '.join(left)}; give it a capture (?<name>...) and a column"] if left else []
    if "@timestamp" not in {token.column for token in tokens}:
        notes.append("no time was found at the beginning of the line")
    rest = lines[0][sum(len(token.text) for token in tokens) :]
    if not rest.strip() and len(lines) == 1:
        return {"kind": "pattern", "pattern": pattern, "columns": columns}, notes
    columns = {**columns, "message": "message"}
    return {"kind": "pattern", "pattern": pattern, "tail": r"\s*(?<message>.*)", "columns": columns}, notes


def _head(tokens: Sequence[Token]) -> list[Token]:
    """Up to the last token that is told by its looks, before the first words in a row that are none."""
    words, end = 0, 0
    for at, token in enumerate(tokens):
        if _named(token):
            words, end = 0, at + 1
        elif token.pattern:
            words += 1
            if words > _PROSE - (not any(_named(each) for each in tokens[at + 1 :])):
                break
        elif token.text.strip():
            words = 0
    while (
        end < len(tokens) and end and not tokens[end].pattern and not _named(tokens[end]) and tokens[end].text.strip()
    ):
        end += 1  # the unit of a span, a bracket that closes
    return list(tokens[:end])


def _named(token: Token) -> bool:
    return bool(token.column or token.parts)


def _drawn(tokens: Sequence[Token]) -> tuple[str, dict[str, Any]]:
    names, out, columns = Names(), ["^"], dict[str, Any]()
    for token in tokens:
        if token.parts:
            out.append(token.pattern)
            columns |= _PARTS
        elif token.column:
            capture = names.of(token.column)
            more = {key: getattr(token, key) for key in ("time", "unit") if getattr(token, key)}
            quoted = token.pattern.startswith('"')
            inner = token.pattern[1:-1] if quoted else token.pattern
            out.append(f'"(?<{capture}>{inner})"' if quoted else f"(?<{capture}>{inner})")
            columns[capture] = {"column": token.column, **more} if more else token.column
        else:
            out.append(token.pattern or re.sub(r" +|\t+", r"\\s+", literal(token.text)))
    return "".join(out), columns


def _keyed(kind: str, rows: Sequence[Mapping[str, Any]], shipped: Sequence[Format]) -> tuple[dict[str, Any], list[str]]:
    """Keys by what formats of the same kind take them for, or by the looks of their values."""
    known: dict[str, tuple[str, str]] = {}
    for fmt in sorted(shipped, key=lambda fmt: (len(fmt.requires), fmt.order)):
        for column in fmt.columns if fmt.kind == kind else ():
            for key in column.keys:
                known.setdefault(key.lower(), (column.name, column.unit))
    columns: dict[str, Any] = {}
    left = []
    for key, value in {key: value for row in reversed(rows) for key, value in row.items()}.items():
        last = key.rpartition(".")[2].lower()
        name, unit = known.get(key.lower()) or known.get(last) or _by_looks(last, str(value), columns)
        if not name or name in columns or "|" in key or not key:
            left.append(key)
            continue
        columns[name] = {"keys": [key], "unit": unit} if name == "event.duration" else key
    always = [
        key for key in rows[0] if all(key in row and row[key] is not None for row in rows) and "|" not in key and key
    ]
    notes = [f"in no column: {', '.join(left)}"] if left else []
    notes += ["check the unit of event.duration"] if "event.duration" in columns else []
    return {"kind": kind, "requires": always[:_NEEDED], "columns": columns}, notes


def _by_looks(key: str, value: str, taken: Iterable[str]) -> tuple[str, str]:
    if key in BY_KEY and BY_KEY[key] not in taken:
        return BY_KEY[key], "ns"
    found = tokens_of(value)
    if len(found) == 1 and found[0].column and found[0].column not in taken:
        return found[0].column, found[0].unit or "ns"
    return "", ""


def _object(line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and value else None


def _leaves(value: Mapping[str, Any], path: str) -> Iterable[tuple[str, Any]]:
    for key, inner in value.items():
        here = f"{path}.{key}" if path else str(key)
        if isinstance(inner, dict) and inner:
            yield from _leaves(inner, here)
        else:
            yield here, inner
