"""The command that asks again: what a shell makes of it is what the log said, and nothing else."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logscan.analysis.reproduce import Asked, command, read_requests
from tests.analysis.simulate import bad, observe, steady
from tests.analysis.test_traits import traits

SHELL = shutil.which("sh") or "sh"
ASKED = Asked("GET", "/api/orders?id=7", "api.example.com", "tool/1.0", None, None, 401)
HOSTILE = [
    "/a'; touch /tmp/x; '",
    "/$(id)/`id`/${HOME}",
    "/a\nb\x1b[31m\x00",
    "/{a,b}[1-9]*?~",
    '/"quoted" \\ and | & ; < > ( ) # ! ',
    "-o/etc/passwd",
    "//evil.example/\u202egnp.exe",
    "@file",
    "http://api.example.com:80@evil.example/x",
    "http://[::1",
]


def words(line: str) -> list[str]:
    """What a shell passes to `curl`, with every variable set to its own name in brackets."""
    names = ("AUTHORIZATION", "TOKEN", "API_KEY", "KEY_HEADER", "COOKIE", "HOST", "USER_NAME", "PASSWORD", "PROXY",
             "PROXY_USER", "PROXY_PASSWORD", "JWT", "SECRET")  # fmt: skip
    given = "".join(f"{name}='<{name}>'; " for name in names)
    script = f"curl() {{ for w; do printf '%s\\0' \"$w\"; done; }}; set -f; {given}{line}"
    ended = subprocess.run([SHELL, "-c", script], capture_output=True, check=True, timeout=20)
    assert not ended.stderr
    return ended.stdout.decode("utf-8").split("\0")[:-1]


def test_a_usual_request() -> None:
    assert words(command(ASKED, traits())) == [
        "-gi", "--path-as-is", "-A", "tool/1.0", "-H", "Authorization: <AUTHORIZATION>", "https://api.example.com/api/orders?id=7",
    ]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_the_log_is_run_or_taken_for_an_option(text: str, tmp_path: Path) -> None:
    line = command(Asked(text, text, text, text, text, text, 401), traits())
    assert line.isascii()
    assert line.isprintable()
    found = words(line)
    agent = found.index("-A") if "-A" in found else len(found)
    options = [word for at, word in enumerate(found) if word.startswith("-") and at != agent + 1]
    assert options == [word for word in ("-gi", "--path-as-is", "-A", "-H", "-u") if word in found]
    assert found[-1].startswith(("https://", "http://"))
    assert not set(found[-1]) & set("{}[]'\"`\\ \n\x1b<>|^") - set("<>")
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=25)
@given(st.lists(st.text(), min_size=4, max_size=4))
def test_whatever_stands_in_the_log_one_url_comes_last(texts: list[str]) -> None:
    line = command(Asked(texts[0], "/" + texts[1], texts[2], texts[3], None, None, 401), traits())
    found = words(line)
    assert found[-1].startswith("https://")
    assert sum(word.startswith("http") for word in found) == 1 + (texts[3].startswith("http"))


def test_a_hidden_secret_becomes_a_variable_and_no_other_credential_is_sent() -> None:
    asked = ASKED._replace(url="/feed?token=<redacted jwt 0a1b2c3d>&x=1", credential="jwt:0a1b2c3d")
    assert words(command(asked, traits()))[-1] == "https://api.example.com/feed?token=<JWT>&x=1"
    assert "-H" not in words(command(asked, traits()))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"credential": "cookie:0a1b2c3d"}, "Cookie: <COOKIE>"),
        ({"credential": "api-key:0a1b2c3d"}, "<KEY_HEADER>: <API_KEY>"),
        ({"user": "ada"}, "<USER_NAME>:<PASSWORD>"),
        ({"status": 407}, "<PROXY_USER>:<PROXY_PASSWORD>"),
        ({"host": None}, "https://<HOST>/api/orders?id=7"),
        ({"host": "a b"}, "https://<HOST>/api/orders?id=7"),
        ({"host": "[2001:db8::1]:8443"}, "https://[2001:db8::1]:8443/api/orders?id=7"),
        ({"url": "http://shop.example.com/x"}, "http://shop.example.com/x"),
        ({"url": "db.example.com:443", "method": "CONNECT"}, "https://db.example.com:443/"),
        ({"method": "delete"}, "DELETE"),
        ({"method": "HEAD"}, "-I"),
    ],
)
def test_what_the_line_tells_is_asked(change: dict[str, object], expected: str) -> None:
    assert expected in words(command(ASKED._replace(**change), traits()))  # type: ignore[arg-type]


def test_without_a_url_nothing_is_asked() -> None:
    assert command(ASKED._replace(url=None), traits()) == ""
    assert command(ASKED._replace(url="/" + "a" * 5000), traits()) == ""


def test_requests_are_read_from_where_they_stand() -> None:
    observed = observe(bad(each) for each in steady("192.0.2.1", 600, 60))
    frame = observed.classified.lazy().collect()
    places = [(str(path), int(line), int(offset)) for path, line, offset in
              frame.select("log.file.path", "logscan.line", "log.offset").rows()[:2]]  # fmt: skip
    found = read_requests(observed.classified.lazy(), places)
    assert {place: asked.method for place, asked in found.items()} == dict.fromkeys(places, "GET")
