"""Every rule, playbook and the taxonomy under some folders, read and compiled at once: all or every fault."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from logscan.model.collector import without_collector
from logscan.model.document import Document, read_document, read_documents
from logscan.model.errors import Faults, LogscanError, RuleError, Where
from logscan.model.resources import rules_dir
from logscan.model.taxonomy import Taxonomy, load_taxonomy
from logscan.rules.fields import FILE as DIALECT
from logscan.rules.fields import Dialect, load_dialect
from logscan.rules.gate import gate
from logscan.rules.match import match
from logscan.rules.meaning import DETECTIONS, EVENT_KINDS, SERIES_KINDS, Words, is_detection
from logscan.rules.playbook import Playbook, read_playbook
from logscan.rules.rule import Library, Rule, rule_name
from logscan.rules.shape import fault, refuse_twins

__all__ = ["Library", "Playbook", "Rule", "gate", "load_library", "match"]

_TAXONOMY, _PLAYBOOKS = "taxonomy.yml", "playbooks"
_ELSEWHERE = {"formats", "alerts"}  # folders that other loaders read
_KINDS = {*EVENT_KINDS, *SERIES_KINDS, _PLAYBOOKS}
_SETTINGS = {DIALECT, *(f"{name}.yml" for name in ("endpoints", "ingest", "judgement", "measures", "redaction"))}
_SETTINGS |= {"lint.yml", "logging_advice.yml", "variables.yml", "zones.yml"}
_RULE_KEYS = {"title", "detection", "logsource", "logscan", "steps", "correlation"}


class _File(NamedTuple):
    """shelf: the folder that was named, by its place in their order"""

    kind: str
    document: Document
    shelf: int


def load_library(
    folders: Sequence[Path],
    *,
    event_columns: Mapping[str, pl.DataType],
    series_columns: Mapping[str, pl.DataType],
) -> Library:
    """Read all definitions.

    In:     folders (or single files). A file's kind is the name of the folder it is in: causes, outcomes, signatures,
            patterns, playbooks; elsewhere it follows from what the file says. When no folder has a taxonomy, the
            shipped taxonomy and playbooks stand in.
    Out:    rules by kind, best first: highest priority, then name
    Errors: Faults, with every fault of every file
    """
    with without_collector():
        events = dict.fromkeys((*EVENT_KINDS, DETECTIONS), event_columns)
        return _load(folders, events | dict.fromkeys(SERIES_KINDS, series_columns))


def _load(folders: Sequence[Path], columns: Mapping[str, Mapping[str, pl.DataType]]) -> Library:
    faults: list[LogscanError] = []
    shelves = _with_words(folders)
    seen: set[Path] = set()
    files = [file for place, folder in enumerate(shelves) for file in _read(folder, place, seen, faults)]
    taxonomy = _taxonomy(shelves, faults)
    playbooks = _playbooks(files, taxonomy, faults)
    broken = [Path(wrong.where.path) for wrong in faults]  # told once, at its place
    there = {*playbooks, *(path.stem for path in broken if path.parent.name == _PLAYBOOKS)}
    if taxonomy:
        faults += _refuse_missing_playbooks(shelves, taxonomy, there)
    dialect = load_dialect(shelves, faults)
    asked = [file for file in files if file.kind in columns]
    rules = _rules(asked, Words(taxonomy, there), columns, dialect, faults)
    rules, replaced = _without_replaced(asked, rules, faults)
    if faults or taxonomy is None:
        raise Faults(faults)
    ranked = sorted(rules, key=lambda rule: (-rule.priority, rule.name))
    kinds = {kind: tuple(rule for rule in ranked if rule.kind == kind) for kind in columns}
    return Library(**kinds, playbooks=playbooks, taxonomy=taxonomy, digest=_digest(shelves, files), replaced=replaced)


def _with_words(folders: Sequence[Path]) -> list[Path]:
    """The folders, after the shipped taxonomy and playbooks when none of them has a taxonomy of its own."""
    if any((folder / _TAXONOMY).is_file() for folder in folders):
        return list(folders)
    return [rules_dir() / _TAXONOMY, rules_dir() / _PLAYBOOKS, *folders]


def _read(folder: Path, shelf: int, seen: set[Path], faults: list[LogscanError]) -> Iterator[_File]:
    """The definitions of one folder, without those that an earlier folder held too."""
    if folder.name == _TAXONOMY or folder.name in _ELSEWHERE:
        return
    found = [folder] if folder.is_file() else sorted({*folder.rglob("*.yml"), *folder.rglob("*.yaml")})
    if not found:
        what = "holds no definition" if folder.is_dir() else "does not exist"
        faults.append(RuleError(what, where=Where(str(folder)), hint="give a folder with .yml files"))
    fresh = [path for path in found if path.resolve() not in seen]
    seen.update(path.resolve() for path in fresh)
    for path in fresh:
        inside = path.relative_to(folder).parts[:-1]
        if path.name == _TAXONOMY or _ELSEWHERE & set(inside[:1]) or any(part[0] == "." for part in inside):
            continue
        try:
            documents = read_documents(path)
        except LogscanError as wrong:
            faults.append(wrong)
            continue
        beside = path.name in _SETTINGS or (folder / _TAXONOMY).is_file()
        for document in documents:
            if inside or not beside or _looks_like_rule(document.value):
                kind = inside[0] if inside and inside[0] in _KINDS else _kind(document.value)
                yield _File(DETECTIONS if kind == "causes" and is_detection(document) else kind, document, shelf)


def _looks_like_rule(value: Any) -> bool:
    """Beside a taxonomy stand other settings too, which other loaders read."""
    return isinstance(value, dict) and bool(_RULE_KEYS & set(value))


def _kind(value: Any) -> str:
    """What kind of definition a file is that lies in no folder of a kind."""
    keys = value if isinstance(value, dict) else {}
    meaning = keys.get("logscan")
    meaning = meaning if isinstance(meaning, dict) else {}
    source = keys.get("logsource")
    if "steps" in keys and "detection" not in keys:
        return _PLAYBOOKS
    if "outcome" in meaning or "pattern" in meaning:
        return "outcomes" if "outcome" in meaning else "patterns"
    return "signatures" if isinstance(source, dict) and source.get("category") == "series" else "causes"


def _taxonomy(folders: Sequence[Path], faults: list[LogscanError]) -> Taxonomy | None:
    """The taxonomies of all folders together; a later one adds to an earlier one, or replaces its words."""
    found = Taxonomy({}, {}, {})
    for path in _taxonomy_files(folders):
        try:
            more = load_taxonomy(path)
        except (Faults, LogscanError) as wrong:
            faults += wrong.errors if isinstance(wrong, Faults) else [wrong]
            return None
        causes = {**found.causes, **more.causes}
        found = Taxonomy({**found.families, **more.families}, causes, {**found.patterns, **more.patterns})
    return found


def _taxonomy_files(folders: Sequence[Path]) -> list[Path]:
    paths = [folder if folder.name == _TAXONOMY else folder / _TAXONOMY for folder in folders]
    return [path for path in paths if path.is_file()]


def _playbooks(files: Sequence[_File], taxonomy: Taxonomy | None, faults: list[LogscanError]) -> dict[str, Playbook]:
    causes = taxonomy.causes if taxonomy else None
    read = [(file.document, *read_playbook(file.document, causes)) for file in files if file.kind == _PLAYBOOKS]
    for _, _, wrong in read:
        faults += wrong
    faults += refuse_twins([(book.id, document, "id") for document, book, _ in read if book], "playbook id")
    return {book.id: book for _, book, _ in read if book}


def _refuse_missing_playbooks(
    folders: Sequence[Path], taxonomy: Taxonomy, known: Collection[str]
) -> list[LogscanError]:
    """Every cause has its playbook."""
    found: list[LogscanError] = []
    for cause in taxonomy.causes.values():
        if cause.playbook not in known:
            key = f"families.{cause.family}.causes.{cause.id}.playbook"
            documents = [read_document(path) for path in _taxonomy_files(folders)]
            document = next(document for document in documents[::-1] if key in document.lines)
            found.append(fault(document, key, f"unknown playbook `{cause.playbook}`", cause.playbook, known))
    return found


def _rules(
    files: Sequence[_File],
    words: Words,
    columns: Mapping[str, Mapping[str, pl.DataType]],
    dialect: Dialect,
    faults: list[LogscanError],
) -> list[Rule]:
    if not files:
        return []
    # pySigma takes as long to import as all the rest of the start: only who loads rules pays for it
    from logscan.rules.compile import compile_rule  # noqa: PLC0415
    from logscan.rules.detection import regex_faults  # noqa: PLC0415

    rules: list[Rule] = []
    with ThreadPoolExecutor(1) as beside:  # Polars needs no Python to try a thousand patterns
        patterns = beside.submit(regex_faults, [file.document for file in files])
        for kind, document, _ in files:
            rule, wrong = compile_rule(document, kind, words, columns[kind], dialect)
            faults += wrong
            rules += [rule] if rule else []
    faults += patterns.result()
    return rules


class _Named(NamedTuple):
    """A rule file as far as its name goes. own: it names itself, and is not called as its file"""

    name: str
    id: str
    file: _File
    own: bool


def _without_replaced(
    files: Sequence[_File], rules: Sequence[Rule], faults: list[LogscanError]
) -> tuple[list[Rule], tuple[tuple[Rule, str], ...]]:
    """The rules, of those that share a name the one in the last folder; a fault for every other name or id twice.

    Law: only a rule that names itself stands in for another, and only for one of its kind in an earlier folder
    """
    named = [_named(file) for file in files if isinstance(file.document.value, dict)]
    last: dict[tuple[str, str], _Named] = {}
    replaced: dict[tuple[str, int], _Named] = {}
    for each in named:
        before = last.get((each.file.kind, each.name))
        if before and each.own and before.file.shelf < each.file.shelf:
            replaced[_place(before.file.document)] = each
        last[each.file.kind, each.name] = each
    kept = [each for each in named if _place(each.file.document) not in replaced]
    faults += refuse_twins([(each.name, each.file.document, "name") for each in kept], "name")
    faults += refuse_twins([(each.id, each.file.document, "id") for each in kept if each.id], "id")
    places = {(rule.path, rule.text): rule for rule in rules}
    there = [rule for rule in rules if _start(rule.path, rule.text) not in replaced]
    winners = {key: places.get((each.file.document.path, each.file.document.text)) for key, each in replaced.items()}
    return there, tuple((rule, f"{path}:{line}") for (path, line), rule in winners.items() if rule in there)


def _named(file: _File) -> _Named:
    value = file.document.value
    own = value.get("name")
    return _Named(str(own or rule_name(file.document.path)), str(value.get("id") or ""), file, own=bool(own))


def _place(document: Document) -> tuple[str, int]:
    return _start(document.path, document.text)


def _start(path: str, text: str) -> tuple[str, int]:
    """The path, and the line before which nothing of the document stands."""
    return path, len(text) - len(text.lstrip("\n")) + 1


def _digest(folders: Sequence[Path], files: Sequence[_File]) -> str:
    texts = [(file.kind, file.document.text) for file in files]
    texts += [("taxonomy", path.read_text("utf-8")) for path in _taxonomy_files(folders)]
    return hashlib.sha256("\0".join(f"{kind}\0{text}" for kind, text in sorted(texts)).encode()).hexdigest()
