"""Finds the records of JSON documents in text that comes in pieces: arrays, lists in an object, objects in a row."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from logscan.ingest.json_value import Broken, More, Values, blank_end
from logscan.ingest.record_lines import RecordLines
from logscan.ingest.record_lists import KEY, TAIL, Level, Lists, Text
from logscan.ingest.unfold import Shared

SHOWN = 1 << 10  # characters of a broken record's line that are kept
MOST_ROWS = 1 << 18  # found at once: very short records cost more than their bytes
_LINE = 1 << 20  # characters of a line of text between documents that are kept
_GAP = re.compile("[ \t\r\n,\x1e\xef\xbb\xbf]*")  # with the bytes of a byte order mark
_FIRST = re.compile(r'\{[ \t\r\n]{0,200}"((?:[^"\\]|\\.){0,200})"[ \t\r\n]*:', re.DOTALL)
_INDENT = 200
_PATIENCE = 8 << 20  # characters of broken records in a row; beyond, only another document is looked for


class Row(NamedTuple):
    """start, end: characters of the piece; fault: why it cannot be read, else empty; list, around: see Level."""

    start: int
    end: int
    line: int
    fault: str
    list: str = ""
    around: str | None = None


class Splitter:
    """Reads pieces of text, one byte a character (Latin-1), and tells where records stand.

    In:    see Lists
    Law:   rows do not depend on how the text is cut into pieces; what is no blank, comma or part of what surrounds a
           list belongs to a row; the lines of the text are rows, continuations and blank, but that a row which begins
           on a line where another one began counts as one more line
    Units: most, characters a record may have
    """

    def __init__(
        self, lists: Sequence[str], beside: Sequence[str], most: int, rows: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._lists, self._values, self._names = Lists(lists, rows or {}, beside), Values(most), rows or {}
        self._last: tuple[str, str | None, Shared | None] = ("", None, None)
        self._within: list[Level] = []
        self._seek: re.Pattern[str] | None = None  # a record broke: where the next one may begin
        self._fault, self._first = "", False  # of the broken record; its first line has no row yet
        self._keys: list[str] = []  # first keys of the last whole record
        self._text, self._ended = "", False
        self.lines = RecordLines()
        self.opened = False  # a list of records was found

    def feed(self, text: str, *, ended: bool) -> tuple[list[Row], int]:
        """The rows that are whole in a text that begins where the last one was left, and how far it was read.

        Out: at most MOST_ROWS; where so many are found the rest is left to be fed again
        """
        self._text, self._ended = text, ended
        self.lines.begin(text)
        rows: list[Row] = []
        at = 0
        try:
            while at < len(text) and len(rows) < MOST_ROWS:
                at = self._next(at, rows)
        except More as stop:
            at = int(stop.args[0])
        self.lines.leave(at, ended=ended and at == len(text))
        return rows, at

    def shared(self, row: Row) -> Shared | None:
        """What a row has in common with its neighbours: one for all of them."""
        name, around, shared = self._last
        if row.around is None:
            return None
        if row.list != name or row.around != around:
            text = row.around.encode("latin-1").decode("utf-8", "backslashreplace")
            shared = Shared(text, tuple(self._names.get(row.list, ())))
            self._last = (row.list, row.around, shared)
        return shared

    def _next(self, at: int, rows: list[Row]) -> int:
        """One step: how far the text was understood. Errors: More, with the place to go on from."""
        if self._seek:
            return self._sought(at, rows, self._seek)
        gap = _GAP.match(self._text, at)
        at = gap.end() if gap else at
        if at == len(self._text):
            raise More(at)
        code, kind = self._text[at], self._within[-1].kind if self._within else ""
        if kind == "{":
            return self._around(at, rows)
        if code in "]}":
            if kind and code == "]":
                self._within.pop()
            return at + 1
        if code == "{" or (code == "[" and not kind):
            begin = self._opens(at)
            if begin:
                return begin
        if code == "{" or kind:
            return self._record(at, rows)
        return self._plain(at, rows)

    def _opens(self, at: int) -> int:
        """Behind the bracket of the list that begins here, 0 where none does."""
        whole = Text(self._text, self._ended)
        if self._within:
            begin, levels = self._lists.below(whole, at, self._values, self._within)
        else:
            begin, levels = self._lists.begins(whole, at, self._values)
        self._within += levels
        self.opened |= bool(begin)
        return begin

    def _record(self, at: int, rows: list[Row]) -> int:
        level = self._within[-1] if self._within else Level("[")
        try:
            end = self._item(at, level)
        except Broken as fault:
            self._fault = f"the JSON record {fault}"
            self._seek, self._first = self._beginnings(at), True
            return self._sought(at, rows, self._seek)
        first = _FIRST.match(self._text, at)
        self._keys, self._values.spent = [first.group(1)] if first else [], 0
        rows.append(self._row(at, end, "", level))
        return end

    def _item(self, at: int, level: Level) -> int:
        if self._text[at] != "{" and (self._text[at] != "[" or level.around is None):
            raise Broken("is not an object")
        return self._values.end(self._text, at, ended=self._ended)

    def _around(self, at: int, rows: list[Row]) -> int:
        """Behind a list: the other members of its object, up to its end."""
        if self._text[at] == "}":
            self._within.pop()
            return at + 1
        found = KEY.match(self._text, at)
        try:
            if found and found.end() < len(self._text):
                return self._values.end(self._text, found.end(), ended=self._ended)
        except Broken:
            pass
        except More:
            raise More(at) from None
        if not self._ended and len(self._text) - at <= TAIL:
            raise More(at)
        self._within.clear()
        return at if self._text[at] == "{" else self._plain(at, rows)

    def _beginnings(self, at: int) -> re.Pattern[str]:
        """Where another record may begin: with the same first key, as far indented, or in another document."""
        ways = self._ways_on(at) if self._values.spent <= _PATIENCE else []
        names = "|".join(map(re.escape, self._lists.first_keys))
        ways.append(rf'(?P<other>\{{[ \t\r\n]{{0,200}}"(?:{names})"[ \t\r\n]{{0,200}}:[ \t\r\n]{{0,200}}[\[{{])')
        return re.compile("|".join(ways))

    def _ways_on(self, at: int) -> list[str]:
        first = _FIRST.match(self._text, at)
        keys = dict.fromkeys([*([first.group(1)] if first else []), *self._keys])
        ways = [rf'\{{[ \t\r\n]{{0,200}}"{re.escape(key)}"[ \t\r\n]{{0,200}}:' for key in keys]
        indent = self.lines.indent(at)
        if not indent.strip(" \t") and len(indent) < _INDENT:
            ways.append(rf"(?<=\n){re.escape(indent)}(?=\{{)")
        return ways

    def _sought(self, at: int, rows: list[Row], seek: re.Pattern[str]) -> int:
        """Give up the text before the next beginning of a record, line by line."""
        found = seek.search(self._text, at + self._first)
        sure = found is not None or self._ended
        end = found.start() if found else len(self._text) - (0 if self._ended else TAIL)
        while at < end:
            feed = self._text.find("\n", at, end)
            stop = feed if feed >= 0 else end
            begin = blank_end(self._text, at, stop)
            if begin < stop and (self._first or self.lines.at(begin) > self.lines.claimed):
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

    def _row(self, start: int, end: int, fault: str, level: Level | None = None) -> Row:
        name, around = (level.name, level.around) if level else ("", None)
        return Row(start, end, self.lines.row(start, end), fault, name, around)
