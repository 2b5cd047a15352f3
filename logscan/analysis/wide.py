"""Failures that hit everybody: found from above, before single clients are looked at."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from logscan.analysis.bout import Asked, latest_bout
from logscan.analysis.dips import Dips
from logscan.analysis.failures import NO_TIME, SECOND
from logscan.analysis.measure import Log
from logscan.analysis.recurrence import Floats, Step, best_step
from logscan.analysis.stretch import find_stretch
from logscan.analysis.trend import mann_kendall, ramp_ratio
from logscan.analysis.unit import Answers, Rows, Unit

_DAY = 86_400.0


class Wide:
    """Looks for stretches of time in which most active clients fail more often than they succeed.

    Law: a client counts once, however often it asks; a stretch with a beginning counts only when most of its clients
         had been let in before; without any logged success nobody can be told apart, and nothing is found
    """

    def __init__(self, log: Log, answers: Answers) -> None:
        self.log, self.answers = log, answers
        self.dips = Dips(log, answers)
        self.edges = log.edges(log.measures.wide_windows)
        self.codes = answers.activity.crowd.codes(log.columns.client_id)

    def find(self, cause: str, family: str, rows: Rows) -> tuple[list[Unit], Rows]:
        """The wide units among a cause's failures, and the rows that are left."""
        columns, settings = self.log.columns, self.log.measures
        rows = np.sort(rows)
        found: list[Unit] = []
        clocked = rows[:0]
        usable = self._usable(rows)
        if usable.size and self.log.covered > 0:
            if self.dips.locked(usable) and self._principals(usable) >= settings.wide_clients:
                return [Unit(cause, family, rows, "all", (), hits_everybody=True)], rows[:0]
            dips, clocked = self.dips.told(usable)
            found += [Unit(cause, family, dip, "all", (), hits_everybody=True) for dip in dips]
            rows = np.setdiff1d(rows, np.concatenate([clocked, *dips]))
        for _ in range(settings.wide_rounds):
            usable = self._usable(rows)
            if np.unique(columns.client_id[usable]).size < settings.wide_clients or self.log.covered <= 0:
                break
            if self.answers.at_all().t.size == 0:
                break
            if self._trending(usable) or self._turning(usable):
                found.append(Unit(cause, family, rows, "all", (), hits_everybody=True))
                return found, clocked
            seen = (self._seen(edges, near) for edges, near in self._looks(usable))
            taken = next((each for each in seen if each is not None), None)
            if taken is None:
                break
            found.append(Unit(cause, family, taken, "all", (), hits_everybody=True))
            rows = np.setdiff1d(rows, taken)
        return found, np.union1d(rows, clocked)

    def _usable(self, rows: Rows) -> Rows:
        columns = self.log.columns
        return np.asarray(rows[(columns.t[rows] != NO_TIME) & (columns.client_id[rows] != 0)], dtype=np.int64)

    def _principals(self, rows: Rows) -> int:
        """Clients, or users where several come from one address."""
        columns = self.log.columns
        return max(np.unique(columns.client_id[rows]).size, columns.distinct("user", rows))

    def _trending(self, rows: Rows) -> bool:
        """Whether more and more of the active clients are hit, or fewer and fewer: no moment divides them."""
        columns, settings = self.log.columns, self.log.measures
        self.edges = self.log.edges(settings.trend_windows)
        if self.edges.size <= settings.trend_windows or np.unique(columns.client_id[rows]).size < settings.ramp_clients:
            return False
        there, routes = self._narrowed(rows)
        window = self._window(there)
        route = None if routes is None else routes[0]
        if not self.answers.activity.crowd.may_reach(settings.ramp_share, self.edges, route, window, self.codes[there]):
            return False
        active, hit = self.answers.activity.crowd.hits(self.edges, route, window, self.codes[there])
        share = hit[active > 0] / active[active > 0]
        if share.size < settings.trend_windows // 2:
            return False
        trend, ratio = mann_kendall(share), ramp_ratio(share)
        if trend is None or ratio is None or trend.p > settings.ramp_p or ratio < settings.ramp_ratio:
            return False
        ends = sorted((float(share[:3].mean()), float(share[-3:].mean())))
        return ends[1] >= settings.ramp_share and ends[0] <= settings.ramp_share / 2

    def _turning(self, rows: Rows) -> bool:
        """Whether most clients are let in and refused in turns: then no moment divides them, and no client."""
        columns, settings = self.log.columns, self.log.measures
        codes, counts = columns.counted("client", rows)
        chosen = columns.ids("client")[codes[np.argsort(-counts, kind="stable")[: settings.turn_clients]]]
        crowd, t = self.answers.activity.crowd, columns.times(rows)
        _, routes = self._narrowed(rows)
        asked, changes = crowd.turns(crowd.codes(chosen), float(t[0]), float(np.nextafter(t[-1], np.inf)), routes)
        enough = asked >= 2 * settings.turn_requests
        if enough.sum() < settings.ramp_clients or 2 * enough.sum() < codes.size:
            return False
        share = np.median(changes[enough] / (asked[enough] - 1))
        return bool(share >= settings.wide_turn_share and np.median(changes[enough]) >= settings.turn_requests)

    def _narrowed(self, rows: Rows) -> tuple[Rows, list[int] | None]:
        """The failures to look at, and on which routes: where one carries most, what its clients get elsewhere
        says nothing of it. The most frequent route first, and then the failures are those on it; None: all of them.
        """
        columns = self.log.columns
        codes, counts = columns.counted("group", rows)
        if not codes.size or counts.max() < self.log.measures.wide_share * rows.size:
            return rows, None
        there = rows[columns["group"].codes[rows] == codes[counts.argmax()]]
        ids, held = np.unique(columns.endpoint_id[there], return_counts=True)
        routes = [int(each) for each in ids[np.argsort(-held, kind="stable")]]
        return there[columns.endpoint_id[there] == routes[0]], routes

    def _looks(self, rows: Rows) -> Iterator[tuple[Floats, Rows]]:
        """What went wrong last; the whole log; then closer at the window that holds most, for what is short beside the
        log is lost in it.
        """
        settings = self.log.measures
        yield from self._lately(rows)
        edges, near = self.log.edges(settings.wide_windows), rows
        for _ in range(settings.wide_looks):
            yield edges, near
            t = self.log.columns.t[near] / SECOND
            held = np.histogram(t, edges)[0]
            most = int(held.argmax())
            if held[most] < settings.wide_dense_share * rows.size:
                return
            low, high = edges[max(most - 1, 0)], edges[min(most + 2, edges.size - 1)]
            if (high - low) / settings.wide_windows < settings.window_s or edges.size <= settings.wide_windows // 2:
                return
            edges = np.linspace(low, high, settings.wide_windows + 1)
            near = near[(t >= low) & (t < high)]

    def _lately(self, rows: Rows) -> Iterator[tuple[Floats, Rows]]:
        """The latest bout and as much before and after it: of many, those on the whole log hide each other."""
        settings, times = self.log.measures, self.log.columns.t[rows] / SECOND
        asked = Asked(times, self.answers.at_all())
        found = latest_bout(asked, (self.log.first, self.log.last), settings)
        if found is None or found[0] is None or found[1] - found[0] < settings.dip_s:
            return
        if any(self._rate(asked, found[0], found[1], ago) >= settings.wide_share / 2 for ago in (_DAY, 7 * _DAY)):
            return  # at the same time of the day before, or of the week: it comes by the clock, and is a thing of that
        length = found[1] - found[0]
        low, high = max(found[0] - length, self.log.first), min(found[1] + length, self.log.last) + 1e-3
        yield np.linspace(low, high, settings.wide_windows + 1), rows[(times >= low) & (times < high)]

    def _rate(self, asked: Asked, first: float, last: float, ago: float) -> float:
        low, high = np.searchsorted(asked.failures, [first - ago, last - ago])
        good = asked.successes.within(first - ago, last - ago)
        return float((high - low) / (high - low + good)) if high > low else 0.0

    def _seen(self, edges: Floats, rows: Rows) -> Rows | None:
        self.edges = edges
        for look in (self._everywhere, self._one_upstream, self._one_route, self._one_service):
            taken = look(rows)
            if taken is not None:
                return taken
        return None

    def _everywhere(self, rows: Rows) -> Rows | None:
        return self._stretch(rows, None)

    def _one_upstream(self, rows: Rows) -> Rows | None:
        """The upstream that refuses most of what it is asked, from some moment on, while there are others.

        VISITS do not know the upstream, so this goes by requests, and the busiest client must not be most of them.
        """
        columns, settings = self.log.columns, self.log.measures
        for text, _ in columns.top("upstream", rows, settings.wide_endpoints):
            good = self.answers.upstreams.filter(pl.col("server.address") == text)
            if good.height in {0, self.answers.upstreams.height}:
                continue
            there = rows[columns["upstream"].codes[rows] == columns.code("upstream", text)]
            window = self._window(there)
            bad = np.bincount(window, minlength=self.edges.size - 1).astype(np.float64)
            middle = good["bucket"].cast(pl.Int64).to_numpy() / SECOND + 30
            total = bad + np.histogram(middle, self.edges, weights=good["events"].to_numpy())[0]
            step = best_step(bad, total)
            if step is None or step.score < settings.wide_score:
                continue
            low, high = self._with_edges(bad, total, step)
            taken: Rows = there[(window >= low) & (window < high)]
            clients = columns.count("client", taken)
            enough = (clients > 0).sum() >= settings.wide_clients and clients.max() < settings.wide_share * taken.size
            if enough and bad[step.start : step.end].sum() >= settings.wide_share * total[step.start : step.end].sum():
                return taken
        return None

    def _with_edges(self, bad: Floats, total: Floats, step: Step) -> tuple[int, int]:
        """The windows in which it began and ended, of which it took a part, belong to it."""
        partly = (bad > 0) & (bad >= self.log.measures.wide_fading_share * total)
        low, high = step.start, step.end
        return low - int(low > 0 and partly[low - 1]), high + int(high < bad.size and partly[high])

    def _window(self, rows: Rows) -> Rows:
        at = np.searchsorted(self.edges, self.log.columns.t[rows] / SECOND, side="right") - 1
        return np.asarray(np.clip(at, 0, self.edges.size - 2), dtype=np.int64)

    def _one_route(self, rows: Rows) -> Rows | None:
        """The route with most clients failing on which most active clients fail."""
        columns, settings = self.log.columns, self.log.measures
        endpoints = columns["endpoint"]
        named = rows[endpoints.codes[rows] >= 0]
        if not named.size:
            return None
        many = len(columns["client"].texts)  # all of them have one: see `find`
        pairs = np.unique(endpoints.codes[named].astype(np.int64) * many + columns["client"].codes[named])
        hit = np.bincount(pairs // many, minlength=len(endpoints.texts))
        order = [
            code
            for code in np.argsort(-hit, kind="stable")[: settings.wide_endpoints]
            if hit[code] >= settings.wide_clients
        ]
        if len(order) == 0:
            return None
        ids = {int(code): int(columns.endpoint_id[named[endpoints.codes[named] == code][0]]) for code in order}
        for code, route in ids.items():
            there = named[endpoints.codes[named] == code]
            taken = self._stretch(there, route)
            if taken is not None:
                return self._with_kin(taken, named)
        return None

    def _with_kin(self, taken: Rows, rows: Rows) -> Rows:
        """With what fails meanwhile on the same route with an id at its end, or without."""
        columns = self.log.columns
        group = columns["group"].codes
        t = columns.t[rows]
        kin = (group[rows] == group[taken[0]]) & (t >= columns.t[taken[0]]) & (t <= columns.t[taken[-1]])
        return np.union1d(taken, rows[kin])

    def _one_service(self, rows: Rows) -> Rows | None:
        """The service that refuses most active clients at least once.

        VISITS do not know the service: what its clients get from others on the same routes is no success of it.
        """
        columns, settings = self.log.columns, self.log.measures
        for text, events in columns.top("service", rows, settings.wide_endpoints):
            if events >= settings.wide_clients:
                there = rows[columns["service"].codes[rows] == columns.code("service", text)]
                taken = self._stretch(there, None, once=True)
                if taken is not None:
                    return taken
        return None

    def _stretch(self, rows: Rows, route: int | None, *, once: bool = False) -> Rows | None:
        columns, settings = self.log.columns, self.log.measures
        window, crowd = self._window(rows), self.answers.activity.crowd
        if not crowd.may_reach(settings.wide_share, self.edges, route, window, self.codes[rows]):
            return None
        active, hit = crowd.hits(self.edges, route, window, self.codes[rows], once=once)
        step = best_step(hit, active)
        if step is None:
            return None
        begins = step.score >= settings.wide_score
        if not begins and route is None:
            return None  # nobody ever gets in anywhere: that is seen client by client
        start, end = (step.start, step.end) if begins else (0, hit.size)
        if hit[start:end].sum() < settings.wide_share * active[start:end].sum():
            return None
        fading = end
        while begins and fading < hit.size and hit[fading] >= settings.wide_fading_share * max(1.0, active[fading]):
            fading += 1
        taken = rows[(window >= start) & (window < end)]
        taken = self._sharpened(rows, taken, route) if begins else taken
        if fading > end:  # some come back later than the others
            taken = np.union1d(taken, rows[(window >= end) & (window < fading)])
        clients = np.unique(columns.client_id[taken])
        if clients.size < settings.wide_clients or (begins and self._known(taken) < settings.wide_known_share):
            return None
        return taken

    def _sharpened(self, rows: Rows, taken: Rows, route: int | None) -> Rows:
        """Windows are coarse: the beginning and the end are those of the failures themselves."""
        successes = self.answers.at_all() if route is None else self.answers.on_route(route)
        first, last = taken[0], taken[-1]
        width = int((self.edges[1] - self.edges[0]) * SECOND)
        t = self.log.columns.t
        near = rows[(t[rows] >= t[first] - width) & (t[rows] <= t[last] + width)]
        low, high = t[near[0]] / SECOND - width / SECOND, t[near[-1]] / SECOND + width / SECOND
        edges = np.linspace(low, high, self.log.measures.windows + 1)
        stretch = find_stretch(
            self.log.times(near), successes, edges, least_share=0, open_chance=self.log.measures.open_chance
        )
        times = t[near] / SECOND
        kept: Rows = near[(times >= stretch.begins) & (times <= stretch.ends)]
        return kept

    def _known(self, taken: Rows) -> float:
        """Share of their clients that had been let in before."""
        begins = float(self.log.columns.t[taken[0]]) / SECOND
        clients = np.flatnonzero(self.log.columns.count("client", taken))
        return float((self.log.clients.first_ok[clients] < begins).mean())
