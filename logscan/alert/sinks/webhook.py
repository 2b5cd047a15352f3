"""One POST for each notice: its document, or what a template makes of it; signed when there is a secret."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from logscan.alert.sinks.http import Poster
from logscan.alert.sinks.sink import Delivery, Document, Entry, Outcome


@dataclass(frozen=True)
class Webhook:
    """secret: of the signature; headers: sent as they are; render: a template's body, else the document is sent."""

    name: str
    url: str = field(repr=False)
    level: str = "low"
    secret: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    render: Callable[[Document], str] | None = None
    poster: Poster = field(default_factory=Poster)
    for_people: bool = False
    shows_state: bool = False

    def deliver(self, delivery: Delivery) -> Outcome:
        """Oldest first. Law: what the receiver refuses holds up nothing else; when it is down the rest waits"""
        delivered: set[str] = set()
        refused: dict[str, str] = {}
        for entry in delivery.pending:
            try:
                body = self._body(entry.document)
            except ValueError as fault:
                refused[entry.notice] = str(fault)
                continue
            answer = self.poster.post(self.url, body, self._headers(entry, body, delivery.now), delivery.now)
            if answer.ok:
                delivered.add(entry.notice)
            elif answer.refused:
                refused[entry.notice] = answer.fault
            else:
                return Outcome(frozenset(delivered), refused, answer.fault, answer.wait)
        return Outcome(frozenset(delivered), refused)

    def _body(self, document: Document) -> bytes:
        text = self.render(document) if self.render else json.dumps(document, ensure_ascii=False)
        return text.encode("utf-8", "backslashreplace")

    def _headers(self, entry: Entry, body: bytes, now: datetime) -> dict[str, str]:
        found = {
            "content-type": "application/json",
            "user-agent": "logscan",
            "webhook-id": entry.notice,
            **self.headers,
        }
        if self.secret:
            found |= signature(self.secret, entry.notice, body, now)
        return found


def signature(secret: str, notice: str, body: bytes, now: datetime) -> dict[str, str]:
    """Headers that prove who sent a body, and when.

    Source: the Standard Webhooks specification 1.0: HMAC-SHA256 over `id.timestamp.body`, Base64 after `v1,`; a secret
            that begins with `whsec_` is Base64
    """
    key = signing_key(secret)
    stamp = str(int(now.timestamp()))
    told = hmac.digest(key, f"{notice}.{stamp}.".encode() + body, hashlib.sha256)
    return {"webhook-timestamp": stamp, "webhook-signature": f"v1,{base64.b64encode(told).decode()}"}


def signing_key(secret: str) -> bytes:
    """Errors: ValueError when it begins with whsec_ and is no Base64 after it"""
    if secret.startswith("whsec_"):
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    return secret.encode()
