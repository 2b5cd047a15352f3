"""A request that failed, as a shell command that asks it again; the secret is a variable that a person sets."""

import re
import shlex
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import polars as pl

from logscan.analysis.evidence import Place, at_places
from logscan.analysis.secret_grammar import PLACEHOLDER
from logscan.analysis.traits import Traits

_HIDDEN = re.compile(rf"({PLACEHOLDER})")
_KIND = re.compile(r"<redacted ([a-z][a-z0-9-]*)")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_METHOD = re.compile(r"[A-Za-z]{1,20}")
_PLAIN = re.compile(r"[ -~]{1,300}")
_IN_URL = "/%:@!$&()*+,;=?~-._"  # of RFC 3986, less what a shell or curl's own globbing could take for its own
_LONGEST = 4000
_PROXY_REFUSED = 407


class Asked(NamedTuple):
    """A request as its line tells it, redacted."""

    method: str | None
    url: str | None
    host: str | None
    agent: str | None
    credential: str | None  # kind:fingerprint
    user: str | None
    status: int | None


_COLUMNS = Asked(
    "http.request.method",
    "url.original",
    "url.domain",
    "user_agent.original",
    "logscan.credential",
    "user.name",
    "http.response.status_code",  # type: ignore[arg-type]  # names of columns, not values
)


def read_requests(classified: pl.LazyFrame, places: Sequence[Place]) -> dict[Place, Asked]:
    found = at_places(classified, places, [*map(str, _COLUMNS), "url.path"])
    return {
        (path, line, offset): Asked(*told)._replace(url=told[1] or plain)
        for path, line, offset, *told, plain in found.iter_rows()
    }


def command(asked: Asked, traits: Traits) -> str:
    """A line for a POSIX shell; empty when no request is known.

    Law: every word that comes from the log is quoted, and nothing of it is run, expanded or taken for an option,
         whatever it holds; the line is printable ASCII; what was redacted is a variable, named by its kind
    """
    if not asked.url or len(asked.url) > _LONGEST:
        return ""
    method = asked.method if asked.method and _METHOD.fullmatch(asked.method) else "GET"
    scheme, host, target = _parts(asked.url, asked.host, tunnel=method.upper() == "CONNECT")
    words = ["curl -gi --path-as-is"]
    if method.upper() == "HEAD":
        words.append("-I")
    elif method.upper() not in {"GET", "CONNECT"}:
        words.append(f"-X {method.upper()}")
    if asked.agent and _PLAIN.fullmatch(asked.agent):
        words.append(f"-A {_quoted(asked.agent)}")
    if asked.status == _PROXY_REFUSED:
        words.append(traits.proxy)
    elif not _HIDDEN.search(target):
        kind = (asked.credential or "").partition(":")[0]
        words.append(traits.credential(kind or ("basic" if asked.user else "")))
    words.append((shlex.quote(f"{scheme}://{host}") if host else '"https://$HOST"') + _url(target))
    return " ".join(words)


def _parts(url: str, host: str | None, *, tunnel: bool) -> tuple[str, str, str]:
    """Scheme, host (empty when none is known) and target."""
    known = host if host and _HOST.fullmatch(host) else ""
    if tunnel:
        return "https", url if _HOST.fullmatch(url) else known, "/"
    if not url.startswith("/") and "://" in url:
        try:
            parts = urlsplit(url)
        except ValueError:
            return "https", known, "/" + url
        named = parts.netloc.rpartition("@")[2]
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return parts.scheme if parts.scheme == "http" else "https", named if _HOST.fullmatch(named) else known, target
    return "https", known, url if url.startswith("/") else f"/{url}"


def _url(target: str) -> str:
    """Target as shell words that touch: what is quoted, and variables."""
    return "".join(
        _variable(part) if _HIDDEN.fullmatch(part) else shlex.quote(quote(part, safe=_IN_URL))
        for part in _HIDDEN.split(target)
        if part
    )


def _quoted(text: str) -> str:
    """In: printable ASCII"""
    return "".join(
        _variable(part) if _HIDDEN.fullmatch(part) else shlex.quote(part) for part in _HIDDEN.split(text) if part
    )


def _variable(hidden: str) -> str:
    kind = _KIND.match(hidden)
    return f'"${(kind.group(1) if kind else "secret").upper().replace("-", "_")}"'
