"""Credentials never travel: they are hidden by name and by shape; a keyed fingerprint keeps `the same one` visible."""

import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from logscan.analysis.secret import LOOK, Judge
from logscan.analysis.secret_grammar import PLACEHOLDER, Form, any_of, finder, forms
from logscan.analysis.secret_words import add_document, empty_body, words_of
from logscan.model.document import read_document
from logscan.model.errors import Faults, LogscanError, RuleError, Where
from logscan.model.resources import rules_dir

CREDENTIAL = "logscan.credential"
# Where the credential of a line is looked for, the nearest to the request first.
_LOOKED_AT = ("event.original", "message", "url.original", "url.query", "error.message", "logscan.fields", "user.name")
# Addresses, places and our own words: never redacted.
_NEVER = frozenset(
    {"source.address", "network.forwarded_ip", "log.file.path", "event.dataset", "event.timezone", "logscan.cause",
     "logscan.confidence", "logscan.reason_from", CREDENTIAL}
)  # fmt: skip
_LINE, _FIELDS = "event.original", "logscan.fields"
_USER = "user.name"
# Who presents it, as what is hidden still tells: `Basic` (RFC 7617), and `//user:password@` of an address.
_USERS = (
    r"<redacted basic [0-9a-f]{8} of ([A-Za-z0-9_.@+-]{1,64})>",
    r"(?::(?:\\*/){2}|%3[Aa]%2[Ff]%2[Ff])([A-Za-z0-9_.+@%-]{1,64}):<redacted [a-z0-9-]+ [0-9a-f]{8}>@",
)
_SHORTEST = 6  # bytes of a value whose standing in the line is more than chance
# Noncharacters (never in text that is meant for interchange) mark where a find begins and ends.
_DEEPEST = 6  # values within values; only a line made to do harm has more
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_SHOWN = re.compile(PLACEHOLDER)
_FIRST = r"<redacted ([a-z0-9-]+) ([0-9a-f]{8})(?: of [A-Za-z0-9_.@+-]{1,64})?>"
# What is left of a masked credential: its tail, which every way of masking shows.
_TAILS = (
    r"(?:^|[^A-Za-z0-9*•])[A-Za-z0-9_-]{0,12}(?:\*{3,}|•{3,})([A-Za-z0-9]{2,6})(?:$|[^A-Za-z0-9*•])",
    r"(?:^|[^A-Za-z0-9_-])[A-Za-z0-9]{2,8}[_-][A-Za-z0-9_-]{0,12}(?:…|\.{3})([A-Za-z0-9]{3,6})(?:$|[^A-Za-z0-9.…])",
    r"(?:^|[^A-Za-z0-9])(?:X{6,}|x{6,})([A-Za-z0-9]{4})(?:$|[^A-Za-z0-9])",
)
_MARKS = ["<redacted ", "***", "•••", "…", "...", "XXXXXX", "xxxxxx"]


class Redactor:
    """Hides credentials in text. Built by `load_redactor`; can be pickled."""

    def __init__(self, body: dict[str, list[Any]], key: bytes) -> None:
        self._body, self._key = body, key
        self._start()

    def __getstate__(self) -> tuple[Any, ...]:
        return (self._body, self._key)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self._body, self._key = state
        self._start()

    def _start(self) -> None:
        self._finder = finder(self._body)
        self._readers: dict[str, _Readers] = {}
        self._judge = Judge(words_of(self._body), self._key)
        self._known = lru_cache(maxsize=131_072)(self._hide)

    def redact(self, frame: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
        """Hide every credential in the text of some columns.

        Out:  the frame; when `logscan.credential` is among the columns it is filled in, see `fingerprint`; user.name,
              too, where the line names nobody and a hidden credential says whose it is
        Law:  same rows, same order; redact(redact(x)) == redact(x); addresses, places and rule names are never touched;
              what the line itself hides, no other column shows
        """
        wanted = list(dict.fromkeys(columns))
        names = [c for c in wanted if c not in _NEVER and frame.schema.get(c) == pl.String()]
        looked = _looked_at(frame) if CREDENTIAL in wanted else []
        hidden = self._columns(frame.select(list(dict.fromkeys([*names, *looked]))))
        if {_LINE, _FIELDS} <= {*names}:
            hidden = hidden.with_columns(self._by_field(frame, hidden))
        if _LINE in names and (frame[_LINE] != hidden[_LINE]).any():
            hidden = hidden.with_columns(self._cut_off(frame, hidden, name) for name in names if name != _LINE)
        frame = frame.with_columns(hidden[name] for name in names)
        if CREDENTIAL in wanted and _USER in names:
            frame = frame.with_columns(_presented(hidden.select(looked)))
        return frame.with_columns(self._credential(hidden.select(looked))) if CREDENTIAL in wanted else frame

    def _columns(self, texts: pl.DataFrame) -> pl.DataFrame:
        """All columns as one, because each search makes its automaton anew."""
        some = [name for name in texts.columns if texts[name].null_count() < texts.height]
        if not some:
            return texts
        whole = self._column(pl.concat([texts[name].alias("") for name in some]))
        parts = (whole.slice(at * texts.height, texts.height).alias(name) for at, name in enumerate(some))
        return texts.with_columns(parts)

    def _by_field(self, plain: pl.DataFrame, hidden: pl.DataFrame) -> pl.Series:
        """The line without what its fields hide: only the head of a file may say what the columns of a line are."""
        rows = (plain[_FIELDS] != hidden[_FIELDS]) & ~hidden[_LINE].str.starts_with("{")
        rows = rows.fill_null(value=False)
        if not rows.any():
            return hidden[_LINE]
        told = (each[_FIELDS].filter(rows).to_list() for each in (plain, hidden))
        shown = [as_fields_show(*each) for each in zip(hidden[_LINE].filter(rows).to_list(), *told, strict=True)]
        return hidden[_LINE].clone().scatter(rows.arg_true(), pl.Series(shown, dtype=pl.String()))

    def _cut_off(self, plain: pl.DataFrame, hidden: pl.DataFrame, name: str) -> pl.Series:
        """A column without what its line hides: a format may have parted a credential from the name in front of it."""
        value, line = pl.col(name), pl.col(_LINE)
        rows = (plain[_LINE] != hidden[_LINE]) & (plain[name] == hidden[name])
        rows = (rows & (plain[name].str.len_bytes() >= _SHORTEST)).fill_null(value=False)
        if not rows.any():
            return hidden[name]
        was, now = (each.filter(rows).select(line.str.contains(value, literal=True)) for each in (plain, hidden))
        at = rows.arg_true().filter(was.to_series() & ~now.to_series())
        shown = [self._judge.hide("secret", text) for text in hidden[name].gather(at).to_list()]
        return hidden[name].clone().scatter(at, pl.Series(shown, dtype=pl.String()))

    def text(self, text: str) -> str:
        """As `redact`, for one text."""
        return str(self._column(pl.Series([text]))[0])

    def named(self, kind: str, value: str) -> str:
        """A text that names the value without telling it, in the form of all that is hidden."""
        return f"<redacted {kind} {self._judge.fingerprint(value)}>"

    def fingerprint(self, frame: pl.DataFrame) -> pl.Series:
        """Name the credential that each event carries, without telling it.

        In:   the event's text, redacted or not
        Out:  logscan.credential: `kind:8 hex`; the first credential of the line, cookies after all others;
              `masked:8 hex` of its tail (weak: many keys may share it) when the line holds only a masked one; null
              without any
        Law:  the same credential has the same 8 hex in every column, line and file, for one key
        """
        return self._credential(self._columns(frame.select(_looked_at(frame))))

    def _credential(self, hidden: pl.DataFrame) -> pl.Series:
        """In: the text columns in the order in which they are looked at, redacted"""
        found = pl.Series(CREDENTIAL, [None], dtype=pl.String()).new_from_index(0, hidden.height)
        marks = [pl.col(name).str.contains_any(_MARKS) for name in hidden.columns]
        rows = hidden.select(pl.any_horizontal(marks or pl.lit(value=False)).fill_null(value=False)).to_series()
        if not rows.any():
            return found
        return found.scatter(rows.arg_true(), self._told(hidden.filter(rows)))

    def _told(self, hidden: pl.DataFrame) -> pl.Series:
        names = hidden.columns
        told = [_first(name, cookie=False) for name in names] + [_first(name, cookie=True) for name in names]
        found = hidden.select(
            pl.coalesce(told).alias("found"),
            pl.coalesce([pl.col(name).str.extract(tail) for name in names for tail in _TAILS]).alias("masked"),
        )
        masks = found["masked"].unique().drop_nulls()
        weak = pl.Series([f"masked:{self._judge.fingerprint(mask)}" for mask in masks], dtype=pl.String())
        masked = found["masked"].replace_strict(masks, weak, default=None, return_dtype=pl.String())
        return found.select(pl.coalesce("found", masked).alias(CREDENTIAL))[CREDENTIAL]

    def _column(self, column: pl.Series, depth: int = 0) -> pl.Series:
        rows = column.str.contains(self._finder).fill_null(value=False)
        if not rows.any():
            return column
        hits = column.filter(rows)
        shown = self._shown(hits, depth) if depth < _DEEPEST else [self._judge.hide("secret", text) for text in hits]
        return column.clone().scatter(rows.arg_true(), pl.Series(shown, dtype=pl.String()))

    def _shown(self, hits: pl.Series, depth: int) -> list[str]:
        plain = hits.str.replace_all(f"[{_OPEN}{_CLOSE}{LOOK}]", "\ufffd")
        marked = plain.str.replace_all(self._finder, f"{_OPEN}${{0}}{_CLOSE}").to_list()
        again: list[str] = []
        pieces = [self._pieces(text, again) for text in marked]
        if not again:
            return ["".join(parts) for parts in pieces]
        seen = iter(self._column(pl.Series(again), depth + 1).to_list())
        return ["".join(next(seen) if part == LOOK else part for part in parts) for parts in pieces]

    def _pieces(self, marked: str, again: list[str]) -> list[str]:
        """What is shown of a text; LOOK in place of a part that was put on `again`, to be looked at on its own."""
        head, *pieces = marked.split(_OPEN)
        out = [head]
        for number, piece in enumerate(pieces, 1):
            found, _, rest = piece.partition(_CLOSE)
            if not rest and found.endswith(("=", ":")) and pieces[number : number + 1] and _SHOWN.match(pieces[number]):
                out.append(found)  # the name of a value that was hidden before
                continue
            kept, look, value = self._known(found).partition(LOOK)
            if look:
                out += (kept, LOOK)
                again.append(value + rest)
            else:
                out += (kept, rest)
        return out

    def _hide(self, found: str) -> str:
        for first in (_first_letter(found), ""):
            if first not in self._readers:
                self._readers[first] = _Readers(forms(self._body, first))
            read = self._readers[first].read(found)
            if read is not None:
                return self._judge.shown(*read)
        return self._judge.hide("secret", found)


class _Readers:
    """The forms that a text may have whose first letter is known: few, because most words begin with another."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self.forms, self.which = forms, any_of(forms)
        self.readers: dict[int, re.Pattern[str]] = {}

    def read(self, found: str) -> tuple[Form, re.Match[str]] | None:
        which = self.which.fullmatch(found)
        if which is None or which.lastindex is None:
            return None
        number = which.lastindex - 1
        if number not in self.readers:
            self.readers[number] = self.forms[number].reader()
        parts = self.readers[number].fullmatch(found)
        return None if parts is None else (self.forms[number], parts)


def as_fields_show(line: str, plain: str, hidden: str) -> str:
    """A line in which the values of its fields (JSON text, plain and redacted) stand as they are shown there."""
    if plain == hidden or line.startswith("{"):
        return line
    try:
        shown = json.loads(hidden)
    except ValueError:  # what was hidden reached over the end of its value: nothing of the others is sure
        shown = {}
    for name, value in json.loads(plain).items():
        if isinstance(value, str) and value and (said := str(shown.get(name, "<redacted>"))) != value:
            line = re.sub(f"(?<![A-Za-z0-9]){re.escape(value)}(?![A-Za-z0-9])", said.replace("\\", r"\\"), line)
    return line


def _first_letter(found: str) -> str:
    """The letter or digit at the start, or after one other character; none after an escape or an option's dashes."""
    for letter in found[:2]:
        if letter.isascii() and letter.isalnum():
            return letter.lower()
        if letter in "%-":
            break
    return ""


def _looked_at(frame: pl.DataFrame) -> list[str]:
    return [name for name in _LOOKED_AT if frame.schema.get(name) == pl.String()]


def _presented(hidden: pl.DataFrame) -> pl.Series:
    """user.name, filled where it is null. In: the text columns in the order in which they are looked at, redacted"""
    known = hidden[_USER]
    marked = [pl.col(name).str.contains("<redacted ", literal=True) for name in hidden.columns]
    rows = hidden.select((pl.any_horizontal(marked) & pl.col(_USER).is_null()).fill_null(value=False)).to_series()
    if not rows.any():
        return known
    told = [pl.col(name).str.extract(pattern) for pattern in _USERS for name in hidden.columns]
    found = hidden.filter(rows).select(pl.coalesce(told).str.replace("(?i)%40", "@").alias(_USER))[_USER]
    return known.clone().scatter(rows.arg_true(), found)


def _first(name: str, *, cookie: bool) -> pl.Expr:
    """The first credential shown in a redacted text, as kind:hex."""
    every = (
        pl.col(name)
        .str.extract_all(_FIRST)
        .list.eval(pl.element().filter(pl.element().str.starts_with("<redacted cookie ") == cookie))
    )
    return every.list.first().str.replace(_FIRST, "${1}:${2}")


def load_redactor(paths: Path | Sequence[Path], key: bytes) -> Redactor:
    """Read the definitions of one or more files, lists added up; missing files are passed over.

    Law:    redaction is never off: when no file exists, the definitions that ship with logscan are used
    Errors: Faults with every fault of every file
    """
    asked = [paths] if isinstance(paths, Path) else list(paths)
    there = [path for path in asked if path.exists()] or [rules_dir() / "redaction.yml"]
    faults: list[LogscanError] = []
    body = empty_body()
    for path in there:
        try:
            add_document(read_document(path), body, faults)
        except RuleError as fault:
            faults.append(fault)
    if not faults:
        try:
            redactor = Redactor(body, key)
            redactor.text("")
        except (re.error, pl.exceptions.PolarsError) as fault:
            hint = "the patterns are valid one by one but not together: look for unbalanced groups"
            faults.append(RuleError(str(fault), where=Where(str(there[-1])), hint=hint))
        else:
            return redactor
    raise Faults(faults)
