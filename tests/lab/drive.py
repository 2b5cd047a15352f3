"""Clients at work: every case some times, in an order of the seed's, with good traffic in between."""

import random
import subprocess
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.lab.case import Act, Bench, Case, Label, Visit, label

Served = Callable[[Path], AbstractContextManager[Bench]]
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "shop-app/3.1 (Android 14)",
    "nightly-sync/2.1",
    "okhttp/4.12.0",
    "Go-http-client/1.1",
)


class Variant(NamedTuple):
    """at_once: visits that are under way at a time; clients: addresses that all cases share, 0: each case has its own;
    marker: what a path holds."""

    at_once: int = 1
    clients: int = 0
    marker: Callable[[random.Random], str] = lambda draw: f"{draw.getrandbits(64):016x}"


VARIANTS = {
    "plain": Variant(),
    "busy": Variant(at_once=8),
    "shared": Variant(clients=3),
    "numbers": Variant(marker=lambda draw: f"{draw.randrange(10**7, 10**8)}"),
    "uuids": Variant(at_once=3, clients=6, marker=lambda draw: str(uuid.UUID(int=draw.getrandbits(128), version=4))),
}


def drive(bench: Bench, seed: int, share: float = 1.0, variant: Variant = VARIANTS["plain"]) -> list[Label]:
    """Do every case of a bench and label what its logs hold then. share: of the usual number of visits."""
    draw = random.Random(f"{seed} {bench.name}")
    net = f"127.{draw.randrange(1, 250)}.{draw.randrange(250)}"
    hosts = draw.sample(
        range(2, 254), 2 * len(bench.cases) + variant.clients
    )  # an address is of one case, and tells its lines as well
    plan: list[tuple[Case, Visit]] = []
    everybody = [f"{net}.{hosts.pop()}" for _ in range(variant.clients)]
    for case in bench.cases:
        own = everybody or [f"{net}.{hosts.pop()}" for _ in range(draw.randint(1, 2))]
        agent = draw.choice(AGENTS)
        count = max(1, round(draw.randint(*case.times) * share))
        plan += [(case, Visit(variant.marker(draw), draw.choice(own), agent)) for _ in range(count)]
    draw.shuffle(plan)
    with ThreadPoolExecutor(variant.at_once) as pool:
        for done in [pool.submit(case.act, visit) for case, visit in plan]:
            done.result()
    notes: list[tuple[str, Case]] = []
    for case, visit in plan:
        address = () if everybody else (visit.address,)
        notes += [(marker, case) for marker in (visit.marker, *address, *case.markers)]
    bench.settled()
    return label(bench, notes)


def run_benches(
    benches: Mapping[str, Served], scratch: Path, seed: int, share: float = 1.0, variant: str = "plain"
) -> tuple[list[tuple[Bench, list[Label]]], dict[str, str]]:
    """Run benches side by side.

    Out: each bench that ran with the labels of its logs, in the order given; the name of each other and what it lacks
    """

    def ran(name: str) -> tuple[Bench, list[Label]] | str:
        folder = scratch / name
        folder.mkdir()
        folder.chmod(0o755)
        try:
            with benches[name](folder) as bench:
                return bench, drive(bench, seed, share, VARIANTS[variant])
        except pytest.skip.Exception as absent:
            return str(absent)

    scratch.chmod(0o755)  # servers that give up being root must get in
    with ThreadPoolExecutor(4) as pool:
        found = dict(zip(benches, pool.map(ran, benches), strict=True))
    done = [one for one in found.values() if not isinstance(one, str)]
    return done, {name: why for name, why in found.items() if isinstance(why, str)}


def ask(visit: Visit, url: str, method: str = "GET", **options: Any) -> int:
    """One request by a client of the marker's choice, from the visitor's address. options: as of httpx.request"""
    status: int
    headers = {"User-Agent": visit.agent, **options.pop("headers", {})}
    if int(visit.marker[0], 16) % 2 or isinstance(options.get("auth"), httpx.Auth):
        transport = httpx.HTTPTransport(local_address=visit.address, verify=False)
        with httpx.Client(transport=transport, timeout=20) as client:
            status = client.request(method, url, headers=headers, **options).status_code
        return status
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", _From(visit.address))
        auth = options.pop("auth", None)
        return session.request(
            method, url, headers=headers, auth=auth, timeout=20, **options, allow_redirects=False
        ).status_code


def get(base: str, place: str, *, method: str = "GET", **options: Any) -> Act:
    """Asks for a place, the marker at its end or where `{}` stands. options: as of httpx.request; a value that is
    called gets made anew for every request."""

    def act(visit: Visit) -> int:
        made = {name: value() if callable(value) else value for name, value in options.items()}
        path = place.format(visit.marker) if "{}" in place else f"{place}/{visit.marker}"
        return ask(visit, f"{base}{path}", method, **made)

    return act


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


class _From(HTTPAdapter):
    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        super().init_poolmanager(*args, source_address=(self.address, 0), **named)


def curl(visit: Visit, *arguments: str) -> str:
    """What curl wrote, from the visitor's address."""
    command = ["curl", "-sS", "--noproxy", "*", "-m", "20", "--interface", visit.address, "-A", visit.agent, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
