"""Access logs and application logs of two services, whose reasons are known: what joined evidence is measured on."""

import random
from dataclasses import dataclass, replace
from typing import NamedTuple

from tests.analysis.simulate import Request, bad

CAUSES = ("token_expired", "api_key_invalid", "username_password_invalid", "insufficient_permission")
ROUTES = {"orders": ("/orders", "/orders/{id}", "/carts"), "billing": ("/invoices", "/payments")}


@dataclass(frozen=True)
class World:
    """rate: refusals a second of each service. skew: how far the application's clock is ahead, seconds. nat: share of
    refusals from one address that all share. ids: of lines that carry a request id. told: of refusals whose reason is
    logged. nameless: of reasons that do not name the client. named: services say their names. second: stamps of whole
    seconds in the access log."""

    seed: int = 1
    span: float = 3600.0
    rate: float = 0.1
    skew: float = 0.0
    nat: float = 0.2
    ids: float = 0.0
    told: float = 0.9
    nameless: float = 0.0
    named: bool = True
    second: bool = True
    clients: int = 60


Stamp = tuple[int, float]  # the service's number, the time of the line


class Case(NamedTuple):
    """truth: of each bare refusal its cause, and whether a line tells it."""

    requests: list[Request]
    truth: dict[Stamp, tuple[str, bool]]


def logs(world: World) -> Case:
    random_ = random.Random(f"{world}")  # noqa: S311
    requests: list[Request] = []
    truth: dict[Stamp, tuple[str, bool]] = {}
    habits = {f"198.51.100.{k}": random_.choice(CAUSES) for k in range(world.clients)}
    for number, (service, routes) in enumerate(ROUTES.items()):
        at = number / 7
        while at < world.span:
            at += random_.expovariate(world.rate)
            client = "203.0.113.9" if random_.random() < world.nat else random_.choice(sorted(habits))
            cause = habits.get(client) or random_.choice(CAUSES)
            stamp = float(int(at)) if world.second else round(at, 3)
            while (number, stamp) in truth:  # the stamp names the refusal below
                stamp += 1e-6
            key = f"{random_.getrandbits(64):016x}" if random_.random() < world.ids else None
            line = Request(stamp, client, random_.choice(routes), service=service if world.named else None,
                           path=f"{service}/access.log", request=key, status=401)  # fmt: skip
            requests.append(bad(line))
            logged = random_.random() < world.told
            truth[number, stamp] = (cause, logged)
            if logged:
                told = replace(line, at=round(at + world.skew + random_.uniform(-0.2, 0.05), 3), cause=cause, status=None,
                               confidence="high", path=f"{service}/app.log", dataset="app", rules=("text",))  # fmt: skip
                if random_.random() < world.nameless:
                    told = replace(told, client=None, endpoint=None)
                requests.append(bad(told))
    return Case(requests, truth)
