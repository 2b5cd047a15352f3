"""Rules that name no cause: what each matches is a finding of its own, beside the causes of failures."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from logscan.analysis.classify import shortened
from logscan.analysis.coverage import Coverage
from logscan.analysis.evidence import read_evidence, telling_places
from logscan.analysis.failures import NO_TIME, SECOND, Columns, read_failures
from logscan.analysis.judgement import Judgement
from logscan.analysis.measure import Log, Measured, measure
from logscan.analysis.successes import NO_SUCCESS, Clients
from logscan.analysis.unit import Rows, Unit, series_frame
from logscan.model.finding import Counts, Detection, Finding, Scope
from logscan.model.schemas import CLASSIFIED
from logscan.rules.load import Library, Rule, match

# What the author of a rule says of it, https://sigmahq.io/docs/basics/rules.html (status)
_CONFIDENCE = {"stable": "high", "test": "medium"}
_UNNAMED = "irregular"


def detections_of(events: pl.DataFrame, rules: Mapping[str, Sequence[Rule]]) -> pl.DataFrame:
    """Every event that a rule without a cause matches, once for each such rule.

    In:  EVENTS, any row order; rules by event.dataset
    Out: CLASSIFIED; `logscan.cause` and `logscan.rules` hold the name of the rule
    """
    parts: list[pl.DataFrame] = []
    for (dataset,), part in events.group_by("event.dataset", maintain_order=True):
        asked = rules.get(str(dataset), ())
        found = match(shortened(part), asked) if asked else pl.DataFrame()
        for name in found.columns:
            hits = part.filter(found[name])
            told = pl.lit(name).alias("logscan.cause"), pl.concat_list(pl.lit(name)).alias("logscan.rules")
            parts += [hits.with_columns(told)] if hits.height else []
    named = pl.concat(parts, how="diagonal") if parts else CLASSIFIED.to_frame()
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in CLASSIFIED.items() if name not in named.columns]
    return named.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in CLASSIFIED.items())


def build_detections(
    detected: pl.LazyFrame,
    library: Library,
    judgement: Judgement,
    sources: Mapping[str, tuple[datetime, datetime]],
) -> tuple[Finding, ...]:
    """One finding for each rule that matched.

    In:  what `detections_of` gave, in any row order, with redacted texts; sources: path -> first and last of its events
    Out: in the order of their ids; severity is the rule's level
    Law: the count of each is that of the events its rule matched; the result does not depend on row order
    """
    rows = read_failures(detected, judgement)
    if rows.is_empty():
        return ()
    rows = rows.with_columns(
        pl.lit(None, rows[name].dtype).alias(f"reason_{name}") for name in ("path", "line", "offset")
    )
    maker = _Maker(detected, rows, library, judgement, sources)
    return tuple(sorted((maker.finding(rule) for rule in library.detections if maker.hit(rule)), key=lambda f: f.id))


class _Maker:
    def __init__(
        self,
        detected: pl.LazyFrame,
        rows: pl.DataFrame,
        library: Library,
        judgement: Judgement,
        sources: Mapping[str, tuple[datetime, datetime]],
    ) -> None:
        self.detected, self.rows, self.judgement, self.patterns = detected, rows, judgement, library.patterns
        self.columns = Columns(rows)
        spans = {path: (low.timestamp(), high.timestamp()) for path, (low, high) in sources.items()}
        times = rows["t"].drop_nulls()
        own = [(int(times[0]) / SECOND, int(times[-1]) / SECOND)] if len(times) else [(0.0, 0.0)]
        whole = min(low for low, _ in [*spans.values(), *own]), max(high for _, high in [*spans.values(), *own])
        clients = Clients.unknown(len(self.columns["client"].texts))
        self.log = Log(self.columns, judgement.measures, *whole, clients, Coverage(spans, whole))
        self.of = {
            str(name): np.sort(part["row"].cast(pl.Int64).to_numpy())
            for (name,), part in rows.select("cause", "row").partition_by("cause", as_dict=True).items()
        }

    def hit(self, rule: Rule) -> bool:
        return rule.name in self.of

    def finding(self, rule: Rule) -> Finding:
        rows, columns, listed = self.of[rule.name], self.columns, self.judgement.measures.listed
        measured = measure(rows, NO_SUCCESS, self.log.about(rows))
        series = {name: value for name, value in measured.row.items() if not name.startswith("rate_")}
        pattern = self._pattern(rule, rows, measured)
        times = columns.t[rows]
        timed = times[times != NO_TIME]
        places = telling_places(self.rows, rows, self.judgement.measures.evidence_lines)
        texts = read_evidence(self.detected, places)
        period = series.get("period_s") if self.judgement.alike.get(pattern) == "period" else None
        return Finding(
            id=hashlib.sha256(f"detection|{rule.id or rule.name}".encode()).hexdigest()[:12],
            cause="",
            family="",
            confidence=_CONFIDENCE.get(rule.status, "low"),
            severity=rule.level,
            pattern=pattern,
            period_s=period,
            state=self.judgement.state({**series, "pattern": pattern, "confidence": "", "named": ""}),
            scope=self._scope(rows),
            first_seen=_at(timed[0]) if timed.size else None,
            last_seen=_at(timed[-1]) if timed.size else None,
            onset_after=None,
            onset_before=None,
            counts=Counts(
                int(rows.size),
                int(series.get("episodes") or 0),
                *(columns.distinct(name, rows) for name in ("client", "user", "endpoint")),
            ),
            rate_before=None,
            rate_during=None,
            alternatives=(),
            rules=(rule.name,),
            evidence=tuple(texts[place] for place in places if place in texts),
            playbook="",
            missing_evidence="",
            next_expected=None,
            clients=columns.top("client", rows, listed),
            users=columns.top("user", rows, listed),
            endpoints=columns.top("endpoint", rows, listed),
            episodes=self._episodes(measured),
            detection=Detection(
                name=rule.name,
                id=rule.id,
                title=rule.title,
                level=rule.level,
                description=rule.description.strip(),
                tags=rule.tags,
                references=rule.references,
                falsepositives=rule.falsepositives,
            ),
        )

    def _pattern(self, rule: Rule, rows: Rows, measured: Measured) -> str:
        unit = Unit(rule.name, "", rows, "all", (), series=dict(measured.row))
        found = match(series_frame([unit]), self.patterns)
        return next((each.names for each in self.patterns if found[each.name][0]), _UNNAMED)

    def _scope(self, rows: Rows) -> Scope:
        """Who all of it is about, when it is one."""
        for level in ("client", "user", "endpoint"):
            top = self.columns.top(level, rows, 1)
            if top and top[0][1] == rows.size:
                return Scope(level, (top[0][0],))
        return Scope("all", ())

    def _episodes(self, measured: Measured) -> tuple[tuple[datetime, datetime, int], ...]:
        found, last = measured.episodes, self.judgement.measures.episodes_listed
        ends = zip(found.starts[-last:], found.ends[-last:], found.events[-last:], strict=True)
        return tuple((_at(start * SECOND), _at(end * SECOND), int(events)) for start, end, events in ends)


def _at(microseconds: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(float(microseconds)))
