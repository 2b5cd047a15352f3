"""What a run says of itself."""

import io
import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.batch.journal import FORMATS, LEVELS, Journal
from tests.hostile.corpus import PAYLOADS

NOW = datetime(2026, 3, 12, 14, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=2)))


def said(form: str, level: str = "info", at: str = "info", message: str = "run finished", **fields: object) -> str:
    out = io.StringIO()
    Journal(out, lambda: NOW, form=form, level=level).say(at, message, **fields)  # type: ignore[arg-type]
    return out.getvalue()


def test_logfmt_quotes_what_needs_it() -> None:
    line = said("logfmt", files=3, path="/var/log/a b.log", took_s=1.25, partial=False, report=None, words='say "no"')
    assert line == (
        'time=2026-03-12T12:00:00.250Z level=info msg="run finished" files=3 path="/var/log/a b.log" took_s=1.25 '
        'partial=false words="say \\"no\\""\n'
    )


def test_json_speaks_ecs() -> None:
    line = json.loads(said("json", files=3, report=None))
    assert line == {
        "@timestamp": "2026-03-12T12:00:00.250Z",
        "log.level": "info",
        "message": "run finished",
        "event.dataset": "logscan.run",
        "files": 3,
    }


@pytest.mark.parametrize("form", FORMATS)
@given(text=st.one_of(st.text(), st.sampled_from([text[:3_000] for text in PAYLOADS.values()])))
def test_one_event_is_one_line_that_can_be_seen(form: str, text: str) -> None:
    line = said(form, message=text, path=text)
    assert line.endswith("\n")
    assert line[:-1].isprintable()
    line.encode()


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_what_stands_in_json_comes_back(text: str) -> None:
    assert json.loads(said("json", path=text))["path"] == text


@pytest.mark.parametrize("level", LEVELS)
def test_only_what_is_at_least_that_grave_is_said(level: str) -> None:
    told = [at for at in LEVELS if said("logfmt", level=level, at=at)]
    assert told == list(LEVELS[LEVELS.index(level) :])


def test_a_closed_stream_does_not_end_the_work() -> None:
    out = io.StringIO()
    journal = Journal(out, lambda: NOW)
    out.close()
    journal.say("info", "run started")
    journal.say("info", "run finished")
    Journal(None, lambda: NOW).say("error", "nobody hears it")
