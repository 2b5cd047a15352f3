"""Excerpts as people paste them into issues and forums: each names the cause that the one who mended it found.

`excerpts/first.txt` was written before the rules were looked at, `second.txt` to `twelfth.txt`
each after they had been mended by those before.
"""

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from logscan.analysis.classify import ByDataset, classify
from logscan.engine.request import Request, load_definitions
from logscan.ingest.parse import parse
from logscan.ingest.when import Clock
from logscan.model.schemas import EVENTS, LINES

NOW = datetime(2026, 3, 12, 7, tzinfo=UTC)
BETWEEN = '192.0.2.1 - - [12/Mar/2026:06:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-"'  # nothing continues it
RANKS = {"high": 3, "medium": 2, "low": 1}


class Excerpt(NamedTuple):
    where: str
    cause: str
    text: str


def excerpts(name: str) -> list[Excerpt]:
    written = (Path(__file__).parent / "excerpts" / name).read_text("utf-8")
    found = []
    for part in re.split(r"(?m)^### ", written)[1:]:
        head, text = part.split("\n", 1)
        cause, where = head.split(" | ")
        found.append(Excerpt(where, cause, text.rstrip("\n")))
    return found


ROUNDS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
FILES = tuple(f"{name}.txt" for name in ROUNDS.split())
ALL = [(name, excerpt) for name in FILES for excerpt in excerpts(name)]
IDS = [f"{name[:-4]}-{at}-{excerpt.where.replace(' ', '-')}" for at, (name, excerpt) in enumerate(ALL)]


@cache
def named() -> dict[int, str]:
    """Excerpt -> the cause of its line that says most; all are read as one log."""
    plan = load_definitions(Request(paths=(), now=NOW, key=b"k" * 32, all_events=True)).plan
    lines, owners = [], []
    for at, (_, excerpt) in enumerate(ALL):
        for line in [BETWEEN, *excerpt.text.split("\n")]:
            lines.append(line)
            owners.append(at)
    rows = pl.DataFrame([range(1, len(lines) + 1), [0] * len(lines), lines], schema=LINES)
    events = parse(rows, plan.formats, frozenset(EVENTS), Clock("UTC", NOW)).events
    whole = events.with_columns(pl.lit("excerpts").alias("log.file.path")).select(list(EVENTS))
    found: dict[int, tuple[tuple[bool, int, int], str]] = {}
    told = classify(whole, ByDataset(plan.formats, plan.library.causes))
    for line, cause, confidence in told.select("logscan.line", "logscan.cause", "logscan.confidence").rows():
        rank = (cause != "unclassified", RANKS[confidence], -line)
        owner = owners[line - 1]
        found[owner] = max(found.get(owner, (rank, cause)), (rank, cause))
    return {owner: cause for owner, (_, cause) in found.items()}


@pytest.mark.parametrize(("at", "excerpt"), [(at, excerpt) for at, (_, excerpt) in enumerate(ALL)], ids=IDS)
def test_the_cause_of_an_excerpt(at: int, excerpt: Excerpt) -> None:
    assert named().get(at, "nothing") == excerpt.cause, excerpt.text
