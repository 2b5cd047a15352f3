"""Lines as a worker gets them: a chunk, and a task made from a look at it."""

from datetime import UTC, datetime
from typing import Any

from logscan.engine.plan import Plan, Task, Tasks
from logscan.engine.request import Request, load_definitions
from logscan.ingest.chunk import Chunk
from logscan.ingest.detect import detect
from logscan.ingest.format import Clock
from tests.system.logs import joined

NOW = datetime(2026, 4, 1, tzinfo=UTC)


def make_plan(**options: Any) -> Plan:
    return load_definitions(Request((), NOW, b"k" * 32, **options)).plan


def chunk_of(lines: list[str], *, first_line: int = 1, offset: int = 0) -> Chunk:
    return Chunk("a.log", offset, first_line, joined(lines), 0)


def task_of(lines: list[str], plan: Plan) -> Task:
    found = detect(lines, plan.formats)
    return Tasks(plan).make("a.log", found.order, found.shares, Clock("UTC", NOW), lines)
