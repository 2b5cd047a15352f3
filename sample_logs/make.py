"""Makes the synthetic cases of sample_logs/, the same every time. Recorded cases come from sample_logs/record/ instead.

usage: make.py [--out FOLDER]
"""

import argparse
import base64
import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
Row = tuple[datetime, str, str]  # when, file, line


def at(day: int, hour: int = 0, minute: int = 0, second: float = 0) -> datetime:
    return datetime(2026, 3, day, tzinfo=UTC) + timedelta(hours=hour, minutes=minute, seconds=second)


def steps(
    start: datetime, end: datetime, every_s: float, dice: random.Random, jitter: float = 0.3
) -> Iterator[datetime]:
    while start < end:
        yield start
        start += timedelta(seconds=every_s * dice.uniform(1 - jitter, 1 + jitter))


def combined(when: datetime, client: str, request: str, status: int, *, user: str = "-", agent: str = FIREFOX) -> str:
    size = 0 if status in {204, 304} else 180 + len(request) * 7
    return f'{client} - {user} [{when:%d/%b/%Y:%H:%M:%S} +0000] "{request} HTTP/1.1" {status} {size} "-" "{agent}"'


def python_line(when: datetime, level: str, logger: str, message: str) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S},{when.microsecond // 1000:03} {level} {logger}: {message}"


def rotated_api_key(dice: random.Random) -> Iterator[Row]:
    """An API client whose key was rotated at 14:02: its own log, SDK lines only."""
    url = "https://api.deepseek.example.com/v1/chat/completions"
    for number, when in enumerate(steps(at(12, 8), at(12, 18), 95, dice)):
        yield when, "worker.log", python_line(when, "INFO", "summaries.worker", f"job {number} started")
        later = when + timedelta(seconds=dice.uniform(0.4, 2.5))
        if when < at(12, 14, 2):
            done = f'HTTP Request: POST {url} "HTTP/1.1 200 OK"'
            yield later, "worker.log", python_line(later, "INFO", "httpx", done)
            continue
        refused = f'HTTP Request: POST {url} "HTTP/1.1 401 Unauthorized"'
        yield later, "worker.log", python_line(later, "INFO", "httpx", refused)
        body = {
            "error": {
                "message": "Authentication Fails, Your api key: ****9f3a is invalid",
                "type": "authentication_error",
                "param": None,
                "code": "invalid_request_error",
            }
        }
        after = later + timedelta(milliseconds=3)
        failed = f"job {number} failed: Error code: 401 - {body}"
        yield after, "worker.log", python_line(after, "ERROR", "summaries.worker", failed)


def hourly_token(dice: random.Random) -> Iterator[Row]:
    """A client that takes a new token only after the old one was refused, every 60 minutes; others are fine."""
    refreshed = at(13, 0, 7)
    for number, when in enumerate(steps(at(13, 0, 7), at(14, 0), 40, dice)):
        expired = when - refreshed >= timedelta(minutes=60)
        status = 401 if expired else 200
        row = {
            "@timestamp": f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03}Z",
            "log.level": "warn" if expired else "info",
            "message": "bearer token rejected: token has expired" if expired else "stock level served",
            "service.name": "stock-api",
            "http": {"request": {"method": "GET", "id": f"{number:08x}"}, "response": {"status_code": status}},
            "url": {"path": f"/stock/{1000 + number % 37}"},
            "source": {"ip": "192.0.2.80"},
        }
        request = f"GET /stock/{1000 + number % 37}"
        yield when, "app.jsonl", json.dumps(row)
        yield when, "access.log", combined(when, "192.0.2.80", request, status, agent="pricing-sync/4.2")
        if expired:
            refreshed = when + timedelta(seconds=1)
            yield (
                refreshed,
                "access.log",
                combined(refreshed, "192.0.2.80", "POST /oauth/token", 200, agent="pricing-sync/4.2"),
            )
    for client in range(4):
        for when in steps(at(13, 0, 1), at(14, 0), 300, dice):
            yield when, "access.log", combined(when, f"198.51.100.{20 + client}", f"GET /stock/{1000 + client}", 200)


def proxy_drops_key(dice: random.Random) -> Iterator[Row]:
    """Since 10:15 calls that come through the new gateway arrive without their key; direct calls are fine."""
    for number, when in enumerate(steps(at(14, 7), at(14, 13), 25, dice)):
        direct = dice.random() < 0.5
        client = "192.0.2.15" if direct else "192.0.2.200"
        refused = not direct and when >= at(14, 10, 15)
        path = f"/v2/parcels/{40_000 + number}"
        stamp = f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03}Z"
        fields = f"method=GET path={path} remote_addr={client} via={'-' if direct else 'gw-2'}"
        if refused:
            line = (
                f'time={stamp} level=warn msg="no API key in request: header X-Api-Key is missing" {fields} status=401'
            )
        else:
            line = f'time={stamp} level=info msg="request done" {fields} status=200'
        yield when, "parcels.log", line


def brute_force(dice: random.Random) -> Iterator[Row]:
    """One address guesses the passwords of many users, by ssh and on the login page, within 12 minutes."""
    people = ["ada", "grace", "linus", "margaret", "ken", "barbara"]
    for when in steps(at(15, 0, 5), at(15, 6), 200, dice):
        who = dice.choice(people)
        client = f"198.51.100.{30 + people.index(who)}"
        yield when, "access.log", combined(when, client, "POST /login", 200)
        yield (
            when,
            "auth.log",
            sshd(when, f"Accepted publickey for {who} from {client} port {dice.randrange(20000, 60000)} ssh2"),
        )
    names = ["admin", "root", "test", "oracle", "postgres", "deploy", "git", "ubuntu", "backup", "guest", "www", "ftp"]
    for number, when in enumerate(steps(at(15, 3, 20), at(15, 3, 32), 2.1, dice)):
        name, port = f"{dice.choice(names)}{number % 9 or ''}", dice.randrange(20000, 60000)
        yield (
            when,
            "auth.log",
            sshd(when, f"Failed password for invalid user {name} from 203.0.113.66 port {port} ssh2"),
        )
        yield (
            when,
            "access.log",
            combined(when, "203.0.113.66", "POST /login", 401, user=name, agent="python-requests/2.32"),
        )


def sshd(when: datetime, message: str) -> str:
    process = 1000 + when.minute * 60 + when.second
    return f"{when:%b} {when.day:2} {when:%H:%M:%S} login.example.com sshd[{process}]: {message}"


def digest_handshake(dice: random.Random) -> Iterator[Row]:
    """Clients that answer a challenge on every connection: each 401 is followed at once by a 200. Nothing is wrong."""
    for client in range(6):
        for when in steps(at(16, 6), at(16, 12), 240, dice):
            address, request = f"192.0.2.{100 + client}", f"PROPFIND /dav/{dice.choice(['plans', 'notes', 'maps'])}/"
            yield when, "access.log", combined(when, address, request, 401, agent="davfs2/1.7.0")
            soon = when + timedelta(milliseconds=dice.randrange(20, 400))
            yield (
                soon,
                "access.log",
                combined(soon, address, request, 207, user=f"person{client}", agent="davfs2/1.7.0"),
            )


def wrong_base_url(dice: random.Random) -> Iterator[Row]:
    """A service deployed at 09:30 with the base URL of another region: the key is good, but not there."""
    path = "openai/deployments/summaries/chat/completions"
    for number, when in enumerate(steps(at(17, 6), at(17, 15), 120, dice)):
        broken = when >= at(17, 9, 30)
        host = "west-2.models.example.com" if broken else "west-1.models.example.com"
        told = "401 PermissionDenied" if broken else "200 OK"
        request = f'HTTP Request: POST https://{host}/{path} "HTTP/1.1 {told}"'
        yield when, "billing.log", python_line(when, "INFO", "httpx", request)
        if broken:
            after = when + timedelta(milliseconds=2)
            words = (
                "Access denied due to invalid subscription key or wrong API endpoint. Make sure that the key belongs "
                "to an active subscription and that the endpoint is the one of its region."
            )
            body = {"error": {"code": "401", "message": words}}
            reason = f"invoice {number} not summarised: Error code: 401 - {body}"
            yield after, "billing.log", python_line(after, "ERROR", "billing.sync", reason)


def config_change(dice: random.Random) -> Iterator[Row]:
    """At 16:40 a deployment breaks the token check for everyone; at 17:25 it is rolled back. Access log only."""
    for client in range(25):
        for when in steps(at(18, 12), at(18, 20), 200, dice):
            broken = at(18, 16, 40) <= when < at(18, 17, 25)
            request = f"GET /api/{dice.choice(['carts', 'orders', 'profile'])}/{dice.randrange(9000)}"
            yield (
                when,
                "access.log",
                combined(when, f"198.51.100.{60 + client}", request, 401 if broken else 200, agent="shop-app/3.1"),
            )


def healthy(dice: random.Random) -> Iterator[Row]:
    """An ordinary morning: no 401, a few 404s and one 500."""
    for client in range(12):
        for when in steps(at(19, 6), at(19, 10), 75, dice):
            status = dice.choices([200, 304, 404, 500], [90, 8, 1.9, 0.1])[0]
            yield (
                when,
                "access.log",
                combined(when, f"192.0.2.{130 + client}", f"GET /news/{dice.randrange(300)}", status),
            )


def two_clocks(dice: random.Random) -> Iterator[Row]:
    """The application's host is 47 s behind: it refuses every token that is younger, and only its own log says why."""
    behind = timedelta(seconds=47)
    for client in range(7):
        renewed = at(20, 7) + timedelta(seconds=client * 61)
        for when in steps(at(20, 7), at(20, 10), 35, dice):
            if when - renewed >= timedelta(minutes=15):
                renewed = when - timedelta(seconds=dice.uniform(0, 3))
            early = when - renewed < behind and when > renewed
            path = f"/api/{dice.choice(['seats', 'trips', 'fares'])}/{dice.randrange(400)}"
            address = f"192.0.2.{20 + client}"
            done = when + timedelta(milliseconds=dice.uniform(5, 90))
            yield done, "access.log", combined(done, address, f"GET {path}", 401 if early else 200, agent="kiosk/2.2")
            own = when - behind
            row = {
                "@timestamp": f"{own:%Y-%m-%dT%H:%M:%S}.{own.microsecond // 1000:03}Z",
                "log.level": "warn" if early else "info",
                "message": f"token not yet valid: iat {renewed:%Y-%m-%dT%H:%M:%SZ} > now {own:%Y-%m-%dT%H:%M:%SZ}"
                if early
                else "served",
                "service.name": "trips",
                "host.name": "app1",
                "http": {"request": {"method": "GET"}},
                "url": {"path": path},
                "source": {"ip": address},
            }
            yield when, "app.jsonl", json.dumps(row)


def token_in_url(dice: random.Random) -> Iterator[Row]:
    """A wall display keeps the token that it was started with in its URL; the token runs out at 15:00."""
    token = unsigned({"alg": "RS256", "kid": "2026-03", "typ": "JWT"}, {
        "iss": "https://id.example.com/", "aud": "displays", "sub": "display-7@example.com",
        "iat": int(at(21, 3).timestamp()), "exp": int(at(21, 15).timestamp()),
    })  # fmt: skip
    for when in steps(at(21, 11), at(21, 19), 30, dice):
        request = f"GET /feed?since={int(when.timestamp())}&access_token={token}"
        yield when, "access.log", combined(when, "203.0.113.77", request, 401 if when >= at(21, 15) else 200)
    for client in range(5):
        for when in steps(at(21, 11), at(21, 19), 240, dice):
            yield when, "access.log", combined(when, f"198.51.100.{80 + client}", "GET /feed", 200)


def unsigned(header: dict[str, object], claims: dict[str, object]) -> str:
    """A token whose signature is none."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)]
    return ".".join([*parts, "bWFkZS11cC1zaWduYXR1cmU"])


CASES: dict[str, Callable[[random.Random], Iterator[Row]]] = {
    "rotated-api-key": rotated_api_key,
    "hourly-token": hourly_token,
    "proxy-drops-key": proxy_drops_key,
    "brute-force": brute_force,
    "digest-handshake": digest_handshake,
    "wrong-base-url": wrong_base_url,
    "config-change": config_change,
    "healthy": healthy,
    "two-clocks": two_clocks,
    "token-in-url": token_in_url,
}


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--out", type=Path, default=Path(__file__).parent)
    out = ask.parse_args().out
    for name, case in CASES.items():
        rows = sorted(case(random.Random(name)), key=lambda row: row[0])
        (out / name).mkdir(parents=True, exist_ok=True)
        for file in sorted({row[1] for row in rows}):
            text = "".join(f"{line}\n" for _, to, line in rows if to == file)
            (out / name / file).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
