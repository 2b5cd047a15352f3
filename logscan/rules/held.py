"""What a column surely holds where a rule matches by it."""

from logscan.rules.literals import Each, Either, Held, held
from logscan.rules.tree import All, Node, Not, Regex, Some, Text, columns


def held_where(tree: Node, column: str) -> Held | None:
    """What stands in the lower case of a column where the tree holds and would not if the column were empty.

    Out: None where there is no such row
    """
    if isinstance(tree, Not) or column not in columns(tree):
        return None
    if not isinstance(tree, All | Some):
        return _leaf(tree)
    read = tuple(part for part in (held_where(part, column) for part in tree.parts) if part is not None)
    if isinstance(tree, Some) or not read:
        return Either(read) if read else None
    return Each((*(_surely(part, column) for part in tree.parts), Either(read)))


def _surely(node: Node, column: str) -> Held:
    """What stands there wherever the node holds."""
    if isinstance(node, Not) or column not in columns(node):
        return ""
    if isinstance(node, All | Some):
        parts = tuple(_surely(part, column) for part in node.parts)
        return Each(parts) if isinstance(node, All) else Either(parts)
    return _leaf(node)


def _leaf(node: Node) -> Held:
    if isinstance(node, Regex):
        return held(node.pattern)
    return Either(tuple(word.literal for word in node.words)) if isinstance(node, Text) else ""
