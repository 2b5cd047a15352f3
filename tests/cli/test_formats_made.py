"""`logscan formats from-nginx`, `from-apache`, `new`: to stdout, a file or a folder; faults, never a traceback."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from logscan.cli.exits import Exit
from tests.ingest.frames import write
from tests.system.tool import run

NGINX = """log_format main '$remote_addr [$time_local] "$request" $status "$http_user_agent" $connection';"""
APACHE = r'LogFormat "%h %l %u %t \"%r\" %>s %b %D" timed'
TWO = NGINX + "\nlog_format short '$time_iso8601 $status';\ninclude sites/*;\n"
LINE = "2026-03-12T06:25:24Z|WARN|192.0.2.7|GET /a?b=1|401|17ms|no key"


@pytest.mark.parametrize(("command", "text"), [("from-nginx", NGINX), ("from-apache", APACHE)])
def test_a_directive_becomes_a_file(command: str, text: str, golden: Callable[[str, str], None]) -> None:
    told = run("formats", command, text)
    assert (told.exit_code, told.stderr) == (0, "")
    golden(f"formats/{command}.yml", told.stdout)


def test_a_proposal(golden: Callable[[str, str], None]) -> None:
    told = run("formats", "new", "--line", LINE, "--id", "acme")
    assert told.exit_code == 0
    golden("formats/new.yml", told.stdout)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("from-nginx", NGINX), "nginx-main"),
        (("from-apache", APACHE), "apache-timed"),
        (("new", "--line", LINE), "own"),
    ],
)
def test_what_is_written_passes_the_test_and_is_used(words: tuple[str, ...], name: str, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    assert run("formats", *words, "-o", own).stderr.endswith(f"written: {own}/{name}.yml\n")
    assert run("formats", "test", own).exit_code == 0
    sample = yaml.safe_load((own / f"{name}.yml").read_text("utf-8"))["samples"][0]["line"]
    log = write(tmp_path, "a.log", sample + "\n")
    told = run("events", log, "--formats", own, "--all")
    assert yaml.safe_load(told.stdout)["event.dataset"] == name
    rules = tmp_path / "rules"
    rules.mkdir()
    own.rename(rules / "formats")
    assert yaml.safe_load(run("events", log, "--rules", rules, "--all").stdout)["event.dataset"] == name


def test_a_configuration_with_several_is_a_file_each_or_one_by_name(tmp_path: Path) -> None:
    conf = write(tmp_path, "nginx.conf", TWO)
    told = run("formats", "from-nginx", conf)
    assert [document["id"] for document in yaml.safe_load_all(told.stdout)] == ["nginx-main", "nginx-short"]
    assert told.stderr == f"note: {conf}:3: include sites/* is not followed; name that file too, or give `nginx -T`\n"
    assert yaml.safe_load(run("formats", "from-nginx", conf, "--name", "short").stdout)["id"] == "nginx-short"
    run("formats", "from-nginx", conf, "-o", tmp_path)
    assert {path.name for path in tmp_path.glob("*.yml")} == {"nginx-main.yml", "nginx-short.yml"}
    run("formats", "from-nginx", conf, "-o", f"{tmp_path}/mine/")
    assert {path.name for path in (tmp_path / "mine").glob("*.yml")} == {"nginx-main.yml", "nginx-short.yml"}
    assert "there is no folder" in run("formats", "from-nginx", conf, "-o", f"{tmp_path}/none/mine/").stderr
    told = run("formats", "from-nginx", conf, "-o", tmp_path / "one.yml")
    assert told.exit_code == Exit.USAGE
    assert "Choose one with --name, or give -o a folder" in told.stderr
    told = run("formats", "from-nginx", conf, "--name", "long")
    assert (told.exit_code, told.stdout) == (Exit.INVALID, "")
    assert "use one of: nginx-main, nginx-short" in told.stderr


def test_a_configuration_comes_on_stdin_or_in_several_files(tmp_path: Path) -> None:
    assert yaml.safe_load(run("formats", "from-nginx", "-", given=NGINX.encode()).stdout)["id"] == "nginx-main"
    first, second = write(tmp_path, "a.conf", NGINX), write(tmp_path, "b.conf", "log_format b '$msec $status';")
    assert len(list(yaml.safe_load_all(run("formats", "from-nginx", first, second).stdout))) == 2


@pytest.mark.parametrize("command", ["from-nginx", "from-apache"])
@pytest.mark.parametrize(
    "text",
    ["", " ", "%", "$", "'", "log_format", "log_format x", "log_format x '$status", 'LogFormat "%h', "LogFormat", "no/such.conf",
     "\x1b[31m\x07", "$status" * 20_000, "%h" * 200_000, "%%", "$$", "log_format ;"],
    ids=lambda text: ascii(text)[:24],
)  # fmt: skip
def test_garbage_is_refused_in_clear_words(command: str, text: str) -> None:
    told = run("formats", command, text)
    assert told.exit_code == Exit.INVALID
    assert told.stdout == ""
    assert told.stderr.startswith("error: ")
    assert "\n  hint: " in told.stderr
    assert told.stderr.replace("\n", "").isprintable()
    assert len(told.stderr) < 2_000


@pytest.mark.parametrize("command", ["from-nginx", "from-apache"])
@pytest.mark.parametrize(
    "text", ["\x1b[31m$status\x07%h", "{" * 5_000 + "$status%h", "\udcff$status%h", "a\0b $status %h"], ids=ascii
)
def test_what_is_odd_but_can_be_read_is_written_without_harm(command: str, text: str) -> None:
    told = run("formats", command, text)
    assert told.exit_code == 0, told.stderr
    assert told.stdout.replace("\n", "").isprintable()
    assert yaml.safe_load(told.stdout)["samples"]


@pytest.mark.parametrize("command", ["from-nginx", "from-apache"])
def test_what_is_no_configuration_is_told(command: str, tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\x7fELF\0\0$status%h")
    for place, what in (
        (tmp_path, "is no file"),
        (tmp_path / "binary", "is a binary file"),
        (tmp_path / "no", "no such file"),
    ):
        told = run("formats", command, place)
        assert told.exit_code == Exit.INVALID
        assert what in told.stderr


def test_all_faults_of_all_sources_are_told_and_nothing_is_written(tmp_path: Path) -> None:
    bad = write(tmp_path, "bad.conf", "log_format a;\nlog_format b '$http_user_agent';\n")
    good = write(tmp_path, "good.conf", NGINX)
    told = run("formats", "from-nginx", bad, good, tmp_path / "no.conf", "-o", tmp_path)
    assert told.exit_code == Exit.INVALID
    assert "bad.conf:1: the log_format has no name or no text" in told.stderr
    assert "no.conf: there is no such file" in told.stderr
    assert not list(tmp_path.glob("*.yml"))


@pytest.mark.parametrize("lines", [["hello"], ["\x1b[31m", "%%%"], ["x" * 1_000_000], ['{"a":1}'], ["a=\x07 b=\x1b"]])
def test_lines_that_say_nothing_are_refused_in_clear_words(lines: list[str]) -> None:
    told = run("formats", "new", *(word for line in lines for word in ("--line", line)))
    assert told.exit_code == Exit.INVALID
    assert told.stderr.startswith("error: --line: ")
    assert "\x1b" not in told.stderr + told.stdout


def test_no_line_at_all_is_a_matter_of_usage() -> None:
    for words in ((), ("--line", "  ")):
        assert run("formats", "new", *words).exit_code == Exit.USAGE
