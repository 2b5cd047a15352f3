"""On which lines records stand, and what becomes of the other lines."""

_INDENT = 200  # characters of a line's beginning that are kept


class RecordLines:
    """Counts the lines of a text that comes in pieces.

    line                   1-based, of the place that was asked for last
    continuations, blank   lines on which a row goes on; lines on which none stands
    claimed                last line that a row has
    Law: places are asked for in rising order; every line is one on which a row begins, a continuation or blank
    """

    def __init__(self, first: int = 1) -> None:
        self.line, self.claimed = first, first - 1
        self.continuations = self.blank = 0
        self._open = 0  # 1: the last line of a row, on which another one may still begin, is not yet counted
        self._text, self._counted, self._before = "", 0, ""

    def begin(self, text: str) -> None:
        """A text that begins where the last one was left."""
        self._text, self._counted = text, 0

    def leave(self, at: int, *, ended: bool) -> None:
        """The text was read so far; `ended`: to the end of all, or of a line on which no row goes on."""
        self.at(at)
        self._before = self.indent(at)
        if ended:
            total = self.line - 1 + bool(self._before)
            self.continuations += self._open
            self.blank += max(0, total - self.claimed)
            self.claimed = max(self.claimed, total)
            self._open = 0

    def indent(self, at: int) -> str:
        """What stands before a place on its line, so far as it is kept."""
        feed = self._text.rfind("\n", 0, at)
        return self._text[feed + 1 : at][:_INDENT] if feed >= 0 else (self._before + self._text[:at])[:_INDENT]

    def row(self, start: int, end: int) -> int:
        """The line on which a row begins that stands there."""
        first = self.at(start)
        if first > self.claimed:
            self.continuations += self._open
            self.blank += first - self.claimed - 1
        last = self.at(end)
        self._open = int(last > first)
        self.continuations += max(0, last - first - 1)
        self.claimed = last
        return first

    def at(self, at: int) -> int:
        self.line += self._text.count("\n", self._counted, at)
        self._counted = at
        return self.line
