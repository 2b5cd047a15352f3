"""Background traffic of a made-up service, random per seed: days and nights, shared addresses, unrelated errors."""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

HOUR, DAY = 3600.0, 86400.0
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "python-requests/2.32.3",
    "okhttp/4.12.0",
    "Go-http-client/2.0",
    "curl/8.7.1",
    "axios/1.7.2",
)
_NAMES = ("ada", "bo", "cem", "dana", "eve", "fritz", "gus", "hana", "ivo", "jo", "kai", "lea", "mo", "nils", "ola")
_THINGS = ("orders", "carts", "items", "reports", "users", "stock", "jobs", "invoices", "files", "events", "metrics")
_PREFIXES = ("/api", "/api/v1", "/v2", "/rest", "/svc", "")


@dataclass
class Hit:
    """One request. at: seconds after the start; tag: the number of the story it belongs to, 0 for the background."""

    at: float
    client: str
    path: str
    status: int = 200
    method: str = "GET"
    user: str | None = None
    agent: str = AGENTS[3]
    upstream: str | None = None
    host: str = "api.example.com"
    tag: int = 0
    service: str = ""
    why: str = ""  # what the server's error log says


@dataclass(frozen=True)
class Client:
    address: str
    agent: str
    user: str | None = None


@dataclass
class World:
    """dice: the only source of chance. span: seconds; shapes: formats that the story allows, none: any."""

    dice: random.Random
    span: float = 0.0
    hits: list[Hit] = field(default_factory=list)
    start: datetime = datetime(2026, 3, 2, tzinfo=UTC)
    routes: tuple[str, ...] = ()
    upstreams: tuple[str, ...] = ()
    crowd: list[Client] = field(default_factory=list)
    shapes: tuple[str, ...] = ()
    marks: list[tuple[float, str]] = field(default_factory=list)
    swing: float = 0.0
    peak: float = 0.0
    named: bool = False
    taken: int = 0
    noisy: bool = True

    def fresh(self, agent: str | None = None, *, user: str | None = None) -> Client:
        """A client that nobody else is."""
        self.taken += 1
        net = self.dice.choice(("203.0.113.", "198.51.100.")) if self.taken < 200 else "2001:db8::"
        return Client(f"{net}{10 + self.taken % 240}", agent or self.dice.choice(AGENTS), user)

    def route(self) -> str:
        return self.dice.choice(self.routes)

    def path(self, route: str) -> str:
        """A path of that route; some carry an id."""
        return f"{route}/{self.dice.randint(1, 4000)}" if self.dice.random() < 0.4 else route

    def busy(self, at: float) -> float:
        return 1 + self.swing * math.cos(2 * math.pi * (at - self.peak) / DAY)

    def paced(self, start: float, end: float, every: float, *, jitter: float = 0.4) -> Iterator[float]:
        at = start + every * self.dice.random()
        while at < end:
            yield at
            at += every * self.dice.uniform(1 - jitter, 1 + jitter)

    def by_chance(self, start: float, end: float, every: float, *, swing: bool = True) -> Iterator[float]:
        """Poisson times, more of them at the busy hours of the day."""
        at, most = start, 1 + self.swing if swing else 1.0
        while (at := at + self.dice.expovariate(most / every)) < end:
            if not swing or self.dice.random() * most < self.busy(at):
                yield at

    def ask(self, client: Client, times: Iterator[float] | Sequence[float], routes: Sequence[str]) -> list[Hit]:
        """Ordinary requests of one client; returned, so that a story may change them."""
        made = [
            Hit(
                at,
                client.address,
                self.path(self.dice.choice(routes)),
                self.dice.choices((200, 201, 204, 304), (12, 1, 1, 1))[0],
                self.dice.choices(("GET", "POST"), (4, 1))[0],
                client.user,
                client.agent,
                self.dice.choice(self.upstreams) if self.upstreams else None,
            )
            for at in times
        ]
        self.hits += made
        return made

    def at(self, seconds: float) -> datetime:
        return self.start + timedelta(seconds=seconds)


def make_world(
    seed: object, *, span: float | None = None, clients: tuple[int, int] = (12, 40), hits: int = 0, noisy: bool = True
) -> World:
    """A world with its background. span: seconds; hits: about so many requests."""
    dice = random.Random(f"{seed}")  # noqa: S311 (nothing here is secret)
    world = World(dice)
    world.span = span or dice.choice((6, 10, 14, 24, 30, 48)) * HOUR * dice.uniform(0.9, 1.2)
    world.start = datetime(
        2026, dice.randint(1, 9), dice.randint(1, 28), dice.randint(0, 23), dice.randint(0, 59), 7, tzinfo=UTC
    )
    world.swing, world.peak = dice.choice((0.0, 0.3, 0.6, 0.85)), dice.uniform(0, DAY)
    prefix = dice.choice(_PREFIXES)
    world.routes = tuple(f"{prefix}/{thing}" for thing in dice.sample(_THINGS, dice.randint(3, 6)))
    world.upstreams = tuple(f"10.0.0.{11 + at}:8080" for at in range(dice.choice((0, 0, 2, 3, 4))))
    world.named = dice.random() < 0.3
    many = dice.randint(*clients)
    shared = dice.random() < 0.5
    for at in range(many):
        known = f"{dice.choice(_NAMES)}{at}" if world.named else None
        if shared and at and dice.random() < 0.15:  # behind the address of another
            world.crowd.append(replace(world.crowd[-1], agent=dice.choice(AGENTS), user=known))
        else:
            world.crowd.append(replace(world.fresh(), user=known))
    total = hits or dice.randint(4000, 9000)
    weight = [dice.lognormvariate(0, 0.7) for _ in world.crowd]
    for client, share in zip(world.crowd, weight, strict=True):
        every = world.span * sum(weight) / (total * share)
        mine = dice.sample(world.routes, dice.randint(1, len(world.routes)))
        steady = every > 5 and dice.random() < 0.3  # machines keep a pace, people do not
        world.ask(client, world.paced(0, world.span, every) if steady else world.by_chance(0, world.span, every), mine)
    if noisy:
        _noise(world)
    return world


def _noise(world: World) -> None:
    """Errors that belong to nothing: typing errors, pages that are not there, a server that stumbles."""
    dice = world.dice
    for hit in world.hits:
        luck = dice.random()
        if luck < 0.006:
            hit.status = dice.choice((404, 404, 500, 502, 503, 429, 400))
    for _ in range(dice.choice((0, 1, 3, 6))):
        somebody, at = dice.choice(world.crowd), dice.uniform(0, world.span * 0.98)
        for _ in range(dice.choice((1, 1, 2))):
            world.hits.append(Hit(at, somebody.address, "/login", 401, "POST", None, somebody.agent))
            at += dice.uniform(3, 15)
        world.hits.append(Hit(at, somebody.address, "/login", 302, "POST", None, somebody.agent))
    for _ in range(dice.choice((0, 0, 2, 5))):
        stray = world.fresh()
        world.hits.append(
            Hit(dice.uniform(0, world.span), stray.address, world.route(), dice.choice((401, 403)), agent=stray.agent)
        )
    for _ in range(dice.choice((0, 1, 2))):
        stray = world.fresh()
        for name in dice.sample(("/.env", "/wp-login.php", "/admin", "/.git/config", "/phpinfo.php"), 3):
            world.hits.append(Hit(dice.uniform(0, world.span), stray.address, name, 404, agent=stray.agent))
