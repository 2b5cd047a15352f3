"""A POST for each notice, signed, in order, and again under the same id."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from logscan.alert.sinks.http import Poster
from logscan.alert.sinks.sink import Delivery, Document, Entry, Outcome
from logscan.alert.sinks.webhook import Webhook, signature
from tests.alert.made import HOUR, START
from tests.alert.receiver import Receiver, receiving

QUICK = Poster(0.3, 0, ("s3cret-path", "whsec_c2VjcmV0"), lambda _: None)


def entries(count: int) -> tuple[Entry, ...]:
    return tuple(Entry(f"ab-{k}", {"id": f"ab-{k}", "title": "täst \u202e <b>"}) for k in range(count))


def deliver(receiver: Receiver, count: int = 1, **settings: Any) -> Outcome:
    sink = Webhook("hook", receiver.url, poster=QUICK, **settings)
    return sink.deliver(Delivery(entries(count), (), START, HOUR))


def test_each_notice_is_a_document_in_json() -> None:
    with receiving(200) as receiver:
        assert deliver(receiver, 2).delivered == {"ab-0", "ab-1"}
    assert [json.loads(asked.body)["id"] for asked in receiver.asked] == ["ab-0", "ab-1"]
    assert json.loads(receiver.asked[0].body)["title"] == "täst \u202e <b>"
    assert receiver.asked[0].headers["content-type"] == "application/json"
    assert [asked.headers["webhook-id"] for asked in receiver.asked] == ["ab-0", "ab-1"]


def test_a_signature_proves_who_sent_it_and_when() -> None:
    with receiving(200) as receiver:
        deliver(receiver, secret="whsec_c2VjcmV0")
    asked = receiver.asked[0]
    text = f"{asked.headers['webhook-id']}.{asked.headers['webhook-timestamp']}.".encode() + asked.body
    good = base64.b64encode(hmac.digest(b"secret", text, hashlib.sha256)).decode()
    assert asked.headers["webhook-signature"] == f"v1,{good}"
    assert int(asked.headers["webhook-timestamp"]) == START.timestamp()
    assert "secret" not in str(asked.headers)


def test_a_secret_may_be_any_text() -> None:
    told = signature("pass phrase", "id", b"{}", START)["webhook-signature"]
    good = hmac.digest(b"pass phrase", f"id.{int(START.timestamp())}.".encode() + b"{}", hashlib.sha256)
    assert told == f"v1,{base64.b64encode(good).decode()}"


def test_without_a_secret_nothing_is_signed() -> None:
    with receiving(200) as receiver:
        deliver(receiver, headers={"authorization": "Bearer t0ken"})
    assert "webhook-signature" not in receiver.asked[0].headers
    assert receiver.asked[0].headers["authorization"] == "Bearer t0ken"


def test_what_is_refused_holds_up_nothing_else() -> None:
    with receiving(200, 400, 200) as receiver:
        found = deliver(receiver, 3)
    assert found.delivered == {"ab-0", "ab-2"}
    assert list(found.refused) == ["ab-1"]


def test_when_it_is_down_the_rest_waits_in_order() -> None:
    with receiving(200, 503) as receiver:
        found = deliver(receiver, 4)
        assert len(receiver.asked) == 2
    assert found.delivered == {"ab-0"}
    assert "503" in found.fault


def test_a_template_makes_the_body_and_one_that_fails_is_told() -> None:
    def render(document: Document) -> str:
        if document["id"] == "ab-0":
            raise ValueError("the template makes no JSON")
        return json.dumps({"text": document["title"]})

    with receiving(200) as receiver:
        found = deliver(receiver, 2, render=render)
    assert found.refused == {"ab-0": "the template makes no JSON"}
    assert json.loads(receiver.asked[0].body) == {"text": "täst \u202e <b>"}


@pytest.mark.parametrize("secret", ["whsec_c2VjcmV0", "pass phrase"])
def test_nobody_reads_secrets_off_a_sink(secret: str) -> None:
    assert secret not in repr(Webhook("hook", "https://hooks.example.com/key", secret=secret))
    assert "key" not in repr(Webhook("hook", "https://hooks.example.com/key"))
