"""Small logs made for the tests of the whole tool: the same bytes every time."""

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
_AGENTS = ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0", "shop-app/3.1", "python-httpx/0.28")


def combined(count: int, *, seed: int = 1, share: float = 0.2, start: datetime = NOON) -> list[str]:
    """An access log in which some clients are refused, one of them in bursts."""
    draw = random.Random(seed)  # noqa: S311 (no secret)
    lines = []
    for k in range(count):
        at = (start + timedelta(seconds=7 * k)).strftime("%d/%b/%Y:%H:%M:%S +0000")
        refused = draw.random() < share or 40 <= k % 200 < 60
        client = f"203.0.113.{draw.randrange(3)}" if refused else f"192.0.2.{draw.randrange(40)}"
        user = draw.choice(["-", "ada", "linus"])
        path = draw.choice([f"/api/orders/{draw.randrange(9000)}", "/login", "/static/app.css", "/api/me?full=1"])
        lines.append(
            f'{client} - {user} [{at}] "{draw.choice(["GET", "POST"])} {path} HTTP/1.1" '
            f'{401 if refused else draw.choice([200, 200, 204, 304, 404, 500])} {draw.randrange(9000)} "-" "{draw.choice(_AGENTS)}"'
        )
    return lines


def json_lines(count: int, *, seed: int = 2) -> list[str]:
    """An application that refuses expired tokens, as JSON."""
    draw = random.Random(seed)  # noqa: S311 (no secret)
    rows = []
    for k in range(count):
        refused = k % 50 < 8
        row = {
            "time": (NOON + timedelta(seconds=11 * k)).isoformat(),
            "level": "warn" if refused else "info",
            "msg": "token expired" if refused else "request done",
            "status": 401 if refused else 200,
            "method": "GET",
            "url": f"/stock/{draw.randrange(999)}",
            "remote_addr": f"198.51.100.{draw.randrange(9)}",
            "user": draw.choice(["ada", "ken"]),
        }
        rows.append(json.dumps(row, separators=(",", ":")))
    return rows


def application(count: int, *, seed: int = 3) -> list[str]:
    """Python logging with stack traces: events of several lines."""
    draw = random.Random(seed)  # noqa: S311 (no secret)
    lines = []
    for k in range(count):
        at = (NOON + timedelta(seconds=13 * k)).strftime("%Y-%m-%d %H:%M:%S,") + f"{draw.randrange(1000):03d}"
        if draw.random() < 0.3:
            lines += [
                f"{at} ERROR jobs.worker: call failed for job {k}",
                "Traceback (most recent call last):",
                *[f'  File "/srv/app/step{n}.py", line {draw.randrange(99)}, in run' for n in range(draw.randrange(6))],
                (
                    "openai.AuthenticationError: Error code: 401 - {'error': {'message': 'Incorrect API key provided', "
                    "'code': 'invalid_api_key'}}"
                ),
            ]
        else:
            lines.append(f"{at} INFO jobs.worker: job {k} done")
    return lines


def calls(count: int, *, seed: int = 5) -> list[str]:
    """A program whose HTTP client and whose error handling each write a line about one call, without an address."""
    draw = random.Random(seed)  # noqa: S311 (no secret)
    lines = []
    for k in range(count):
        start = NOON + timedelta(seconds=29 * k, milliseconds=draw.randrange(900))
        stamps = [(start + timedelta(milliseconds=n)).strftime("%Y-%m-%d %H:%M:%S,%f")[:-3] for n in (0, 2)]
        call = "HTTP Request: POST https://api.example.com/v1/chat"
        if k < count // 2:
            lines.append(f'{stamps[0]} INFO httpx: {call} "HTTP/1.1 200 OK"')
            continue
        lines.append(f'{stamps[0]} INFO httpx: {call} "HTTP/1.1 401 Unauthorized"')
        lines.append(f"{stamps[1]} ERROR jobs: Error code: 401 - {{'error': {{'code': 'invalid_api_key'}}}}")
    return lines


def sshd(count: int, *, seed: int = 4) -> list[str]:
    """An authentication log without years."""
    draw = random.Random(seed)  # noqa: S311 (no secret)
    lines = []
    for k in range(count):
        at = (NOON + timedelta(seconds=17 * k)).strftime("%b %d %H:%M:%S")
        who = draw.choice(["ada", "root", "backup"])
        does = "Failed password for" if k % 3 else "Accepted publickey for"
        lines.append(
            f"{at} host.example.com sshd[{k}]: {does} {who} from 203.0.113.{draw.randrange(4)} port 4{k % 1000:03d} ssh2"
        )
    return lines


def joined(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
