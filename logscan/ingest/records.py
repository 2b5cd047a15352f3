"""Finds the records of JSON documents in text that comes in pieces: arrays, lists in an object, objects in a row."""

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

HEADER = 64 << 10  # characters; a list that stands deeper in its object is not looked for
SHOWN = 1 << 10  # characters of a broken record's line that are kept
_TAIL = 4 << 10  # characters at the end of a piece in which a record's beginning may be cut
_LINE = 1 << 20  # characters of a line of text between documents that are kept
_GAP = re.compile("[ \t\r\n,\x1e\xef\xbb\xbf]*")  # with the bytes of a byte order mark
_KEY = re.compile(r'[ \t\r\n,]*"((?:[^"\\]|\\.){0,200})"[ \t\r\n]*:[ \t\r\n]*', re.DOTALL)
_FIRST = re.compile(r'\{[ \t\r\n]{0,200}"((?:[^"\\]|\\.){0,200})"[ \t\r\n]*:', re.DOTALL)
_BLANK = " \t\r\n"
_WORDS = ("true", "false", "null")
_INDENT = 200
_PATIENCE = 8 << 20  # characters of broken records in a row; beyond, only another document is looked for
_LEAST = 1 << 10  # characters that a broken record counts for
_NEAR_END = 16  # characters; a value that the text's end cuts is told as a fault at its beginning


class Row(NamedTuple):
    """start, end: characters of the piece; fault: why it cannot be read, else empty."""

    start: int
    end: int
    line: int
    fault: str


class More(Exception):
    """The text ends too early to decide."""


class Broken(Exception):
    """What is wrong."""


def _nothing(_: str) -> None:
    """Numbers are not looked at; a very long one would cost much to convert."""


_DECODER = json.JSONDecoder(parse_float=_nothing, parse_int=_nothing, parse_constant=_nothing, strict=False)


class Splitter:
    """Reads pieces of text, one byte a character (Latin-1), and tells where records stand.

    Law:   rows do not depend on how the text is cut into pieces; what is no blank, comma or part of what surrounds a
           list belongs to a row; the lines of the text are rows, continuations and blank, but that a row which begins
           on a line where another one began counts as one more line
    Units: most, characters a record may have
    """

    def __init__(self, lists: Sequence[str], beside: Sequence[str], most: int) -> None:
        self._lists, self._beside, self._most = frozenset(lists), frozenset(beside), most
        self._ways = frozenset(name[:dot] for name in lists for dot in _dots(name))
        self._within: list[str] = []  # [ a list of records, { what stands around one
        self._seek: re.Pattern[str] | None = None  # a record broke: where the next one may begin
        self._fault, self._first = "", False  # of the broken record; its first line has no row yet
        self._keys: list[str] = []  # first keys of the last whole record
        self._spent = 0  # characters of broken records that were looked at since the last whole one
        self._text, self._ended = "", False
        self._before = ""  # what stands before the text on its first line
        self.line, self._counted = 1, 0  # line number at that place of the text
        self._claimed, self._open = 0, 0  # last line that a row has; 1: not yet counted, a row may still begin there
        self.continuations = self.blank = 0
        self.opened = False  # a list of records was found

    def feed(self, text: str, *, ended: bool) -> tuple[list[Row], int]:
        """The rows that are whole in a text that begins where the last one was left, and how far it was read."""
        self._text, self._ended, self._counted = text, ended, 0
        rows: list[Row] = []
        at = 0
        try:
            while at < len(text):
                at = self._next(at, rows)
        except More as stop:
            at = int(stop.args[0])
        self._line_at(at)
        feed = text.rfind("\n", 0, at)
        self._before = text[feed + 1 : at][:_INDENT] if feed >= 0 else (self._before + text[:at])[:_INDENT]
        if ended:
            total = self.line - 1 + bool(self._before)
            self.continuations += self._open
            self.blank += max(0, total - self._claimed)
            self._open = 0
        return rows, at

    def _next(self, at: int, rows: list[Row]) -> int:
        """One step: how far the text was understood. Errors: More, with the place to go on from."""
        if self._seek:
            return self._sought(at, rows, self._seek)
        gap = _GAP.match(self._text, at)
        at = gap.end() if gap else at
        if at == len(self._text):
            raise More(at)
        code, within = self._text[at], self._within[-1] if self._within else ""
        if within == "{":
            return self._around(at, rows)
        if code in "]}":
            if within and code == "]":
                self._within.pop()
            return at + 1
        if code in "{[" and not within:
            begin = self._list_begins(at)
            if begin:
                return begin
        if code == "{" or within:
            return self._record(at, rows)
        return self._plain(at, rows)

    def _record(self, at: int, rows: list[Row]) -> int:
        try:
            end = self._object(at)
        except Broken as fault:
            self._fault = f"the JSON record {fault}"
            self._seek, self._first = self._beginnings(at), True
            return self._sought(at, rows, self._seek)
        first = _FIRST.match(self._text, at)
        self._keys, self._spent = [first.group(1)] if first else [], 0
        rows.append(self._row(at, end, ""))
        return end

    def _object(self, at: int) -> int:
        if self._text[at] != "{":
            raise Broken("is not an object")
        return self._value(at)

    def _value(self, at: int) -> int:
        """Where the value that begins here ends. Errors: Broken; More"""
        try:
            end = _DECODER.raw_decode(self._text, at)[1]
        except json.JSONDecodeError as fault:
            self._spent += max(_LEAST, min(fault.pos - at, self._most))
            cut = fault.pos >= len(self._text) - _NEAR_END or fault.msg.startswith("Unterminated")
            if cut and len(self._text) - at <= self._most:
                if not self._ended:
                    self._spent -= max(_LEAST, min(fault.pos - at, self._most))
                    raise More(at) from None
                if self._is_cut(fault):
                    raise Broken("is cut off by the end of the file") from None
            if fault.pos - at > self._most or self._is_cut(fault):
                raise Broken(f"is longer than {self._most:,} bytes") from None
            raise Broken(f"breaks at character {fault.pos - at + 1}: {fault.msg.lower()}") from None
        except RecursionError:
            self._spent += HEADER
            raise Broken("is nested too deep") from None
        if end - at > self._most:
            raise Broken(f"is longer than {self._most:,} bytes")
        return end

    def _is_cut(self, fault: json.JSONDecodeError) -> bool:
        """Whether the text's end is what is wrong."""
        rest = self._text[fault.pos :].strip(_BLANK)
        return fault.msg.startswith("Unterminated") or any(word.startswith(rest) for word in _WORDS)

    def _list_begins(self, at: int) -> int:
        """Behind the bracket of the list of records that begins here, 0 where none does."""
        if self._text[at] == "[":
            begin, within = at + 1, ["["]
        else:
            try:
                begin, within = self._list_within(at)
            except More:
                raise More(at) from None
        if not begin or self._follows(at, begin) not in ("{", "]"):
            return 0
        self._within, self.opened = within, True
        return begin

    def _list_within(self, at: int) -> tuple[int, list[str]]:
        """Behind the bracket of the list that an object is about, and what stands around its records."""
        text, inside, here, within = self._text, "", at + 1, ["{"]
        end = min(len(text), at + HEADER)
        while (found := _KEY.match(text, here)) and found.end() < end:
            name, value = inside + found.group(1), text[found.end()]
            if name in self._lists and value == "[":
                return found.end() + 1, [*within, "["]
            if name in self._ways and value == "{":
                inside, here = name + ".", found.end() + 1
                within.append("{")
            elif found.group(1) in self._beside:
                here = self._member(found.end())
                if not here:
                    return 0, []
            else:
                return 0, []
        if not self._ended and len(text) - at <= HEADER and (found or len(text) - here <= _TAIL):
            raise More(at)
        return 0, []

    def _member(self, at: int) -> int:
        try:
            return self._value(at)
        except Broken:
            return 0

    def _follows(self, at: int, here: int) -> str:
        """The next character that is no blank. Errors: More, up to the bound of what stands around a list"""
        end = _blank_end(self._text, here, min(len(self._text), at + HEADER))
        if end == len(self._text) and not self._ended:
            raise More(at)
        return self._text[end : end + 1]

    def _around(self, at: int, rows: list[Row]) -> int:
        """Behind a list: the other members of its object, up to its end."""
        if self._text[at] == "}":
            self._within.pop()
            return at + 1
        found = _KEY.match(self._text, at)
        try:
            if found and found.end() < len(self._text):
                return self._value(found.end())
        except Broken:
            pass
        except More:
            raise More(at) from None
        if not self._ended and len(self._text) - at <= _TAIL:
            raise More(at)
        self._within.clear()
        return at if self._text[at] == "{" else self._plain(at, rows)

    def _beginnings(self, at: int) -> re.Pattern[str]:
        """Where another record may begin: with the same first key, as far indented, or in another document."""
        ways = self._ways_on(at) if self._spent <= _PATIENCE else []
        names = "|".join(sorted(re.escape(name.split(".")[0]) for name in self._lists))
        ways.append(rf'(?P<other>\{{[ \t\r\n]{{0,200}}"(?:{names})"[ \t\r\n]{{0,200}}:[ \t\r\n]{{0,200}}[\[{{])')
        return re.compile("|".join(ways))

    def _ways_on(self, at: int) -> list[str]:
        first = _FIRST.match(self._text, at)
        keys = dict.fromkeys([*([first.group(1)] if first else []), *self._keys])
        ways = [rf'\{{[ \t\r\n]{{0,200}}"{re.escape(key)}"[ \t\r\n]{{0,200}}:' for key in keys]
        feed = self._text.rfind("\n", 0, at)
        indent = self._text[feed + 1 : at] if feed >= 0 else self._before + self._text[:at]
        if not indent.strip(" \t") and len(indent) < _INDENT:
            ways.append(rf"(?<=\n){re.escape(indent)}(?=\{{)")
        return ways

    def _sought(self, at: int, rows: list[Row], seek: re.Pattern[str]) -> int:
        """Give up the text before the next beginning of a record, line by line."""
        found = seek.search(self._text, at + self._first)
        sure = found is not None or self._ended
        end = found.start() if found else len(self._text) - (0 if self._ended else _TAIL)
        while at < end:
            feed = self._text.find("\n", at, end)
            stop = feed if feed >= 0 else end
            begin = _blank_end(self._text, at, stop)
            if begin < stop and (self._first or self._line_at(begin) > self._claimed):
                if feed < 0 and not sure and stop - begin < SHOWN:
                    break
                rows.append(self._row(begin, min(stop, begin + SHOWN), self._fault))
                self._first = False
            at = stop + 1 if feed >= 0 else stop
        if not sure:
            raise More(at)
        self._seek = None
        if found and found.group("other"):
            self._within.clear()
        return at

    def _plain(self, at: int, rows: list[Row]) -> int:
        """A line of text that belongs to no document."""
        feed = self._text.find("\n", at)
        if feed < 0 and not self._ended and len(self._text) - at <= _LINE:
            raise More(at)
        end = feed if feed >= 0 else len(self._text)
        shown = min(end, at + _LINE)
        rows.append(self._row(at, shown - (self._text[shown - 1] == "\r" and shown - at > 1), ""))
        return end

    def _row(self, start: int, end: int, fault: str) -> Row:
        first = self._line_at(start)
        if first > self._claimed:
            self.continuations += self._open
            self.blank += first - self._claimed - 1
        last = self._line_at(end)
        self._open = int(last > first)
        self.continuations += max(0, last - first - 1)
        self._claimed = last
        return Row(start, end, first, fault)

    def _line_at(self, at: int) -> int:
        """Law: asked for places in rising order."""
        self.line += self._text.count("\n", self._counted, at)
        self._counted = at
        return self.line


def _dots(name: str) -> list[int]:
    return [at for at, code in enumerate(name) if code == "."]


def _blank_end(text: str, at: int, end: int | None = None) -> int:
    end = len(text) if end is None else end
    while at < end and text[at] in _BLANK:
        at += 1
    return at
