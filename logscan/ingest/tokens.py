"""The parts of one line that can be told by their looks: times, addresses, requests, statuses, levels, spans, ids."""

import re
from typing import NamedTuple


class Token(NamedTuple):
    """Recognised: column is not empty. A separator has neither column nor pattern; a word has a pattern only.

    time, unit  as in a format file
    parts       the columns of the named groups of the pattern, where the whole is several
    """

    text: str
    pattern: str = ""
    column: str = ""
    time: str = ""
    unit: str = ""
    parts: tuple[str, ...] = ()


_V4 = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
_V6 = r"(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}"
ADDRESS = r"[0-9A-Fa-f:.]+"
_METHODS = "GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE|PROPFIND"
_LEVELS = "trace|debug|info|information|notice|warn|warning|error|err|severe|crit|critical|alert|emerg|fatal|panic"
# name, what it looks like, what to write for it, column and how it is to be read
_LOOKS: tuple[tuple[str, str, str, str, str], ...] = (
    (r"[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?(?: ?Z| ?[+-][0-9]{2}:?[0-9]{2})?",
     r"[0-9]{4}[\-/][0-9]{2}[\-/][0-9]{2}[T ][0-9:]{8}(?:[.,][0-9]{1,9})?(?: ?(?:Z|[+\-][0-9]{2}:?[0-9]{2}))?",
     "@timestamp", "iso", ""),
    (r"[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?: [+-][0-9]{4})?",
     r"[0-9]{2}/[A-Za-z]{3}/[0-9]{4}:[0-9:]{8}(?:\.[0-9]+)?(?: [+\-][0-9]{4})?", "@timestamp", "clf", ""),
    (r"(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?: [0-9]{4})?",
     r"(?:[A-Za-z]{3} )?[A-Za-z]{3} [ 0-9][0-9] [0-9:]{8}(?:\.[0-9]+)?(?: [0-9]{4})?", "@timestamp", "ctime", ""),
    (r"[0-9]{2}\.[0-9]{2}\.[0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}(?![.,0-9])",
     r"[0-9]{2}\.[0-9]{2}\.[0-9]{4} [0-9:]{8}", "@timestamp", "%d.%m.%Y %H:%M:%S", ""),
    (r"1[0-9]{9}(?:\.[0-9]{1,9}|[0-9]{3}|[0-9]{6}|[0-9]{9})?(?![0-9A-Za-z_-])", r"[0-9]{10,19}(?:\.[0-9]{1,9})?",
     "@timestamp", "epoch", ""),
    (rf"(?:{_V4}|{_V6})(?![0-9A-Za-z_])", ADDRESS, "source.address", "", ""),
    (r"https?://[!#-~]+", r"https?://[!#-~]+", "url.original", "", ""),
    (rf"(?i:{_LEVELS})(?![0-9A-Za-z_.=-])", "[A-Za-z]+", "log.level", "", ""),
    (r"[0-9]+(?:\.[0-9]+)?(?=ms(?![0-9A-Za-z]))", r"[0-9]+(?:\.[0-9]+)?", "event.duration", "", "ms"),
    (r"[0-9]+(?:\.[0-9]+)?(?=(?:us|µs)(?![0-9A-Za-z]))", r"[0-9]+(?:\.[0-9]+)?", "event.duration", "", "us"),
    (r"[0-9]+\.[0-9]+(?=s(?![0-9A-Za-z]))", r"[0-9]+\.[0-9]+", "event.duration", "", "s"),
    (r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![0-9A-Za-z-])",
     r"[0-9a-fA-F\-]{36}", "http.request.id", "", ""),
    (r"[0-9a-f]{32}(?![0-9A-Za-z-])", "[0-9a-f]{32}", "trace.id", "", ""),
    (r"[1-5][0-9]{2}(?![0-9A-Za-z_.:-])", "[0-9]{3}", "http.response.status_code", "", ""),
)  # fmt: skip
_COMPILED = tuple((re.compile(each[0]), each) for each in _LOOKS)
_REQUEST = re.compile(rf"(?:{_METHODS}) [!#-~]+(?: HTTP/[0-9.]+)?")
_REQUEST_AS = r"(?<method>[A-Z]+) (?<uri>[!#-\[\]-{}~]+)(?: HTTP/[0-9.]+)?"
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_SEPARATOR = re.compile(r'[\s|;,\[\](){}<>\'=#]+|"|[:/](?=[\s\[\]|"\']|$)')
_WORD = re.compile(r'[^\s|;,\[\](){}<>"\'=#]+?(?=[:/]?(?:[\s|;,\[\](){}<>"\'=#]|$))')
# The word before tells what a value is: key=value, key: value, `user ada`.
_KEYS = {
    "user.name": "user|who|username|usr|login|account|principal",
    "source.address": "ip|client|client_ip|remote|peer|addr|from",
    "http.request.method": "method|verb",
    "url.original": "path|uri|url|route",
    "http.request.id": "request_id|req_id|rid|reqid",
    "trace.id": "trace_id|traceid|trace",
    "log.logger": "logger|module",
    "error.code": "err_code|error_code|errcode|reason_code",
    "http.response.status_code": "status|code|http_status",
    "host.name": "hostname|node",
    "service.name": "service|app|svc",
    "url.domain": "vhost|domain",
    "server.address": "upstream|backend",
    "http.request.referrer": "referer|referrer",
    "user_agent.original": "agent|ua|user_agent",
}
BY_KEY = {name: column for column, names in _KEYS.items() for name in names.split("|")}
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_]*)(?:=\"?|: ?)$")
_MOST = 4096  # characters that are looked at


def tokens_of(line: str) -> list[Token]:
    """The tokens of a line. Law: their texts together are the line's beginning; each column but one is found once"""
    found: list[Token] = []
    line, at, taken = line[:_MOST], 0, set[str]()
    inside = False
    while at < len(line):
        token = _unit(line, at, found[-1:]) or _next(line, at, taken, inside=inside)
        inside ^= not token.pattern and token.text.count('"') % 2 == 1
        found.append(token)
        taken |= {token.column, *token.parts} - {""}
        at += len(token.text)
    return found


def _unit(line: str, at: int, last: list[Token]) -> Token | None:
    """The unit behind a span."""
    units = ("ms", "us", "µs", "s") if last and last[0].unit else ()
    return next((Token(unit) for unit in units if line.startswith(unit, at)), None)


def _next(line: str, at: int, taken: set[str], *, inside: bool) -> Token:
    fresh = at == 0 or not (line[at - 1].isalnum() or line[at - 1] in "_-.")
    if fresh and (known := _known(line, at, taken)):
        return known
    if not inside and (quoted := _QUOTED.match(line, at)):
        inner = quoted.group()[1:-1]
        if not (_REQUEST.fullmatch(inner) and "url.original" not in taken) and not _looks(inner) and " " in inner:
            agent = bool(re.match(r"[A-Za-z][!-~]*/[0-9]", inner)) and "user_agent.original" not in taken
            return Token(quoted.group(), r'"(?:[^"\\]|\\.)*"', "user_agent.original" if agent else "")
    if separator := _SEPARATOR.match(line, at):
        return Token(separator.group())
    word = _WORD.match(line, at)
    text = word.group() if word else line[at]
    if line[at + len(text) : at + len(text) + 1] == "=":
        return Token(text)  # a key
    return Token(text, r"[^\s|;,\[\](){}<>\"'=#]+")


def _known(line: str, at: int, taken: set[str]) -> Token | None:
    if "url.original" not in taken and (request := _REQUEST.match(line, at)):
        text = request.group()
        if " HTTP/" not in text:  # no `|` or `;` that separates it from what follows
            text = re.split(r"[|;,\"']", text, maxsplit=1)[0]
        return Token(text, _REQUEST_AS, "", parts=("http.request.method", "url.original"))
    key = _KEY.search(line, max(0, at - 40), at)
    column = BY_KEY.get(key[1].lower(), "") if key else ""
    if column and column not in taken and (word := _WORD.match(line, at)):
        pattern = {"source.address": ADDRESS, "http.response.status_code": "[0-9]{3}"}.get(column)
        if pattern is None or re.fullmatch(pattern, word.group()):
            return Token(word.group(), pattern or r"[^\s|;,\[\](){}<>\"'=#]+", column)
    for look, (_, pattern, name, time, unit) in _COMPILED:
        process = name == "http.response.status_code" and line[:at].endswith(("[", "pid ", "pid="))
        if name not in taken and not process and (seen := look.match(line, at)):
            return Token(seen.group(), pattern, name, time, unit)
    return None


def _looks(text: str) -> bool:
    return any(look.fullmatch(text) for look, _ in _COMPILED)
