"""The explanation in words: whole, and harmless to a terminal."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from logscan.engine.explained import Explained, Layer, Matched
from logscan.ingest.candidates import Candidate
from logscan.report.explained import explained_json, explained_text
from logscan.rules.why import Held, Why

EVIL = "\x1b[2J\x07\u202e"
WHY = Why(
    "text and not fine", (Held("rules/a.yml:7 detection.text.message|contains", "text.message|contains", ("expired",)),)
)
TOLD = Explained(
    path="app.log", line=12, text="outer inner", state="event", owner=12, detected="outer read 9 of 9 sampled lines",
    layers=(Layer("outer", "An envelope", "outer inner"), Layer("inner", "A log", "inner")),
    candidates=(Candidate("outer", "pattern", True, 11, "reads it"), Candidate("other", "pattern", False, 4, "stops at column 5"),
                Candidate("far-json", "json", False, 0, "the line is no JSON object")),
    fields={"@timestamp": datetime(2026, 3, 12, 6, 25, 24, tzinfo=UTC), "message": "token has expired", "logscan.alternatives": ["a"]},
    zone="the line names no zone: taken to be UTC (--tz)", looked={"application": 41, "": 2},
    matched=(Matched("token_expired", "Token expired", "rules/a.yml", "token_expired", "high", 80, WHY),),
    cause="token_expired", confidence="high", alternatives=("clock_skew",), outcome="auth_failure", hidden=("jwt",),
)  # fmt: skip


def test_an_event(golden: Callable[[str, str], None]) -> None:
    golden("explain/event.txt", explained_text(TOLD))
    golden("explain/event.json", explained_json(TOLD))


def test_a_line_that_nothing_reads(golden: Callable[[str, str], None]) -> None:
    golden(
        "explain/reject.txt",
        explained_text(TOLD._replace(path="", line=1, state="reject", layers=(), candidates=TOLD.candidates[1:])),
    )


def test_a_line_that_goes_on_and_one_that_is_empty_and_one_that_is_fine() -> None:
    assert "continues the event that begins in line 12" in explained_text(TOLD._replace(state="continuation", line=14))
    assert "It says nothing" in explained_text(TOLD._replace(state="blank", text=""))
    fine = explained_text(TOLD._replace(cause="", matched=(), outcome="ok", fields={}))
    for part in ("none matched", "no authentication failure", "note: no time was read"):
        assert part in fine


def test_no_text_commands_the_terminal() -> None:
    evil = TOLD._replace(
        path=EVIL, text=EVIL, detected=EVIL, layers=(Layer(EVIL, EVIL, EVIL),) * 2, fields={EVIL: EVIL, "message": EVIL * 900},
        candidates=(Candidate("x", "json", False, 0, EVIL),), looked={EVIL: 1}, matched=(Matched(EVIL, EVIL, EVIL, EVIL, EVIL, 1, Why(EVIL, (Held(EVIL, EVIL, (EVIL,)),))),),
        cause=EVIL, alternatives=(EVIL,), hidden=(EVIL,), zone=EVIL, year=EVIL,
    )  # fmt: skip
    for state in ("event", "continuation", "reject", "blank"):
        for shown in (explained_text(evil._replace(state=state)), explained_json(evil._replace(state=state))):
            assert shown.replace("\n", "").isprintable()
    assert json.loads(explained_json(evil))["text"] == EVIL
