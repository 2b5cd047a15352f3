"""What is drawn into the timeline beside the numbers: marked moments, silence, and where failures may have begun."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from logscan.model.finding import Scan
from logscan.model.severity import SEVERITIES
from logscan.model.taxonomy import Taxonomy
from logscan.report.grid import Grid
from logscan.report.show import duration, moment, span, visible

_ONSETS, _GAPS, _MARKS = 8, 12, 40  # drawn at most: the worst findings', the longest, the first
_ENDED = "sustained_closed"  # of other patterns a last failure is no change
_LABEL = 60
_ROW = 14  # pixels


@dataclass(frozen=True)
class Note:
    """kind: mark | gap | onset | end. start and end are the same for a mark and an end."""

    kind: str
    start: datetime
    end: datetime
    label: str  # one or two words, for the drawing
    words: str


@dataclass(frozen=True)
class Placed:
    """A note in a stretch of the log. Units: x and width per cent of its axis, inside it."""

    note: Note
    x: str
    width: str


def notes_of(scan: Scan, taxonomy: Taxonomy) -> tuple[Note, ...]:
    """Out: by time. Law: an onset lies between the last success and the first failure of its finding."""
    marks = [
        Note("mark", when, when, visible(label, _LABEL), f"{moment(when)}: {visible(label, _LABEL)}")
        for when, label in sorted(scan.marks)[:_MARKS]
    ]
    silent = sorted(((gap, log.log) for log in scan.coverage for gap in log.gaps), key=lambda item: -item[0].seconds)
    gaps = [
        Note(
            "gap",
            gap.start,
            gap.end,
            "",
            f"{moment(gap.start)}: no line in {visible(log, _LABEL)} for {duration(gap.seconds)}",
        )
        for gap, log in silent[:_GAPS]
    ]
    onsets, ends = [], []
    for found in sorted(
        scan.findings, key=lambda each: -SEVERITIES.index(each.severity) if each.severity in SEVERITIES else 0
    ):
        cause = taxonomy.causes.get(found.cause)
        if cause and cause.benign:
            continue
        title = visible(cause.title if cause else found.cause, _LABEL)
        if found.last_seen and found.pattern == _ENDED:
            words = f"{moment(found.last_seen)}: \u201c{title}\u201d ends"
            ends.append(Note("end", found.last_seen, found.last_seen, "", words))
        if found.onset_after and found.onset_before:
            words = f"{span(found.onset_after, found.onset_before)}: \u201c{title}\u201d begins"
            onsets.append(Note("onset", found.onset_after, found.onset_before, "", words))
    begun, over = (list(dict.fromkeys(notes))[:_ONSETS] for notes in (onsets, ends))  # many findings may begin as one
    return tuple(sorted([*marks, *gaps, *begun, *over], key=lambda note: (note.start, note.end, note.words)))


def placed(notes: tuple[Note, ...], grid: Grid) -> tuple[Placed, ...]:
    """Those that touch a stretch, cut to it."""
    start, end = grid.moment(0), grid.moment(grid.columns)
    length = (end - start).total_seconds()
    found = []
    for note in notes:
        if note.end < start or note.start > end:
            continue
        left = max((note.start - start).total_seconds(), 0.0) / length * 100
        right = min((note.end - start).total_seconds(), length) / length * 100
        found.append(Placed(note, f"{left:.3f}%", f"{right - left:.3f}%"))
    return tuple(found)


def chart_notes(notes: tuple[Placed, ...]) -> list[dict[str, Any]]:
    """What the script gets: times in milliseconds; y: pixels from the top to the label, near ones differ."""
    return [
        {
            "kind": each.note.kind,
            "start": round(each.note.start.timestamp() * 1000),
            "end": round(each.note.end.timestamp() * 1000),
            "label": each.note.label,
            "words": each.note.words,
            "y": _ROW * (at % 3 + 0.6),
        }
        for at, each in enumerate(notes)
    ]
