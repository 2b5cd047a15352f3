"""Paths to partials: what every command that reads logs begins with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from logscan.engine.local import Local, Ran, Settings
from logscan.engine.request import Definitions, Request, load_definitions
from logscan.ingest.copies import once_each
from logscan.ingest.source import find_sources


@contextmanager
def read_logs(request: Request, progress: Callable[[int], None]) -> Iterator[tuple[Ran, Definitions]]:
    """Read everything that was asked for; what was spilled to disk lives as long as the context.

    Errors: Faults when a rule, format or setting is invalid, before any log is opened
    """
    definitions = load_definitions(request)
    found = find_sources(request.paths)
    sources, copies = once_each(found.sources)
    settings = Settings(
        request.zone, request.now, request.log_format, request.chunk, request.jobs, request.stdin, request.stop
    )
    with TemporaryDirectory(prefix="logscan-") as folder:
        ran = Local(definitions.plan, settings, Path(folder), progress).run(sources)
        yield ran._replace(faults=(*found.faults, *copies, *ran.faults)), definitions
