"""Apache's %t and %{...}t: one time, or parts of one that stand side by side."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from logscan.ingest.sampled import MOMENTS
from logscan.ingest.template import Piece, literal
from logscan.ingest.variables import Fill, Part, load_variables
from logscan.model.errors import FormatError, Where

_EPOCHS = {"sec": "epoch_whole", "msec": "epoch_ms", "usec": "epoch_us"}
_FRACTIONS = {"msec_frac": ("%3f", "[0-9]{3}", "000"), "usec_frac": ("%6f", "[0-9]{6}", "000000")}
_BETWEEN = re.compile(r"[-T .,:/_]{0,3}")  # what may stand between two parts of one time
_ZONES = (0, 60, -300)  # minutes; those of the samples of other times
# C's strftime -> the same in chrono, and what it may hold. %s, %c and the like are put together below.
_LETTERS = {
    "a": "[A-Za-z]{3}", "A": "[A-Za-z]+", "b": "[A-Za-z]{3}", "B": "[A-Za-z]+", "d": "[0-9]{2}", "e": "[ 0-9][0-9]",
    "H": "[0-9]{2}", "I": "[0-9]{2}", "j": "[0-9]{3}", "m": "[0-9]{2}", "M": "[0-9]{2}", "p": "[APap][Mm]",
    "S": "[0-9]{2}", "y": "[0-9]{2}", "Y": "[0-9]{4}", "z": r"[+\-][0-9]{4}",
}  # fmt: skip
_WHOLE = {
    "D": "%m/%d/%y",
    "F": "%Y-%m-%d",
    "T": "%H:%M:%S",
    "R": "%H:%M",
    "h": "%b",
    "c": "%a %b %e %H:%M:%S %Y",
    "r": "%I:%M:%S %p",
}


class Stamp(NamedTuple):
    """A part of a time. form: strftime, as chrono reads it; empty: `part` is a time by itself"""

    said: str
    form: str
    part: Part | None


def stamp(argument: str, said: str, where: Where) -> list[Piece | Stamp]:
    """What one %t or %{...}t writes.

    Errors: FormatError where a part of the format cannot be read
    """
    form = re.sub(r"^(?:begin|end):?", "", argument)
    shapes = load_variables().shapes
    if not form:
        return ["[", Part(said, shapes["clf"], (Fill("@timestamp", time="clf"),)), "]"]
    if form in _EPOCHS:
        return [Stamp(said, "", Part(said, shapes[_EPOCHS[form]], (Fill("@timestamp", 1, time="epoch"),)))]
    if form == "%s":
        return [Stamp(said, "", Part(said, shapes["epoch_whole"], (Fill("@timestamp", 1, time="epoch"),)))]
    if form in _FRACTIONS:
        return [Stamp(said, _FRACTIONS[form][0], None)]
    form = re.sub("%[EO]", "%", form)
    form = re.sub("%([A-Za-z])", lambda found: _WHOLE.get(found[1], found.group()), form)
    unknown = [each for each in re.findall("%(.)", form) if each not in {*_LETTERS, "%", "Z", "n", "t"}]
    if unknown:
        hint = "use %Y %m %d %H %M %S %z and the like"
        raise FormatError(f"{said}: `%{unknown[0]}` in a time cannot be read", where=where, hint=hint)
    return [Stamp(said, form, None)]


def merged_times(pieces: Sequence[Piece | Stamp], where: Where) -> list[Piece]:
    """The pieces with stamps that stand side by side made one variable."""
    out: list[Piece] = []
    run: list[str | Stamp] = []
    for piece in [*(each for each in pieces if each != ""), None]:
        joins = isinstance(piece, Stamp) or (run and isinstance(piece, str) and _BETWEEN.fullmatch(piece))
        if joins and not isinstance(piece, Part) and piece is not None:
            run.append(piece)
            continue
        if run:
            out += _one(run, where)
            run = []
        if piece is not None and not isinstance(piece, Stamp):
            out.append(piece)
    return out


def _one(run: list[str | Stamp], where: Where) -> list[Piece]:
    tail: list[Piece] = []
    while run and isinstance(run[-1], str):
        tail.insert(0, str(run.pop()))
    stamps = [each for each in run if isinstance(each, Stamp)]
    said = "".join(each if isinstance(each, str) else each.said for each in run)
    epochs = [each.part for each in stamps if each.part]
    if epochs:
        # seconds and, behind a dot, their fraction
        more = [each.form for each in stamps if not each.part]
        part = replace(epochs[0], said=said)
        if len(stamps) > 2 or (more and (more[0][:1] != "%" or "f" not in more[0] or run[1] != ".")):
            raise FormatError(f"{said}: this time cannot be read", where=where, hint="write %{sec}t.%{msec_frac}t")
        if more:
            digits = int(more[0][1])
            samples = tuple(f"{text}.{'0' * digits}" for text in part.shape.samples)
            part = replace(part, shape=replace(part.shape, pattern=rf"[0-9]{{10}}\.[0-9]{{{digits}}}", samples=samples))
        return [part, *tail]
    form = "".join(each.replace("%", "%%") if isinstance(each, str) else each.form for each in run)
    return [_written(form, said), *tail]


def _written(form: str, said: str) -> Part:
    shape = load_variables().shapes["written"]
    shape = replace(shape, pattern=_pattern(form), samples=tuple(_sample(form, n) for n in range(3)))
    letters = set(re.findall("%[36]?(.)", form))
    day, month, year = (bool(letters & each) for each in ({"d", "e"}, {"b", "B", "m"}, {"y", "Y"}))
    dated = (day and month and year) or letters >= {"j", "Y"}
    timed = "H" in letters or letters >= {"I", "p"}
    fills: tuple[Fill, ...] = ()
    if dated and timed:
        # a zone's name says less than an offset: it is read, and the time taken to be in --tz
        plain = form.replace("%n", "\n").replace("%t", "\t")
        fills = (Fill("@timestamp", time=plain.replace("%Z", "").rstrip(), within=_within(plain)),)
    return Part(said, shape, fills)


def _within(form: str) -> str:
    """Where a zone's name stands at the end, what stands before it."""
    return r"^(.*?) *[A-Za-z]+$" if form.endswith("%Z") else ""


def _pattern(form: str) -> str:
    parts = re.findall("%[36]?.|[^%]+|%", form)
    ways = {"%%": "%", "%n": r"\n", "%t": r"\t", "%Z": "[A-Za-z]{1,5}", "%3f": "[0-9]{3}", "%6f": "[0-9]{6}"}
    return "".join(
        ways.get(each) or _LETTERS.get(each[1:], literal(each)) if each[0] == "%" else literal(each) for each in parts
    )


def _sample(form: str, number: int) -> str:
    zone = timezone(timedelta(minutes=_ZONES[number]) if "%z" in form else timedelta())
    at = datetime.fromisoformat(MOMENTS[number]).astimezone(zone)
    form = (
        form.replace("%3f", "000").replace("%6f", "000000").replace("%Z", "UTC").replace("%n", "\n").replace("%t", "\t")
    )
    return at.strftime(form)
