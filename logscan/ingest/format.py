"""Log formats: YAML files that say how a line is read, each with its own samples."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from logscan.ingest.definition import Definition
from logscan.ingest.shape import Column, Extract, Format, Layout, Read, Sample
from logscan.ingest.when import Clock
from logscan.model.document import Document, read_document
from logscan.model.errors import Faults, FormatError, LogscanError

__all__ = ["Clock", "Column", "Extract", "Format", "Layout", "Read", "Sample", "load_formats"]


def load_formats(folders: Sequence[Path]) -> tuple[Format, ...]:
    """Every format of the folders, by (order, id). `extract/` beneath a folder holds lists that formats share by name.

    Errors: Faults with every fault of every file
    """
    faults: list[LogscanError] = []
    found = read_formats(folders, shared_lists(folders, faults), faults)
    if faults:
        raise Faults(faults)
    return tuple(sorted((fmt for _, fmt in found), key=lambda fmt: (fmt.order, fmt.id)))


def shared_lists(folders: Sequence[Path], faults: list[LogscanError]) -> dict[str, tuple[Extract, ...]]:
    """The lists of `extract/` beneath folders, by id."""
    shared: dict[str, tuple[Extract, ...]] = {}
    for document in _documents([folder / "extract" for folder in folders], faults):
        check = Definition(document, faults)
        check.keys({"id", "title", "null_values", "extract"})
        shared[check.text("id")] = check.extracts("extract", {})
    return shared


def read_formats(
    places: Sequence[Path], shared: Mapping[str, tuple[Extract, ...]], faults: list[LogscanError]
) -> list[tuple[Document, Format]]:
    """The formats of folders or single files, each with its document; every fault is added to the list."""
    found: dict[str, tuple[Document, Format]] = {}
    for document in _documents(places, faults):
        fmt = Definition(document, faults).format(shared)
        if fmt.id in found:
            hint = f"it is also the id of {found[fmt.id][1].path}"
            faults.append(FormatError(f"id `{fmt.id}` is taken", where=document.where("id"), hint=hint))
        found[fmt.id] = (document, fmt)
    return list(found.values())


def _documents(places: Sequence[Path], faults: list[LogscanError]) -> list[Document]:
    found = []
    for place in places:
        for path in [place] if place.is_file() else sorted(place.glob("*.yml")):
            shown = str(place) if path == place else f"{place.name}/{path.name}"
            try:
                found.append(read_document(path, shown=shown, error=FormatError))
            except FormatError as fault:
                faults.append(fault)
    return found
