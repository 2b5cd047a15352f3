"""What columns surely hold where a rule matches."""

from collections.abc import Collection

from logscan.rules.literals import Each, Either, Held, held, plain
from logscan.rules.needs import literal_of
from logscan.rules.rare import number_in, text_in
from logscan.rules.tree import All, Node, Not, Null, Number, Regex, Some, Text, columns


def held_where(tree: Node, column: str, line: str) -> Held | None:
    """What stands in a line where the tree holds, and would not if one column, kept from the line, were empty.

    Out: None where there is no such row
    """
    if isinstance(tree, Not) or column not in columns(tree):
        return None
    if not isinstance(tree, All | Some):
        return _in_line(tree, line)
    read = tuple(part for part in (held_where(part, column, line) for part in tree.parts) if part is not None)
    if isinstance(tree, Some) or not read:
        return Either(read) if read else None
    return Each((*(_surely(part, column, line) for part in tree.parts), Either(read)))


def held_in(tree: Node, told: Collection[str], unread: Collection[str]) -> Held | None:
    """What stands in the columns that were read where the tree holds.

    In:  told: the columns that were read; unread: columns that may hold anything; all others are missing
    Out: None where the tree holds in no row
    """
    if isinstance(tree, Not):
        return ""
    if isinstance(tree, All | Some):
        found = [held_in(part, told, unread) for part in tree.parts]
        parts = tuple(part for part in found if part is not None)
        if isinstance(tree, All):
            return Each(parts) if len(parts) == len(found) else None
        return Either(parts) if parts else None
    if not columns(tree) <= {*told, *unread}:
        return "" if isinstance(tree, Null) else None
    return _in_column(tree) if columns(tree).isdisjoint(unread) else ""


def _surely(node: Node, column: str, line: str) -> Held:
    """What stands there wherever the node holds."""
    if isinstance(node, Not) or column not in columns(node):
        return ""
    if isinstance(node, All | Some):
        parts = tuple(_surely(part, column, line) for part in node.parts)
        return Each(parts) if isinstance(node, All) else Either(parts)
    return _in_line(node, line)


def _in_line(node: Node, line: str) -> Held:
    return _marked(plain(_texts(node)), line)


def _in_column(node: Node) -> Held:
    if isinstance(node, Number) and node.op == "eq" and not node.column.text:
        return Either(tuple(number_in(node.column.name, number) for number in node.values))
    return _marked(_texts(node), node.column.name) if isinstance(node, Text | Regex) and node.column.text else ""


def _texts(node: Node) -> Held:
    if isinstance(node, Regex):
        return held(node.pattern)
    if not isinstance(node, Text):
        return ""
    return Either(tuple(literal_of(word.literal, cased=node.cased) for word in node.words))


def _marked(node: Held, column: str) -> Held:
    if isinstance(node, str):
        return text_in(column, node)
    return type(node)(tuple(_marked(part, column) for part in node.parts))
