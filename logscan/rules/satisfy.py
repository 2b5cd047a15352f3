"""Whether anything can fulfil a condition, as far as its own items tell."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product
from typing import NamedTuple

from logscan.rules.tree import All, Column, Flag, Leaf, Never, Node, Not, Null, Number, Same, Some, Text, Words

_MOST = 512  # ways to fulfil a condition that are looked at; of one with more, nothing is said


class _Asked(NamedTuple):
    leaf: Leaf
    holds: bool


def impossible(node: Node) -> bool:
    """True when no row can match, whatever its values; false when that cannot be told."""
    ways = list(islice(_ways(node, holds=True), _MOST + 1))
    return len(ways) <= _MOST and all(_contradicts(way) for way in ways)


def _ways(node: Node, *, holds: bool) -> Iterator[tuple[_Asked, ...]]:
    """What must hold together, for each way to fulfil a condition (or its opposite)."""
    if isinstance(node, Not):
        yield from _ways(node.part, holds=not holds)
    elif isinstance(node, All | Some):
        if isinstance(node, All) == holds:
            for parts in product(*(list(islice(_ways(part, holds=holds), _MOST + 1)) for part in node.parts)):
                yield tuple(asked for part in parts for asked in part)
        else:
            for part in node.parts:
                yield from _ways(part, holds=holds)
    else:
        yield (_Asked(node, holds),)


def _contradicts(way: Sequence[_Asked]) -> bool:
    wanted = [asked.leaf for asked in way if asked.holds]
    refused = [asked.leaf for asked in way if not asked.holds]
    if any(isinstance(leaf, Never) or any(_within_it(leaf, other) for other in refused) for leaf in wanted):
        return True
    by: dict[Column, list[Leaf]] = {}
    for leaf in wanted:
        if not isinstance(leaf, Never):
            by.setdefault(leaf.column, []).append(leaf)
            if isinstance(leaf, Same):
                by.setdefault(leaf.other, []).append(leaf)
    return any(_apart(leaves) for leaves in by.values())


def _within_it(leaf: Leaf, other: Leaf) -> bool:
    """Whether what fulfils the one fulfils the other too, as far as their words tell."""
    if isinstance(leaf, Text) and isinstance(other, Text):
        same = leaf.column == other.column and leaf.cased == other.cased
        return same and set(leaf.words) <= set(other.words)
    if isinstance(leaf, Number) and isinstance(other, Number) and leaf.op == other.op == "eq":
        return leaf.column == other.column and set(leaf.values) <= set(other.values)
    return leaf == other


def _apart(leaves: Sequence[Leaf]) -> bool:
    """Whether tests of one column exclude each other."""
    nulls = [leaf for leaf in leaves if isinstance(leaf, Null)]
    if nulls and len(nulls) < len(leaves):
        return True
    flags = {leaf.value for leaf in leaves if isinstance(leaf, Flag)}
    numbers = [leaf for leaf in leaves if isinstance(leaf, Number)]
    texts = [leaf for leaf in leaves if isinstance(leaf, Text)]
    return len(flags) > 1 or _no_number(numbers) or _no_text(texts)


def _no_number(asked: Iterable[Number]) -> bool:
    low, high = (float("-inf"), True), (float("inf"), True)  # the second: the bound itself is allowed
    exact: set[float] | None = None
    for leaf in asked:
        if leaf.op == "eq":
            exact = set(leaf.values) if exact is None else exact & set(leaf.values)
        elif leaf.op in ("gt", "ge"):
            low = max(low, (leaf.values[0], leaf.op == "ge"), key=lambda bound: (bound[0], not bound[1]))
        else:
            high = min(high, (leaf.values[0], leaf.op == "le"), key=lambda bound: (bound[0], bound[1]))
    if exact is not None:
        return not any(_within(number, low, high) for number in exact)
    return low[0] > high[0] or (low[0] == high[0] and not (low[1] and high[1]))


def _within(number: float, low: tuple[float, bool], high: tuple[float, bool]) -> bool:
    above = number > low[0] or (number == low[0] and low[1])
    return above and (number < high[0] or (number == high[0] and high[1]))


def _no_text(asked: Sequence[Text]) -> bool:
    """Whether one of the whole texts that are asked for meets all the other tests; unknown without such."""
    whole = [leaf for leaf in asked if all(words.how == "equals" for words in leaf.words)]
    if not whole:
        return False
    first = whole[0]
    return not any(all(_meets(words.text, leaf) for leaf in asked) for words in first.words)


def _meets(text: str, leaf: Text) -> bool:
    value = text if leaf.cased else text.lower()
    return any(_holds(value, words) for words in leaf.words)


def _holds(value: str, words: Words) -> bool:
    tests = {
        "equals": value.lower() == words.text.lower(),
        "contains": words.text.lower() in value.lower(),
        "starts": value.lower().startswith(words.text.lower()),
        "ends": value.lower().endswith(words.text.lower()),
    }
    return tests.get(words.how, True)
