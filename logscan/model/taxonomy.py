"""Causes, families and patterns: ids and words, loaded from rules/taxonomy.yml."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from logscan.model.document import Document, read_document
from logscan.model.errors import Faults, LogscanError, RuleError

UNCLASSIFIED = "unclassified"
_NEEDED = ("title", "definition", "playbook")


@dataclass(frozen=True)
class Cause:
    id: str
    title: str
    definition: str
    family: str
    playbook: str
    benign: bool  # counted and shown, but kept out of rates and recurrence
    decided_by: str = ""  # what would prove it, where another cause could be meant


@dataclass(frozen=True)
class Pattern:
    id: str
    title: str
    definition: str


@dataclass(frozen=True)
class Taxonomy:
    families: Mapping[str, str]  # id -> title, in the order they are shown
    causes: Mapping[str, Cause]
    patterns: Mapping[str, Pattern]


def load_taxonomy(path: Path) -> Taxonomy:
    """Errors: Faults with every fault of the file."""
    document = read_document(path)
    faults: list[LogscanError] = []
    families: dict[str, str] = {}
    causes: dict[str, Cause] = {}
    for family, body in _entries(document, "families", faults):
        families[family] = str(body.get("title", family))
        for cause, words in (body.get("causes") or {}).items():
            key = f"families.{family}.causes.{cause}"
            lacking = [name for name in _NEEDED if not (words or {}).get(name)]
            if lacking:
                faults.append(RuleError(f"cause lacks {', '.join(lacking)}", where=document.where(key), hint="add it"))
                continue
            told = {name: str(words[name]) for name in (*_NEEDED, "decided_by") if name in words}
            causes[cause] = Cause(cause, family=family, benign=bool(body.get("benign")), **told)
    patterns = {
        name: Pattern(name, str(body.get("title", name)), str(body.get("definition", "")))
        for name, body in _entries(document, "patterns", faults)
    }
    if faults:
        raise Faults(faults)
    return Taxonomy(families, causes, patterns)


def _entries(document: Document, key: str, faults: list[LogscanError]) -> list[tuple[str, Mapping[str, Any]]]:
    found = document.value.get(key) if isinstance(document.value, dict) else None
    if not isinstance(found, dict):
        faults.append(RuleError(f"`{key}` is missing", where=document.where(key), hint=f"add a mapping `{key}:`"))
        return []
    return [(str(name), body if isinstance(body, dict) else {}) for name, body in found.items()]
