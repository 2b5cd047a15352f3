"""A YAML file whose every key knows its line, so that a fault can name its place."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from logscan.model.errors import LogscanError, RuleError, Where

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STRING = "tag:yaml.org,2002:str"  # most scalars: nothing to construct


@dataclass(frozen=True)
class Document:
    """One YAML document.

    value   plain Python (dict, list, str, int, float, bool, None, date)
    lines   dotted key -> 1-based line, list items as numbers: `logscan.hits.0`
    """

    path: str
    value: Any
    lines: Mapping[str, int] = field(repr=False)
    text: str = field(repr=False)

    def where(self, key: str = "") -> Where:
        """The place of a dotted key, or of its nearest parent that stands in the file."""
        look = key
        while look and look not in self.lines:
            look = look.rpartition(".")[0]
        return Where(self.path, self.lines.get(look) or min(self.lines.values(), default=1), key)


def read_document(path: Path, *, shown: str = "", error: type[LogscanError] = RuleError) -> Document:
    """Read one YAML file that holds one document.

    Errors: `error` when the file cannot be read, is not UTF-8, is not YAML, holds more than one document or aliases,
            or repeats a key; its place is the line of the fault
    """
    name = shown or str(path)
    return parse_document(_text(path, name, error), name, error=error)


def read_documents(path: Path) -> list[Document]:
    """All documents of one YAML file; empty ones are left out, unless there is no other.

    Out:    the text of each begins with an empty line for every line above it, so that its lines are those of the file
    Errors: as `read_document`
    """
    text, name = _text(path, str(path), RuleError), str(path)
    if "\n---" not in text:
        return [parse_document(text, name)]
    lines = text.splitlines(keepends=True)
    begins = [0, *(at for at, line in enumerate(lines) if line.startswith("---") and not line[3:4].strip()), len(lines)]
    parts = ["\n" * low + "".join(lines[low:high]) for low, high in pairwise(begins) if low < high]
    found = [parse_document(part, name) for part in parts]
    return [document for document in found if document.value is not None] or found[:1]


def _text(path: Path, name: str, error: type[LogscanError]) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise error(f"cannot be read: {fault}", where=Where(name), hint="check that it is a UTF-8 text file") from fault


def parse_document(text: str, name: str, *, error: type[LogscanError] = RuleError) -> Document:
    """As `read_document`, from text."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        reader = _Reader(loader, name, error)
        value = reader.plain(node, "") if node is not None else None
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        problem = getattr(fault, "problem", None) or str(fault)
        place = Where(name, mark.line + 1 if mark else 0)
        raise error(f"is not valid YAML: {problem}", where=place, hint="check quotes and indentation") from fault
    finally:
        loader.dispose()
    return Document(name, value, reader.lines, text)


class _Reader:
    """Turns YAML nodes into plain values and notes the line of every key."""

    def __init__(self, loader: Any, name: str, error: type[LogscanError]) -> None:
        self.loader, self.name, self.error = loader, name, error
        self.lines: dict[str, int] = {}
        self.seen: set[int] = set()

    def plain(self, node: Any, key: str) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return node.value if node.tag == _STRING else self.loader.construct_object(node, deep=True)
        if id(node) in self.seen:
            place = Where(self.name, node.start_mark.line + 1, key)
            raise self.error("a YAML alias is used", where=place, hint="write the value out a second time")
        self.seen.add(id(node))
        return self.mapping(node, key) if isinstance(node, yaml.MappingNode) else self.sequence(node, key)

    def mapping(self, node: Any, key: str) -> dict[Hashable, Any]:
        found: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            item = key_node.value if key_node.tag == _STRING else self.loader.construct_object(key_node, deep=True)
            path, line = f"{key}.{item}" if key else str(item), key_node.start_mark.line + 1
            if item in found:
                place = Where(self.name, line, path)
                raise self.error(f"key `{item}` stands twice", where=place, hint="keep one of them")
            self.lines[path] = line
            found[item] = self.plain(value_node, path)
        return found

    def sequence(self, node: Any, key: str) -> list[Any]:
        items = []
        for index, item_node in enumerate(node.value):
            path = f"{key}.{index}" if key else str(index)
            self.lines[path] = item_node.start_mark.line + 1
            items.append(self.plain(item_node, path))
        return items
