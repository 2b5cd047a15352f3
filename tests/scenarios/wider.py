"""Stories of other logs: formats of their own, clocks that change, lost days, little traffic, several things at once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.scenarios.patterns import daily
from tests.scenarios.signatures import (
    ATTACK,
    MACHINES,
    NEVER,
    ONE,
    SERVER,
    Told,
    everybody,
    expiry,
    fail,
    is_,
    one_client,
    onset,
    refuse,
    spraying,
)
from tests.scenarios.truth import Truth
from tests.scenarios.world import AGENTS, DAY, HOUR, Client, Hit, World, make_world

_JOB = NEVER | is_("username_password_invalid")
_OTHERS = ("iis", "alb", "ecs")


def elsewhere(story: Callable[[str], Told]) -> Callable[[str], Told]:
    """The same story, told by another kind of server."""

    def told(seed: str) -> Told:
        world, truths = story(seed)
        world.shapes = _OTHERS
        return world, truths

    return told


def lost_days(seed: str) -> Told:
    """The hours of the day, in a log of which every other day is gone."""
    world, truths = daily(seed)
    if truths[0].period != DAY or world.span < 9 * DAY:
        return lost_days(f"{seed}+")
    world.hits = [hit for hit in world.hits if int(hit.at // DAY) % 2 == 0]
    return world, truths


def at_two(seed: str) -> Told:
    """A job at half past two of a place whose clocks change in those weeks."""
    dice = make_world(seed).dice
    world = make_world(seed, span=dice.uniform(20, 34) * DAY)
    zone = ZoneInfo(dice.choice(("Europe/Berlin", "America/New_York")))
    world.start = datetime(2026, 10, dice.randint(10, 18), 11, 3, 7, tzinfo=UTC)
    client, first = world.fresh(dice.choice(MACHINES)), world.start.astimezone(zone).date()
    for day in range(1, 40):
        when = datetime(first.year, first.month, first.day, 2, 30, tzinfo=zone) + timedelta(days=day)
        at = (when.astimezone(UTC) - world.start).total_seconds() + dice.uniform(0, 4)
        fail(world, client, [at], world.routes[0])
    return world, [Truth(_JOB, is_("fixed_interval"), ONE, is_(client.address), period=DAY)]


def weekly(seed: str) -> Told:
    dice = make_world(seed).dice
    world = make_world(seed, span=dice.uniform(6.2, 10) * 7 * DAY)
    client, first = world.fresh(world.dice.choice(MACHINES)), world.dice.uniform(0, 6) * DAY
    for week in range(11):
        fail(world, client, [first + week * 7 * DAY + world.dice.uniform(0, 30)], world.routes[0])
    return world, [Truth(_JOB, is_("fixed_interval", "long_cycle"), ONE, is_(client.address), period=7 * DAY)]


def drifting(seed: str) -> Told:
    """A job that sleeps five minutes between its turns, and takes a little longer each time."""
    world = make_world(seed)
    dice, at, times = world.dice, 20.0, []
    client = world.fresh(dice.choice(MACHINES))
    takes = dice.uniform(0.5, 6)
    while at < world.span:
        times.append(at)
        at += 300 + takes * dice.uniform(0.5, 1.5)
    fail(world, client, times, world.route())
    return world, [Truth(_JOB, is_("fixed_interval"), ONE, is_(client.address), period=300 + takes)]


def monthly(seed: str) -> Told:
    """On the first of the month, whatever its length."""
    dice = make_world(seed).dice
    world = make_world(seed, span=dice.uniform(150, 260) * DAY)
    world.start = datetime(2026, dice.randint(1, 4), dice.randint(3, 26), 5, tzinfo=UTC)
    client = world.fresh(world.dice.choice(MACHINES))
    hits = world.ask(client, world.paced(0, world.span, 3 * HOUR), world.routes)
    for month in range(world.start.month, 13):
        first = (datetime(2026, month, 1, 4, tzinfo=UTC) - world.start).total_seconds()
        refuse(hits, first, first + world.dice.uniform(0.3, 0.9) * DAY)
    return world, [Truth(frozenset(), is_("long_cycle"), ONE, is_(client.address), period=30.4 * DAY)]


def attack_in_an_outage(seed: str) -> Told:
    """One address tries many names while everybody is refused."""
    world = make_world(seed)
    dice = world.dice
    since = dice.uniform(0.2, 0.5) * world.span
    until = since + dice.uniform(0.15, 0.3) * world.span
    failed = refuse([hit for hit in world.hits if hit.path.startswith(world.routes)], since, until)
    source, at = world.fresh(AGENTS[3]), since + 0.3 * (until - since)
    for nth in range(dice.randint(40, 120)):
        at += dice.uniform(1, 6)
        world.hits.append(Hit(at, source.address, "/login", 401, "POST", f"u{nth % 60}", source.agent, tag=2))
    world.shapes = ("combined", "json", "logfmt")
    return world, [
        Truth(SERVER, is_("sustained_closed"), is_("all", "service"), onset=onset(since, failed[0].at, world)),
        Truth(ATTACK, frozenset(), ONE, is_(source.address), tag=2),
    ]


def three_services(seed: str) -> Told:
    """Three services write one log; one of them refuses everybody from a moment on."""
    world = make_world(seed, clients=(20, 40), hits=9000)
    dice, names = world.dice, ("orders", "billing", "search")
    broken, since = dice.choice(names), dice.uniform(0.3, 0.6) * world.span
    for hit in world.hits:
        hit.service = dice.choice(names)
    here = [hit for hit in world.hits if hit.service == broken and hit.path.startswith(world.routes)]
    failed = refuse(here, since)
    world.shapes = ("ecs",)
    return world, [Truth(SERVER, is_("sustained_open"), is_("service"), is_(broken), onset(since, failed[0].at, world))]


def behind_one_address(seed: str) -> Told:
    """Many people behind one address; the password of one of them is wrong from a moment on."""
    world = make_world(seed)
    dice, address = world.dice, "192.0.2.200"
    people = [Client(address, dice.choice(AGENTS), f"n{nth}") for nth in range(dice.randint(8, 20))]
    for person in people:
        hits = world.ask(person, world.by_chance(0, world.span, world.span / 150), world.routes)
        if person is people[0]:
            since = dice.uniform(0.3, 0.7) * world.span
            failed = refuse(hits, since)
    world.shapes = ("combined", "json", "logfmt")
    told = onset(since, failed[0].at, world)
    return world, [Truth(frozenset(), is_("sustained_open"), is_("user"), is_("n0"), told)]


def little_traffic(seed: str) -> Told:
    """Forty requests a day for a fortnight, and one of the few clients is refused from a moment on."""
    world = make_world(seed, span=14 * DAY, clients=(4, 7), hits=430, noisy=False)
    dice, since = world.dice, world.dice.uniform(0.35, 0.7) * 14 * DAY
    client = world.fresh(dice.choice(MACHINES))
    hits = world.ask(client, world.paced(0, world.span, DAY / 10), world.routes)
    failed = refuse(hits, since)
    told = onset(since, failed[0].at, world)
    return world, [Truth(frozenset(), is_("sustained_open"), ONE, is_(client.address), told)]


def robots(seed: str) -> Told:
    """A healthy fortnight with all that calls uninvited: health checks, crawlers, scanners, stray tries."""
    world = make_world(seed, span=14 * DAY, hits=9000)
    dice = world.dice
    probe = world.fresh("kube-probe/1.30")
    _many(world, probe, world.paced(0, world.span, 600, jitter=0.01), ("/healthz",), 200)
    for agent in ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "AhrefsBot/7.0"):
        crawler = world.fresh(agent)
        _many(world, crawler, world.by_chance(0, world.span, 2400), ("/robots.txt", "/sitemap.xml", "/a", "/b"), 404)
    paths = [f"/{name}" for name in (".env", "wp-login.php", "admin", "phpinfo.php", ".git/config", "actuator/env")]
    for _ in range(dice.randint(2, 6)):
        scanner, begins = world.fresh(AGENTS[3]), dice.uniform(0, 0.95) * world.span
        _many(world, scanner, world.paced(begins, begins + 120, 2), [*paths, *(f"{at}.bak" for at in paths)], 404)
        world.hits.append(Hit(begins + 60, scanner.address, "/manager/html", 401, agent=scanner.agent))
    return world, []


def _many(world: World, client: Client, times: object, paths: object, status: int) -> None:
    for at in times:  # type: ignore[attr-defined]
        world.hits.append(Hit(at, client.address, world.dice.choice(paths), status, agent=client.agent))  # type: ignore[arg-type]


STORIES: dict[str, Callable[[str], Told]] = {
    "other formats, B3": elsewhere(spraying),
    "other formats, B6": elsewhere(everybody),
    "other formats, B7": elsewhere(one_client),
    "other formats, B8": elsewhere(expiry),
    "lost days": lost_days,
    "at half past two": at_two,
    "weekly job": weekly,
    "drifting job": drifting,
    "monthly": monthly,
    "attack in an outage": attack_in_an_outage,
    "three services": three_services,
    "behind one address": behind_one_address,
    "little traffic": little_traffic,
    "healthy, robots": robots,
}
