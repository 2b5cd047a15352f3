"""Where in a JSON document a list of records begins, and what stands around it."""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from logscan.ingest.json_value import HEADER, Broken, More, Values, blank_end

TAIL = 4 << 10  # characters at the end of a piece in which a record's beginning may be cut
KEY = re.compile(r'[ \t\r\n,]*"((?:[^"\\]|\\.){0,200})"[ \t\r\n]*:[ \t\r\n]*', re.DOTALL)


class Level(NamedTuple):
    """A list of records, or an object around one.

    kind    [ or {
    name    of a list: the way to it
    around  of a list of rows: the members that its rows share, as JSON text; None: rows stand for themselves
    """

    kind: str
    name: str = ""
    around: str | None = None


class Text(NamedTuple):
    text: str
    ended: bool


class Lists:
    """Knows lists by their names.

    In: lists   ways to lists of objects; a dot stands for an object within
        rows    ways to lists whose items share what stands around them, or are arrays; `[]` stands for any item
        beside  what may stand before a list of `lists` in its object; before one of `rows` anything may
    """

    def __init__(self, lists: Sequence[str], rows: Collection[str], beside: Sequence[str]) -> None:
        self._outer = {name[: at.start()] for name in rows for at in re.finditer(r"\[\]", name)}
        self._lists, self._rows, self._beside = (
            frozenset({*lists, *rows, *self._outer}),
            frozenset(rows),
            frozenset(beside),
        )
        self._ways = frozenset(name[: at.start()] for name in self._lists for at in re.finditer(r"\.", name))
        self.first_keys = sorted({re.split(r"[.\[]", name)[0] for name in self._lists})

    def begins(self, text: Text, at: int, values: Values) -> tuple[int, list[Level]]:
        """Behind the bracket of the list of records that begins here, and the levels down to it; 0 where none does."""
        if text.text[at] == "[":
            begin, within = at + 1, [Level("[")]
        else:
            begin, within = self._within(text, at, values, None)
        if not begin or _follows(text, at, begin) not in self._items(within[-1]):
            return 0, []
        return begin, within

    def below(self, text: Text, at: int, values: Values, above: Sequence[Level]) -> tuple[int, list[Level]]:
        """The same of a list within an item of a list, which begins here."""
        if not above or above[-1].name not in self._outer:
            return 0, []
        begin, within = self._within(text, at, values, above[-1])
        return (begin, within) if begin else (0, [])

    def _items(self, level: Level) -> tuple[str, ...]:
        return ("{", "]", "[") if level.name in self._rows else ("{", "]")

    def _within(self, whole: Text, at: int, values: Values, above: Level | None) -> tuple[int, list[Level]]:
        text, here, within = whole.text, at + 1, [Level("{")]
        inside = f"{above.name}[]." if above else ""
        shared = [above.around] if above and above.around else []
        end = min(len(text), at + HEADER)
        try:
            while (found := KEY.match(text, here)) and found.end() < end:
                name, value = inside + found.group(1), text[found.end()]
                if name in self._lists and value == "[":
                    around = ",".join(shared) if above or name in self._rows else None
                    return found.end() + 1, [*within, Level("[", name, around)]
                if name in self._ways and value == "{":
                    inside, here = name + ".", found.end() + 1
                    within.append(Level("{"))
                elif above or found.group(1) in self._beside:
                    here = values.end(text, found.end(), ended=whole.ended)
                    if above:
                        shared.append(text[found.start() : here].lstrip(" \t\r\n,"))
                else:
                    return 0, []
        except More:
            raise More(at) from None
        except Broken:
            return 0, []
        if not whole.ended and len(text) - at <= HEADER and (found or len(text) - here <= TAIL):
            raise More(at)
        return 0, []


def _follows(text: Text, at: int, here: int) -> str:
    """The next character that is no blank. Errors: More, up to the bound of what stands around a list"""
    end = blank_end(text.text, here, min(len(text.text), at + HEADER))
    if end == len(text.text) and not text.ended:
        raise More(at)
    return text.text[end : end + 1]
