"""Checks the shape of one mapping of a definition file, and collects every fault with its place and a way out."""

import difflib
from collections.abc import Collection, Iterable
from typing import Any

from logscan.model.document import Document
from logscan.model.errors import LogscanError, RuleError


def fault(document: Document, key: str, what: str, got: object = None, known: Collection[str] = ()) -> RuleError:
    """A fault at a key; the hint is the nearest of the known names, or all of them when they are few."""
    return RuleError(what, where=document.where(key), hint=suggest(str(got), known))


def suggest(got: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(got, sorted(known), n=1, cutoff=0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    return f"use one of: {', '.join(sorted(known))}" if 0 < len(known) <= 40 else ""


class Shape:
    """One mapping at `key` of a document; faults are shared with the caller when it gives its list."""

    def __init__(self, document: Document, value: Any, key: str, faults: list[LogscanError] | None = None) -> None:
        self.document, self.key = document, key
        self.faults: list[LogscanError] = [] if faults is None else faults
        self.value: dict[Any, Any] = value if isinstance(value, dict) else {}
        self.mapping = isinstance(value, dict)
        if not self.mapping:
            self.add("", "is not a mapping", "write `key: value` pairs")

    def path(self, name: object = "") -> str:
        return ".".join(part for part in (self.key, str(name)) if part)

    def add(self, name: object, what: str, hint: str = "") -> None:
        where = self.document.where(self.path(name))
        self.faults.append(RuleError(f"`{self.path(name) or 'file'}` {what}", where=where, hint=hint))

    def refuse_unknown(self, known: Collection[str]) -> None:
        for name in self.value:
            if name not in known:
                where = self.path(name)
                self.faults.append(fault(self.document, where, f"unknown key `{where}`", name, known))

    def one_of(self, name: str, got: object, known: Collection[str], what: str) -> None:
        if got not in known:
            self.faults.append(fault(self.document, self.path(name), f"unknown {what} `{got}`", got, known))

    def text(self, name: str, *, required: bool = True) -> str:
        got = self.value.get(name)
        if isinstance(got, str) and got.strip():
            return got
        if got is not None:
            self.add(name, "is not a text", "write a text that is not empty")
        elif required and self.mapping:
            self.add(name, "is missing", f"add `{self.path(name)}`")
        return ""

    def items(self, name: str) -> list[Any]:
        """A list that holds at least one item."""
        got = self.value.get(name)
        if isinstance(got, list) and got:
            return got
        what = "is missing" if got is None else "is not a list of at least one item"
        if self.mapping:
            self.add(name, what, f"add `{self.path(name)}: [...]`")
        return []

    def texts(self, name: str, *, required: bool = True) -> list[str]:
        if not required and self.value.get(name) in (None, []):
            return []
        got = self.items(name)
        for index, item in enumerate(got):
            if not isinstance(item, str):
                self.add(f"{name}.{index}", "is not a text", "put it in quotes")
        return [item for item in got if isinstance(item, str)]


def refuse_twins(found: Iterable[tuple[str, Document, str]], key: str) -> list[LogscanError]:
    """A fault for every value of a key that another file already has. found: value, its document"""
    first: dict[str, str] = {}
    faults: list[LogscanError] = []
    for value, document, place in found:
        if value in first:
            what = f"{key} `{value}` stands in two files"
            faults.append(RuleError(what, where=document.where(place), hint=f"the other is {first[value]}"))
        first.setdefault(value, str(document.where(place)))
    return faults
