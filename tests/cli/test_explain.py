"""`logscan explain`: its two ways in, its exit codes, and nothing of a secret."""

import json
from pathlib import Path

import pytest

from logscan.cli.exits import Exit
from tests.ingest.frames import write
from tests.system.tool import run

ERROR = '2026/03/12 06:25:24 [error] 12#12: *17 user "ada": password mismatch, client: 192.0.2.7, server: a, request: "GET / HTTP/1.1"'


def test_a_line_of_a_file_and_a_line_of_text_are_explained_alike(tmp_path: Path) -> None:
    log = write(tmp_path, "error.log", f"\n{ERROR}\n")
    of_file = run("explain", f"{log}:2", "--format", "json")
    of_text = run("explain", "--line", ERROR, "--format", "json")
    assert (of_file.exit_code, of_text.exit_code) == (0, 0)
    one, other = json.loads(of_file.stdout), json.loads(of_text.stdout)
    assert one["cause"] == "username_password_invalid"
    assert (one["path"], one["line"], other["path"]) == (str(log), 2, None)
    assert [one[key] for key in ("layers", "fields", "rules_matched", "cause", "outcome")] == [
        other[key] for key in ("layers", "fields", "rules_matched", "cause", "outcome")
    ]


def test_the_text_says_what_a_person_asks() -> None:
    told = run("explain", "--line", ERROR).stdout
    for part in ("nginx-error (nginx error log)", "rules looked", "nginx_basic_password_mismatch", "message|contains: password mismatch",
                 "Cause       username_password_invalid", "Confidence  high", "no zone: taken to be UTC", "user.name"):  # fmt: skip
        assert part in told


def test_options_change_what_is_read(tmp_path: Path) -> None:
    write(
        tmp_path / "own",
        "acme.yml",
        "id: acme\ntitle: t\nkind: pattern\norder: 1\npattern: '^~(?<a>.*)'\ncolumns: {a: message}\n",
    )
    told = json.loads(
        run("explain", "--line", "~token has expired", "--formats", tmp_path / "own", "--format", "json").stdout
    )
    assert told["layers"][0]["format"] == "acme"
    zoned = json.loads(run("explain", "--line", ERROR, "--tz", "+02:00", "--format", "json").stdout)
    assert zoned["fields"]["@timestamp"].startswith("2026-03-12T04:25:24")
    assert run("explain", "--line", ERROR, "--log-format", "combined").exit_code == Exit.NO_EVENTS


@pytest.mark.parametrize("line", ["~~~", "", "   ", "\x1b[2J", "{", "\udcff", "\n\n"])
def test_what_is_not_understood_exits_3_without_harm(line: str) -> None:
    told = run("explain", "--line", line)
    assert told.exit_code == Exit.NO_EVENTS
    assert told.stdout.replace("\n", "").isprintable()


def test_what_is_not_there_exits_3(tmp_path: Path) -> None:
    log = write(tmp_path, "a.log", f"{ERROR}\n")
    for spot, what in ((f"{log}:2", "has no line 2\n  hint: its last line is 1"), (f"{tmp_path}/no:1", "no such file")):
        told = run("explain", spot)
        assert (told.exit_code, told.stdout) == (Exit.NO_EVENTS, "")
        assert what in told.stderr


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("a.log",),
        ("a.log:",),
        ("a.log:x",),
        ("a.log:0",),
        ("a.log:1", "--line", "x"),
        (":3",),
        ("a:99999999999999999999",),
    ],
)
def test_what_is_no_spot_is_a_matter_of_usage(words: tuple[str, ...]) -> None:
    assert run("explain", *words).exit_code == Exit.USAGE


def test_a_definition_with_a_fault_exits_4(tmp_path: Path) -> None:
    write(tmp_path, "bad.yml", "id: [\n")
    assert run("explain", "--line", ERROR, "--formats", tmp_path).exit_code == Exit.INVALID
    assert run("explain", "--line", ERROR, "--log-format", "no").exit_code == Exit.INVALID


def test_a_secret_is_never_printed() -> None:
    secret = "sk-" + "a1B2c3D4" * 4
    for form in ("text", "json"):
        for line in (f"{ERROR} Authorization: Bearer {secret}", f"~~ {secret}", f"~~ api_key={secret}"):
            assert secret[:12] not in run("explain", "--line", line, "--format", form).output


def test_a_line_of_a_megabyte_is_explained() -> None:
    assert run("explain", "--line", ERROR.replace("ada", "a" * 1_000_000)).exit_code in {0, Exit.NO_EVENTS}


def test_columns_that_only_the_head_of_the_file_names_show_no_credential(tmp_path: Path) -> None:
    fields = "#Fields: date time cs-method cs-uri-stem c-ip cs(Cookie) cs(X-Api-Key) sc-status\n"
    log = write(tmp_path, "iis.log", f"{fields}2026-03-12 06:25:24 GET /me 192.0.2.7 ASPXAUTH=letmein swordfish 401\n")
    for form in ("text", "json"):
        told = run("explain", f"{log}:2", "--format", form)
        assert "192.0.2.7 ASPXAUTH=<redacted cookie" in told.stdout
        assert "letmein" not in told.stdout
        assert "swordfish" not in told.stdout
