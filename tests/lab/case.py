"""What the laboratory provokes, and what an expert would call it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

NONE = "none"  # not an authentication failure
UNCLASSIFIED = "unclassified"
UNREAD = "unread"  # no event holds the line


@dataclass(frozen=True)
class Visit:
    """One deed of one client. marker: 16 hex digits in whatever the server logs of it; address: where it comes from."""

    marker: str
    address: str
    agent: str


Act = Callable[[Visit], object]


class Says(NamedTuple):
    """What a line of a log tells an expert who sees this log alone. accepts: the best answer first."""

    log: str
    accepts: tuple[str, ...]
    where: str = ""  # only for lines in which this is found
    alone: bool = (
        False  # of a request of its own, of which no other log tells: logs that are read together tell no more
    )


@dataclass(frozen=True)
class Case:
    """name: the deed; truth: its cause with every log at hand; act: does it; says: what each log can tell of it, where a
    line that nothing is said about is no failure; times: how often at least and at most; markers: what tells its lines
    apart where the marker of the visit cannot stand in them."""

    name: str
    truth: str
    act: Act
    says: tuple[Says, ...] = ()
    times: tuple[int, int] = (2, 4)
    markers: tuple[str, ...] = ()

    def accepts(self, log: str, line: str) -> tuple[str, ...]:
        for said in self.says:
            if said.log == log and re.search(said.where, line):
                return said.accepts
        return (NONE,)

    def known(self, log: str, line: str) -> tuple[str, ...]:
        """What is accepted of whoever has read all logs: what the most telling line permits."""
        for said in self.says:
            if said.alone and said.log == log and re.search(said.where, line):
                return said.accepts
        sure = [said.accepts for said in self.says if not {NONE, UNCLASSIFIED} & {*said.accepts}]
        told = min(sure or [said.accepts for said in self.says], key=len, default=())
        return tuple(dict.fromkeys((self.truth, *told)))


@dataclass
class Bench:
    """A server at work. logs: name to file; settled: called when all is done, before the logs are read; asides: what
    stands in lines that name a client and tell nothing of what became of it."""

    name: str
    logs: dict[str, Path]
    cases: list[Case]
    settled: Callable[[], object] = field(default=lambda: None)
    asides: str = "(?!)"


def says(**logs: str) -> tuple[Says, ...]:
    """`access="unclassified credential_missing"`: the answers that are accepted for lines of a log, best first."""
    return tuple(Says(log, tuple(causes.split())) for log, causes in logs.items())


def good(act: Act, name: str = "good", times: tuple[int, int] = (12, 20)) -> Case:
    return Case(name, NONE, act, times=times)


class Label(NamedTuple):
    """The truth of one line."""

    bench: str
    log: str
    line: int
    case: str
    truth: str
    accepts: tuple[str, ...]
    text: str = ""


def label(bench: Bench, notes: Iterable[tuple[str, Case]]) -> list[Label]:
    """The truth of every line that was written. A line without a marker is of nobody's doing, and no failure.

    notes: what tells the lines of a visit apart, and its case
    """
    cases = dict(notes)
    pattern = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, cases), key=len, reverse=True))})\b")
    labels = []
    for log, path in bench.logs.items():
        for number, line in enumerate(path.read_text("utf-8", "replace").split("\n"), 1):
            found = max(pattern.findall(line), key=len, default=None)  # a marker is longer than an address
            if found is not None and not re.search(bench.asides, line):
                case = cases[found]
                labels.append(Label(bench.name, log, number, case.name, case.truth, case.accepts(log, line), line))
            elif line.strip():
                labels.append(Label(bench.name, log, number, "-", NONE, (NONE,), line))
    return labels
