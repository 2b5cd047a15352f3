"""Requests as the lines of log files: several formats, rotated, with the numbers of the lines that a story wrote."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.scenarios.world import Hit, World

SHAPES = ("combined", "json", "logfmt", "with-errors", "vhost")
Labels = dict[tuple[str, int], int]  # (file name, line) -> tag


def _combined(world: World, hit: Hit) -> str:
    return (
        f"{hit.client} - {hit.user or '-'} [{world.at(hit.at):%d/%b/%Y:%H:%M:%S} +0000] "
        f'"{hit.method} {hit.path} HTTP/1.1" {hit.status} {0 if hit.status in {204, 304} else 321} "-" "{hit.agent}"'
    )


def _vhost(world: World, hit: Hit) -> str:
    return f"{hit.host}:443 {_combined(world, hit)}"


def _json(world: World, hit: Hit) -> str:
    when = world.at(hit.at)
    row = {
        "time_iso8601": f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03}+00:00",
        "remote_addr": hit.client,
        "remote_user": hit.user or "-",
        "request": f"{hit.method} {hit.path} HTTP/1.1",
        "status": hit.status,
        "body_bytes_sent": 321,
        "request_time": 0.012,
        "host": hit.host,
        "http_user_agent": hit.agent,
        **({"upstream_addr": hit.upstream} if hit.upstream else {}),
    }
    return json.dumps(row)


def _logfmt(world: World, hit: Hit) -> str:
    when = world.at(hit.at)
    words = f"ts={when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03}Z level=info msg=request method={hit.method}"
    more = f" user={hit.user}" if hit.user else ""
    more += f" upstream={hit.upstream}" if hit.upstream else ""
    return f'{words} path={hit.path} status={hit.status} remote_addr={hit.client} host={hit.host} agent="{hit.agent}"{more}'


def _error(world: World, hit: Hit) -> str:
    return (
        f"{world.at(hit.at):%Y/%m/%d %H:%M:%S} [error] 812#812: *{int(hit.at * 7) + 5} {hit.why}, client: {hit.client}, "
        f'server: {hit.host}, request: "{hit.method} {hit.path} HTTP/1.1", host: "{hit.host}"'
    )


def _ecs(world: World, hit: Hit) -> str:
    when = world.at(hit.at)
    row = {
        "@timestamp": f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03}Z",
        "log.level": "info",
        "message": "request completed",
        "service": {"name": hit.service or "api"},
        "http": {"request": {"method": hit.method}, "response": {"status_code": hit.status}},
        "url": {"path": hit.path, "domain": hit.host},
        "source": {"address": hit.client},
        "user_agent": {"original": hit.agent},
        **({"user": {"name": hit.user}} if hit.user else {}),
    }
    return json.dumps(row)


def _iis(world: World, hit: Hit) -> str:
    when, agent = world.at(hit.at), hit.agent.replace(" ", "+")
    return (
        f"{when:%Y-%m-%d %H:%M:%S} 10.0.0.5 {hit.method} {hit.path} - 443 {hit.user or '-'} {hit.client} {agent} - "
        f"{hit.status} 0 0 12"
    )


def _alb(world: World, hit: Hit) -> str:
    when, upstream = world.at(hit.at), hit.upstream or "10.0.0.11:8080"
    stamp = f"{when:%Y-%m-%dT%H:%M:%S.%f}Z"
    return (
        f"https {stamp} app/front/50dc6c495c0c9188 {_port(hit.client)} {upstream} 0.000 0.012 0.000 {hit.status} "
        f'{hit.status} 310 321 "{hit.method} https://{hit.host}:443{hit.path} HTTP/1.1" "{hit.agent}" '
        "ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 "
        "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/front/73e2d6bc24d8a067 "
        f'"Root=1-58337262-36d228ad5d99923122bbe354" "{hit.host}" "-" 0 {stamp} "forward" "-" "-" "{upstream}" '
        f'"{hit.status}" "-" "-"'
    )


def _port(client: str) -> str:
    return f"[{client}]:4711" if ":" in client else f"{client}:4711"


_HEADS = {
    "iis": "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2026-03-02 00:00:00\n"
    "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) "
    "sc-status sc-substatus sc-win32-status time-taken\n"
}
_LINES: dict[str, Callable[[World, Hit], str]] = {
    "combined": _combined,
    "vhost": _vhost,
    "json": _json,
    "logfmt": _logfmt,
    "with-errors": _combined,
    "ecs": _ecs,
    "iis": _iis,
    "alb": _alb,
}


def write(world: World, folder: Path) -> Labels:
    """Write the log into a folder. Out: the lines that a story wrote.

    Law: lines stand in the order in which requests ended, which is nearly that in which they began
    """
    dice = world.dice
    shape = dice.choice(world.shapes or SHAPES)
    hits = sorted((hit for hit in world.hits if 0 <= hit.at < world.span), key=lambda hit: hit.at)
    hits = _with_a_gap(world, hits)
    parts = dice.choice((1, 1, 1, 2, 4))
    names = ["access.log"] if parts == 1 else [*(f"access.log.{parts - at}" for at in range(1, parts)), "access.log"]
    labels: Labels = {}
    folder.mkdir(parents=True, exist_ok=True)
    for at, name in enumerate(names):
        mine = hits[len(hits) * at // parts : len(hits) * (at + 1) // parts]
        _save(folder / name, [_LINES[shape](world, hit) for hit in mine], mine, labels, _HEADS.get(shape, ""))
    told = [hit for hit in hits if hit.why]
    if shape == "with-errors" and told:
        _save(folder / "error.log", [_error(world, hit) for hit in told], told, labels)
    return labels


def _save(path: Path, lines: list[str], hits: list[Hit], labels: Labels, head: str = "") -> None:
    path.write_text(head + "".join(f"{line}\n" for line in lines), "utf-8")
    first = 1 + head.count("\n")
    labels.update({(path.name, number): hit.tag for number, hit in enumerate(hits, first) if hit.tag})


def _with_a_gap(world: World, hits: list[Hit]) -> list[Hit]:
    """Sometimes a few minutes are lost, as when a log is rotated carelessly; never with what a story needs."""
    if world.dice.random() > 0.2:
        return hits
    low = world.dice.uniform(0.1, 0.9) * world.span
    high = low + min(600.0, world.span * 0.01)
    return [hit for hit in hits if hit.tag or not low <= hit.at < high]
