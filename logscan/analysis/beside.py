"""What a unit's clients did beside failing: on other routes and hosts, as other users. Columns of SERIES."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logscan.analysis.failures import SECOND, Columns
from logscan.analysis.measures import Measures
from logscan.analysis.unit import Answers, Unit
from logscan.model.schemas import OUTCOMES

_FAILED, _OTHER = (OUTCOMES.index(name) for name in ("auth_failure", "other"))
_REDIRECTS, _FORBIDDEN = (301, 302, 303, 307, 308), 403


class Beside:
    """Law: at most `beside_clients` clients of a unit are looked at, those with most failures; ties by address."""

    def __init__(self, answers: Answers, measures: Measures) -> None:
        self.answers, self.measures = answers, measures
        self.columns: Columns = answers.log.columns
        self._sites = self.columns.ids("site")

    def measure(self, units: Sequence[Unit]) -> None:
        """Add to the series of units whose stretch is known."""
        chosen = [self._clients(unit) for unit in units]
        wanted = sorted({each for ids in chosen for each in ids})
        by_client, refused = self._let_in("client", wanted), self._refused(wanted)
        users = [self._user(unit) for unit in units]
        by_user = self._let_in("user", sorted({user for user in users if user}))
        for unit, ids, user in zip(units, chosen, users, strict=True):
            if unit.measured and unit.measured.stretch:
                begins = unit.measured.stretch.begins
                unit.series |= self._of_clients(unit, by_client.of(ids), refused.of(ids), begins)
                if user:
                    unit.series |= self._of_user(unit, by_user.of([user]))
            unit.series |= self._of_route(unit)

    def _let_in(self, key: str, ids: Sequence[int]) -> "_Owned":
        return _owned(self.answers.activity.let_in(key, ids), "id")

    def _refused(self, ids: Sequence[int]) -> "_Owned":
        visits = self.answers.activity.turned_away(ids, (*_REDIRECTS, _FORBIDDEN))
        return _owned(visits.with_columns(sent=_redirected(visits, int(self.measures.redirect_s * SECOND))), "client")

    def _clients(self, unit: Unit) -> list[int]:
        codes, counts = self.columns.counted("client", unit.rows)
        most = codes[np.argsort(-counts, kind="stable")[: self.measures.beside_clients]]
        return [int(each) for each in self.columns.ids("client")[most]]

    def _user(self, unit: Unit) -> int:
        users = np.unique(self.columns.user_id[unit.rows])
        return int(users[-1]) if users.size == 1 else 0

    def _of_clients(self, unit: Unit, let_in: "_Columns", refused: "_Columns", begins: float) -> dict[str, Any]:
        columns, rows = self.columns, unit.rows
        one_route = unit.series.get("route") is not None
        here = np.array(self.answers.routes_of(unit) if one_route else np.unique(columns.endpoint_id[rows]), np.uint64)
        sites, held = columns.counted("site", rows)
        own = self._sites[sites[held >= self.measures.concentration_share * rows.size]]
        endpoint, site, n = let_in["endpoint"], let_in["site"], let_in["n"]
        there, at_own = np.isin(endpoint, here), np.isin(site, own)
        forbidden = (refused["outcome"] == _OTHER) & (refused["status"] == _FORBIDDEN)
        forbidden &= np.isin(refused["endpoint"], here)
        before = refused["t"] / SECOND < begins
        failed = refused["outcome"] == _FAILED
        return {
            "ok_other_routes": int(n[~there & (endpoint != 0)].sum()),
            "ok_same_routes": int(n[there].sum()),
            "ok_other_sites": int(n[~at_own & (site != 0)].sum()) if own.size else None,
            "ok_same_sites": int(n[at_own].sum()) if own.size else None,
            "forbidden_before": int((forbidden & before).sum()),
            "forbidden_after": int((forbidden & ~before).sum()),
            "redirected_share": float(refused["sent"][failed].mean()) if failed.any() else None,
        }

    def _of_user(self, unit: Unit, let_in: "_Columns") -> dict[str, Any]:
        client, n = let_in["client"], let_in["n"]
        here = np.isin(client, np.unique(self.columns.client_id[unit.rows])) & (client != 0)
        same = int(n[here].sum())
        return {"ok_same_clients": same, "ok_other_clients": int(n[client != 0].sum()) - same}

    def _of_route(self, unit: Unit) -> dict[str, Any]:
        if unit.series.get("users") or unit.series.get("route") is None:
            return {}
        routes, counts = np.unique(self.columns.endpoint_id[unit.rows], return_counts=True)
        return {"named_ok_share": self.answers.activity.named_share(int(routes[counts.argmax()]))}


_Columns = Mapping[str, NDArray[Any]]


class _Owned(NamedTuple):
    """columns: of all owners, and places: where those of each client or user stand in them."""

    columns: _Columns
    places: Mapping[int, slice]

    def of(self, ids: Sequence[int]) -> _Columns:
        found = [self.places[each] for each in ids if each in self.places]
        if len(found) == 1:
            return {name: column[found[0]] for name, column in self.columns.items()}
        if not found:
            return {name: column[:0] for name, column in self.columns.items()}
        return {name: np.concatenate([column[each] for each in found]) for name, column in self.columns.items()}


def _owned(rows: pl.DataFrame, key: str) -> _Owned:
    ordered = rows.sort(key, maintain_order=True)
    owner = ordered[key].to_numpy()
    begins = np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1]))) if owner.size else owner
    bounds = np.append(begins, owner.size).tolist()
    places = {int(who): slice(*pair) for who, pair in zip(owner[begins], pairwise(bounds), strict=True)}
    return _Owned({name: ordered[name].to_numpy() for name in ordered.columns}, places)


def _redirected(visits: pl.DataFrame, width: int) -> pl.Series:
    """Of each visit, whether it is a failure that closely follows a redirect of the same client."""
    numbered = visits.select("client", "t", "outcome", "status").with_row_index("row")
    failed = numbered.filter(pl.col("outcome") == _FAILED)
    redirects = numbered.filter(pl.col("status").is_in(list(_REDIRECTS))).select("client", "t", sent="t")
    found = failed.sort("t").join_asof(
        redirects.sort("t"), on="t", by="client", strategy="backward", tolerance=width, check_sortedness=False
    )
    rows = found.filter(pl.col("sent").is_not_null())["row"].to_numpy()
    sent = np.zeros(visits.height, dtype=np.bool_)
    sent[rows] = True
    return pl.Series(sent)
