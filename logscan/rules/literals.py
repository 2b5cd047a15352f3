"""Texts of which every match of a regular expression holds one, so that most lines need not be tried at all.

Source: https://docs.rs/regex/latest/regex/#syntax; whatever is not surely understood gives None, never a guess
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

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


class Each(NamedTuple):
    """All of these are there."""

    parts: tuple["Held", ...]


class Either(NamedTuple):
    """One of these is there."""

    parts: tuple["Held", ...]


Held = str | Each | Either  # what surely stands in a text, in lower case; the empty text: nothing is known


@lru_cache(maxsize=4096)
def required_literals(pattern: str) -> frozenset[str] | None:
    """Texts in lower case; the lower case of whatever the pattern matches holds at least one. None: not known."""
    return chosen(held(pattern), lambda texts: -min(len(text) for text in texts if text != LONG_S))


def held(pattern: str) -> Held:
    """What the lower case of whatever the pattern matches holds."""
    try:
        reader = _Reader(pattern)
        found = reader.whole()
    except _UnknownError:
        return ""
    return _with_long_s(found) if reader.any_case else found


def chosen(node: Held, cost: Callable[[frozenset[str]], Any]) -> frozenset[str] | None:
    """Texts of which one is there: of all that stand there together, those that cost least. None: not known."""
    if isinstance(node, str):
        return frozenset({node}) if node else None
    found = [chosen(part, cost) for part in node.parts]
    known = [texts for texts in found if texts]
    if isinstance(node, Each):
        return min(known, key=cost, default=None)
    return frozenset().union(*known) if found and len(known) == len(found) else None


def texts_of(node: Held) -> frozenset[str]:
    if isinstance(node, str):
        return frozenset({node})
    return frozenset().union(*map(texts_of, node.parts))


def _with_long_s(node: Held) -> Held:
    if not isinstance(node, str):
        return type(node)(tuple(map(_with_long_s, node.parts)))
    return Either((node, LONG_S)) if "s" in node else node


def plain(node: Held) -> Held:
    """The longest part of each text that a line and its fields write alike."""
    if isinstance(node, str):
        return max(_ALIKE.findall(node), key=len, default="")
    parts = tuple(dict.fromkeys(map(plain, node.parts)))
    if len(parts) == 1:
        return parts[0]
    return type(node)(tuple(part for part in parts if part) if isinstance(node, Each) else parts)


@dataclass
class _Branch:
    """What one branch of an alternation surely holds, and the text that is growing."""

    parts: list[Held] = field(default_factory=list)
    text: str = field(default="")

    def offer(self, part: Held) -> None:
        self.cut()
        self.parts.append(part)

    def add(self, text: str) -> None:
        for index, part in enumerate(_UNSURE.split(text)):
            if index:
                self.cut()
            self.text += part.lower()

    def cut(self) -> None:
        if self.text:
            self.parts.append(self.text)
        self.text = ""


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern, self.at, self.any_case = pattern, 0, False
        while found := _FLAGS.match(pattern, self.at):
            self.any_case |= "i" in found[1]
            self.at = found.end()

    def whole(self) -> Held:
        found = self._alternation()
        if self.at < len(self.pattern):
            raise _UnknownError
        return found

    def _alternation(self) -> Held:
        branches = [self._branch()]
        while self._take("|"):
            branches.append(self._branch())
        return Either(tuple(branches)) if len(branches) > 1 else branches[0]

    def _branch(self) -> Held:
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
                branch.offer(group if group and least else "")
            if not exact:
                branch.cut()
        branch.cut()
        parts = tuple(part for part in branch.parts if part)
        return parts[0] if len(parts) == 1 else Each(parts)

    def _group(self) -> Held:
        found = _GROUP.match(self.pattern, self.at)
        if not found or self.pattern.startswith("?", found.end()):
            raise _UnknownError
        self.at = found.end()
        self.any_case |= "i" in (found["flags"] or "")
        inner = self._alternation()
        if not self._take(")"):
            raise _UnknownError
        return inner

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
