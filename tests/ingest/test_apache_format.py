"""Apache configurations: words, directives with modifiers, nicknames, and what is wrong with them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logscan.ingest.apache_format import HEAD, pieces_of, read_apache
from logscan.ingest.template import Piece
from logscan.ingest.variables import Part
from logscan.ingest.written import write_format
from logscan.model.errors import Faults, FormatError, Where

CONF = r"""
LogFormat "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \
\"%{User-Agent}i\"" combined
  logformat '%v "%r" %s' vhost
# LogFormat "%h" old
<VirtualHost *:80>
    CustomLog "|/usr/bin/rotatelogs /a.log" combined env=!dontlog
    CustomLog logs/b.log "%a %t %>s"
    CustomLog logs/c.log nowhere
    ErrorLog logs/e.log
</VirtualHost>
Include conf.d/*.conf
"""


def shown(pieces: tuple[Piece, ...] | list[Piece]) -> list[str]:
    return [piece.said if isinstance(piece, Part) else piece for piece in pieces]


def cut(text: str) -> list[Piece]:
    return pieces_of(text, Where("x"))


def columns(text: str) -> list[str]:
    return [fill.column for piece in cut(text) if isinstance(piece, Part) for fill in piece.fills]


def test_a_whole_configuration() -> None:
    conf = read_apache(CONF, "httpd.conf")
    assert [(each.name, each.where.line) for each in conf.formats] == [
        ("apache-combined", 2), ("apache-vhost", 4), ("apache-custom", 8)
    ]  # fmt: skip
    assert shown(conf.formats[0].pieces)[-4:] == ["%{Referer}i", '" "', "%{User-Agent}i", '"']
    assert conf.formats[0].uses == ('CustomLog "|/usr/bin/rotatelogs /a.log" combined env=!dontlog (httpd.conf:7)',)
    assert conf.notes == [
        "httpd.conf:12: Include conf.d/*.conf is not followed; name that file too",
        "httpd.conf:9: customlog names `nowhere`, whose LogFormat is not here",
    ]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("%a", "source.address"), ("%{c}a", "source.address"), ("%h", "source.address"), ("%400,401{Referer}i", "http.request.referrer"),
        ("%!200,304{User-agent}i", "user_agent.original"), ("%<s", "http.response.status_code"), ("%>s", "http.response.status_code"),
        ("%{WWW-Authenticate}o", "logscan.challenge"), ("%{UNIQUE_ID}e", "http.request.id"), ("%D", "event.duration"),
        ("%{ms}T", "event.duration"), ("%V", "url.domain"), ("%{sec}t", "@timestamp"), ("%t", "@timestamp"),
    ],
)  # fmt: skip
def test_a_directive_fills_its_column(text: str, column: str) -> None:
    assert columns(text) == [column]


@pytest.mark.parametrize(
    "text", ["%A", "%l", "%p", "%{remote}p", "%P", "%{tid}P", "%X", "%k", "%{x}C", "%{y}e", "%{z}n", "%I", "%^ti", "%H"]
)
def test_other_directives_are_read_and_left_out(text: str) -> None:
    assert columns(text) == []
    assert [piece for piece in cut(text) if isinstance(piece, Part)]


def test_the_last_status_counts_before_the_first() -> None:
    ranks = [piece.fills[0].rank for piece in cut("%s %<s %>s") if isinstance(piece, Part)]
    assert ranks == [1, 1, 0]


def test_escapes_are_those_of_apache() -> None:
    assert shown(cut(r"a\tb\\c\qd%%")) == ["a", "\t", "b", "\\", "c", "\\", "qd", "%"]


def test_path_and_query_are_one_address() -> None:
    assert shown(cut("%m %U%q %H")) == ["%m", " ", "%U%q", " ", "%H"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "x: holds no LogFormat"),
        ("$remote_addr", "x: holds no LogFormat"),
        ('LogFormat "%h', "x:1: a quote is not closed"),
        ("LogFormat", "x: holds no LogFormat"),
        ('LogFormat ""', "x: holds no LogFormat"),
        ('LogFormat "%h %" a', "x:1: `%` is no directive"),
        ('LogFormat "%{abc" a', "x:1: `%{abc` is no directive"),
        ('LogFormat "%{%Q}t" a', "x:1: %{%Q}t: `%Q` in a time cannot be read"),
        ('\nErrorLogFormat "[%t] %M"', "x:2: ErrorLogFormat cannot be turned into a format"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, what: str) -> None:
    with pytest.raises(Faults) as told:
        read_apache(text, "x")
    first = told.value.errors[0]
    assert f"{first.where}: {first.what}" == what
    assert first.hint


@settings(max_examples=15)
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["%h", "%t", "%>s", '\\"', '"', "%", "%{", "}t", "%%", "\\", " ", "%Y", "\n"])).map(
        "".join
    )
)
def test_any_text_is_a_format_or_a_fault(text: str) -> None:
    for before in ("", 'LogFormat "%h ', "%t "):
        try:
            conf = read_apache(before + text, "x")
        except Faults:
            continue
        for each in conf.formats[:1]:
            try:
                assert write_format(each, {"title": "t", **HEAD}, (), "c").text
            except (Faults, FormatError):
                continue
