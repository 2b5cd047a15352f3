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


_LINES: dict[str, Callable[[World, Hit], str]] = {
    "combined": _combined,
    "vhost": _vhost,
    "json": _json,
    "logfmt": _logfmt,
    "with-errors": _combined,
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
        _save(folder / name, [_LINES[shape](world, hit) for hit in mine], mine, labels)
    told = [hit for hit in hits if hit.why]
    if shape == "with-errors" and told:
        _save(folder / "error.log", [_error(world, hit) for hit in told], told, labels)
    return labels


def _save(path: Path, lines: list[str], hits: list[Hit], labels: Labels) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    labels.update({(path.name, number): hit.tag for number, hit in enumerate(hits, 1) if hit.tag})


def _with_a_gap(world: World, hits: list[Hit]) -> list[Hit]:
    """Sometimes a few minutes are lost, as when a log is rotated carelessly; never with what a story needs."""
    if world.dice.random() > 0.2:
        return hits
    low = world.dice.uniform(0.1, 0.9) * world.span
    high = low + min(600.0, world.span * 0.01)
    return [hit for hit in hits if hit.tag or not low <= hit.at < high]
