"""Log text is hostile: nothing of it commands a terminal, a spreadsheet or a browser; secrets do not travel."""

import csv
import io
import json
import re
import unicodedata
from pathlib import Path

import polars as pl
import pytest
from click.testing import Result

from tests.browser.chromium import WHY_NOT, browser, new_tab, record, show
from tests.hostile.corpus import MEGABYTE, write_corpus
from tests.system.tool import run

LARGEST = 1_500  # of a payload; what is longer has tests of its own
FORMULA = re.compile(r"[\s\xa0]*[=+@|%＝＋－＠]|[\s\xa0]*-.")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    write_corpus(folder, largest=LARGEST)
    return folder


TOLD: dict[tuple[str, ...], Result] = {}


def said(*arguments: str | Path) -> Result:
    """What a command says of the corpus; asked once."""
    key = tuple(map(str, arguments))
    if key not in TOLD:
        TOLD[key] = run(*arguments)
    return TOLD[key]


def unseen(text: str, keep: str = "\n") -> list[str]:
    """The characters that a terminal acts on, reorders or hides."""
    return sorted(
        {hex(ord(c)) for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c not in keep}
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["scan"], ["scan", "--format", "json"],
        ["events", "--all"], ["events", "--format", "csv", "--all"], ["report", "-o", "-"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_character_commands_the_terminal_and_nothing_is_done(
    arguments: list[str], corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = said(*arguments, corpus)
    assert told.exit_code == 0
    assert list(tmp_path.iterdir()) == []
    assert len(told.stdout) > 1_000
    assert unseen(told.stderr) == []
    # line breaks between rows are the format's own; within our page tabs and returns are the chart library's
    assert unseen(told.stdout, keep="\n\t\r" if "report" in arguments else "\n") == []


def test_every_hostile_line_is_still_read(corpus: Path) -> None:
    told = said("scan", "--format", "json", corpus)
    document = json.loads(told.stdout)
    assert [Path(each["path"]).name for each in document["inputs"]] == [
        "access.log",
        "app.jsonl",
        "app.log",
        "auth.log",
        "error.log",
    ]
    assert "invalid.log: looks like binary data" in told.stderr
    for each in document["inputs"]:
        assert each["lines"] == Path(each["path"]).read_bytes().count(b"\n")
        assert each["events"] >= 0.9 * each["lines"], each
    assert document["summary"]["auth_failures"] >= 0.8 * document["summary"]["events"]


def test_the_names_of_files_are_hostile_too(corpus: Path, tmp_path: Path) -> None:
    path = tmp_path / "a\x1b]0;owned\x07\u202e=cmd<script>window.pwned=1<!--.log"
    path.write_bytes((corpus / "access.log").read_bytes())
    (tmp_path / "\x1b[2Jbinary.log").write_bytes(bytes(range(256)) * 20)
    for arguments in (["scan"], ["scan", "--format", "json"], ["events"], ["events", "--format", "csv"]):
        told = run(*arguments, tmp_path)
        assert told.exit_code == 0
        assert unseen(told.stdout + told.stderr) == []
    page = run("report", "-o", "-", tmp_path)
    assert "<script>window" not in page.stdout
    assert unseen(page.stdout + page.stderr, keep="\n\t\r") == []


def test_no_cell_of_the_csv_is_a_formula(corpus: Path) -> None:
    rows = list(csv.reader(io.StringIO(said("events", "--format", "csv", "--all", corpus).stdout, newline="")))
    assert len(rows) > 500
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows[1:] for cell in row if FORMULA.match(cell)]
    assert [cell for row in rows for cell in row if cell.startswith("'=cmd")]


def test_every_ndjson_line_is_one_event(corpus: Path) -> None:
    lines = said("events", "--all", corpus).stdout.split("\n")
    rows = [json.loads(line) for line in lines[:-1]]
    assert lines[-1] == ""
    places = {(row["log.file.path"], row["logscan.line"]) for row in rows}
    assert len(places) == len(rows)


@pytest.mark.browser
@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_the_page_is_inert_in_a_browser(tmp_path: Path) -> None:
    write_corpus(tmp_path / "logs", largest=LARGEST)
    field = "<b>" * (MEGABYTE // 3)
    (tmp_path / "logs" / "megabyte.log").write_text(
        f'192.0.2.1 - - [12/Mar/2026:06:25:24 +0000] "GET /{field} HTTP/1.1" 401 0 "-" "{field}"\n'
        f'192.0.2.1 - {field} [12/Mar/2026:06:25:25 +0000] "GET / HTTP/1.1" 401 0 "-" "curl/8"\n'
    )
    page = tmp_path / "page.html"
    assert run("report", tmp_path / "logs", "-o", page).exit_code == 0
    assert page.stat().st_size < 4_000_000  # long texts are cut
    with browser(tmp_path / "profile") as chromium:
        tab = new_tab(chromium)
        show(tab, page)
        assert record(tab) == ([], [])
        assert tab.evaluate("window.pwned === undefined && !({}).pwned")
        assert tab.evaluate("document.documentElement.dataset.chart") == "ready"
        assert tab.evaluate("document.querySelectorAll('h1').length") == 1
        assert tab.evaluate("document.documentElement.scrollWidth") == 1280
        odd = (
            "[...document.querySelectorAll('a, iframe, img, base, link')].map(e => e.getAttribute('href') || e.tagName)"
        )
        assert not [link for link in tab.evaluate(odd) if not re.match(r"#|data:,$", link)]


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE3NzMzMTQwMDB9.5rQ1w8Zk0yTfVd3sLhXqJb7nPcMgAe2uRoIiKtWzYxE"
SECRETS = {
    "key": "sk-Zq8rT2vWx9Ly4mNp6sUa1bCdEf3Gh5Jk",
    "token": JWT,
    "basic": "YWRhOmNvcnJlY3QtaG9yc2U=",
    "password": "c0rrect-H0rse-bAttery",
    "cookie": "9f8e7d6c5b4a39281706f5e4d3c2b1a0",
    "aws": "AKIAQ3EXAMPLEZ7XW2VP",
    "github": "ghp_9aB8cD7eF6gH5iJ4kL3mN2oP1qR0sT9uV8wX",
}
AT = "12/Mar/2026:06:25:24 +0000"
LEAKY = {
    "access.log": [
        f'192.0.2.1 - - [{AT}] "GET /v1?api_key={SECRETS["key"]}&x=1 HTTP/1.1" 401 0 "-" "curl/8"',
        f'192.0.2.1 - - [{AT}] "GET /v1?access_token={JWT} HTTP/1.1" 401 0 "https://a.example.com/?token={JWT}" "curl/8"',
        f'192.0.2.1 - - [{AT}] "GET https://ada:{SECRETS["password"]}@api.example.com/ HTTP/1.1" 401 0 "-" "{SECRETS["github"]}"',
        f'192.0.2.1 - - [{AT}] "GET /ok?password={SECRETS["password"]} HTTP/1.1" 200 0 "-" "curl/8"',
    ],
    "app.log": [
        f"2026-03-12 06:25:24,001 ERROR api: Error code: 401 - {{'error': {{'message': 'Incorrect API key provided: {SECRETS['key']}'}}}}",
        f"2026-03-12 06:25:24,002 DEBUG http: send Authorization: Bearer {JWT}",
        f"2026-03-12 06:25:24,003 DEBUG http: send Authorization: Basic {SECRETS['basic']} Cookie: session={SECRETS['cookie']}; a=b",
        f"2026-03-12 06:25:24,004 ERROR aws: InvalidClientTokenId 401 Unauthorized access key {SECRETS['aws']}",
        f"2026-03-12 06:25:24,005 ERROR db: 401 Unauthorized password={SECRETS['password']}",
    ],
    "app.jsonl": [
        json.dumps({"time": "2026-03-12T06:25:24Z", "level": "error", "msg": "token rejected", "status": 401, "headers": {"authorization": f"Bearer {JWT}"}}),
        json.dumps({"time": "2026-03-12T06:25:25Z", "level": "error", "msg": f"login failed {SECRETS['github']}", "status": 401, "password": SECRETS["password"]}),
    ],
    "odd.log": [f"~~ {SECRETS['key']} ~~ Authorization: Bearer {JWT}", f"~~ password={SECRETS['password']} ~~"] * 3,
}  # fmt: skip


def test_planted_secrets_are_in_no_output(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    for name, lines in LEAKY.items():
        (folder / name).write_text("".join(f"{line}\n" for line in lines * 4))
    told = []
    for arguments in (
        ["scan", "--format", "json"],
        ["events"],
        ["events", "--all", "--format", "csv"],
        ["report", "-o", "-"],
    ):
        result = run(*arguments, folder)
        assert result.exit_code == 0
        told.append(result.stdout + result.stderr)
    run("events", "--all", "--format", "parquet", folder, "-o", tmp_path / "all.parquet")
    told.append(str(pl.read_parquet(tmp_path / "all.parquet").to_dicts()))
    for name, secret in SECRETS.items():
        parts = secret.split(".") if name == "token" else [secret]
        for number, text in enumerate(told):
            assert not [part for part in parts if part in text], f"{name} in output {number}"
    assert "redacted" in told[1]
    assert "ada" in told[2]
