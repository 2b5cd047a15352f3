"""One good message for each incident, with the timeline, and no secret in any fault."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from logscan.alert.sinks.notify import Notify, channel, secrets_in
from logscan.alert.sinks.sink import Delivery, Entry, Outcome
from tests.alert.documents import told
from tests.alert.made import HOUR, START
from tests.alert.receiver import receiving
from tests.system.servers import free_port

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


class Box:
    """Takes mail, or refuses the first of it."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.refuse = 0

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        if self.refuse:
            self.refuse -= 1
            return "451 try again"
        self.mails.append(message_from_bytes(envelope.content))
        return "250 taken"


@pytest.fixture
def box() -> Iterator[tuple[Box, str]]:
    inbox = Box()
    port = free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield (
        inbox,
        f"mailto://127.0.0.1:{port}?from=logscan@example.com&to=oncall@example.com&smtp=127.0.0.1&mode=insecure",
    )
    controller.stop()


def deliver(url: str, *kinds: str, retries: int = 0, **more: Any) -> Outcome:
    entries = tuple(Entry(f"{kind}-1", {**told("new"), "kind": kind, "id": f"{kind}-1"}) for kind in kinds)
    sink = Notify("mail", url, timeout_s=2, retries=retries, sleep=lambda _: None, **more)
    return sink.deliver(Delivery(entries, (), START, HOUR, picture=lambda: PNG))


def test_a_mail_says_what_it_is_and_carries_the_timeline(box: tuple[Box, str]) -> None:
    inbox, url = box
    assert deliver(url, "new").delivered == {"new-1"}
    (mail,) = inbox.mails
    assert "Token has expired" in str(mail["Subject"])
    parts: dict[str, Any] = {part.get_content_type(): part.get_payload(decode=True) for part in mail.walk()}
    assert parts["image/png"] == PNG
    text = parts["text/plain"].decode()
    assert "What to do: Renew the token" in text
    assert "401 token rejected: expired" in text


def test_what_is_over_needs_no_picture_and_neither_does_who_wants_none(box: tuple[Box, str]) -> None:
    inbox, url = box
    deliver(url, "resolved")
    deliver(url, "new", attach=False)
    assert [part.get_content_type() for mail in inbox.mails for part in mail.walk()].count("image/png") == 0
    assert len(inbox.mails) == 2


def test_a_channel_that_recovers_is_asked_again(box: tuple[Box, str]) -> None:
    inbox, url = box
    inbox.refuse = 1
    assert deliver(url, "new", retries=1).delivered == {"new-1"}
    assert len(inbox.mails) == 1


def test_when_it_stays_down_the_rest_waits_in_order(box: tuple[Box, str]) -> None:
    inbox, url = box
    inbox.refuse = 9
    outcome = deliver(url, "new", "changed")
    assert (outcome.delivered, inbox.mails) == (frozenset(), [])
    assert "did not take it" in outcome.fault


def test_a_fault_tells_no_secret() -> None:
    with receiving(404) as receiver:
        port = receiver.url.rpartition(":")[2].partition("/")[0]
        url = f"json://ada:s3cretpw@127.0.0.1:{port}/s3cret-path/t0ken-of-tests"
        outcome = deliver(url, "new")
    assert "did not take it" in outcome.fault
    assert not any(word in outcome.fault for word in ("s3cret", "t0ken", "ada:"))
    assert len(receiver.asked) == 1


def test_nobody_there() -> None:
    outcome = deliver("json://127.0.0.1:9/s3cret-path", "new")
    assert "did not take it" in outcome.fault
    assert "s3cret" not in outcome.fault


def test_a_receiver_that_hangs_is_left() -> None:
    with receiving("hang") as receiver:
        port = receiver.url.rpartition(":")[2].partition("/")[0]
        sink = Notify("hook", f"json://127.0.0.1:{port}/", timeout_s=0.3, retries=0)
        outcome = sink.deliver(Delivery((Entry("a-1", told("new")),), (), START, HOUR))
    assert outcome.fault


def test_an_address_that_is_none() -> None:
    assert channel("nothing://x") is None
    assert (
        Notify("x", "nothing://x").deliver(Delivery((Entry("a", told("new")),), (), START, HOUR)).fault
        == "Apprise does not know this address"
    )


def test_every_part_of_an_address_may_be_a_key() -> None:
    url = "slack://TokenA12/TokenB34/a%20b%2Fc1234?token=quer%79key&x=1"
    found = secrets_in(url)
    assert {url, "TokenB34", "a%20b%2Fc1234", "a b/c1234", "quer%79key", "queryykey".replace("yy", "y")} <= set(found)
    assert "1" not in found
    assert secrets_in("http://[broken") == ["http://[broken"]
