"""Where the reading of a source ends, and goes on in the next run."""

from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from logscan.engine.plan import Task
from logscan.ingest.chunk import Begins, Chunk, Held, count_lines, whole_events
from logscan.ingest.document import rows_parted
from logscan.ingest.header import NONE, Header, governed, in_force
from logscan.ingest.limits import load_limits
from logscan.ingest.lines import numbered
from logscan.ingest.parse import parse
from logscan.ingest.shape import Format
from logscan.ingest.trail import Mark, Trail


class Place(NamedTuple):
    """Where reading goes on: behind mark.offset, at a line, below some directives."""

    mark: Mark = Mark()
    line: int = 1
    header: Header = NONE


def place_behind(part: Chunk, trail: Trail, end: int, *, tail: bool) -> Place:
    """Where reading goes on behind the last piece of a source.

    In:  end: of the piece;  tail: what follows may belong to it: then it is read again
    Law: of documents it lies behind the last record: what ends them, as `]` does, gives way to more records
    """
    if part.records is not None and not part.header.table:
        return Place(trail.at(part.offset + (part.records.ends or (0,))[-1]))
    if tail:
        return Place(trail.at(part.offset), part.first_line, part.header)
    line = part.first_line + count_lines(part.data) + part.cut_lines
    return Place(trail.at(end), line, in_force(part.data, part.header))


def is_closed(last: Chunk, task: Task, seen: Container[str]) -> bool:
    """Whether nothing that follows can belong to the last whole line: its format's events are one line each."""
    forms = [form for form in task.formats if form.id in seen]
    if not one_line_each(forms):
        return False
    end = last.data.rfind(b"\n")
    line = last.data[last.data.rfind(b"\n", 0, max(end, 0)) + 1 : end].removesuffix(b"\r")
    rows = governed(numbered([line.decode("utf-8", "backslashreplace")]), last.header)
    return parse(rows, forms, frozenset(), task.clock).events.height == 1


def one_line_each(formats: Iterable[Format]) -> bool:
    """Whether an event of these formats is one line, whatever follows it."""
    return not any(form.multiline or form.unfinished or form.inner or form.stream for form in formats)


def ended(last: Chunk, trail: Trail, starts: Begins | None, *, finished: bool) -> Iterator[tuple[Chunk, bool]]:
    """The last chunk of a source, in two: what is sure, and its last event, which may yet go on.

    Law: of a source that is not finished, a last line without its end is in neither
    """
    data, cut = last.data, last.cut_lines
    whole = len(data) if trail.last == ord("\n") else data.rfind(b"\n") + 1
    if whole < len(data) and not finished:
        data, cut = data[:whole], 0
    sure = len(data) if cut and whole == len(data) else whole
    if starts is not None and not cut:
        sure = whole_events(Held(data[:whole]), starts)
    if sure:
        rest = 0 if sure < len(data) else cut
        yield last._replace(data=data[:sure], cut_lines=rest), False
    if sure < len(data):
        behind = last._replace(
            data=data[sure:],
            cut_lines=cut,
            offset=last.offset + sure,
            first_line=last.first_line + count_lines(data[:sure]),
            header=in_force(data[:sure], last.header),
        )
        yield behind, True


def ended_table(last: Chunk, trail: Trail, *, finished: bool) -> Iterator[tuple[Chunk, bool]]:
    """As `ended`, of the rows of a table: one may yet go on within a text in quotes."""
    data = last.data
    if trail.last != ord("\n") and not finished:
        data = data[: data.rfind(b"\n") + 1]
    sure, rest = rows_parted(last._replace(data=data), load_limits())
    if sure:
        yield sure, False
    if rest:
        yield rest, True
