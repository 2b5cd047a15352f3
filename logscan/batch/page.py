"""The dated report of a run."""

import os
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from logscan.batch.config import ReportSettings
from logscan.engine.scan import Answer
from logscan.report.html import render_html
from logscan.report.templates import Templates

_NAMES = {"day": "%Y-%m-%d", "hour": "%Y-%m-%dT%H", "run": "%Y-%m-%dT%H%M%S"}


class Page(NamedTuple):
    settings: ReportSettings
    version: str
    command: str
    bundle: Callable[[], str]
    templates: Templates | None = None


def write_page(page: Page, answer: Answer, now: datetime) -> str:
    """Write the report, whole or not at all; the name of its file.

    Law:    reports of one day (hour, run) take the place of each other
    Errors: OSError
    """
    settings = page.settings
    text = render_html(
        answer.scan,
        answer.library,
        generated=now,
        command=page.command,
        version=page.version,
        bundle=page.bundle(),
        shown=answer.shown,
        asked=answer.asked,
        title=settings.title,
        templates=page.templates,
    )
    settings.folder.mkdir(parents=True, exist_ok=True)
    path = settings.folder / f"report-{now:{_NAMES[settings.each]}}.html"
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(text.encode("utf-8", "backslashreplace"))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path.name
