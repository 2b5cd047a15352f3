"""What a unit's clients did beside failing: on other routes and hosts, as other users. Columns of SERIES."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from logscan.analysis.failures import SECOND, Columns
from logscan.analysis.measures import Measures
from logscan.analysis.unit import Answers, Unit
from logscan.model.schemas import OUTCOMES

_OK, _FAILED, _OTHER = (OUTCOMES.index(name) for name in ("ok", "auth_failure", "other"))
_REDIRECTS, _FORBIDDEN = (301, 302, 303, 307, 308), 403


class Beside:
    """Law: at most `beside_clients` clients of a unit are looked at, those with most failures; ties by address."""

    def __init__(self, answers: Answers, measures: Measures) -> None:
        self.answers, self.measures = answers, measures
        self.columns: Columns = answers.log.columns
        self._sites = self.columns.ids("site")

    def measure(self, units: Sequence[Unit]) -> None:
        """Add to the series of units whose stretch is known."""
        chosen = {at: self._clients(unit) for at, unit in enumerate(units)}
        wanted = sorted({each for ids in chosen.values() for each in ids})
        visits = self.answers.activity.visits_of("client", wanted) if wanted else None
        by_client = visits.partition_by("client", as_dict=True) if visits is not None else {}
        users = {at: self._user(unit) for at, unit in enumerate(units)}
        named = sorted({user for user in users.values() if user})
        by_user = self.answers.activity.visits_of("user", named).partition_by("user", as_dict=True) if named else {}
        for at, unit in enumerate(units):
            found = [by_client[(each,)] for each in chosen[at] if (each,) in by_client]
            if found and unit.measured and unit.measured.stretch:
                unit.series |= self._of_clients(unit, pl.concat(found), unit.measured.stretch.begins)
            if (users[at],) in by_user:
                unit.series |= self._of_user(unit, by_user[users[at],])
            unit.series |= self._of_route(unit)

    def _clients(self, unit: Unit) -> list[int]:
        codes, counts = self.columns.counted("client", unit.rows)
        most = codes[np.argsort(-counts, kind="stable")[: self.measures.beside_clients]]
        return [int(each) for each in self.columns.ids("client")[most]]

    def _user(self, unit: Unit) -> int:
        users = np.unique(self.columns.user_id[unit.rows])
        return int(users[-1]) if users.size == 1 else 0

    def _of_clients(self, unit: Unit, visits: pl.DataFrame, begins: float) -> dict[str, Any]:
        columns, rows = self.columns, unit.rows
        one_route = unit.series.get("route") is not None
        here = self.answers.routes_of(unit) if one_route else np.unique(columns.endpoint_id[rows])
        routes = pl.Series(here, dtype=pl.UInt64()).implode()
        sites, held = columns.counted("site", rows)
        one = sites[held >= self.measures.concentration_share * rows.size]
        own = pl.Series(self._sites[one], dtype=pl.UInt32()).implode()
        ok, there, at = pl.col("outcome") == _OK, pl.col("endpoint").is_in(routes), pl.col("t") / SECOND
        refused = (pl.col("outcome") == _OTHER) & (pl.col("status") == _FORBIDDEN) & there
        counted = visits.select(
            ok_other_routes=(ok & ~there & (pl.col("endpoint") != 0)).sum(),
            ok_same_routes=(ok & there).sum(),
            ok_other_sites=(ok & ~pl.col("site").is_in(own) & (pl.col("site") != 0)).sum(),
            ok_same_sites=(ok & pl.col("site").is_in(own)).sum(),
            forbidden_before=(refused & (at < begins)).sum(),
            forbidden_after=(refused & (at >= begins)).sum(),
        ).row(0, named=True)
        if not one.size:
            counted["ok_other_sites"] = counted["ok_same_sites"] = None
        return {**counted, "redirected_share": self._redirected(visits)}

    def _redirected(self, visits: pl.DataFrame) -> float | None:
        """Failures that follow a redirect of the same client closely / failures."""
        failed = visits.filter(pl.col("outcome") == _FAILED).select("client", "t").sort("t")
        redirects = visits.filter(pl.col("status").is_in(list(_REDIRECTS))).select("client", "t", sent="t").sort("t")
        if failed.is_empty():
            return None
        width = int(self.measures.redirect_s * SECOND)
        found = failed.join_asof(
            redirects, on="t", by="client", strategy="backward", tolerance=width, check_sortedness=False
        )
        return float(found["sent"].is_not_null().to_numpy().mean())

    def _of_user(self, unit: Unit, visits: pl.DataFrame) -> dict[str, Any]:
        clients = pl.Series(np.unique(self.columns.client_id[unit.rows]), dtype=pl.UInt64()).implode()
        ok = visits.filter(pl.col("outcome") == _OK, pl.col("client") != 0)
        here = int(ok.select(pl.col("client").is_in(clients).sum()).item())
        return {"ok_same_clients": here, "ok_other_clients": ok.height - here}

    def _of_route(self, unit: Unit) -> dict[str, Any]:
        if unit.series.get("users") or unit.series.get("route") is None:
            return {}
        routes, counts = np.unique(self.columns.endpoint_id[unit.rows], return_counts=True)
        return {"named_ok_share": self.answers.activity.named_share(int(routes[counts.argmax()]))}
