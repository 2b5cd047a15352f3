"""Time zones: what a stamp names, by rules/zones.yml, and local times as UTC."""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

import polars as pl

from logscan.model.document import read_document
from logscan.model.errors import Faults, RuleError
from logscan.model.resources import rules_dir

UTC = "UTC"
ASSUMED = " (assumed)"  # behind the zone of a time that names none
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])([0-9]{1,2}):?([0-9]{2})?(?::?00)?")
_HOURS = 23
_MACHINE = {"localtime", "Factory"}  # what they mean depends on the machine

# What may stand behind a clock: an offset, a name of capitals, or a name of the zone database.
ZONE = r"(?:UTC|GMT)?[+-][0-9]{1,2}(?::?[0-9]{2})?(?::?00)?|[A-Z][A-Za-z]+/[A-Z][A-Za-z_/+-]+|[A-Z]{1,5}|z"

_OFFSET_END = re.compile(r"[0-9] ?(Z|[+-][0-9]{2}:?[0-9]{2})$")
_BEHIND = r"(?: [A-Z]{2,5}| [0-9]{4})?(?:\[[^\]]*\])?(?: ?\([^()]*\))?(?: m=[0-9.+-]+)?\s*$"
_NAMED = rf"[0-9](?: ?[AaPp][Mm])? *({ZONE}){_BEHIND}"
_EPOCH = r"^\s*[0-9][0-9.]*(?:[Ee]\+?[0-9]+)?\s*$"
_TELLING = ("%z", "%:z", "%#z", "%Z", "%+", "%s")  # what in a chrono format names the zone


@cache
def load_zones(path: Path | None = None) -> Mapping[str, timedelta]:
    """The table of names, by default the one that comes with logscan.

    Errors: Faults with every fault of the file
    """
    document = read_document(path or rules_dir() / "zones.yml")
    table = document.value.get("zones") if isinstance(document.value, dict) else None
    if not isinstance(table, dict) or document.value.keys() - {"zones"}:
        raise Faults([RuleError("holds no table of zones", where=document.where(), hint="write `zones:` and no more")])
    found = {str(name): fixed(value) if isinstance(value, str) else None for name, value in table.items()}
    hint = "write it quoted, such as '+05:30'"
    wrong = [
        RuleError(f"zone `{name}` has no offset", where=document.where(f"zones.{name}"), hint=hint)
        for name, offset in found.items()
        if offset is None
    ]
    if wrong:
        raise Faults(wrong)
    return {name: offset for name, offset in found.items() if offset is not None}


def chosen(text: str) -> str | None:
    """The one form of a zone that a person names: UTC, +02:00, Europe/Berlin; None where it is none."""
    name = UTC if text.upper() in {"Z", "UTC", "GMT"} else text
    offset = re.fullmatch(r"([+-])(\d{2}):?(\d{2})", name)
    if offset and int(offset[2]) <= _HOURS and int(offset[3]) <= 59:
        return f"{offset[1]}{offset[2]}:{offset[3]}"
    return name if name in available_timezones() - _MACHINE else None


def fixed(name: str) -> timedelta | None:
    """The offset that is written out in a zone's name; None where there is none, or none that can be."""
    found = _OFFSET.fullmatch(name)
    if not found or int(found[2]) > _HOURS or int(found[3] or 0) > 59:
        return None
    span = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return -span if found[1] == "-" else span


def meaning(name: str) -> timedelta | str | None:
    """An offset, the name of a zone of the database, or None: not known."""
    offset = fixed(name)
    if offset is None:
        offset = load_zones().get(name.upper())
    return name if offset is None and "/" in name and name in available_timezones() else offset


def label(name: str | None, assumed: str) -> str:
    """A zone as it is told: UTC, +01:00, CET, Europe/Berlin; what was assumed where none is named that is known."""
    known = meaning(name) if name else None
    if known is None:
        return assumed + ASSUMED
    if isinstance(known, str):
        return known
    if not known:
        return UTC
    return written(known) if fixed(str(name)) is not None else str(name).upper()


def written(offset: timedelta) -> str:
    """An offset as +05:30."""
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def zones_of(text: pl.Series, kind: str, assumed: str) -> pl.Series:
    """The zone of each time.

    In:    text as for `when.to_utc`, and its kind
    Out:   as `label` tells it; UTC for a number, which counts from 1970 there; null where the text is null. What the
           text of no time gives is not defined
    """
    first = str(text.drop_nulls().first())
    end = _OFFSET_END.search(first)
    if kind == "epoch":
        return _same(text, UTC)
    if "%" in kind and not any(mark in kind for mark in _TELLING):
        return _same(text, label(None, assumed))
    if end and text.str.ends_with(end[1]).all():
        return _same(text, label(end[1], assumed))
    named = text.str.extract(_NAMED, 1)
    if kind == "auto" or "%s" in kind:
        number = text.str.contains(_EPOCH)
        named = named.zip_with(~number, pl.Series([UTC]).new_from_index(0, len(text))) if number.any() else named
    words = {name: label(name, assumed) for name in named.drop_nulls().unique()}
    found = named.replace_strict(words, default=label(None, assumed), return_dtype=pl.String())
    return found.zip_with(text.is_not_null(), text) if text.null_count() else found


def _same(text: pl.Series, word: str) -> pl.Series:
    found = pl.Series(text.name, [word]).new_from_index(0, len(text))
    return found.zip_with(text.is_not_null(), text) if text.null_count() else found


def placed(local: pl.Series, named: pl.Series, assumed: str) -> pl.Series:
    """Local times as UTC, each by the zone it names, the others by the assumed one.

    In:  local  naive times;  named  zones as written, null where a line names none
    """
    names = named.drop_nulls().unique().to_list()
    if not names:
        return in_zone(local, assumed)
    known = {name: meaning(name) for name in names}
    offsets = {name: offset for name, offset in known.items() if isinstance(offset, timedelta)}
    shift = named.replace_strict(offsets, default=None, return_dtype=pl.Duration("us"))
    found = (local - shift).dt.replace_time_zone("UTC")
    if shift.null_count():
        found = found.zip_with(shift.is_not_null(), in_zone(local, assumed))
    for name, zone in known.items():
        if isinstance(zone, str):
            rows = (named == name).fill_null(value=False)
            found = found.zip_with(~rows, in_zone(local, zone))
    return found


def in_zone(local: pl.Series, zone: str) -> pl.Series:
    """Local times as UTC. An hour repeated at a clock change is the first pass; a skipped one, before the change."""
    offset = timedelta() if zone in {UTC, "Z"} else fixed(zone)
    if offset is not None:
        return (local - offset).dt.replace_time_zone("UTC")
    times = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    gap = times.is_null() & local.is_not_null()
    if gap.any():
        later = (local + timedelta(hours=1)).dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        times = times.zip_with(~gap, later)
    return times.dt.convert_time_zone("UTC")
