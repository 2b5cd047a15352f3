"""nginx configurations: words as nginx reads them, several formats, and what is wrong with them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logscan.ingest.nginx_format import HEAD, pieces_of, read_nginx
from logscan.ingest.template import Piece
from logscan.ingest.variables import Part
from logscan.ingest.written import Conf, write_format
from logscan.model.errors import Faults, FormatError

CONF = """
# log_format old '$remote_addr';
events {}
http {
    include mime.types;  include conf.d/*.conf;
    log_format main '$remote_addr - $remote_user [$time_local] "$request" '
                    '$status $body_bytes_sent';  # the usual one
    log_format  j  escape=json  "{\\"s\\":$status,\\"t\\":\\"${time_iso8601}\\"}";
    access_log /var/log/nginx/a.log main buffer=32k;
    access_log off; access_log /b.log combined; access_log /c.log elsewhere;
    server { location / { content_by_lua_block { return 'unbalanced } } access_log /d.log j; }
}
"""


def shown(pieces: tuple[Piece, ...] | list[Piece]) -> list[str]:
    return [piece.said if isinstance(piece, Part) else piece for piece in pieces]


def test_a_whole_configuration() -> None:
    main, other = read_nginx(CONF, "nginx.conf").formats
    assert (main.name, main.escape, str(main.where)) == ("nginx-main", "default", "nginx.conf:6")
    assert shown(main.pieces)[-5:] == ["$request", '" ', "$status", " ", "$body_bytes_sent"]
    assert main.uses == ("access_log /var/log/nginx/a.log main buffer=32k; (nginx.conf:9)",)
    assert (other.name, other.escape) == ("nginx-j", "json")
    assert shown(other.pieces) == ['{"s":', "$status", ',"t":"', "$time_iso8601", '"}']
    assert len(other.uses) == 1


def test_what_is_not_followed_is_said() -> None:
    assert read_nginx(CONF, "nginx.conf").notes == [
        "nginx.conf:5: include conf.d/*.conf is not followed; name that file too, or give `nginx -T`",
        "nginx.conf:10: access_log names `elsewhere`, whose log_format is not here",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("$remote_addr $status", ["$remote_addr", " ", "$status"]),
        ("'$remote_addr $status'", ["$remote_addr", " ", "$status"]),
        ("log_format a '$status';", ["$status"]),
        ("log_format a '$status'", ["$status"]),
        (r"log_format a '$status\t\'\\\d';", ["$status", "\t'\\\\d"]),
        ("log_format a $status|$remote_addr;", ["$status", "|", "$remote_addr"]),
        ("log_format a '$status' # why\n ' x';", ["$status", " x"]),
        ("log_format a escape=none 'p${status}q';", ["p", "$status", "q"]),
    ],
)
def test_a_format_alone(text: str, said: list[str]) -> None:
    (found,) = read_nginx(text, "x").formats
    assert shown(found.pieces) == said


def test_a_whole_address_is_one() -> None:
    assert shown(pieces_of("$host$uri$is_args$args")) == ["$host", "$uri$is_args$args"]
    assert shown(pieces_of("$uri?$args")) == ["$uri", "?", "$args"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "x: holds no log_format"),
        ("%h %l", "x: holds no log_format"),
        ("server { listen 80; }", "x: holds no log_format"),
        ("log_format a;", "x:1: the log_format has no name or no text"),
        ("log_format a '';", "x:1: the log_format has no name or no text"),
        ("log_format ';", "x:1: a quote ' is not closed"),
        ("log_format a '$status", "x:1: a quote ' is not closed"),
        ("log_format a $status\n}", "x:1: a `}` stands where `;` is missing"),
        ("log_format a escape=xml '$status';", "x:1: unknown escape `xml`"),
        ("log_format a '$status';\nlog_format a '$msec';", "x:2: `a` stands twice"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, what: str) -> None:
    with pytest.raises(Faults) as told:
        read_nginx(text, "x")
    first = told.value.errors[0]
    assert f"{first.where}: {first.what}" == what
    assert first.hint


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(Faults) as told:
        read_nginx("log_format a;\nlog_format b escape=x '$status';\nlog_format c '$status';", "x")
    assert [fault.where.line for fault in told.value.errors] == [1, 2]


@settings(max_examples=15)
@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from(["$status", "$request", "'", '"', ";", "{", "\\", "${", "$", " ", "#", "\n"])).map(
        "".join
    )
)
def test_any_text_is_a_format_or_a_fault(text: str) -> None:
    for before in ("", "log_format x '$status ", "log_format x "):
        try:
            conf: Conf = read_nginx(before + text, "x")
        except Faults:
            continue
        for each in conf.formats[:1]:
            try:
                assert write_format(each, {"title": "t", **HEAD}, (), "c").text
            except (Faults, FormatError):
                continue
