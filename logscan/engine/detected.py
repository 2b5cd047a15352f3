"""In which formats files are written, and how far the lines got that none of them reads. No file is read whole."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import BinaryIO, NamedTuple

from logscan.analysis.redact import Redactor, load_redactor
from logscan.engine.sample import LOOK, Looked, sample_lines
from logscan.ingest.detect import detect
from logscan.ingest.document import sample_of, why_of
from logscan.ingest.limits import load_limits
from logscan.ingest.lines import numbered
from logscan.ingest.parse import nearest, parse
from logscan.ingest.shape import Format
from logscan.ingest.source import Source, find_sources, open_source
from logscan.ingest.when import Clock
from logscan.model.errors import LogscanError
from logscan.model.resources import rules_dir

_CLOCK = Clock("UTC", datetime(1970, 1, 1, tzinfo=UTC))  # times are not looked at
_REJECTS = 3  # lines that are shown


class Detected(NamedTuple):
    """What a sample of one source told.

    shares     format id -> share of the lines that are not blank, the most frequent first; none: nothing reads it
    next_best  as shares: what would read the lines if the first format were not there
    rejects    lines that no format reads, redacted, each with the format that came nearest and where that stops
    fault      why the source could not be looked at
    """

    path: str
    sampled: int = 0
    shares: Mapping[str, float] = {}
    why: str = ""
    next_best: Mapping[str, float] = {}
    rejects: tuple[tuple[str, str], ...] = ()
    fault: str = ""


def detect_paths(paths: Sequence[str], formats: Sequence[Format], key: bytes, stdin: BinaryIO | None) -> list[Detected]:
    """Every source of the paths, by path; what cannot be read is there with its fault."""
    found = find_sources(paths)
    seen = [Detected(fault.where.path, fault=fault.what) for fault in found.faults]
    seen += detect_sources(found.sources, formats, key, stdin)
    return sorted(seen, key=lambda each: each.path)


def detect_sources(
    sources: Sequence[Source], formats: Sequence[Format], key: bytes, stdin: BinaryIO | None = None
) -> list[Detected]:
    """Each of the sources, in their order."""
    redactor = load_redactor(rules_dir() / "redaction.yml", key)
    return [_detected(source, formats, redactor, stdin) for source in sources]


def _detected(source: Source, formats: Sequence[Format], redactor: Redactor, stdin: BinaryIO | None) -> Detected:
    try:
        with open_source(source, stdin) as stream:
            looked = Looked(stream)
            if stream.binary:
                return Detected(source.path, fault="; ".join(stream.notes) or "is a binary file, not a log")
            records = sample_of(looked.head, load_limits(), whole=len(looked.head) < LOOK)
            sample = sample_lines(source, looked) if records is None else records
    except LogscanError as fault:
        return Detected(source.path, fault=fault.what)
    except OSError as fault:
        return Detected(source.path, fault=f"cannot be read: {fault.strerror or fault}")
    return _told(source.path, sample, formats, redactor, f"{why_of(looked.head)}; " if records is not None else "")


def _told(path: str, sample: Sequence[str], formats: Sequence[Format], redactor: Redactor, first: str) -> Detected:
    found = detect(sample, formats)
    shares = _ranked(found.shares)
    top = next(iter(shares), "")
    others = [fmt for fmt in formats if fmt.id != top]
    second = _ranked(detect(sample, others).shares) if top else {}
    rejects = tuple(_rejects(sample, found.order, formats, redactor))
    return Detected(path, len(sample), shares, first + found.why, second, rejects)


def _ranked(shares: Mapping[str, float]) -> dict[str, float]:
    return dict(sorted(shares.items(), key=lambda item: (-item[1], item[0])))


def _rejects(
    sample: Sequence[str], order: Sequence[Format], formats: Sequence[Format], redactor: Redactor
) -> Iterator[tuple[str, str]]:
    """Where a format stops is told in the redacted line, so that nothing is shown of what was hidden."""
    rejects = parse(numbered(sample), order, frozenset(), _CLOCK).rejects.head(_REJECTS)
    shown = redactor.redact(rejects, ["event.original"])["event.original"].to_list()
    yield from zip(shown, nearest(shown, formats), strict=True)
