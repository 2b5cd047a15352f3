"""Formats of kind `logfmt`: key=value pairs, values quoted where they hold blanks."""

import json
import re
from collections.abc import Set as AbstractSet

import polars as pl

from logscan.ingest.keyed import FIELDS, Group, columns_of, groups_of, names_of
from logscan.ingest.shape import Format, Read
from logscan.ingest.when import Clock
from logscan.model.schemas import LINES

# https://brandur.org/logfmt and https://pkg.go.dev/github.com/kr/logfmt say what writers agree on.
_KEY = r"[^\s=\"']+"
_VALUE = r"(?:\"(?:[^\"\\]|\\.)*\"[,;]?|'[^']*'[,;]?|[^\s\"'][^\s\"]*|)"
_WORD = r"[^\s=\"]+"
_PAIR = f"{_KEY}={_VALUE}"
# It begins with a pair and has a second one. Words between pairs are keys without value, or the rest of a value that
# should have been quoted.
_LINE = rf"^\s*[A-Za-z_@][^\s=\"':]*={_VALUE}(?:\s+{_WORD})*\s+{_PAIR}(?:\s+(?:{_PAIR}|{_WORD}))*\s*$"
_TOKEN = rf"{_PAIR}(?:\s+|$)(?:{_WORD}(?:\s+|$))*"
_QUOTED = r"^\"((?:[^\"\\]|\\.)*)\""
_PARTS = r"^(?P<key>[^=]+)=(?:\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"']\S*)(?P<words>.*)|)"
_PROSE = frozenset({"message", "error.message", "event.reason"})  # columns that take the words behind a bare value, too


def read_logfmt(lines: pl.DataFrame, fmt: Format, want: AbstractSet[str], clock: Clock) -> Read:
    """Read the lines that consist of pairs, two at least, with the keys that the format requires.

    In:   LINES
    Law:  a pair inside of quotes is not a pair; of equal keys the first counts; what a line gives depends on it alone
    """
    names = names_of(want)
    keys = {key for column in fmt.columns if column.name in names for key in column.keys}
    marks = {key for need in fmt.requires for key in need.split("|")}
    prose = {key for column in fmt.columns if column.name in _PROSE for key in column.keys}
    like = lines["event.original"].str.contains(_LINE).fill_null(value=False)
    found = lines.with_row_index("_row").filter(like)
    found = pl.concat([found, _values(found["event.original"], keys | marks, prose)], how="horizontal")
    there = {key: pl.col(f"={key}") for key in keys | marks if f"={key}" in found.columns}
    needs = [[there[key].is_not_null() for key in need.split("|") if key in there] for need in fmt.requires]
    if not all(needs):
        found = found.clear()
    elif needs:
        found = found.filter(pl.all_horizontal(pl.any_horizontal(choices) for choices in needs))
    hit = pl.Series("hit", [False]).new_from_index(0, len(lines)).scatter(found["_row"], values=True)
    dataset = pl.lit(fmt.id).alias("event.dataset")
    events = found.select(*LINES, dataset, *columns_of([fmt], names, there, clock))
    if FIELDS in names:
        groups = groups_of([fmt])
        left = [_rest(line, groups) for line in found["event.original"]]
        events = events.with_columns(pl.Series(FIELDS, left, dtype=pl.String))
    return Read(hit, events)


def _values(text: pl.Series, keys: AbstractSet[str], prose: AbstractSet[str]) -> pl.DataFrame:
    """The text under each key that stands in any line as column `=key`, one row per line."""
    tokens = pl.DataFrame({"row": pl.int_range(len(text), eager=True), "token": text.str.extract_all(_TOKEN)})
    key = pl.col("token").str.extract("^([^=]+)=", 1)
    pairs = tokens.explode("token").with_columns(key=key).filter(pl.col("key").is_in(list(keys)))
    none = pl.Series([None], dtype=pl.String).new_from_index(0, len(text))
    found: dict[str, pl.Series] = {}
    for (name,), part in pairs.partition_by("key", as_dict=True).items():
        once = part.unique("row", keep="first", maintain_order=True) if (part["row"].diff() == 0).any() else part
        after = once["token"].str.strip_prefix(f"{name}=")
        found[f"={name}"] = none.clone().scatter(once["row"], _value(after, prose=name in prose))
    return pl.DataFrame(found)


def _value(after: pl.Series, *, prose: bool) -> pl.Series:
    """What stands behind the equals signs: a quoted text, or a bare one with, in prose, the words that follow."""
    text = after.str.strip_chars_end()
    if not prose and text.str.contains(r"\s").any():
        text = text.str.extract(r"^(\S*)", 1)
    bare = text.str.strip_chars_end(",;")
    for quote, pattern in (('"', _QUOTED), ("'", "^'([^']*)'")):
        rows = after.str.starts_with(quote).arg_true()
        if len(rows):
            inner = after.gather(rows).str.extract(pattern, 1)
            bare = bare.clone().scatter(rows, _unescaped(inner) if quote == '"' else inner)
    return bare


def _unescaped(quoted: pl.Series) -> pl.Series:
    rows = quoted.str.contains("\\", literal=True).fill_null(value=False).arg_true()
    if not len(rows):
        return quoted
    return quoted.clone().scatter(rows, pl.Series([_plain(text) for text in quoted.gather(rows)], dtype=pl.String))


def _plain(text: str) -> str:
    """Escapes as in JSON; one that JSON does not know stands for its own letter."""
    return _ESCAPE.sub(_meant, text)


_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def _meant(found: re.Match[str]) -> str:
    code = found[1]
    if len(code) == 1:
        return _LETTERS.get(code, code)
    letter = chr(int(code[1:], 16))
    return "\ufffd" if "\ud800" <= letter <= "\udfff" else letter


def _rest(line: str, groups: tuple[Group, ...]) -> str | None:
    """The pairs without, for each column, the one that filled it, as JSON text."""
    pairs = pairs_of(line)
    used = {
        next((k for k in group.paths if k in pairs and (not group.numeric or pairs[k][:1].isdigit())), None)
        for group in groups
    }
    left = {key: value for key, value in pairs.items() if key not in used}
    return json.dumps(left, ensure_ascii=False, separators=(",", ":")) if left else None


def pairs_of(line: str) -> dict[str, str]:
    """Every pair of one line, words behind a bare value with it."""
    found: dict[str, str] = {}
    for token in re.findall(_TOKEN, line):
        part = re.match(_PARTS, token)
        if part:
            bare = f"{part['bare'] or ''}{part['words'] or ''}".strip().rstrip(",;")
            quoted = None if part["quoted"] is None else _plain(part["quoted"])
            found.setdefault(part["key"], next(text for text in (quoted, part["single"], bare) if text is not None))
    return found
