"""Texts of which every match of a regular expression holds one, so that most lines need not be tried at all.

Source: https://docs.rs/regex/latest/regex/#syntax; whatever is not surely understood gives None, never a guess
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

# Without regard to case `s` is also the long s, and the lower case of that is not `s`: it is one more text to look for.
LONG_S = "\u017f"
_ZERO_WIDTH = frozenset("bBAz")
_CLASSES = frozenset("dDwWsS")
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_QUANTIFIER = re.compile(r"\*|\+|\?|\{(\d+)(?:,\d*)?\}")
_GROUP = re.compile(r"\((?:\?(?:P?<\w+>|(?P<flags>[ims]*):))?")
_FLAGS = re.compile(r"\(\?([ims]+)\)")
_LITERAL_ESCAPE = re.compile(r"\\x([0-7][0-9A-Fa-f])|\\([!-/:-@\[-`{-~])")
# Letters that stand for themselves alone, whatever follows; the last of several may be repeated.
_PLAIN = re.compile(r"[^\\.+*?()|\[\]{}^$]+(?![*+?{])")
_UNSURE = re.compile(r"[^\x00-\x7f]")  # letters whose lower case may depend on others
_ALIKE = re.compile(r"[0-9a-z_ .:,/!-]+|[^\x00-\x7f]+")  # what a line and its fields write alike
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\[\]\\])*\]", re.DOTALL)


class _UnknownError(ValueError):
    """Syntax that is not understood here."""


@lru_cache(maxsize=4096)
def required_literals(pattern: str) -> frozenset[str] | None:
    """Texts in lower case; the lower case of whatever the pattern matches holds at least one. None: not known."""
    try:
        reader = _Reader(pattern)
        found = reader.whole()
    except _UnknownError:
        return None
    if found and reader.any_case and any("s" in text for text in found):
        found.append(LONG_S)
    return frozenset(found) if found else None


def plain(texts: Iterable[str]) -> tuple[str, ...]:
    """The longest part of each text that a line and its fields write alike; none when one of them has no such part."""
    found = {max(_ALIKE.findall(text), key=len, default="") for text in texts}
    return () if "" in found else tuple(sorted(found))


@dataclass
class _Branch:
    """What one branch of an alternation surely holds: the best set of texts so far, and the text that is growing."""

    best: Sequence[str] = ()
    text: str = field(default="")

    def offer(self, texts: Sequence[str]) -> None:
        self.cut()
        self._better(texts)

    def add(self, text: str) -> None:
        for index, part in enumerate(_UNSURE.split(text)):
            if index:
                self.cut()
            self.text += part.lower()

    def cut(self) -> None:
        self._better([self.text] if self.text else [])
        self.text = ""

    def _better(self, texts: Sequence[str]) -> None:
        if texts and (not self.best or min(map(len, texts)) > min(map(len, self.best))):
            self.best = texts


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern, self.at, self.any_case = pattern, 0, False
        while found := _FLAGS.match(pattern, self.at):
            self.any_case |= "i" in found[1]
            self.at = found.end()

    def whole(self) -> list[str]:
        found = self._alternation()
        if self.at < len(self.pattern):
            raise _UnknownError
        return found

    def _alternation(self) -> list[str]:
        """One text of the list is there; empty: nothing is known."""
        branches = [self._branch()]
        while self._take("|"):
            branches.append(self._branch())
        return [text for branch in branches for text in branch] if all(branches) else []

    def _branch(self) -> Sequence[str]:
        branch = _Branch()
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            if plain := _PLAIN.match(self.pattern, self.at):
                self.at = plain.end()
                branch.add(plain[0])
                continue
            group = self._group() if self.pattern[self.at] == "(" else None
            letter = self._letter() if group is None else ""
            least, exact = self._repeats()
            if letter and least:
                branch.add(letter)
            else:
                branch.offer(group if group and least else [])
            if not exact:
                branch.cut()
        branch.cut()
        return branch.best

    def _group(self) -> Sequence[str]:
        found = _GROUP.match(self.pattern, self.at)
        if not found or self.pattern.startswith("?", found.end()):
            raise _UnknownError
        self.at = found.end()
        self.any_case |= "i" in (found["flags"] or "")
        texts = self._alternation()
        if not self._take(")"):
            raise _UnknownError
        return texts

    def _letter(self) -> str:
        """A letter that stands for itself; empty for what may be anything."""
        char = self.pattern[self.at]
        if char == "\\":
            return self._escape()
        if char == "[":
            if not (found := _CLASS.match(self.pattern, self.at)):
                raise _UnknownError
            self.at = found.end()
            return ""
        self.at += 1
        if char in "*+?{}]":
            raise _UnknownError
        return "" if char in ".^$" else char

    def _escape(self) -> str:
        if found := _LITERAL_ESCAPE.match(self.pattern, self.at):
            self.at = found.end()
            return chr(int(found[1], 16)) if found[1] else found[2]
        letter = self.pattern[self.at + 1 : self.at + 2]
        self.at += 2
        boundary_name = letter == "b" and self.pattern.startswith("{", self.at)
        if not letter or boundary_name or letter not in _CLASSES | _ZERO_WIDTH | set(_CONTROLS):
            raise _UnknownError
        return _CONTROLS.get(letter, "")

    def _repeats(self) -> tuple[int, bool]:
        """At least how often the letter or group stands there (0: perhaps not at all), and whether exactly once."""
        least, exact = 1, True
        while found := _QUANTIFIER.match(self.pattern, self.at):
            least = min(least, 0 if found[0] in "*?" else int(found[1] or 1))
            exact, self.at = False, found.end()
            self._take("?")
        return least, exact

    def _take(self, char: str) -> bool:
        found = self.pattern.startswith(char, self.at)
        self.at += found
        return found
