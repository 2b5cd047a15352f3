"""One scheduled run: read what is new, enter it, look at the time behind, write the report, tell of it."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from logscan.batch.archive import Archive, load_parts
from logscan.batch.checkpoint import Survey, save_survey, survey
from logscan.batch.collect import Collector, Counted, take_in
from logscan.batch.compact import maintain
from logscan.batch.config import Config
from logscan.batch.definitions import load_named, named_by
from logscan.batch.history import expire, record_run, write_index
from logscan.batch.key import kept_key
from logscan.batch.lock import locked
from logscan.batch.notice import load_alerting, notify
from logscan.batch.page import Page, write_page
from logscan.batch.state import NAME, open_state, state_error, transaction
from logscan.batch.stored import other_rules, read_archive, touching
from logscan.engine.plan import Period
from logscan.engine.request import Definitions, Request, rules_fingerprint
from logscan.engine.scan import Answer, answer
from logscan.model.cache import Cache
from logscan.model.errors import AccessError, LogscanError, RotatedError
from logscan.model.resources import rules_dir
from logscan.report.templates import load_templates, shipped
from logscan.rules.alerts import AlertRules, load_alerts

_RUNS_KEPT = 1000
_LOOKS = 3  # at most, at logs that are rotated while a run reads them


@dataclass(frozen=True)
class Around:
    """What a run takes from outside.

    key: of this installation;  stop: true once it should end;  bundle: the chart library, see `chart_bundle`
    """

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
    """What a run did.

    outcome    done | nothing new | busy | stopped
    seen       files that are there;  faults: what could not be read;  untold: what could not be told, in words
    """

    at: datetime
    outcome: str
    counted: Counted = field(default_factory=Counted)
    seen: int = 0
    report: str = ""
    findings: int = 0
    faults: tuple[LogscanError, ...] = ()
    untold: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether a log that is there could not be read, or people could not be told."""
        return bool(self.untold) or any(isinstance(fault, AccessError) for fault in self.faults)

    def line(self) -> str:
        """As JSON."""
        told = {"at": _text(self.at), "outcome": self.outcome, "seen": self.seen}
        # what was rejected and is read rightly now may be more than what is new
        told |= {name: max(0, count) for name, count in self.counted._asdict().items()}
        told |= {"findings": self.findings, "report": self.report}
        told |= {"faults": [f"{fault.where}: {fault.what}" for fault in self.faults], "untold": list(self.untold)}
        return json.dumps(told)


def run_once(config: Config, around: Around, now: datetime) -> Outcome:
    """Law: what ends a run at any moment loses nothing and doubles nothing: the next one goes on from there.

    Errors: Faults for definitions; StateError when what is kept cannot be read or written
    """
    with locked(config.data, config.wait_s, around.sleep) as mine:
        if not mine:
            return Outcome(now, "busy")
        db = open_state(config.data / NAME)
        try:
            told = _Run(config, around, now, db).run()
            _remember(db, told, around.clock(), now - timedelta(seconds=config.reports_s))
        except (OSError, sqlite3.Error) as fault:
            raise state_error(Path(getattr(fault, "filename", None) or config.data), fault) from fault
        finally:
            db.close()
    return told


class _Took(NamedTuple):
    """What was read. first: the earliest time in it;  faults: of the last look"""

    counted: Counted = Counted()
    first: datetime | None = None
    faults: tuple[LogscanError, ...] = ()


class _Run:
    def __init__(self, config: Config, around: Around, now: datetime, db: sqlite3.Connection) -> None:
        self.config, self.around, self.now, self.db = config, around, now, db
        self.archive = Archive(config.data)
        self.request = request_of(config, around, now)
        self.rules = rules_fingerprint(self.request)
        own = config.reports.templates
        self.kept = Cache(around.cache, self.request.key) if around.cache else None
        self.templates = load_templates(own) if own else None

    def run(self) -> Outcome:
        self.archive.tidy(self.db)
        found = survey(self.db, self.config.sources, self.now)
        if not found.jobs and self._fact("evaluated") == self._state():
            with transaction(self.db):
                save_survey(self.db, found, self.now)
            untold = self._told(None)
            return Outcome(self.now, "nothing new", seen=found.seen, faults=tuple(found.faults), untold=untold)
        definitions = load_named(self.config, self.request)
        found, took = self._taken(found, definitions)
        told = Outcome(self.now, "stopped", took.counted, found.seen, faults=took.faults)
        if self.around.stop():
            return told
        with transaction(self.db):
            save_survey(self.db, found, self.now)
        maintain(self.db, self.archive, self.now, keep_s=self.config.archive_s)
        return self._evaluated(definitions, told, took.first)

    def _taken(self, found: Survey, definitions: Definitions) -> tuple[Survey, "_Took"]:
        """Read all that is new; what was rotated meanwhile is looked for again, where it is then."""
        took = _Took()
        for left in range(_LOOKS - 1, -1, -1):
            collector = Collector(self.db, self.archive, definitions.library.digest, self.now)
            faults = [*found.faults, *take_in(found, self.config, self.request, definitions.plan, collector)]
            first = min((each for each in (took.first, collector.first) if each), default=None)
            took = _Took(took.counted.plus_all(collector.counted), first, tuple(faults))
            if not left or self.around.stop() or not any(isinstance(fault, RotatedError) for fault in faults):
                break
            found = survey(self.db, self.config.sources, self.now)
        return found, took

    def _since(self, first: datetime | None) -> datetime:
        """The begin of what is looked at: the window, and further back where late lines came."""
        window = self.now - timedelta(seconds=self.config.look_back_s)
        return min(window, first or window).replace(second=0, microsecond=0)

    def _evaluated(self, definitions: Definitions, told: Outcome, first: datetime | None) -> Outcome:
        """In: first: the earliest time in what was read"""
        since = self._since(first)
        plan = replace(definitions.plan, period=Period(since=since))
        with TemporaryDirectory(prefix="logscan-") as spill:
            ran = read_archive(self.db, self.config.data, plan, Path(spill), every=False)
            anew = other_rules(touching(load_parts(self.db), plan.period), self.config.data, definitions.library)
            ran = ran._replace(faults=(*told.faults, *anew))
            found = answer(ran, definitions, self.request, listed=True)
        try:
            report = self._write(found, definitions, told.counted, since, first)
        except OSError as fault:
            self._told(found, whole=not told.faults)  # who is to be told of an outage does not wait for room on a disk
            raise state_error(self.config.reports.folder, fault) from fault
        untold = self._told(found, whole=not told.faults)
        with transaction(self.db):
            # only now: who was killed before is evaluated again, and tells nothing twice
            self.db.execute("INSERT OR REPLACE INTO facts VALUES ('evaluated', ?)", (self._state(),))
        findings = len(found.scan.told)
        return replace(told, outcome="done", report=report, findings=findings, untold=untold)

    def _write(
        self, found: Answer, definitions: Definitions, counted: Counted, since: datetime, first: datetime | None
    ) -> str:
        """The report and the index. Out: the name of the report"""
        settings, around, taxonomy = self.config.reports, self.around, definitions.library.taxonomy
        templates = self.templates or shipped(self.kept)
        report = write_page(Page(settings, around.version, around.command, around.bundle, templates), found, self.now)
        with transaction(self.db):
            record_run(
                self.db,
                found.scan,
                taxonomy,
                at=self.now,
                report=report,
                lines=counted.lines,
                failures=counted.failures,
                since=since,
                first=first,
            )
            expire(settings.folder, self.db, self.now - timedelta(seconds=self.config.reports_s))
        write_index(
            settings.folder, self.db, taxonomy, version=around.version, title=settings.title, templates=templates
        )
        return report

    def _told(self, found: Answer | None, *, whole: bool = True) -> tuple[str, ...]:
        """Tell people what changed. In: found: None when nothing new was read. Out: what could not be told, in words"""
        alerting = load_alerting(self.config.alerts, self._alert_rules)
        return notify(self.db, found, alerting, self.now, whole=whole).faults

    def _alert_rules(self) -> AlertRules:
        rules = self.config.rules
        folders = [*([rules_dir()] if rules.default else []), *rules.folders]
        made = partial(load_alerts, folders)
        return self.kept.value("alerts", self.rules, made) if self.kept else made()

    def _state(self) -> str:
        """A digest of all that an evaluation follows from, but the time."""
        words = [self.rules, self.around.version, repr(self.request.marks), repr(self.config.reports)]
        words += [str(self.config.look_back_s), *(part.name for part in load_parts(self.db))]
        return hashlib.sha256("\0".join(words).encode()).hexdigest()

    def _fact(self, key: str) -> str:
        row = self.db.execute("SELECT value FROM facts WHERE key = ?", (key,)).fetchone()
        return row[0] if row else ""


def request_of(config: Config, around: Around, now: datetime) -> Request:
    """As `named_by`, with what a run has of its own."""
    named = named_by(config, kept_key(config.data, around.key), around.cache, now)
    return replace(named, stop=around.stop)


def _remember(db: sqlite3.Connection, told: Outcome, finished: datetime, oldest: datetime) -> None:
    with transaction(db):
        row = _text(told.at), _text(finished), told.outcome, told.line()
        db.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)", row)
        newest = "SELECT at FROM runs ORDER BY at DESC LIMIT ?"
        db.execute(f"DELETE FROM runs WHERE at NOT IN ({newest})", (_RUNS_KEPT,))  # noqa: S608
        db.execute("DELETE FROM runs WHERE at < ?", (_text(oldest),))


def _text(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
