"""A story for every pattern of recurrence, and for logs without one."""

from collections.abc import Callable
from dataclasses import replace

from tests.scenarios.signatures import ATTACK, MACHINES, NEVER, ONE, SERVER, Told, fail, is_, onset, refuse
from tests.scenarios.truth import Truth
from tests.scenarios.world import AGENTS, DAY, HOUR, Hit, make_world


def once(seed: str) -> Told:
    world = make_world(seed, noisy=False)
    dice = world.dice
    client, at = world.fresh(), dice.uniform(0.1, 0.7) * world.span
    world.ask(client, world.by_chance(0, world.span, world.span / 60), world.routes)
    fail(world, client, [at + nth * dice.uniform(1, 4) for nth in range(dice.randint(1, 4))], world.routes[0])
    return world, [Truth(patterns=is_("single_occurrence"), levels=ONE, values=is_(client.address), quiet=True)]


def burst(seed: str) -> Told:
    world = make_world(seed)
    dice = world.dice
    client, start = world.fresh(), dice.uniform(0.1, 0.8) * world.span
    width = min(0.03 * world.span, dice.uniform(200, 2000))
    world.ask(client, world.by_chance(0, start, world.span / 90), world.routes)
    world.ask(client, world.by_chance(start + width, world.span, world.span / 90), world.routes)
    times = sorted(start + dice.uniform(0, width) for _ in range(dice.randint(30, 150)))
    fail(world, client, times, world.routes[0])
    return world, [
        Truth(patterns=is_("single_burst"), levels=ONE, values=is_(client.address), onset=onset(start, times[0], world))
    ]


def too_little(seed: str) -> Told:
    world = make_world(seed, noisy=False)
    dice = world.dice
    client = world.fresh()
    world.ask(client, world.by_chance(0, world.span, world.span / 60), world.routes)
    low, high = dice.uniform(0.1, 0.4), dice.uniform(0.5, 0.9)
    fail(world, client, [low * world.span, high * world.span], world.routes[0])
    return world, [Truth(patterns=is_("insufficient_data"), levels=ONE, values=is_(client.address), quiet=True)]


def closed_client(seed: str) -> Told:
    """One client refused for a while, mended later."""
    world = make_world(seed)
    dice = world.dice
    client = world.fresh(dice.choice(MACHINES))
    since = dice.uniform(0.2, 0.5) * world.span
    until = since + dice.uniform(0.12, 0.3) * world.span
    hits = world.ask(client, world.paced(0, world.span, world.span / dice.randint(150, 600)), world.routes)
    failed = refuse(hits, since, until)
    return world, [
        Truth(
            patterns=is_("sustained_closed"),
            levels=ONE,
            values=is_(client.address),
            onset=onset(since, failed[0].at, world),
        )
    ]


def migrating(seed: str) -> Told:
    """A steady number of failures from sources that keep changing."""
    world = make_world(seed)
    dice = world.dice
    times = list(world.by_chance(0, world.span, world.span / dice.randint(250, 600), swing=False))
    each = dice.randint(2, 5)
    for nth, at in enumerate(times):
        source = nth // each
        address = f"203.{source % 111}.{source // 111 + 3}.{7 + source % 90}"
        world.hits.append(Hit(at, address, "/login", 401, "POST", None, AGENTS[source % len(AGENTS)], tag=1))
    return world, [Truth(ATTACK, is_("migrating"), is_("all", "service", "endpoint"))]


def chronic(seed: str) -> Told:
    """Several that were never configured, at chance times, over the whole log."""
    world = make_world(seed, span=make_world(seed).dice.uniform(26, 60) * HOUR)
    dice = world.dice
    for _ in range(dice.choice((1, 1, 4, 6))):
        client = world.fresh(dice.choice(MACHINES))
        fail(
            world,
            client,
            list(world.by_chance(0, world.span, world.span / dice.randint(90, 300), swing=False)),
            world.route(),
        )
    return world, [Truth(NEVER, is_("chronic_background"))]


def cron(seed: str) -> Told:
    """A job by the wall clock with a bad credential: jitter, and missing cycles."""
    dice = make_world(seed).dice
    every = dice.choice((300, 600, 900, 1800, 3600))
    world = make_world(seed, span=max(every * dice.uniform(14, 60), 5 * HOUR))
    dice = world.dice
    client = world.fresh(dice.choice(MACHINES))
    jitter, missing = dice.choice((0.0, 2.0, 10.0)), dice.choice((0.0, 0.0, 0.1, 0.2))
    clock = -world.start.timestamp() % every
    times = [
        clock + nth * every + dice.uniform(0, jitter)
        for nth in range(int(world.span / every))
        if dice.random() >= missing
    ]
    fail(world, client, times, world.route())
    causes = NEVER | is_("username_password_invalid")
    return world, [Truth(causes, is_("fixed_interval"), ONE, is_(client.address), period=float(every))]


def daily(seed: str) -> Told:
    """The rate of failures follows the hours of the day, or the days of the week; traffic does not."""
    weekly = make_world(seed).dice.random() < 0.35
    dice = make_world(seed).dice
    world = make_world(seed, span=dice.uniform(30, 50) * DAY if weekly else dice.uniform(5, 14) * DAY)
    dice = world.dice
    period, phase = (7 * DAY if weekly else DAY), dice.uniform(0, DAY)
    width = dice.uniform(0.15, 0.4)
    for _ in range(dice.choice((1, 1, 3, 5))):
        client = world.fresh(dice.choice(AGENTS))
        for hit in world.ask(client, world.by_chance(0, world.span, world.span / 400), world.routes):
            inside = (hit.at - phase) % period < width * period
            hit.status = 200
            if dice.random() < (dice.uniform(0.5, 0.9) if inside else 0.01):
                hit.status, hit.tag = 401, 1
    return world, [Truth(is_("access_policy_blocked"), is_("calendar_cycle"), period=period)]


def long_cycle(seed: str) -> Told:
    """A secret that runs out every month or quarter, and takes hours to be renewed."""
    dice = make_world(seed).dice
    period = dice.choice((30, 30, 60, 90)) * DAY
    world = make_world(seed, span=period * dice.uniform(3.3, 5.0))
    dice = world.dice
    client = world.fresh(dice.choice(MACHINES))
    hits = world.ask(client, world.paced(0, world.span, 3 * HOUR), world.routes)
    first = dice.uniform(0.05, 0.9) * period
    while first < world.span - 2 * DAY:
        refuse(hits, first, first + dice.uniform(0.3, 1.2) * DAY)
        first += period
    causes = is_(
        "client_credentials_invalid", "client_certificate_invalid", "account_inactive_or_restricted", "token_expired"
    )
    return world, [Truth(causes, is_("long_cycle"), ONE, is_(client.address), period=period)]


def bursts(seed: str) -> Told:
    """Bursts again and again, at no fixed distance."""
    world = make_world(seed, span=make_world(seed).dice.uniform(20, 70) * HOUR)
    dice = world.dice
    client = world.fresh()
    world.ask(client, world.by_chance(0, world.span, world.span / 200), world.routes)
    at = dice.uniform(0.01, 0.06) * world.span
    first = at
    while at < 0.95 * world.span:
        times = [at + dice.uniform(0, 240) for _ in range(dice.randint(25, 70))]
        fail(world, client, times, world.routes[0])
        at += world.span * dice.choice((0.03, 0.06, 0.12, 0.25, 0.3)) * dice.uniform(0.7, 1.3)
    return world, [
        Truth(
            patterns=is_("recurring_bursts"), levels=ONE, values=is_(client.address), onset=onset(first, first, world)
        )
    ]


def locked(seed: str) -> Told:
    """Sessions are lost at every deployment; the moments are told with --mark."""
    world = make_world(seed, span=make_world(seed).dice.uniform(20, 70) * HOUR)
    dice = world.dice
    at = dice.uniform(0.03, 0.1) * world.span
    some = world.crowd[: dice.randint(3, 8)]
    while at < 0.95 * world.span:
        world.marks.append((at, "deploy"))
        for client in some:
            begins = at + dice.uniform(1, 40)
            fail(
                world, client, [begins + nth * dice.uniform(1, 9) for nth in range(dice.randint(1, 3))], world.routes[0]
            )
            world.hits.append(Hit(begins + 60, client.address, world.routes[0], 200, agent=client.agent))
        at += world.span * dice.uniform(0.06, 0.2)
    return world, [Truth(is_("session_invalid"), is_("event_locked"))]


def flapping(seed: str) -> Told:
    """One of two servers is wrong, and the log does not say which answered."""
    world = make_world(seed)
    dice = world.dice
    for hit in world.hits:
        hit.upstream = None
    share, since = dice.uniform(0.3, 0.6), dice.choice((0.0, dice.uniform(0.1, 0.5) * world.span))
    here = [hit for hit in world.hits if hit.path.startswith(world.routes) and dice.random() < share]
    refuse(here, since)
    world.shapes = ("combined", "json", "logfmt")
    return world, [Truth(SERVER, is_("flapping"), is_("all", "service"))]


def growing(seed: str, *, falls: bool = False) -> Told:
    """Tokens die one by one after a key was changed; or clients are mended one by one."""
    world = make_world(seed, clients=(25, 50), hits=9000)
    dice = world.dice
    since = 0.0 if falls else dice.uniform(0.0, 0.15) * world.span
    moment = {client: dice.uniform(since, world.span) for client in dict.fromkeys(hit.client for hit in world.hits)}
    for hit in world.hits:
        bad = hit.at < moment[hit.client] if falls else hit.at >= moment[hit.client]
        if bad and hit.path.startswith(world.routes):
            hit.status, hit.tag = 401, 1
    causes = SERVER | is_("token_signature_invalid", "token_expired")
    return world, [Truth(causes, is_("decay" if falls else "ramp_up"), is_("all", "service"))]


def fading(seed: str) -> Told:
    return growing(seed, falls=True)


def irregular(seed: str) -> Told:
    """One person who now and then mistypes."""
    world = make_world(seed, span=make_world(seed).dice.uniform(20, 60) * HOUR)
    dice = world.dice
    client = world.fresh(AGENTS[0])
    world.ask(client, world.by_chance(0, world.span, world.span / 300), world.routes)
    for _ in range(dice.randint(8, 16)):
        at = dice.uniform(0.02, 0.98) * world.span
        fail(world, client, [at + nth * dice.uniform(4, 12) for nth in range(dice.randint(1, 2))], world.routes[0])
    return world, [Truth(patterns=is_("irregular"), levels=ONE, values=is_(client.address), quiet=True)]


def healthy(seed: str) -> Told:
    return make_world(seed), []


def healthy_days(seed: str) -> Told:
    world = make_world(seed, span=make_world(seed).dice.uniform(5, 20) * DAY, hits=8000)
    return world, []


def two_at_once(seed: str) -> Told:
    """Everybody is refused for a while; and beside it one client is, for good, from another moment on."""
    world = make_world(seed)
    dice = world.dice
    since = dice.uniform(0.15, 0.35) * world.span
    until = since + dice.uniform(0.12, 0.2) * world.span
    here = [hit for hit in world.hits if hit.path.startswith(world.routes)]
    failed = refuse(here, since, until)
    client = world.fresh(dice.choice(MACHINES))
    later = dice.uniform(0.65, 0.85) * world.span
    own = [replace(hit, tag=0) for hit in world.ask(client, world.paced(0, world.span, world.span / 500), world.routes)]
    world.hits = [hit for hit in world.hits if hit.client != client.address] + own
    mine = refuse(own, later)
    refuse(own, since, until)
    for hit in mine:
        hit.tag = 2
    first = Truth(SERVER, is_("sustained_closed"), is_("all", "service"), onset=onset(since, failed[0].at, world))
    second = Truth(
        patterns=is_("sustained_open"),
        levels=ONE,
        values=is_(client.address),
        onset=onset(later, mine[0].at, world),
        tag=2,
    )
    return world, [first, second]


STORIES: dict[str, Callable[[str], Told]] = {
    "single_occurrence": once,
    "single_burst": burst,
    "insufficient_data": too_little,
    "sustained_closed, client": closed_client,
    "migrating": migrating,
    "chronic_background": chronic,
    "fixed_interval": cron,
    "calendar_cycle": daily,
    "long_cycle": long_cycle,
    "recurring_bursts": bursts,
    "event_locked": locked,
    "flapping": flapping,
    "ramp_up": growing,
    "decay": fading,
    "irregular": irregular,
    "two at once": two_at_once,
    "healthy": healthy,
    "healthy, days": healthy_days,
}
