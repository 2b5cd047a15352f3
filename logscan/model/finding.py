"""What a person reads: one finding is one cause at one scope, with its evidence. JSON contract: logscan.findings/1."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from logscan.model.contrast import Contrast


@dataclass(frozen=True)
class Scope:
    level: str  # all | service | endpoint | client | user | credential | upstream
    values: tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    """One log line, redacted; `line` is 1-based, `offset` in bytes of the decompressed stream."""

    path: str
    line: int
    offset: int
    text: str


@dataclass(frozen=True)
class Alternative:
    cause: str
    confidence: str


@dataclass(frozen=True)
class Detection:
    """What the author of a rule that names no cause says of it; level: one of the severities."""

    name: str
    id: str
    title: str
    level: str
    description: str
    tags: tuple[str, ...]
    references: tuple[str, ...]
    falsepositives: tuple[str, ...]


@dataclass(frozen=True)
class Spread:
    """Of so many values."""

    count: int
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Facts:
    """What the lines of a finding hold themselves.

    expired_s  how long ago what was presented had run out, where it had;  valid: failures with something still valid
    skew_s     the clock of who made a token or signature less the server's; positive: ahead
    lifetime_s median;  expires: the last of what was presented runs out
    claims     of tokens and signatures, most frequent first; `sub`: a fingerprint; `wants_`: what the server asked for
    joined     failures whose reason another line holds, by what ties the two;  doubted: those with several in reach
    assumed    failures whose line has no time, so that one was assumed
    """

    expired_s: Spread | None = None
    valid: int = 0
    skew_s: Spread | None = None
    lifetime_s: float | None = None
    expires: datetime | None = None
    claims: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    joined: Mapping[str, int] = field(default_factory=dict)
    doubted: int = 0
    assumed: int = 0


@dataclass(frozen=True)
class Bout:
    """A stretch in which something fails more often than before and after it; open: it lasts."""

    first: datetime
    last: datetime
    open: bool


@dataclass(frozen=True)
class Counts:
    events: int
    episodes: int
    clients: int
    users: int
    endpoints: int


@dataclass(frozen=True)
class Finding:
    """One finding, as in `scan --format json`, and what only the report shows (from `features` on).

    Units: period_s seconds; rate_before and rate_during are failures over all events of the scope, 0..1
    Law:   id is a hash of cause, scope and dataset family; counts and times never change it
    """

    id: str
    cause: str
    family: str
    confidence: str
    severity: str
    pattern: str
    period_s: float | None
    state: str  # open | closed | silent | resolved
    scope: Scope
    first_seen: datetime | None
    last_seen: datetime | None
    onset_after: datetime | None  # last time known good
    onset_before: datetime | None  # first time known bad
    counts: Counts
    rate_before: float | None
    rate_during: float | None
    alternatives: tuple[Alternative, ...]
    rules: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    playbook: str
    missing_evidence: str  # what to log to be sure; empty when nothing is missing
    next_expected: datetime | None
    features: Mapping[str, Any] = field(default_factory=dict)  # the measured numbers it rests on
    clients: tuple[tuple[str, int], ...] = ()  # most hit first, with counts
    users: tuple[tuple[str, int], ...] = ()
    endpoints: tuple[tuple[str, int], ...] = ()
    episodes: tuple[tuple[datetime, datetime, int], ...] = ()  # start, end, events
    next_within_s: float | None = None  # next_expected lies so near, 19 times of 20
    next_runs_out: bool = False  # next_expected is when something presented runs out, not when a cycle turns
    caveats: tuple[str, ...] = ()  # what weakens the claims above, in words
    facts: Facts | None = None
    after_mark: tuple[datetime, str] | None = None  # the moment that it began soon after, and its label
    contrast: Contrast | None = None  # None: too few successes are known
    reproduce: str = ""  # a shell command that asks again, without the secret; empty when no request is known
    bout: Bout | None = None  # the latest of several; None: it has failed alike since it began
    detection: Detection | None = None  # the rule that it is of; cause and family are empty then


@dataclass(frozen=True)
class Input:
    """One source as it was read. Law: lines == events + rejects + continuations + blank."""

    path: str
    dataset: str  # the format that read most lines; empty when none did
    bytes: int  # decompressed
    sha256: str  # of the file as it lies on disk
    lines: int
    events: int
    rejects: int
    first: datetime | None
    last: datetime | None
    timezone: str  # what lines without a zone were taken to mean
    continuations: int = 0
    blank: int = 0
    datasets: Mapping[str, int] = field(default_factory=dict)  # events by format
    why: str = ""  # why this format
    notes: tuple[str, ...] = ()  # truncated archive, repaired bytes, cut lines ...
    log: str = ""  # of which this is a part
    doubt: str = ""  # why the format may be the wrong one


@dataclass(frozen=True)
class Stretch:
    """From one time to another; path and line of the line that has the latter in it, and follows the former."""

    start: datetime
    end: datetime
    path: str
    line: int

    @property
    def seconds(self) -> float:
        return abs((self.end - self.start).total_seconds())


@dataclass(frozen=True)
class Zone:
    """read_as: the offset that an abbreviation was taken for; empty where the name is an offset or of the database."""

    events: int
    first: datetime
    last: datetime
    read_as: str = ""


@dataclass(frozen=True)
class ClockOffset:
    """How far the clock of the log `other` is ahead of that of `one`, and how many pairs of lines say so.

    by    what told that two lines are about one request
    Units: seconds; negative: behind
    """

    one: str
    other: str
    seconds: float
    pairs: int
    by: str


@dataclass(frozen=True)
class Coverage:
    """What part of the time a log covers, and how its clock ran.

    log        one name for all its parts;  parts: their paths, oldest first
    gaps       no event at all, much longer than usual;  gap_count: of which so many are longest
    set_back   the time of a line lies well before that of the line above;  set_ahead: the same forward, and back later
    disordered lines a little out of order;  furthest: the worst of them
    zones      that times name, or `(assumed)`;  mixed: those of them that are named at the same time and differ
    Law: lists are the longest first, and may hold fewer than their counts
    """

    log: str
    parts: tuple[str, ...]
    first: datetime | None
    last: datetime | None
    gaps: tuple[Stretch, ...] = ()
    gap_count: int = 0
    set_back: tuple[Stretch, ...] = ()
    set_back_count: int = 0
    set_ahead: tuple[Stretch, ...] = ()
    set_ahead_count: int = 0
    disordered: int = 0
    furthest: Stretch | None = None
    zones: Mapping[str, Zone] = field(default_factory=dict)
    mixed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rejected:
    path: str
    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class Scan:
    """The whole result: what every output renders.

    timeline    rows (bucket, cause or outcome, events): causes of auth failures and `ok`/`error`/`other` for the rest
    partial     true when reading was interrupted
    detections  findings of rules that name no cause: events of any kind, which count as no failure
    groups      rows (service or log, start of the hour or day, cause, failures)
    """

    inputs: tuple[Input, ...]
    findings: tuple[Finding, ...]
    by_cause: Mapping[str, int]
    lines: int
    events: int
    rejects: int
    auth_failures: int
    rejected: tuple[Rejected, ...]
    timeline: tuple[tuple[datetime, str, int], ...]
    bucket_s: int
    faults: tuple[str, ...]  # inputs that could not be read, in words
    rules_digest: str
    partial: bool = False
    coverage: tuple[Coverage, ...] = ()  # of each log
    clocks: tuple[ClockOffset, ...] = ()  # of two logs that differ
    trusted: tuple[str, ...] = ()  # networks of proxies whose forwarded lists told the client
    marks: tuple[tuple[datetime, str], ...] = ()  # moments that somebody marked, and their labels
    detections: tuple[Finding, ...] = ()
    groups: tuple[tuple[str, datetime, str, int], ...] = ()

    @property
    def told(self) -> tuple[Finding, ...]:
        """All findings, of causes and of rules."""
        return self.findings + self.detections
