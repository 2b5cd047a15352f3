"""Key paths of JSON objects as one tree: what to decode, and where each value then stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Any

import polars as pl

FIRST = "0"  # a path part: the first item of an array
_MOST_SPELLINGS = 5  # parts; a longer path is read as written only nested or as one dotted key
_TEXT = pl.String()


@dataclass
class Node:
    """One place in an object.

    leaf  number of the path that ends here
    text  an object or array that stands here counts as JSON text, because no known path leads further
    kids  what may stand below it when it is an object
    item  what may stand below it when it is an array: its first item
    """

    leaf: int | None = None
    text: bool = False
    kids: dict[str, "Node"] = field(default_factory=dict)
    item: "Node | None" = None

    def grow(self, part: str) -> "Node":
        if part != FIRST:
            return self.kids.setdefault(part, Node())
        self.item = self.item or Node()
        return self.item


@dataclass(frozen=True)
class Plan:
    """Paths made ready to be read.

    paths      and marks, as they were asked for, none twice
    spellings  for each path the numbers of the leaves that may hold it, best first
    leaves     for each leaf the parts of its way
    texts      leaves where an object or array counts as JSON text
    keys       every key on any way
    """

    paths: tuple[str, ...]
    spellings: tuple[tuple[int, ...], ...]
    leaves: tuple[tuple[str, ...], ...]
    texts: frozenset[int]
    keys: frozenset[str]

    def tree(self, present: frozenset[str]) -> Node:
        """The tree of the leaves whose every key is in `present`; whoever asks for it leaves it as it is."""
        return _tree(self, present)


@lru_cache(maxsize=64)
def _tree(ready: Plan, present: frozenset[str]) -> Node:
    """Chunks of one log hold the same keys, mostly."""
    root = Node()
    known = present | {FIRST}
    for number, parts in enumerate(ready.leaves):
        if known.issuperset(parts):
            node = root
            for part in parts:
                node = node.grow(part)
            node.leaf, node.text = number, number in ready.texts
    return root


@lru_cache(maxsize=64)
def plan(paths: tuple[str, ...], marks: tuple[str, ...] = (), known: tuple[str, ...] = ()) -> Plan:
    """Every way the paths may be spelled: `a.b.c` is also {"a": {"b.c"}}, {"a.b": {"c"}} and {"a.b.c"}.

    In:  paths  read; an object or array that stands at one is read as JSON text, unless a known path leads further
         marks  read only where a scalar stands; they come behind the paths
         known  all paths there are, wanted now or not
    """
    leaves: dict[tuple[str, ...], int] = {}
    texts = {leaves.setdefault(s, len(leaves)) for path in paths for s in _spellings(path)}
    wanted = tuple(dict.fromkeys((*paths, *marks)))
    spellings = tuple(tuple(leaves.setdefault(s, len(leaves)) for s in _spellings(path)) for path in wanted)
    inner = {s[:end] for path in (*wanted, *known) for s in _spellings(path) for end in range(1, len(s))}
    keys = frozenset(part for parts in leaves for part in parts if part != FIRST)
    whole = frozenset(n for parts, n in leaves.items() if n in texts and parts not in inner)
    return Plan(wanted, spellings, tuple(leaves), whole, keys)


def _spellings(path: str) -> Iterator[tuple[str, ...]]:
    parts = path.split(".")
    if "" in parts:
        yield (path,)
        return
    if len(parts) > _MOST_SPELLINGS:
        yield tuple(parts)
        yield (path,)
        return
    seen = set()
    for joins in product((False, True), repeat=len(parts) - 1):
        spelled = [parts[0]]
        for join, part in zip(joins, parts[1:], strict=True):
            if join and FIRST not in (part, spelled[-1]):
                spelled[-1] += f".{part}"
            else:
                spelled.append(part)
        if tuple(spelled) not in seen:
            seen.add(tuple(spelled))
            yield tuple(spelled)


Shape = Mapping[int, str]  # id of a node -> text | object | array: what stands there


def schema(node: Node, shapes: Shape) -> pl.DataType:
    """The type to decode at a node.

    Law: decoding fails on a line where something else stands at a node of the tree than `shapes` says, null excepted;
         only where nothing is wanted of an array, a scalar passes as one
    """
    shape = shapes.get(id(node)) or usual(node)
    if shape == "text" and node.item and node.leaf is None:
        shape = "array"  # as which a scalar passes
    match shape:
        case "object":
            return pl.Struct({key: schema(kid, shapes) for key, kid in node.kids.items()})
        case "array":
            return pl.List(schema(node.item, shapes) if node.item else _TEXT)
    return _TEXT


def usual(node: Node) -> str:
    """What stands at a node when nothing is known."""
    if node.leaf is not None:
        return "text"
    return "array" if node.item and not node.kids else "object"


def places(node: Node, kind: pl.DataType, at: pl.Expr) -> Iterator[tuple[int, pl.Expr]]:
    """For each leaf that `kind` (made by `schema`) decodes: its number and the expression that takes it out."""
    if isinstance(kind, pl.Struct):
        for item in kind.fields:
            yield from places(node.kids[item.name], _instance(item.dtype), at.struct.field(item.name))
    elif isinstance(kind, pl.List):
        if node.item:
            yield from places(node.item, _instance(kind.inner), at.list.get(0, null_on_oob=True))
    elif node.leaf is not None:
        yield node.leaf, at


def _instance(kind: Any) -> pl.DataType:
    return kind() if isinstance(kind, type) else kind  # type: ignore[no-any-return]


def shape_of(value: Any) -> str | None:
    """The shape of a value that Python's json gave; null fits every shape."""
    if value is None:
        return None
    return "object" if isinstance(value, dict) else "array" if isinstance(value, list) else "text"


def shapes_in(node: Node, value: Any, found: dict[int, str]) -> dict[int, str]:
    """Note the shape of every node that stands in a parsed object."""
    shape = shape_of(value)
    if shape is None:
        return found
    found[id(node)] = shape
    if shape == "object":
        for key, inner in value.items():
            if key in node.kids:
                shapes_in(node.kids[key], inner, found)
    elif shape == "array" and node.item and value:
        shapes_in(node.item, value[0], found)
    return found


def leaves_in(node: Node, value: Any, found: dict[int, Any]) -> dict[int, Any]:
    """Note the value of every leaf that stands in a parsed object. A scalar in place of an array is its first item."""
    shape = shape_of(value)
    if shape == "object" and node.kids:
        for key, inner in value.items():
            if key in node.kids:
                leaves_in(node.kids[key], inner, found)
    elif shape == "array" and node.item:
        leaves_in(node.item, value[0] if value else None, found)
    elif shape == "text" and node.item and node.leaf is None:
        leaves_in(node.item, value, found)
    if node.leaf is not None and (shape == "text" or (shape is not None and node.text)):
        found[node.leaf] = value
    return found


def undecodable(node: Node, shapes: Shape) -> bool:
    """Whether something stands where no schema reads it: a container that counts as text, an array for a scalar."""
    shape = shapes.get(id(node))
    if node.leaf is not None and (shape == "array" or (shape == "object" and node.text)):
        return True
    below = [*node.kids.values(), *([node.item] if node.item else [])]
    return any(undecodable(kid, shapes) for kid in below)
