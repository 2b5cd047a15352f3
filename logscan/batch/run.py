"""One scheduled run: read what is new, enter it, look at the time behind, write the report."""

import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from logscan.batch.archive import Archive, load_parts
from logscan.batch.checkpoint import save_survey, survey
from logscan.batch.collect import Collector, Counted, take_in
from logscan.batch.config import Config
from logscan.batch.history import record_run, write_index
from logscan.batch.lock import locked
from logscan.batch.marks import load_marks
from logscan.batch.page import Page, write_page
from logscan.batch.state import NAME, open_state, state_error, transaction
from logscan.batch.stored import read_archive
from logscan.engine.plan import Period
from logscan.engine.request import Definitions, Request, load_definitions, rules_fingerprint
from logscan.engine.scan import Answer, answer
from logscan.model.errors import LogscanError

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Around:
    """What a run takes from outside. stop: true once it should end; bundle: the chart library, see `chart_bundle`."""

    key: bytes
    cache: Path | None
    version: str
    command: str
    stop: Callable[[], bool]
    sleep: Callable[[float], None]
    clock: Callable[[], datetime]
    bundle: Callable[[], str]


@dataclass(frozen=True)
class Outcome:
    """What a run did. outcome: done | nothing new | busy | stopped; faults: what could not be read."""

    at: datetime
    outcome: str
    counted: Counted = field(default_factory=Counted)
    seen: int = 0
    report: str = ""
    findings: int = 0
    faults: tuple[LogscanError, ...] = ()
    answer: Answer | None = field(default=None, repr=False)


def run_once(config: Config, around: Around, now: datetime) -> Outcome:
    """Law: what ends a run at any moment loses nothing and doubles nothing: the next one goes on from there.

    Errors: Faults for definitions; StateError when what is kept cannot be read or written
    """
    with locked(config.data, config.wait_s, around.sleep) as mine:
        if not mine:
            return Outcome(now, "busy")
        db = open_state(config.data / NAME)
        try:
            return _Run(config, around, now, db).run()
        except (OSError, sqlite3.Error) as fault:
            raise state_error(config.data, fault) from fault
        finally:
            db.close()


class _Run:
    def __init__(self, config: Config, around: Around, now: datetime, db: sqlite3.Connection) -> None:
        self.config, self.around, self.now, self.db = config, around, now, db
        self.archive = Archive(config.data)
        self.request = request_of(config, around, now)

    def run(self) -> Outcome:
        self.archive.tidy(self.db)
        found = survey(self.db, self.config.sources, self.now)
        rules = rules_fingerprint(self.request)
        if not found.jobs and self._fact("evaluated") == self._state(rules):
            with transaction(self.db):
                save_survey(self.db, found, self.now)
            return Outcome(self.now, "nothing new", seen=found.seen, faults=tuple(found.faults))
        definitions = load_definitions(self.request)
        collector = Collector(self.db, self.archive, definitions.library.digest, self.now)
        faults = [*found.faults, *take_in(found, self.config, self.request, definitions.plan, collector)]
        if self.around.stop():
            return Outcome(self.now, "stopped", collector.counted, found.seen, faults=tuple(faults))
        with transaction(self.db):
            save_survey(self.db, found, self.now)
        told = self._evaluate(definitions, collector, self._state(rules))
        return replace(told, seen=found.seen, faults=tuple(faults))

    def _evaluate(self, definitions: Definitions, collector: Collector, state: str) -> Outcome:
        since = min([self.now - timedelta(seconds=self.config.look_back_s), *filter(None, [collector.first])])
        since = since.replace(second=0, microsecond=0)
        plan = replace(definitions.plan, period=Period(since=since))
        with TemporaryDirectory(prefix="logscan-") as spill:
            ran = read_archive(self.db, self.config.data, plan, Path(spill), every=False)
            told = answer(ran, definitions, self.request, listed=True)
        page = Page(self.config.reports, self.around.version, self.around.command, self.around.bundle)
        report = write_page(page, told, self.now)
        with transaction(self.db):
            taxonomy = definitions.library.taxonomy
            counted = collector.counted
            record_run(
                self.db,
                told.scan,
                taxonomy,
                at=self.now,
                report=report,
                lines=counted.lines,
                failures=counted.failures,
                since=since,
            )
            self.db.execute("INSERT OR REPLACE INTO facts VALUES ('evaluated', ?)", (state,))
        settings = self.config.reports
        write_index(settings.folder, self.db, taxonomy, version=self.around.version, title=settings.title)
        return Outcome(self.now, "done", counted, report=report, findings=len(told.scan.findings), answer=told)

    def _state(self, rules: str) -> str:
        """A digest of all that an evaluation follows from, but the time."""
        words = [rules, *(part.name for part in load_parts(self.db)), repr(self.request.marks)]
        return hashlib.sha256("\0".join(words).encode()).hexdigest()

    def _fact(self, key: str) -> str:
        row = self.db.execute("SELECT value FROM facts WHERE key = ?", (key,)).fetchone()
        return row[0] if row else ""


def request_of(config: Config, around: Around, now: datetime) -> Request:
    """What the settings ask for, of all sources alike."""
    return Request(
        paths=(),
        now=now,
        key=around.key,
        zone=config.sources[0].zone if config.sources else "UTC",
        rules=config.rules.folders,
        formats=config.rules.formats,
        default_rules=config.rules.default,
        jobs=config.jobs,
        trusted=tuple(dict.fromkeys(network for source in config.sources for network in source.trusted)),
        marks=load_marks(config.marks),
        stop=around.stop,
        cache=around.cache,
    )
