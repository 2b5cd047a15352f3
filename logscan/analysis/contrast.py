"""What failing requests have that succeeding ones have not."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logscan.analysis.bands import best_band
from logscan.analysis.failures import NO_TIME, SECOND
from logscan.analysis.measure import Log
from logscan.analysis.odds import Table, corrected, odds_of
from logscan.analysis.unit import PRINCIPALS, Rows, Unit
from logscan.analysis.visits import principal
from logscan.model.contrast import Contrast, Trait

Mask = NDArray[np.bool_]
FIELDS = ("credential", "user", "client", "program", "agent", "method", "protocol", "upstream", "site")
_FEW = 3  # clients: of fewer, whatever a client has, sets all its requests apart
_DAY_S, _HOUR_S, _HIDDEN = 86_400, 3600, "<redacted "


class _Seen(NamedTuple):
    """One value of one field: which failures and which successes have it, and of which successes that was asked."""

    field: str
    value: str | None
    failing: Mask
    let_in: Mask
    among: Mask
    table: Table
    looks: int = 1  # at so many values the best was chosen from
    holds: bool = True  # without the client that fails most, too


class Contrasts:
    """let_in: LET_IN; total: of which so many are a sample.

    Law: depends on the rows of a unit and the sample alone
    """

    def __init__(self, log: Log, let_in: pl.DataFrame, total: int) -> None:
        self.log, self.total = log, total
        self.columns, self.measures = log.columns, log.measures
        self.had = {name: let_in[name].to_numpy() for name in (*FIELDS, "endpoint")}
        at = let_in["@timestamp"].cast(pl.Int64).fill_null(NO_TIME).to_numpy()
        self.timed: Mask = at != NO_TIME
        self.t = at / SECOND
        self.size = let_in.height

    def of_all(self, units: Sequence[Unit]) -> list[Contrast | None]:
        """One for each unit; None where too few successes are known.

        Law: q holds for all of them together: of what is told, so large a part is expected to be chance
        """
        if self.size < self.measures.contrast_least:
            return [None] * len(units)
        least = self.measures.contrast_failures
        seen = [list(self._seen(unit)) if unit.rows.size >= least else [] for unit in units]
        tests = [(at, each) for at, found in enumerate(seen) for each in found]
        q = corrected([min(1.0, each.table.p * each.looks) for _, each in tests])
        told: list[list[tuple[_Seen, float]]] = [[] for _ in units]
        for (at, each), value in zip(tests, q, strict=True):
            if value <= self.measures.contrast_q and each.holds and self._strong(each.table):
                told[at].append((each, value))
        return [self._contrast(unit, found, kept) for unit, found, kept in zip(units, seen, told, strict=True)]

    def _strong(self, table: Table) -> bool:
        odds = odds_of(table)
        return odds.ratio >= self.measures.contrast_odds and odds.low >= self.measures.contrast_low

    def _contrast(self, unit: Unit, seen: Sequence[_Seen], kept: Sequence[tuple[_Seen, float]]) -> Contrast:
        here, during = self._among(unit)
        ranked = sorted(kept, key=lambda item: (-round(odds_of(item[0].table).low, 9), _place(item[0].field)))
        leaders: list[tuple[_Seen, float, list[tuple[str, str | None]]]] = []
        for each, q in ranked:
            twin = next((tied for first, _, tied in leaders if self._tied(first, each)), None)
            if twin is None:
                leaders.append((each, q, []))
            else:
                twin.append((each.field, each.value))
        return Contrast(
            failing=int(unit.rows.size),
            let_in=int(here.sum()),
            total=self.total,
            same_routes=bool(here.any()) and bool(self._on_routes(unit)[here].all()),
            during=during,
            tested=len(seen),
            traits=tuple(_trait(each, q, tied) for each, q, tied in leaders),
        )

    def _tied(self, one: _Seen, other: _Seen) -> bool:
        """Whether what is known cannot tell the two apart, among failures nor among successes."""
        least = self.measures.contrast_tied
        return _alike(one.failing, other.failing) >= least and _alike(one.let_in, other.let_in) >= least

    def _among(self, unit: Unit) -> tuple[Mask, bool]:
        """The successes to compare with: on the same routes, while it lasts; or the next best."""
        there, during = self._on_routes(unit), self._during(unit)
        choices = ((there & during, True), (there, False), (during, True))
        for mask, timely in choices:
            if mask.sum() >= self.measures.contrast_least:
                return mask, timely
        return np.ones(self.size, dtype=np.bool_), False

    def _on_routes(self, unit: Unit) -> Mask:
        return np.asarray(np.isin(self.had["endpoint"], np.unique(self.columns.endpoint_id[unit.rows])), np.bool_)

    def _during(self, unit: Unit) -> Mask:
        stretch = unit.measured.stretch if unit.measured else None
        if stretch is None:
            return self.timed
        inside = (self.t >= stretch.begins) & (self.t <= stretch.ends)
        return np.asarray(inside & self.timed, dtype=np.bool_)

    def _own(self, unit: Unit) -> Mask:
        """Of the clients that fail."""
        mine = np.isin(self.had["client"], np.unique(self.columns.client_id[unit.rows]))
        return np.asarray(mine & (self.had["client"] != 0), dtype=np.bool_)

    def _seen(self, unit: Unit) -> Iterator[_Seen]:
        least = self.measures.contrast_least
        among, _ = self._among(unit)
        own = self._own(unit)
        clients = self.columns.distinct("client", unit.rows)
        few, alone = 0 < clients < _FEW, clients < _FEW
        principal_own = among & own
        for field in FIELDS:
            where = among
            if few and field not in PRINCIPALS:
                # Whatever one client has, all its failures have: only its own successes can tell.
                if principal_own.sum() < least:
                    continue
                where = principal_own
            yield from self._values(
                unit, field, field, where, self.had[field], alone=few or not clients or field in PRINCIPALS
            )
        routes = next((mask for mask in (own & self._during(unit), own) if mask.sum() >= least), None)
        if routes is not None:
            yield from self._values(unit, "endpoint", "route", routes, self.had["endpoint"], alone=alone)
        yield from self._hours(unit, self._on_routes(unit) & self._during(unit))

    def _values(
        self, unit: Unit, column: str, field: str, among: Mask, had: NDArray[np.uint64], *, alone: bool
    ) -> Iterator[_Seen]:
        codes = self.columns[column].codes[unit.rows]
        known, counts = np.unique(codes, return_counts=True)
        if known.size == 1 and known[0] < 0 and not had[among].any():
            return  # neither side tells
        order = np.argsort(-counts, kind="stable")[: self.measures.contrast_values]
        for code in known[order].tolist():
            value = str(self.columns[column].texts[code]) if code >= 0 else None
            failing = codes == code
            if (value and _HIDDEN in value) or failing.mean() < self.measures.contrast_share:
                continue
            with_it = had == (_number(value) if value is not None else np.uint64(0))
            table = Table.of(failing, with_it[among])
            holds = alone or self._without_busiest(unit.rows, failing, table)
            yield _Seen(field, value, failing, with_it, among, table, holds=holds)

    def _without_busiest(self, rows: Rows, failing: Mask, table: Table) -> bool:
        """Whether it also holds of the clients but the one that fails most: requests of one are not independent."""
        clients = self.columns["client"].codes[rows]
        known, counts = np.unique(clients, return_counts=True)
        rest = clients != known[counts.argmax()]
        if not rest.any():
            return False
        left = Table(int(failing[rest].sum()), int((~failing[rest]).sum()), table.c, table.d)
        return odds_of(left).ratio >= self.measures.contrast_low

    def _hours(self, unit: Unit, among: Mask) -> Iterator[_Seen]:
        t = self.columns.t[unit.rows] / SECOND
        timed = self.columns.t[unit.rows] != NO_TIME
        span = t[timed].max() - t[timed].min() if timed.any() else 0.0
        if span < self.measures.contrast_days * _DAY_S or among.sum() < self.measures.contrast_least:
            return
        failing, good = (np.asarray(times // _HOUR_S % 24, dtype=np.int64) for times in (t, self.t))
        band = best_band(np.bincount(failing[timed], minlength=24), np.bincount(good[among], minlength=24))
        if band is None:
            return
        first, length = band
        inside, with_it = ((hour - first) % 24 < length for hour in (failing, good))
        value = f"{first:02}:00-{(first + length) % 24:02}:00 UTC"
        table = Table.of(inside[timed], with_it[among])
        yield _Seen("hour", value, inside & timed, with_it, among, table, 24 * 23)


def _alike(one: Mask, other: Mask) -> float:
    """Jaccard index; 1 for two that hold nothing."""
    either = int((one | other).sum())
    return int((one & other).sum()) / either if either else 1.0


def _place(field: str) -> int:
    return FIELDS.index(field) if field in FIELDS else len(FIELDS)


def _number(value: str) -> np.uint64:
    return np.uint64(pl.DataFrame({"text": [value]}).select(principal("text")).item())


def _trait(seen: _Seen, q: float, tied: Sequence[tuple[str, str | None]]) -> Trait:
    odds, table = odds_of(seen.table), seen.table
    return Trait(
        field=seen.field,
        value=seen.value,
        failing=(table.a, table.a + table.b),
        let_in=(table.c, table.c + table.d),
        odds=odds.ratio,
        low=odds.low,
        high=odds.high,
        q=q,
        tied=tuple(tied),
    )
