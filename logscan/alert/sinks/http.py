"""Asking another machine: a bound on every wait, a few tries, and a fault that names no secret."""

import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from urllib.parse import urlsplit

_SHOWN = 200  # characters of an answer
_READ = 4096  # bytes of an answer
_LATER = {408, 425, 429}
_REFUSED = {400, 406, 409, 411, 413, 414, 415, 422, 431}
_SOON_S = 5.0  # a longer wait is left to the next run
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT = timedelta(days=1)
_GRACE = 2.0  # of one time-out, for all of an exchange


@dataclass(frozen=True)
class Answer:
    """ok: it was taken; refused: it never will be; otherwise it may be later, not before `wait` is over."""

    ok: bool = False
    refused: bool = False
    fault: str = ""
    wait: timedelta | None = None


@dataclass(frozen=True)
class Poster:
    """How to ask.

    secrets  never shown, wherever they turn up
    Units:   timeout_s of one step of an exchange; all of it takes twice as long at most
    """

    timeout_s: float = 10.0
    retries: int = 3
    secrets: Sequence[str] = field(default=(), repr=False)
    sleep: Callable[[float], None] = time.sleep

    def post(self, url: str, body: bytes, headers: Mapping[str, str], now: datetime) -> Answer:
        """Errors: none; what goes wrong is the answer"""
        answer = Answer()
        _trusted()  # reading the authorities is none of the receiver's time
        for attempt in range(self.retries + 1):
            answer = self._once(url, body, headers, now)
            wait = answer.wait.total_seconds() if answer.wait else _FIRST_WAIT_S * 2**attempt
            if answer.ok or answer.refused or attempt == self.retries or wait > _SOON_S:
                break
            self.sleep(wait)
        return answer

    def _once(self, url: str, body: bytes, headers: Mapping[str, str], now: datetime) -> Answer:
        # A server that sends a byte now and then keeps every time-out of a step from passing: all of it has one too.
        beside = ThreadPoolExecutor(1)
        asked = beside.submit(self._exchange, url, body, headers)
        try:
            status, told, after = asked.result(self.timeout_s * _GRACE)
        except _faults() as broken:
            return Answer(fault=self._clean(f"{host(url)}: {_why(broken)}"))
        except Late:
            return Answer(fault=f"{host(url)}: no whole answer within {self.timeout_s * _GRACE:g} s")
        finally:
            beside.shutdown(wait=False, cancel_futures=True)
        if 200 <= status < 300:
            return Answer(ok=True)
        text = self._clean(_printable(told))
        fault = f"{host(url)} answers {status}" + (f": {text}" if text else "")
        if status in _REFUSED:
            return Answer(refused=True, fault=fault)
        # What is wrong with the address or the key is not mended by asking again in a moment.
        later = status in _LATER or status >= 500
        return Answer(fault=fault, wait=_retry_after(after, now) if later else timedelta(minutes=1))

    def _exchange(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, str]:
        import httpx  # noqa: PLC0415 - start-up time

        with (
            httpx.Client(timeout=self.timeout_s, verify=_trusted()) as client,
            client.stream("POST", url, content=body, headers=dict(headers)) as answer,
        ):
            told = b""
            if not answer.is_success:
                for part in answer.iter_raw():
                    told += part
                    if len(told) >= _READ:
                        break
            return answer.status_code, told[:_READ].decode("utf-8", "replace"), answer.headers.get("retry-after", "")

    def _clean(self, text: str) -> str:
        return without(text, self.secrets)


@cache
def _trusted() -> ssl.SSLContext:
    import httpx  # noqa: PLC0415

    context: ssl.SSLContext = httpx.create_ssl_context()
    return context


def _faults() -> tuple[type[Exception], ...]:
    import httpx  # noqa: PLC0415

    return httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError, OSError


def without(text: str, secrets: Sequence[str]) -> str:
    """Law: no secret, and nothing of an address that may be one, is left"""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def host(url: str) -> str:
    """What may be shown of an address: the rest is often the key."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        name = parts.hostname or ""
    except ValueError:
        return "(no address)"
    name = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{name}{port}"


def _why(fault: Exception) -> str:
    import httpx  # noqa: PLC0415

    if isinstance(fault, httpx.TimeoutException):
        return "no answer in time"
    return _printable(str(fault) or type(fault).__name__)


def _printable(text: str) -> str:
    shown = " ".join(text.split())[:_SHOWN]
    return "".join(char if char.isprintable() else "?" for char in shown)


def _retry_after(text: str, now: datetime) -> timedelta | None:
    """Source: RFC 9110 section 10.2.3: seconds, or a date."""
    if text.strip().isascii() and text.strip().isdigit():
        wait = timedelta(seconds=min(int(text.strip()[:9]), _LONGEST_WAIT.total_seconds()))
    else:
        try:
            when = parsedate_to_datetime(text)
        except (TypeError, ValueError):
            return None
        wait = (when if when.tzinfo else when.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), _LONGEST_WAIT)
