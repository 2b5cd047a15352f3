"""What is written was loaded and reads its samples; what cannot be is refused with the way out."""

import pytest

from logscan.ingest.check import check_text
from logscan.ingest.nginx_format import HEAD, pieces_of
from logscan.ingest.written import Configured, Written, write_format
from logscan.model.errors import FormatError, Where

TITLE = {"title": "nginx log_format x", **HEAD}


def made(text: str, escape: str = "default", name: str = "nginx-x", taken: tuple[str, ...] = ()) -> Written:
    found = Configured(
        name, tuple(pieces_of(text)), escape, Where("nginx.conf", 3), f"log_format x '{text}';", ("access_log a x",)
    )
    return write_format(found, TITLE, taken, "logscan formats from-nginx")


def test_the_file_says_where_it_comes_from_and_reads_its_samples() -> None:
    written = made('$remote_addr [$time_local] "$request" $status $connection')
    assert written.text.startswith("# Written by `logscan formats from-nginx` from nginx.conf:3:\n#   log_format x '")
    assert "# Used by: access_log a x\n# Read, but kept in no column: $connection\n" in written.text
    fmt = check_text(written.text, "x.yml", {})
    assert (fmt.id, fmt.kind, fmt.order, len(fmt.samples)) == ("nginx-x", "pattern", 10, 4)
    assert fmt.samples[-1].expect is None


def test_a_json_format_becomes_one_of_kind_json() -> None:
    written = made('{"t":"$time_iso8601","s":$status,"r":"$request"}', "json")
    assert check_text(written.text, "x.yml", {}).kind == "json"
    assert written.notes == ()


@pytest.mark.parametrize(
    ("escape", "text"),
    [("default", '{"s":$status,"t":"$time_iso8601"}'), ("json", '{"s":$status,"u":$upstream_status}')],
)
def test_json_that_cannot_be_relied_on_is_read_as_text_and_said(escape: str, text: str) -> None:
    written = made(text, escape)
    assert check_text(written.text, "x.yml", {}).kind == "pattern"
    assert "read as text" in written.notes[0]
    assert written.notes[0] in written.text


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("$http_user_agent", "nothing in it tells its lines"),
        ("plain", "no variable that logscan reads"),
        ("$connection", "no variable that logscan reads"),
        ("$http_user_agent$remote_user", "no variable that logscan reads"),
        ("x" * 70_000, "too long"),
    ],
)
def test_what_cannot_be_written_is_told_with_a_way_out(text: str, what: str) -> None:
    with pytest.raises(FormatError, match=what) as told:
        made(text)
    assert told.value.hint
    assert str(told.value.where) == "nginx.conf:3"


def test_a_format_without_a_time_says_what_is_lost() -> None:
    assert "no time is in it" in made("$remote_addr $status $request_uri").notes[-1]


def test_the_id_is_one_that_nobody_has() -> None:
    text = "$time_iso8601 $status"
    assert made(text, name="nginx-Main_1!").name == "nginx-main-1"
    assert made(text, taken=("nginx-x", "nginx-x-2")).name == "nginx-x-3"
    assert made(text, name="\x1b").name == "own"


def test_hostile_text_stays_in_its_comment_and_its_pattern() -> None:
    written = made("$time_iso8601 \x1b[31m\u202e' : {evil} $status")
    assert written.text.replace("\n", "").isprintable()
    assert check_text(written.text, "x.yml", {}).id == "nginx-x"
