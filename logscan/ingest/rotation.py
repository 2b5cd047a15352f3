"""Which files are parts of one log: rotated by number or date, packed or not."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_PACKED = r"\.(?:gz|bz2|xz|lzma|zst|z|Z)$"
_DAY = r"(?:19|20)[0-9]{2}[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12][0-9]|3[01])"
_HOUR = r"(?:[-_.T]?(?:[01][0-9]|2[0-3])(?:[-_.h]?[0-5][0-9]){0,2}Z?)?"
_DATED = re.compile(rf"[-_.]?(?<![0-9])(?P<day>{_DAY}){_HOUR}(?:[-_.][0-9]{{1,4}})?(?![0-9])")
_MONTH = re.compile(r"[-_.](?P<year>(?:19|20)[0-9]{2})[-_.](?P<month>0[1-9]|1[0-2])(?![0-9])")
_IIS = re.compile(r"^(?P<name>(?:u_)?(?:ex|nc|in))(?P<day>[0-9]{6})(?:[0-9]{2})?(?:_x)?(?=\.log$)", re.IGNORECASE)
_EPOCH = re.compile(r"[-.](?P<epoch>1[0-9]{9})(?![0-9])")
_NUMBER = re.compile(r"(?<![0-9])\.(?P<number>[0-9]{1,4})$")
_INNER = re.compile(r"(?<![0-9])\.(?P<number>[0-9]{1,3})(?=\.(?:log|txt|json|out|err)$)")
_SAME = re.compile(r"#[0-9]+$")  # behind a name that another file has too
_OLD = re.compile(r"[.-](?:old|bak|prev|previous)$", re.IGNORECASE)


class Part(NamedTuple):
    """What a path says of its place in a log.

    log     the same for all parts of one log: the path without numbers, dates and packing
    number  higher is older; None where the name has none
    until   UTC; the log ends before it, as the name's date says; None where the name has none
    """

    log: str
    number: int | None = None
    until: datetime | None = None


def part_of(path: str) -> Part:
    """Law: depends on the path alone; parts of one log stand in one folder"""
    folder, slash, name = path.rpartition("/")
    name = _SAME.sub("", name)
    name = _OLD.sub("", re.sub(_PACKED, "", name))
    number, until = None, None
    if found := _IIS.match(name):
        until = _day("20" + found["day"], 2)
        return Part(f"{folder}{slash}{found['name']}{name[found.end() :]}", None, until)
    if found := _NUMBER.search(name):
        number = int(found["number"])
        name = name[: found.start()]
    for pattern in (_DATED, _MONTH, _EPOCH):
        if found := pattern.search(name):
            told = _until(found)
            rest = name[: found.start()] + name[found.end() :]
            if told is not None and rest.strip("-_."):
                name, until = rest, told
                break
    if number is None and (found := _INNER.search(name)):
        number = int(found["number"])
        name = name[: found.start()] + name[found.end() :]
    name = _OLD.sub("", re.sub(_PACKED, "", name))
    return Part(f"{folder}{slash}{name}", number, until)


def packing(path: str) -> str:
    """How the name ends when the file is packed: `.gz`; empty when it is not."""
    found = re.search(_PACKED, path)
    return found[0] if found else ""


def newest_first(paths: Iterable[str]) -> list[str]:
    """The newer part of a log before the older one, as far as names tell; else by name."""
    far = datetime.max.replace(tzinfo=UTC)

    def place(path: str) -> tuple[str, float, int, str]:
        part = part_of(path)
        return part.log, -(part.until or far).timestamp(), -1 if part.number is None else part.number, path

    return sorted(paths, key=place)


def _until(found: re.Match[str]) -> datetime | None:
    groups = found.groupdict()
    if groups.get("epoch"):
        return datetime.fromtimestamp(int(groups["epoch"]), UTC) + timedelta(days=1)
    if groups.get("month"):
        year, month = int(groups["year"]), int(groups["month"])
        return datetime(year + month // 12, month % 12 + 1, 2, tzinfo=UTC)
    return _day(re.sub(r"[^0-9]", "", groups["day"]), 2)


def _day(digits: str, later: int) -> datetime | None:
    """A day behind the one that is written: whatever zone it is in, the log ends before."""
    try:
        return datetime(int(digits[:4]), int(digits[4:6]), int(digits[6:8]), tzinfo=UTC) + timedelta(days=later)
    except ValueError:
        return None
