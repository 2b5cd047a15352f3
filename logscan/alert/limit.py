"""Never more messages than people can read: what is over the limit stands in one summary."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from logscan.alert.incident import NEW, RESOLVED, Memory, Notice


def limited(
    notices: Sequence[Notice], memory: Memory, *, now: datetime, rate: int, within: timedelta
) -> tuple[tuple[Notice, ...], Memory, tuple[Notice, ...]]:
    """Mark what people do not get one by one.

    In:  notices: first things first
    Out: the notices; the memory; what the summary of now holds
    Law: in any time `within` people get no more than `rate` messages, summaries included; each notice stands alone
         or in a summary, at the latest when that time is over
    """
    sent = tuple(when for when in memory.sent if now - within < when <= now)
    room = rate - len(sent)
    named = {notice.incident.id for notice in notices}
    backlog = {key: kind for key, kind in memory.held.items() if key not in named and key in memory.incidents}
    alone = len(notices) if len(notices) + bool(backlog) <= room else max(0, room - 1)
    rest = tuple(replace(notice, held=True) for notice in notices[alone:])
    waiting = backlog | {notice.incident.id: _together(memory, notice) for notice in rest}
    told = (*notices[:alone], *rest)
    if not waiting or room < 1:
        return told, replace(memory, sent=sent + (now,) * alone, held=waiting), ()
    old = [_of_memory(memory, key, kind, now) for key, kind in sorted(backlog.items())]
    again = [replace(notice, kind=waiting[notice.incident.id]) for notice in rest]
    return told, replace(memory, sent=sent + (now,) * (alone + 1), held={}), (*again, *old)


def summary_id(summary: Sequence[Notice]) -> str:
    return "summary-" + hashlib.sha256("\0".join(each.id for each in summary).encode()).hexdigest()[:16]


def _together(memory: Memory, notice: Notice) -> str:
    """What began and ended while it waited is told as begun, and over."""
    begun = memory.held.get(notice.incident.id) == NEW and notice.kind == RESOLVED
    return NEW if begun else notice.kind


def _of_memory(memory: Memory, key: str, kind: str, now: datetime) -> Notice:
    incident = memory.incidents[key]
    return Notice(f"{key}-{incident.serial}", kind, now, incident, held=True)
