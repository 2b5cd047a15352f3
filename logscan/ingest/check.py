"""Do formats read what their own samples say?"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from logscan.ingest.definition import Definition
from logscan.ingest.format import read_formats, shared_lists
from logscan.ingest.parse import parse
from logscan.ingest.shape import Extract, Format, Sample
from logscan.ingest.when import Clock
from logscan.model.document import Document, parse_document
from logscan.model.errors import Faults, FormatError, LogscanError, Where
from logscan.model.schemas import EVENTS, LINES

# What samples without a zone or a year are taken to mean.
SAMPLE_CLOCK = Clock("UTC", datetime(2026, 3, 13, tzinfo=UTC))


class Tested(NamedTuple):
    """notes: samples that the format reads, but that another one takes when all are tried."""

    formats: int
    samples: int
    faults: list[LogscanError]
    notes: list[str]


def check_formats(places: Sequence[Path], others: Sequence[Path]) -> Tested:
    """Run the samples of formats.

    In:     places  folders or files, whose samples are run;  others  folders whose formats are loaded beside them
    Errors: Faults when a file is no valid format
    """
    faults: list[LogscanError] = []
    folders = {place.resolve(): place for place in (*others, *places) if place.is_dir()}
    shared = shared_lists(list(folders.values()), faults)
    faults += [_missing(place) for place in places if not _holds_formats(place)]
    found = read_formats(places, shared, faults)
    if faults:
        raise Faults(faults)
    own = [fmt for _, fmt in found]
    rest = [fmt for _, fmt in read_formats(others, shared, []) if fmt.id not in {fmt.id for fmt in own}]
    every = sorted([*own, *rest], key=lambda fmt: (fmt.order, fmt.id))
    for document, fmt in found:
        faults += sample_faults(document, fmt)
    return Tested(len(found), sum(len(fmt.samples) for fmt in own), faults, _taken(found, every))


def sample_faults(document: Document, fmt: Format) -> list[LogscanError]:
    """Every expectation of every sample that does not hold, at its place."""
    return [fault for number, sample in enumerate(fmt.samples) for fault in _faults(document, fmt, number, sample)]


def check_text(text: str, name: str, shared: Mapping[str, tuple[Extract, ...]]) -> Format:
    """A format from the text of its file, its samples run.

    Errors: Faults with every fault
    """
    faults: list[LogscanError] = []
    document = parse_document(text, name, error=FormatError)
    fmt = Definition(document, faults).format(shared)
    faults += [] if faults else sample_faults(document, fmt)
    if faults:
        raise Faults(faults)
    return fmt


def read_sample(sample: Sample, formats: Sequence[Format]) -> pl.DataFrame:
    """The events of a sample's line, or of its lines: one, or none."""
    texts = sample.line.split("\n")
    lines = pl.DataFrame([range(1, len(texts) + 1), [0] * len(texts), texts], schema=LINES)
    return parse(lines, formats, frozenset(EVENTS), SAMPLE_CLOCK).events


def _holds_formats(place: Path) -> bool:
    return place.is_file() or any(place.glob("*.yml"))


def _missing(place: Path) -> FormatError:
    what = "holds no format file" if place.is_dir() else "does not exist"
    return FormatError(what, where=Where(str(place)), hint="give a folder with .yml files, or one of them")


def _faults(document: Document, fmt: Format, number: int, sample: Sample) -> list[LogscanError]:
    key = f"samples.{number}"
    events = read_sample(sample, [fmt])
    if sample.expect is None:
        wrong = "the format reads a line that it must refuse"
        return [_fault(document, key, wrong, "make `pattern` or `requires` stricter")] if events.height else []
    if events.height != 1:
        what = "the format does not read its sample" if events.is_empty() else "the sample gives several events"
        return [_fault(document, key, what, "see how far it gets: logscan explain --line ... --formats DIR")]
    found: list[LogscanError] = []
    for column, want in sample.expect.items():
        place = f"{key}.expect.{column}"
        if column not in EVENTS:
            found.append(_fault(document, place, f"unknown column `{column}`", "see the columns in docs/rules.md"))
        elif not same(events[column][0], want):
            found.append(
                _fault(document, place, f"is {said(events[column][0])}, not {said(want)}", "mend either of them")
            )
    return found


def same(got: object, want: object) -> bool:
    if isinstance(got, datetime):
        try:
            moment = want if isinstance(want, datetime) else datetime.fromisoformat(str(want))
        except ValueError:
            return False
        return got == (moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return got == want and isinstance(got, bool) == isinstance(want, bool)


def said(value: Any) -> str:
    if value is None:
        return "missing"
    return f"`{value.isoformat()}`" if isinstance(value, datetime) else f"`{value}`"


def _taken(found: Sequence[tuple[Document, Format]], every: Sequence[Format]) -> list[str]:
    """Samples of one line that another format takes. No line continues another: their numbers leave gaps."""
    asked = [
        (document, fmt, number, sample.line)
        for document, fmt in found
        for number, sample in enumerate(fmt.samples)
        if sample.expect is not None and "\n" not in sample.line and not fmt.inner
    ]
    numbers = [2 * n + 1 for n in range(len(asked))]
    lines = pl.DataFrame([numbers, [0] * len(asked), [line for *_, line in asked]], schema=LINES)
    events = parse(lines, every, frozenset({"event.dataset"}), SAMPLE_CLOCK).events
    taken = dict(events.select("logscan.line", "event.dataset").iter_rows())
    words = "among all formats `{}` takes this line; a lower `order` comes first"
    return [
        f"{document.where(f'samples.{number}')}: {words.format(taken[at])}"
        for at, (document, fmt, number, _) in zip(numbers, asked, strict=True)
        if taken.get(at, fmt.id) != fmt.id
    ]


def _fault(document: Document, key: str, what: str, hint: str) -> FormatError:
    return FormatError(what, where=document.where(key), hint=hint)
