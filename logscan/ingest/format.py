"""Log formats: YAML files that say how a line is read, each with its own samples."""

from collections.abc import Sequence
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
    shared: dict[str, tuple[Extract, ...]] = {}
    for document in _documents([f / "extract" for f in folders], "*.yml", faults):
        check = Definition(document, faults)
        check.keys({"id", "title", "null_values", "extract"})
        shared[check.text("id")] = check.extracts("extract", {})
    formats: dict[str, Format] = {}
    for document in _documents(folders, "*.yml", faults):
        found = Definition(document, faults).format(shared)
        if found.id in formats:
            hint = f"it is also the id of {formats[found.id].path}"
            faults.append(FormatError(f"id `{found.id}` is taken", where=document.where("id"), hint=hint))
        formats[found.id] = found
    if faults:
        raise Faults(faults)
    return tuple(sorted(formats.values(), key=lambda f: (f.order, f.id)))


def _documents(folders: Sequence[Path], glob: str, faults: list[LogscanError]) -> list[Document]:
    found = []
    for folder in folders:
        for path in sorted(folder.glob(glob)):
            try:
                found.append(read_document(path, shown=f"{folder.name}/{path.name}", error=FormatError))
            except FormatError as fault:
                faults.append(fault)
    return found
