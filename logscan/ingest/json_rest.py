"""What a JSON line holds besides what has a column."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from logscan.ingest.json_paths import plan
from logscan.ingest.json_slow import BrokenError, parse_object, to_json, trimmed
from logscan.ingest.keyed import Group

Parts = tuple[str, ...]


def rest(line: str, groups: tuple[Group, ...]) -> str | None:
    """The object as JSON text without, for each column, the scalar that filled it; null when nothing is left."""
    try:
        value = parse_object(trimmed(line))
    except BrokenError:
        return None
    ranks, best = _ranks(groups), dict[int, tuple[int, Parts]]()
    for parts, scalar in _scalars(value, ()):
        for group, rank in ranks.get(parts, ()):
            usable = not groups[group].numeric or str(scalar).lstrip()[:1].isdigit()
            if usable and rank < best.get(group, (len(ranks) + 1, ()))[0]:
                best[group] = (rank, parts)
    for parts in {parts for _, parts in best.values()}:
        _remove(value, parts)
    return to_json(value) if value else None


@lru_cache(maxsize=64)
def _ranks(groups: tuple[Group, ...]) -> dict[Parts, list[tuple[int, int]]]:
    """For each way to a scalar the columns it may fill, and how well."""
    found: dict[Parts, list[tuple[int, int]]] = {}
    for number, group in enumerate(groups):
        spelled = plan(group.paths)
        for rank, leaf in enumerate(leaf for leaves in spelled.spellings for leaf in leaves):
            found.setdefault(spelled.leaves[leaf], []).append((number, rank))
    return found


def _scalars(value: dict[str, Any], above: Parts) -> Iterator[tuple[Parts, Any]]:
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
