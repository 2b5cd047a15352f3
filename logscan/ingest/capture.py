"""Named groups of a Rust regex: which there are, and the same regex with only some of them."""

import re
from collections.abc import Set as AbstractSet

_TOKEN = re.compile(r"\\.|\(\?P?<(?P<name>[A-Za-z_][A-Za-z0-9_.\[\]]*)>|\[\^?\]?|\]", re.DOTALL)


def captures(pattern: str) -> tuple[str, ...]:
    """The names of the named groups, in their order."""
    return tuple(name for name, _, _ in _groups(pattern))


def narrowed(pattern: str, keep: AbstractSet[str]) -> str:
    """The same regex with every named group that is not in `keep` made non-capturing.

    Law: matches the same texts, and the kept groups hold the same spans
    """
    parts, done = [], 0
    for name, start, end in _groups(pattern):
        if name not in keep:
            parts += [pattern[done:start], "(?:"]
            done = end
    return "".join([*parts, pattern[done:]])


def _groups(pattern: str) -> list[tuple[str, int, int]]:
    found, depth = [], 0
    for token in _TOKEN.finditer(pattern):
        text = token.group()
        if text.startswith("["):
            depth += 1
        elif text == "]":
            depth = max(0, depth - 1)
        elif depth == 0 and token["name"]:
            found.append((token["name"], token.start(), token.end()))
    return found
