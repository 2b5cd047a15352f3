"""Texts of which every match of a regular expression holds one, so that most lines need not be tried at all.

Source: https://docs.rs/regex/latest/regex/#syntax; whatever is not surely understood gives None, never a guess
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_ZERO_WIDTH = frozenset("bBAz")
_CLASSES = frozenset("dDwWsS")
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_QUANTIFIER = re.compile(r"\*|\+|\?|\{(\d+)(?:,\d*)?\}")
_GROUP = re.compile(r"\((?:\?(?:P?<\w+>|(?P<flags>[ims]*):))?")
_FLAGS = re.compile(r"\(\?([ims]+)\)")
_LITERAL_ESCAPE = re.compile(r"\\x([0-7][0-9A-Fa-f])|\\([!-/:-@\[-`{-~])")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\[\]\\])*\]", re.DOTALL)


class _UnknownError(ValueError):
    """Syntax that is not understood here."""


def required_literals(pattern: str) -> frozenset[str] | None:
    """Texts in lower case; the lower case of whatever the pattern matches holds at least one. None: not known."""
    try:
        found = _Reader(pattern).alternatives()
    except _UnknownError:
        return None
    return frozenset(found) if found else None


@dataclass
class _Branch:
    """What one branch of an alternation surely holds: the best set of texts so far, and the text that is growing."""

    best: Sequence[str] = ()
    text: str = field(default="")

    def offer(self, texts: Sequence[str]) -> None:
        if texts and (not self.best or min(map(len, texts)) > min(map(len, self.best))):
            self.best = texts

    def cut(self) -> None:
        self.offer([self.text] if self.text else [])
        self.text = ""


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern, self.at = pattern, 0
        self.any_case = False
        while found := _FLAGS.match(pattern, self.at):
            self.any_case |= "i" in found[1]
            self.at = found.end()

    def alternatives(self) -> list[str]:
        found = self._alternation(self.any_case)
        if self.at < len(self.pattern):
            raise _UnknownError
        return found

    def _alternation(self, any_case: bool) -> list[str]:  # noqa: FBT001 (a flag of the grammar)
        """One text of the list is there; empty: nothing is known."""
        branches = [self._branch(any_case)]
        while self._take("|"):
            branches.append(self._branch(any_case))
        return [text for branch in branches for text in branch] if all(branches) else []

    def _branch(self, any_case: bool) -> Sequence[str]:  # noqa: FBT001
        branch = _Branch()
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            atom = self._atom(any_case)
            least, exact = self._repeats()
            if not least:
                branch.cut()
            elif isinstance(atom, str):
                branch.text += atom
                if not exact:
                    branch.cut()
            else:
                branch.cut()
                branch.offer(atom)
        branch.cut()
        return branch.best

    def _atom(self, any_case: bool) -> str | Sequence[str]:  # noqa: FBT001
        """A literal character, or texts of which one is there: none for what may be anything."""
        char = self.pattern[self.at]
        if char == "(":
            return self._group(any_case)
        if char == "[":
            return self._skip(_CLASS)
        if char == "\\":
            return self._escape(any_case)
        self.at += 1
        if char in ".^$":
            return ()
        if char in "*+?{}]":
            raise _UnknownError
        return _letter(char, any_case)

    def _group(self, any_case: bool) -> Sequence[str]:  # noqa: FBT001
        found = _GROUP.match(self.pattern, self.at)
        if not found or self.pattern.startswith("?", found.end()):
            raise _UnknownError
        self.at = found.end()
        texts = self._alternation(any_case or "i" in (found["flags"] or ""))
        if not self._take(")"):
            raise _UnknownError
        return texts

    def _escape(self, any_case: bool) -> str | Sequence[str]:  # noqa: FBT001
        if found := _LITERAL_ESCAPE.match(self.pattern, self.at):
            self.at = found.end()
            return _letter(chr(int(found[1], 16)) if found[1] else found[2], any_case)
        letter = self.pattern[self.at + 1 : self.at + 2]
        self.at += 2
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if (
            not letter
            or letter not in _CLASSES | _ZERO_WIDTH
            or (letter == "b" and self.pattern.startswith("{", self.at))
        ):
            raise _UnknownError
        return ()

    def _repeats(self) -> tuple[int, bool]:
        """At least how often the atom stands there (0: perhaps not at all), and whether exactly once."""
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

    def _skip(self, syntax: re.Pattern[str]) -> Sequence[str]:
        found = syntax.match(self.pattern, self.at)
        if not found:
            raise _UnknownError
        self.at = found.end()
        return ()


def _letter(char: str, any_case: bool) -> str | Sequence[str]:  # noqa: FBT001
    """Without regard to case `s` is also the long s, whose lower case is not `s`; other alphabets have more such."""
    return () if not char.isascii() or (any_case and char in "sS") else char.lower()
