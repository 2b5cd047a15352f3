"""Which words of a line the rules of a finding look for: what is marked in its evidence."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from logscan.rules.evidence import spoken
from logscan.rules.load import Rule
from logscan.rules.regex import of_ascii
from logscan.rules.tree import Leaf, Number, Regex, Text

_LEAST = 3  # letters; shorter words stand in every line
_MOST = 200  # letters of one mark: what reaches farther is the line, not its words
_PART = 0.4  # of the longest words of a rule in the lines of a finding: shorter ones only say what a line is about
# Columns that hold what a line says. Level, program or file say where it stands, and not why it was refused.
_TELLING = frozenset(
    {"message", "error.message", "error.code", "error.type", "event.reason", "event.action", "event.original"}
    | {"logscan.challenge", "logscan.fields", "user_agent.original", "url.original", "url.path", "url.query"}
)
_WORD = 24  # letters by which a mark grows at most, to hold a word whole
_AROUND = frozenset(" \t\n\"'`:,;=|([{<>}])-")
_STATUS = "http.response.status_code"
Span = tuple[int, int]


class Part(NamedTuple):
    """A piece of a line. hit: a rule looks for it"""

    text: str
    hit: bool


def marked(asked: Sequence[tuple[Sequence[str], Sequence[Rule]]]) -> list[list[tuple[Part, ...]]]:
    """Cut lines at the words that rules on text look for.

    In:  for each finding its lines, as they are shown, and the rules whose words are marked in them
    Law: the parts of a line, put together, are the line; what stands under a `not` is not marked; a line without any
         words of its rules has their status marked
    """
    leaves = {rule.name: list(spoken(rule.tree)) for _, rules in asked for rule in rules}
    found = _found((text, leaves[rule.name]) for lines, rules in asked for rule in rules for text in lines)
    return [_cut(lines, [leaves[rule.name] for rule in rules], found) for lines, rules in asked]


def _found(asked: Iterable[tuple[str, Sequence[Leaf]]]) -> Mapping[tuple[str, str], str | None]:
    """What each pattern takes of each line: every pattern is asked once, by the engine that asked it before."""
    wanted: dict[str, dict[str, None]] = {}
    for text, leaves in asked:
        for leaf in leaves:
            if isinstance(leaf, Regex) and leaf.column.name in _TELLING:
                wanted.setdefault(leaf.pattern, {})[text] = None
    return {
        (pattern, text): taken
        for pattern, texts in wanted.items()
        for text, taken in zip(texts, pl.Series(list(texts)).str.extract(f"({of_ascii(pattern)})", 1), strict=True)
    }


def _cut(
    lines: Sequence[str], rules: Sequence[Sequence[Leaf]], found: Mapping[tuple[str, str], str | None]
) -> list[tuple[Part, ...]]:
    spans: list[list[Span]] = [[] for _ in lines]
    for leaves in rules:
        theirs = [list(_words(text, _lowered(text), leaves, found)) for text in lines]
        least = _PART * max((high - low for each in theirs for low, high in each), default=0)
        for kept, each in zip(spans, theirs, strict=True):
            kept += [span for span in each if span[1] - span[0] >= least]
    return [
        _parts(text, kept or [span for leaves in rules for span in _status(text, leaves)])
        for text, kept in zip(lines, spans, strict=True)
    ]


def _parts(text: str, spans: Sequence[Span]) -> tuple[Part, ...]:
    parts, at = [], 0
    for low, high in _merged(text, spans):
        parts += [Part(text[at:low], hit=False), Part(text[low:high], hit=True)]
        at = high
    return tuple(part for part in (*parts, Part(text[at:], hit=False)) if part.text)


def _words(
    text: str, small: str, leaves: Sequence[Leaf], found: Mapping[tuple[str, str], str | None]
) -> Iterator[Span]:
    for leaf in leaves:
        if isinstance(leaf, Text) and leaf.column.name in _TELLING:
            for _, wanted, literal in leaf.words:
                word = literal or wanted
                at = (text if leaf.cased else small).find(word)
                if len(word) >= _LEAST and at >= 0:
                    yield at, at + len(word)
        elif isinstance(leaf, Regex) and (taken := found.get((leaf.pattern, text))):
            at = text.find(taken)
            yield at, at + min(len(taken), _MOST)


def _lowered(text: str) -> str:
    """Lower case, letter for letter: some letters become two, and places would shift."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _status(text: str, leaves: Sequence[Leaf]) -> Iterator[Span]:
    for leaf in leaves:
        if isinstance(leaf, Number) and leaf.column.name == _STATUS and leaf.op == "eq":
            codes = "|".join(str(int(value)) for value in leaf.values)
            if found := re.search(rf"(?<![\w.:/-])(?:{codes})(?![\w.:/-])", text):
                yield found.span()


def _trimmed(text: str, span: Span) -> Span:
    """Whole words, without what only stands around them."""
    low, high = span
    while low > 0 and text[low - 1 : low + 1].isalpha() and span[0] - low < _WORD:
        low -= 1
    while high < len(text) and text[high - 1 : high + 1].isalpha() and high - span[1] < _WORD:
        high += 1
    while low < high and text[low] in _AROUND:
        low += 1
    while low < high and text[high - 1] in _AROUND:
        high -= 1
    return low, high


def _merged(text: str, spans: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for low, high in sorted(_trimmed(text, span) for span in spans):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        elif high > low:
            found.append((low, high))
    return found
