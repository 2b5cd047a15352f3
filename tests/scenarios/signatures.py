"""A story for every behavioural signature: who fails why, and what a scan must say."""

from collections.abc import Callable
from dataclasses import replace

from tests.scenarios.truth import Truth
from tests.scenarios.world import AGENTS, DAY, HOUR, Client, Hit, World, make_world

Told = tuple[World, list[Truth]]
BROWSERS, MACHINES = AGENTS[:3], AGENTS[3:]
REVOKED = frozenset({"credential_revoked", "api_key_invalid", "account_inactive_or_restricted", "token_expired"})
NEVER = frozenset({"credential_missing", "api_key_invalid", "wrong_endpoint_or_environment"})
SERVER = frozenset({"server_auth_config", "signing_key_unavailable", "auth_backend_unavailable", "clock_skew"})
ATTACK = frozenset({"credential_attack"})
ONE = frozenset({"client", "user", "credential"})
WIDE = frozenset({"all", "service", "endpoint"})


def is_(*names: str) -> frozenset[str]:
    return frozenset(names)


def refuse(
    hits: list[Hit], since: float, until: float = float("inf"), *, why: str = "", status: int = 401
) -> list[Hit]:
    """The requests in [since, until) fail; in time order."""
    found = sorted((hit for hit in hits if since <= hit.at < until), key=lambda hit: hit.at)
    for hit in found:
        hit.status, hit.tag, hit.why = status, 1, why
    return found


def fail(
    world: World,
    client: Client,
    times: list[float],
    path: str,
    *,
    method: str = "GET",
    why: str = "",
    user: str | None = None,
) -> None:
    """Requests that only the story makes, all refused."""
    world.hits += [
        Hit(at, client.address, path, 401, method, user or client.user, client.agent, tag=1, why=why) for at in times
    ]


def onset(moment: float, first: float, world: World) -> tuple[float, float]:
    """From the moment of the change to the first failure, and a little."""
    return moment, max(first + 60.0, moment + world.span / 200)


def challenge(seed: str) -> Told:
    """B1: clients that answer every challenge."""
    world = make_world(seed)
    dice = world.dice
    for _ in range(dice.randint(1, 5)):
        client = world.fresh(dice.choice(MACHINES), user=dice.choice((None, "svc-build")))
        again = dice.choice((1, 1, 2))
        for hit in world.ask(client, world.paced(0, world.span, dice.uniform(60, 900)), world.routes):
            if hit.status >= 400:
                continue
            late = dice.uniform(0.01, 0.3)
            for leg in range(again):
                world.hits.append(replace(hit, at=hit.at - late * (again - leg), status=401, tag=1, user=None))
    return world, [Truth(is_("challenge_handshake"), is_("chronic_background"), quiet=True)]


def reactive_refresh(seed: str) -> Told:
    """B2: 401, the token endpoint, success: once in a lifetime."""
    world = make_world(seed, span=make_world(seed).dice.uniform(20, 60) * HOUR)
    dice = world.dice
    life = dice.choice((600, 900, 1800, 3600, 7200))
    every = life * dice.uniform(0.01, 0.08)
    client = world.fresh(dice.choice(MACHINES))
    token = dice.choice(
        ("/oauth/token", "/oauth2/token", "/auth/realms/main/protocol/openid-connect/token", "/api/token")
    )
    born, first = 0.0, None
    for hit in world.ask(client, world.paced(0, world.span, every, jitter=dice.choice((0.05, 0.3))), world.routes):
        hit.status = 200
        if hit.at - born < life:
            continue
        first = first or hit.at
        world.hits.append(replace(hit, at=hit.at - 0.4, status=401, tag=1))
        world.hits.append(replace(hit, at=hit.at - 0.2, path=token, method="POST", status=200))
        born = hit.at
    period = life + every * 0.5
    return world, [Truth(is_("token_expired"), is_("lifetime_cycle"), ONE, is_(client.address), None, period)]


def expiry(seed: str) -> Told:
    """B8: a token runs out; some tries fail before a new one is there. Some cycles are idle."""
    dice = make_world(seed).dice
    life = dice.choice((300, 900, 1800, 3600, 7200, 28800))
    world = make_world(seed, span=min(max(life * dice.uniform(9, 30), 6 * HOUR), 240 * HOUR))
    dice = world.dice
    client = world.fresh(dice.choice(MACHINES))
    every = life * dice.uniform(0.01, 0.05)
    born = dice.uniform(0, life)
    tries = dice.randint(1, 3)
    skipped = dice.random() < 0.3
    for hit in world.ask(client, world.paced(0, world.span, every, jitter=0.1), world.routes[:2]):
        hit.status = 200
        if hit.at - born < life:
            continue
        born = hit.at
        if skipped and dice.random() < 0.15:
            continue
        for nth in range(tries):
            world.hits.append(replace(hit, at=hit.at - (nth + 1) * min(1.5, every / 8), status=401, tag=1))
    return world, [
        Truth(is_("token_expired"), is_("lifetime_cycle"), ONE, is_(client.address), None, life + every * 0.5)
    ]


def spraying(seed: str) -> Told:
    """B3: one source, many names."""
    world = make_world(seed)
    dice = world.dice
    client, start = world.fresh(), dice.uniform(0.1, 0.8) * world.span
    path = dice.choice(("/login", "/api/login", "/signin", world.routes[0]))
    count = dice.randint(30, 300)
    times = list(world.paced(start, start + count * 1.7, dice.uniform(0.8, 2)))
    for at in times:
        world.hits.append(
            Hit(at, client.address, path, 401, "POST", f"user{dice.randint(1, 4000)}", client.agent, tag=1)
        )
    return world, [
        Truth(ATTACK, is_("single_burst"), is_("client"), is_(client.address), onset(start, times[0], world))
    ]


def brute_force(seed: str) -> Told:
    """B4: one name, many tries, at no fixed pace."""
    world = make_world(seed)
    dice = world.dice
    client, start = world.fresh(), dice.uniform(0.1, 0.8) * world.span
    times, at = [], start
    for _ in range(dice.randint(40, 250)):
        times.append(at)
        at += dice.expovariate(1 / dice.choice((1.5, 3, 5)))
    named = dice.random() < 0.7
    fail(
        world,
        client,
        times,
        "/login",
        method="POST",
        user="admin" if named else None,
        why='user "admin": password mismatch',
    )
    return world, [Truth(ATTACK, is_("single_burst"), ONE, is_(client.address, "admin"), onset(start, start, world))]


def old_password(seed: str) -> Told:
    """B4, the job: one name at a steady pace."""
    world = make_world(seed)
    dice = world.dice
    client, every = world.fresh(dice.choice(MACHINES)), dice.choice((120, 300, 600, 900))
    times = list(world.paced(0, world.span, every, jitter=dice.choice((0.0, 0.01, 0.04))))
    fail(world, client, times, world.routes[0], user="backup", why='user "backup": password mismatch')
    period = float(every)
    return world, [
        Truth(is_("username_password_invalid"), is_("fixed_interval"), ONE, is_(client.address, "backup"), None, period)
    ]


def distributed(seed: str) -> Told:
    """B5: one name from many networks."""
    world = make_world(seed)
    dice = world.dice
    start = dice.uniform(0.1, 0.8) * world.span
    times = sorted(start + dice.uniform(0, min(2400, world.span * 0.04)) for _ in range(dice.randint(60, 250)))
    for at in times:
        address = f"203.{dice.randint(0, 120)}.{dice.randint(0, 250)}.9"
        world.hits.append(Hit(at, address, "/login", 401, "POST", "ceo", dice.choice(AGENTS), tag=1))
    return world, [Truth(ATTACK, is_("single_burst"), is_("user"), is_("ceo"), onset(start, times[0], world))]


def _everybody(world: World, *, closed: bool) -> Told:
    dice = world.dice
    since = dice.uniform(0.25, 0.75) * world.span
    until = since + dice.uniform(0.12, 0.2) * world.span if closed else float("inf")
    here = [hit for hit in world.hits if hit.path.startswith(world.routes)]
    leak = dice.choice((0.0, 0.0, 0.05))
    failed = refuse([hit for hit in here if dice.random() >= leak], since, until)
    pattern = is_("sustained_closed") if closed else is_("sustained_open")
    return world, [Truth(SERVER, pattern, is_("all", "service"), onset=onset(since, failed[0].at, world))]


def everybody(seed: str) -> Told:
    """B6: everybody is refused from one moment on."""
    return _everybody(make_world(seed), closed=False)


def everybody_for_a_while(seed: str) -> Told:
    """B6, mended before the log ends."""
    return _everybody(make_world(seed), closed=True)


def one_client(seed: str) -> Told:
    """B7: one client that worked is refused from one moment on."""
    world = make_world(seed)
    dice = world.dice
    client = world.fresh(dice.choice(MACHINES), user=dice.choice((None, None, "svc-mail")))
    since = dice.uniform(0.3, 0.85) * world.span
    hits = world.ask(client, world.paced(0, world.span, dice.uniform(60, 400)), dice.sample(world.routes, 2))
    failed = refuse(hits, since)
    values = is_(client.address, client.user or "")
    causes = REVOKED | is_("username_password_invalid") if client.user else REVOKED
    return world, [Truth(causes, is_("sustained_open"), ONE, values, onset(since, failed[0].at, world))]


def one_route(seed: str) -> Told:
    """B9: some clients are refused on one route, while they get in elsewhere."""
    world = make_world(seed)
    dice = world.dice
    route = f"{world.routes[0]}-admin"
    since = dice.choice((0.0, 0.0, dice.uniform(0.3, 0.7) * world.span))
    others = [f"{world.routes[0]}-info", world.routes[1]]
    for nth in range(dice.randint(3, 6)):
        client = world.fresh(dice.choice(AGENTS))
        world.ask(client, world.by_chance(0, world.span, world.span / 90), others)
        refuse(world.ask(client, world.by_chance(since, world.span, world.span / 40), [route]), 0)
        if nth == 0:  # the other routes demand a credential as well
            world.hits.append(Hit(world.span * 0.4, client.address, others[0], 401))
            world.hits.append(Hit(world.span * 0.6, client.address, others[1], 401))
    causes = is_("insufficient_permission", "wrong_endpoint_or_environment", "server_auth_config")
    patterns = is_("sustained_open") if since else is_("chronic_background", "irregular", "sustained_open")
    return world, [Truth(causes, patterns, is_("endpoint"), is_(route, f"{route}/{{id}}"))]


def one_upstream(seed: str) -> Told:
    """B10: one of several upstreams refuses from one moment on."""
    world = make_world(seed)
    dice = world.dice
    names = [f"10.1.0.{at}:9000" for at in range(1, dice.randint(3, 6))]
    for hit in world.hits:
        hit.upstream = dice.choice(names)
    since = dice.uniform(0.2, 0.75) * world.span
    here = [hit for hit in world.hits if hit.upstream == names[0] and hit.path.startswith(world.routes)]
    failed = refuse([hit for hit in here if dice.random() < 0.97], since)
    world.shapes = ("json", "logfmt")
    patterns = is_("sustained_open", "flapping")
    return world, [Truth(SERVER, patterns, is_("upstream"), is_(names[0]), onset(since, failed[0].at, world))]


def preflight(seed: str) -> Told:
    """B11: only OPTIONS is refused."""
    world = make_world(seed)
    for client in world.dice.sample(world.crowd, min(6, len(world.crowd))):
        for at in world.by_chance(0, world.span, world.span / 25):
            route = world.route()
            world.hits.append(Hit(at, client.address, route, 401, "OPTIONS", None, BROWSERS[0], tag=1))
            world.hits.append(Hit(at + 0.1, client.address, route, 200, "POST", None, BROWSERS[0]))
    return world, [Truth(is_("cors_preflight"), quiet=True)]


def never(seed: str) -> Told:
    """B12: a client that was never let in, asking at chance."""
    world = make_world(seed, span=make_world(seed).dice.uniform(26, 60) * HOUR)
    client = world.fresh(world.dice.choice(MACHINES))
    times = list(world.by_chance(0, world.span, world.span / world.dice.randint(60, 300), swing=False))
    fail(world, client, times, world.route())
    return world, [Truth(NEVER, is_("chronic_background"), ONE, is_(client.address))]


def no_name(seed: str) -> Told:
    """B13: Basic is used, and one client sends no name."""
    world = make_world(seed, span=make_world(seed).dice.uniform(10, 40) * HOUR)
    for hit in world.hits:
        if hit.path.startswith(world.routes):
            hit.user = f"u{hit.client[-2:]}"
    client = world.fresh(world.dice.choice(MACHINES))
    times = list(world.by_chance(world.span * 0.02, world.span, world.span / 120, swing=False))
    fail(world, client, times, world.routes[0], why="no user/password was provided for basic authentication")
    return world, [Truth(is_("credential_missing"), is_("chronic_background"), ONE, is_(client.address))]


def scanner(seed: str) -> Told:
    """B14: one client tries many paths that are not there."""
    world = make_world(seed)
    dice = world.dice
    client, start = world.fresh(), dice.uniform(0.1, 0.9) * world.span
    names = [
        f"/{a}{b}"
        for a in ("admin", "backup", "cgi-bin/", "db", "old", "test")
        for b in ("", ".php", ".zip", ".bak", "1", "_x", "/a", "/b", "/c", "/d")
    ]
    dice.shuffle(names)
    first = None
    for nth, name in enumerate(names * 2):
        at = start + nth * dice.uniform(0.3, 1.1)
        refused = nth % 3 == 1
        first = first or (at if refused else None)
        world.hits.append(Hit(at, client.address, name, 401 if refused else 404, agent=client.agent, tag=int(refused)))
    return world, [Truth(ATTACK, is_("single_burst"), is_("client"), is_(client.address))]


def hours(seed: str) -> Told:
    """B15: refused outside certain hours."""
    world = make_world(seed, span=make_world(seed).dice.uniform(5, 12) * DAY)
    dice = world.dice
    opens, closes = dice.randint(5, 8), dice.randint(17, 20)
    for _ in range(dice.choice((1, 3, 5))):
        client = world.fresh(dice.choice(MACHINES))
        for hit in world.ask(client, world.by_chance(0, world.span, 900, swing=False), world.routes):
            if not opens <= world.at(hit.at).hour < closes:
                hit.status, hit.tag = 401, 1
            else:
                hit.status = 200
    return world, [Truth(is_("access_policy_blocked"), is_("calendar_cycle"), period=DAY)]


def networks(seed: str) -> Told:
    """B15: one user, let in from one network, refused from another."""
    world = make_world(seed)
    user = "carla"
    home, away = world.fresh(user=user), Client("192.0.2.77", BROWSERS[1], user)
    world.ask(home, world.by_chance(0, world.span, world.span / 150), world.routes)
    refuse(world.ask(away, world.by_chance(0, world.span, world.span / 60), world.routes), 0)
    return world, [Truth(is_("access_policy_blocked"), levels=is_("client", "user"), values=is_(away.address, user))]


def restart(seed: str) -> Told:
    """B16: sessions are lost; everybody signs in again within minutes."""
    world = make_world(seed, clients=(20, 45), hits=make_world(seed).dice.randint(8000, 14000))
    dice = world.dice
    since = dice.uniform(0.2, 0.8) * world.span
    for address in {hit.client: 0 for hit in world.hits}:
        mine = sorted(
            (hit for hit in world.hits if hit.client == address and since <= hit.at < since + 900),
            key=lambda hit: hit.at,
        )
        back = since + dice.uniform(30, 600)
        for hit in mine:
            if hit.at < back and hit.path.startswith(world.routes):
                hit.status, hit.tag = 401, 1
        if any(hit.tag for hit in mine):
            world.hits.append(Hit(back, address, "/login", 302, "POST"))
            world.hits.append(Hit(back + 1, address, world.routes[0], 200))
    # Enough of them ask just then.
    for client in world.crowd[:15] * 2:
        world.hits.append(
            Hit(since + dice.uniform(1, 25), client.address, world.route(), 401, agent=client.agent, tag=1)
        )
        world.hits.append(
            Hit(since + dice.uniform(700, 1100), client.address, world.routes[0], 200, agent=client.agent)
        )
        world.hits.append(Hit(since - dice.uniform(10, 900), client.address, world.routes[0], 200, agent=client.agent))
    patterns = is_("single_burst", "sustained_closed")
    return world, [Truth(is_("session_invalid"), patterns, is_("all", "service"), onset=onset(since, since, world))]


def one_host(seed: str) -> Told:
    """B17: let in by one host name, refused without a name by another."""
    world = make_world(seed)
    dice = world.dice
    world.shapes = ("vhost", "json", "logfmt")
    for hit in world.hits:
        hit.host = "api.example.com"
    for _ in range(dice.randint(3, 7)):
        client = world.fresh(dice.choice(MACHINES))
        for hit in world.ask(client, world.by_chance(0, world.span, world.span / 80), world.routes):
            hit.status, hit.user = 200, "svc-sync"
        for hit in refuse(world.ask(client, world.by_chance(0, world.span, world.span / 50), world.routes), 0):
            hit.host, hit.user = "edge.example.com", None
    return world, [
        Truth(is_("header_stripped_in_transit"), levels=is_("all", "service", "upstream", "client", "endpoint"))
    ]


def redirected(seed: str) -> Told:
    """B18: a redirect to another host, and there no credential."""
    world = make_world(seed)
    dice = world.dice
    world.shapes = ("vhost", "json", "logfmt")
    client = world.fresh(dice.choice(MACHINES))
    code = dice.choice((301, 302, 307, 308))
    for at in world.by_chance(0, world.span, world.span / dice.randint(40, 150)):
        path = world.path(world.routes[0])
        world.hits.append(Hit(at, client.address, path, code, agent=client.agent, host="old.example.com"))
        world.hits.append(
            Hit(
                at + dice.uniform(0.05, 0.9),
                client.address,
                path,
                401,
                agent=client.agent,
                host="new.example.com",
                tag=1,
            )
        )
    return world, [Truth(is_("header_stripped_in_transit"), levels=ONE, values=is_(client.address))]


def storm(seed: str) -> Told:
    """B19: a client that retries without pause; one episode, whatever its cause."""
    world = make_world(seed)
    dice = world.dice
    client, start = world.fresh(dice.choice(MACHINES)), dice.uniform(0.2, 0.8) * world.span
    world.ask(client, world.paced(0, start, 300), [world.routes[0]])
    times = list(world.paced(start, start + dice.uniform(60, 300), dice.choice((0.3, 0.8, 1.5))))
    fail(world, client, times, world.routes[0])
    world.ask(client, world.paced(times[-1] + 200, world.span, 300), [world.routes[0]])
    return world, [Truth(frozenset(), is_("single_burst"), ONE, is_(client.address), onset(start, times[0], world))]


def switched(seed: str) -> Told:
    """B20: what was 403 is 401 from an upgrade on, as often as before."""
    world = make_world(seed)
    dice = world.dice
    since, tested = dice.uniform(0.3, 0.7) * world.span, []
    for _ in range(dice.randint(3, 6)):
        client = world.fresh(dice.choice(MACHINES))
        hits = world.ask(
            client, world.by_chance(0, world.span, world.span / 70, swing=False), [f"{world.routes[0]}-private"]
        )
        for hit in hits:
            hit.status = 403
        tested += refuse(hits, since)
    first = min(hit.at for hit in tested)
    causes = is_("insufficient_permission", "server_auth_config", "credential_missing")
    return world, [
        Truth(
            causes, is_("sustained_open"), is_("endpoint", "all", "service", "client"), onset=onset(since, first, world)
        )
    ]


STORIES: dict[str, Callable[[str], Told]] = {
    "B1 challenge": challenge,
    "B2 reactive refresh": reactive_refresh,
    "B3 spraying": spraying,
    "B4 brute force": brute_force,
    "B4 old password": old_password,
    "B5 distributed": distributed,
    "B6 everybody": everybody,
    "B6 everybody, closed": everybody_for_a_while,
    "B7 one client": one_client,
    "B8 expiry": expiry,
    "B9 one route": one_route,
    "B10 one upstream": one_upstream,
    "B11 preflight": preflight,
    "B12 never let in": never,
    "B13 no name": no_name,
    "B14 scanner": scanner,
    "B15 hours": hours,
    "B15 networks": networks,
    "B16 restart": restart,
    "B17 one host": one_host,
    "B18 redirected": redirected,
    "B19 storm": storm,
    "B20 switched": switched,
}
