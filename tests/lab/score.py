"""What logscan says of the labelled lines, and how often that is right."""

import json
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from tests.lab.case import NONE, UNREAD, Bench, Label
from tests.system.tool import run


class Graded(NamedTuple):
    """One line, what it is and what logscan says. truth: logscan's answer where that is accepted, else the best one."""

    label: Label
    truth: str
    told: str


def told_of(paths: Iterable[Path]) -> dict[Path, dict[int, str]]:
    """Log to line to the cause of the event that begins there, of all events of logs that are read together."""
    told = run("events", *paths, "--all", "--format", "ndjson")
    assert told.exit_code in (0, 3), told.output
    causes: dict[Path, dict[int, str]] = defaultdict(dict)
    for line in told.stdout.splitlines():
        row = json.loads(line)
        causes[Path(row["log.file.path"])][row["logscan.line"]] = row.get("logscan.cause", NONE)
    return causes


def grade(done: Iterable[tuple[Bench, list[Label]]]) -> list[Graded]:
    """No log read with another of its server: the first of each bench together, then the second, which saves time.

    Benches have nothing in common by which a reason could pass from one to another: no client, user or path.
    """
    done = list(done)
    rounds = zip_longest(*(bench.logs.values() for bench, _ in done))
    causes = {path: told for paths in rounds for path, told in told_of(filter(None, paths)).items()}
    return [
        _judged(label, label.accepts, told)
        for bench, labels in done
        for log, path in bench.logs.items()
        for label, told in _owned(labels, log, causes.get(path, {}))
    ]


def grade_together(done: Iterable[tuple[Bench, list[Label]]]) -> list[Graded]:
    """All logs of a bench read together: each line that is a failure must say what the most telling of them does."""
    graded = []
    several = [(bench, labels) for bench, labels in done if len(bench.logs) > 1]
    causes = told_of(path for bench, _ in several for path in bench.logs.values()) if several else {}
    for bench, labels in several:
        cases = {case.name: case for case in bench.cases}
        for log, path in bench.logs.items():
            owned = _owned(labels, log, causes[path])
            graded += [
                _judged(label, cases[label.case].known(log, label.text), told)
                for label, told in owned
                if NONE not in label.accepts
            ]
    return graded


def _owned(labels: Iterable[Label], log: str, causes: dict[int, str]) -> Iterator[tuple[Label, str]]:
    """An event of several lines counts once, by the first of its lines that a case left."""
    starts = sorted(causes)
    owned: dict[int, Label] = {}
    for label in labels:
        if label.log == log:
            before = bisect_right(starts, label.line)
            start = starts[before - 1] if before else 0
            if start not in owned or owned[start].case == "-":
                owned[start] = label
    return ((label, causes.get(start, UNREAD)) for start, label in owned.items())


def _judged(label: Label, accepts: tuple[str, ...], told: str) -> Graded:
    if told == UNREAD and NONE in accepts:
        told = NONE
    return Graded(label, told if told in accepts else accepts[0], told)


class Scores(NamedTuple):
    """Of the lines that are a failure or are called one. decided: only lines that permit a single answer."""

    lines: int
    accuracy: float
    decided: int
    decided_accuracy: float
    macro_f1: float
    causes: dict[str, tuple[int, float, float, float]]  # lines, precision, recall, F1
    confused: Counter[tuple[str, str, str, str, str]]  # bench, log, case, truth, told
    examples: dict[tuple[str, str, str, str, str], str]
    quiet: int  # lines that are no failure and are called none


def score(graded: Iterable[Graded]) -> Scores:
    graded = list(graded)
    failures = [row for row in graded if (row.truth, row.told) != (NONE, NONE)]
    decided = [row for row in failures if len(row.label.accepts) == 1]
    causes = {}
    for cause in sorted({row.truth for row in failures} - {NONE}):
        hit = sum(row.truth == row.told == cause for row in failures)
        told, true = (sum(getattr(row, kind) == cause for row in failures) for kind in ("told", "truth"))
        precision, recall = hit / told if told else 0.0, hit / true
        causes[cause] = (true, precision, recall, 2 * precision * recall / (precision + recall) if hit else 0.0)
    wrong = [row for row in failures if row.truth != row.told]
    return Scores(
        len(failures),
        1 - len(wrong) / max(1, len(failures)),
        len(decided),
        sum(row.truth == row.told for row in decided) / max(1, len(decided)),
        sum(f1 for *_, f1 in causes.values()) / max(1, len(causes)),
        causes,
        Counter(map(_kind, wrong)),
        {_kind(row): row.label.text for row in wrong},
        len(graded) - len(failures),
    )


def _kind(row: Graded) -> tuple[str, str, str, str, str]:
    return row.label.bench, row.label.log, row.label.case, row.truth, row.told


def table(scores: Scores, shown: int | None = None) -> str:
    """shown: how many sorts of mistakes at most"""
    lines = [f"{'cause':32} {'lines':>6} {'precision':>9} {'recall':>7} {'F1':>6}"]
    for cause, (count, precision, recall, f1) in scores.causes.items():
        lines.append(f"{cause:32} {count:6} {precision:9.3f} {recall:7.3f} {f1:6.3f}")
    lines += [
        "",
        f"accuracy {scores.accuracy:.4f} of {scores.lines} lines ({scores.quiet} more are no failure and called none)",
        f"accuracy {scores.decided_accuracy:.4f} of the {scores.decided} lines that permit a single answer",
        f"macro-F1 {scores.macro_f1:.4f} over {len(scores.causes)} causes",
    ]
    for kind, count in scores.confused.most_common(shown):
        bench, log, case, truth, told = kind
        lines += [f"{count:4} {bench}/{log}: {case}: {truth} called {told}", f"       {scores.examples[kind][:300]}"]
    return "\n".join(lines)
