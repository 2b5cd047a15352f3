"""Alertmanager: labels are the identity, what goes on is refreshed, what is over ends, one bad alert sinks no other."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from logscan.alert.sinks.alertmanager import Alertmanager
from logscan.alert.sinks.http import Poster
from logscan.alert.sinks.sink import Delivery, Entry, Outcome
from tests.alert.documents import told
from tests.alert.made import DAY, HOUR, MINUTE, START, finding
from tests.alert.receiver import Receiver, receiving

NOW = START + HOUR
QUICK = Poster(0.5, 0, ("s3cret-path",), lambda _: None)


def deliver(
    receiver: Receiver, *pending: dict[str, Any], live: Any = (), now: datetime = NOW, **settings: Any
) -> Outcome:
    sink = Alertmanager("am", receiver.url, poster=QUICK, **settings)
    return sink.deliver(Delivery(tuple(Entry(each["id"], each) for each in pending), live, now, HOUR))


def posted(receiver: Receiver) -> list[dict[str, Any]]:
    return [alert for asked in receiver.asked for alert in json.loads(asked.body)]


def other(document: dict[str, Any], **incident: Any) -> dict[str, Any]:
    name = str(incident.get("id", "x"))
    return {**document, "id": f"{name}-1", "incident": {**document["incident"], **incident}}


def test_what_is_new_has_labels_times_and_what_the_one_on_call_needs() -> None:
    with receiving(200) as receiver:
        found = deliver(
            receiver, told("new", url="https://reports.example.com/x"), labels={"cluster": "eu"}, token="k3y"
        )
        (alert,) = posted(receiver)
    assert found.delivered == {told("new")["id"]}
    assert receiver.asked[0].path.endswith("/api/v2/alerts")
    assert receiver.asked[0].headers["authorization"] == "Bearer k3y"
    assert alert["labels"] == {
        "alertname": "severe_failures",
        "cause": "token_expired",
        "cluster": "eu",
        "incident": told("new")["incident"]["id"],
        "job": "logscan",
        "severity": "high",
    }
    assert (alert["startsAt"], alert["endsAt"]) == ("2026-03-12T06:00:00Z", "2026-03-12T08:00:00Z")
    assert alert["generatorURL"] == "https://reports.example.com/x"
    assert "Renew the token" in alert["annotations"]["description"]
    assert alert["annotations"]["runbook"] == "1. Ask for a new token."


def test_what_goes_on_is_sent_again_under_the_same_labels_with_a_later_end() -> None:
    first = told("new")
    with receiving(200) as receiver:
        deliver(receiver, first, live=[first])
        deliver(receiver, live=[first], now=NOW + HOUR)
        before, after = posted(receiver)
    assert before["labels"] == after["labels"]
    assert before["startsAt"] == after["startsAt"]
    assert after["endsAt"] == "2026-03-12T09:00:00Z"


def test_what_is_over_ends_now() -> None:
    with receiving(200) as receiver:
        deliver(receiver, told("new"), told("resolved"))
        (alert,) = posted(receiver)
    assert alert["endsAt"] == "2026-03-12T07:00:00Z"


def test_what_was_over_at_once_is_seen_for_a_moment() -> None:
    with receiving(200) as receiver:
        deliver(receiver, other(told("new"), over=True))
        (alert,) = posted(receiver)
    assert alert["endsAt"] == "2026-03-12T07:05:00Z"


def test_what_is_worse_begins_under_its_severity_and_ends_under_the_old_one() -> None:
    worse = {**told("new"), "kind": "changed", "severity": "critical", "severity_before": "high"}
    with receiving(200) as receiver:
        deliver(receiver, worse, live=[worse])
        deliver(receiver, live=[worse])
        old, new, again = posted(receiver)
    assert (old["labels"]["severity"], old["endsAt"]) == ("high", "2026-03-12T07:00:00Z")
    assert (new["labels"]["severity"], new["endsAt"]) == ("critical", "2026-03-12T08:00:00Z")
    assert new["labels"] == again["labels"]


def test_what_is_expected_ends_when_it_is_due() -> None:
    due = other({**told("new"), "kind": "expiring"}, due="2026-03-13T06:00:00Z", status="due")
    with receiving(200) as receiver:
        deliver(receiver, live=[due])
        deliver(receiver, live=[due], now=START + 2 * DAY)
        first, late = posted(receiver)
    assert first["endsAt"] == "2026-03-13T06:00:00Z"
    assert late["endsAt"] == "2026-03-14T06:00:00Z"
    assert first["startsAt"] == due["at"]


def test_what_is_said_lasts_as_long_as_the_settings_say() -> None:
    with receiving(200) as receiver:
        deliver(receiver, told("new"), lasts=timedelta(hours=30))
        assert posted(receiver)[0]["endsAt"] == "2026-03-13T13:00:00Z"


def test_one_bad_alert_sinks_no_other() -> None:
    bad = [other(told("new"), id=f"i{k}") for k in range(3)]
    with receiving(400, 200, 400, 200) as receiver:
        found = deliver(receiver, *bad)
    assert found.delivered == {"i0-1", "i2-1"}
    assert "answers 400" in found.refused["i1-1"]


@pytest.mark.parametrize("answer", [500, 401, "close", (429, {"retry-after": "600"})])
def test_when_it_is_down_everything_waits(answer: object) -> None:
    with receiving(answer) as receiver:
        found = deliver(receiver, told("new"))
    assert (found.delivered, found.refused) == (frozenset(), {})
    assert found.fault
    assert "s3cret" not in found.fault


def test_many_are_sent_in_parts() -> None:
    many = [other(told("new"), id=f"i{k:03}") for k in range(150)]
    with receiving(200) as receiver:
        assert len(deliver(receiver, *many).delivered) == 150
        assert [len(json.loads(asked.body)) for asked in receiver.asked] == [64, 64, 22]


def test_label_names_are_valid_whatever_a_rule_groups_by() -> None:
    strange = other(told("new"), group={"2nd key": "x", "next.in-s": "y", "cause": ""})
    with receiving(200) as receiver:
        deliver(receiver, strange)
        labels = posted(receiver)[0]["labels"]
    assert {"_2nd_key", "next_in_s"} <= set(labels)
    assert "cause" not in labels


def test_hostile_texts_stay_texts() -> None:
    hostile = told("new", finding(scope='client:"}],"x":\x1b[31m\u202e'))
    with receiving(200) as receiver:
        deliver(receiver, {**hostile, "kind": "resolved", "title": 'a"}]\n'})
        assert posted(receiver)[0]["annotations"]["summary"] == 'a"}]\n'


def test_nothing_is_sent_when_nothing_goes_on() -> None:
    with receiving(200) as receiver:
        assert deliver(receiver).fault == ""
        assert not receiver.asked
    assert MINUTE < HOUR


def test_what_lasts_is_not_called_new_for_as_long_as_it_does() -> None:
    for kind, shown in (("new", "Token has expired"), ("changed", "Token has expired"), ("resolved", "[high] Over")):
        with receiving(200) as receiver:
            deliver(receiver, told(kind))
            assert posted(receiver)[0]["annotations"]["summary"].startswith(shown)
