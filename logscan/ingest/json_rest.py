"""What a JSON line holds besides what has a column."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from logscan.ingest.json_paths import plan
from logscan.ingest.json_slow import BrokenError, parse_object, to_json, trimmed
from logscan.ingest.keyed import Group

Parts = tuple[str, ...]
Shape = tuple[tuple[Parts, bool], ...]  # the ways to all scalars, and whether each begins with a digit


def rests(lines: Iterable[str], groups: tuple[Group, ...]) -> list[str | None]:
    """Of each line the object as JSON text without, for each column, the scalar that filled it; null when none is left.

    Lines that hold the same keys lose the same ones: which, is worked out once.
    """
    taken: dict[Shape, list[Parts]] = {}
    found: list[str | None] = []
    for line in lines:
        try:
            value = parse_object(trimmed(line))
        except BrokenError:
            found.append(None)
            continue
        shape = shape_of(value)
        if shape not in taken:
            taken[shape] = taken_of(shape, groups)
        for parts in taken[shape]:
            _remove(value, parts)
        found.append(to_json(value) if value else None)
    return found


def shape_of(value: Mapping[str, Any]) -> Shape:
    return tuple((parts, str(scalar).lstrip()[:1].isdigit()) for parts, scalar in _scalars(value, ()))


def taken_of(shape: Shape, groups: tuple[Group, ...]) -> list[Parts]:
    """The ways to the scalars that fill columns; a numeric column takes only what begins with a digit."""
    ranks = _ranks(groups)
    best = dict[int, tuple[int, Parts]]()
    for parts, digit in shape:
        for group, rank in ranks.get(parts, ()):
            if (digit or not groups[group].numeric) and rank < best.get(group, (len(ranks) + 1, ()))[0]:
                best[group] = (rank, parts)
    return sorted({parts for _, parts in best.values()})


def is_numeric(parts: Parts, groups: tuple[Group, ...]) -> bool:
    """Whether a column of numbers may be filled from there."""
    return any(groups[group].numeric for group, _ in _ranks(groups).get(parts, ()))


@lru_cache(maxsize=64)
def _ranks(groups: tuple[Group, ...]) -> dict[Parts, list[tuple[int, int]]]:
    """For each way to a scalar the columns it may fill, and how well."""
    found: dict[Parts, list[tuple[int, int]]] = {}
    for number, group in enumerate(groups):
        spelled = plan(group.paths)
        for rank, leaf in enumerate(leaf for leaves in spelled.spellings for leaf in leaves):
            found.setdefault(spelled.leaves[leaf], []).append((number, rank))
    return found


def _scalars(value: Mapping[str, Any], above: Parts) -> Iterator[tuple[Parts, Any]]:
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from _scalars(inner, (*above, key))
        elif inner is not None and not isinstance(inner, list):
            yield (*above, key), inner


def _remove(value: dict[str, Any], parts: Parts) -> None:
    """Remove a scalar and the objects that are empty then."""
    key, below = parts[0], parts[1:]
    if below:
        _remove(value[key], below)
    if not below or not value[key]:
        del value[key]
