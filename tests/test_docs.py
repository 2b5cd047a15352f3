"""The documentation can be followed: examples run as printed, commands and links lead somewhere."""

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import polars as pl
import pytest
import yaml
from click.testing import CliRunner

from logscan.analysis.redact import load_redactor
from logscan.analysis.series import SERIES
from logscan.cli.main import cli
from logscan.ingest.format import load_formats
from logscan.ingest.parse import parse
from logscan.ingest.shape import Format, Sample
from logscan.ingest.when import Clock
from logscan.model.resources import rules_dir
from logscan.model.schemas import CLASSIFIED, EVENTS, LINES
from logscan.rules.load import Library, load_library
from tests.pages import FORMATS, PAGES, REPORT, RULES, SCHEDULED, Block, blocks, code, files, prose, write

CLOCK = Clock("UTC", datetime(2026, 4, 1, tzinfo=UTC))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


def run(*words: str) -> click.testing.Result:
    return CliRunner().invoke(cli, [*words], catch_exceptions=False)


def library(*folders: Path) -> Library:
    return load_library([rules_dir(), *folders], event_columns=CLASSIFIED, series_columns=SERIES)


# Examples


@pytest.mark.parametrize("page", [RULES, FORMATS, SCHEDULED], ids=lambda page: page.stem)
def test_a_page_can_be_followed_step_by_step(page: Path, here: Path) -> None:
    ran = 0
    for block in blocks(page):
        if block.name:
            write([block], here)
        elif block.lang == "console":
            told = ""
            for line in re.findall(r"^\$ logscan (.*)$", block.body, re.MULTILINE):
                told += f"$ logscan {line}\n{run(*shlex.split(line)).output}"
                ran += 1
            assert told == block.body
    assert ran >= 2


@pytest.mark.parametrize("page", [RULES, FORMATS], ids=lambda page: page.stem)
def test_the_name_of_an_example_stands_above_it(page: Path) -> None:
    text = page.read_text("utf-8")
    for block in blocks(page):
        if block.name:
            above = text[: text.index(f"```{block.lang} {block.name}\n")]
            assert block.name in above


def test_the_rule_of_the_example_names_the_cause(here: Path) -> None:
    write([block for block in blocks(RULES) if block.name], here)
    told = run("events", "gateway.log", "--rules", "my-rules", "--rules", "my-words")
    rows = [yaml.safe_load(line) for line in told.stdout.splitlines()]
    assert [row["logscan.line"] for row in rows] == [1, 2]
    assert {row["logscan.cause"] for row in rows} == {"api_key_invalid"}
    assert {row["logscan.rules"][0] for row in rows} == {"acme_partner_key_unknown"}


def test_the_other_examples_of_rules_load_beside_the_shipped_ones(here: Path) -> None:
    write(files(RULES, "my-"), here)
    loaded = library(here / "my-rules", here / "my-words")
    assert {"acme_partner_key_unknown", "acme_nightly"} <= {rule.name for rule in loaded.rules}
    assert "register-partner" in loaded.playbooks
    assert "partner_contract_ended" in loaded.taxonomy.causes
    redactor = load_redactor([rules_dir() / "redaction.yml", here / "my-words" / "redaction.yml"], b"key")
    shown = redactor.text("partner_pass=tr0ub4dor key acme_0123456789abcdef0 password=hunter2")
    assert not re.search("tr0ub4dor|0123456789abcdef|hunter2", shown)


def test_a_fragment_of_a_detection_compiles(here: Path) -> None:
    parts = [block.body for block in blocks(RULES) if not block.name and block.body.startswith("detection:")]
    assert parts
    for number, part in enumerate(parts):
        whole = files(RULES, "my-rules/causes")[0].body
        whole = whole.replace(whole[whole.index("detection:") : whole.index("falsepositives:")], part)
        write([Block("yaml", f"causes/part{number}.yml", whole)], here)
        loaded = load_library([here / "causes"], event_columns=CLASSIFIED, series_columns=SERIES)
        assert loaded.causes[-1].columns


def made_formats(folder: Path) -> tuple[Format, ...]:
    write(files(FORMATS, "my-rules"), folder)
    return load_formats([rules_dir() / "formats", folder / "my-rules" / "formats"])


def same(got: object, want: object) -> bool:
    return got == datetime.fromisoformat(str(want)) if isinstance(got, datetime) else got == want


def judged(sample: Sample, fmt: Format) -> dict[str, Any]:
    """What of a sample's expectation does not hold."""
    lines = pl.DataFrame({"logscan.line": [1], "log.offset": [0], "event.original": [sample.line]}, schema=LINES)
    events = parse(lines, [fmt], frozenset(EVENTS), CLOCK).events
    if sample.expect is None or events.is_empty():
        return {} if (sample.expect is None) == events.is_empty() else {"read": events.height}
    return {key: events[key][0] for key, want in sample.expect.items() if not same(events[key][0], want)}


def test_the_formats_of_the_examples_read_their_samples(tmp_path: Path) -> None:
    mine = [fmt for fmt in made_formats(tmp_path) if fmt.id.startswith("acme-")]
    assert {fmt.kind for fmt in mine} == {"pattern", "json"}
    for fmt in mine:
        assert {sample.expect is None for sample in fmt.samples} == {True, False}
        for sample in fmt.samples:
            assert not judged(sample, fmt), (fmt.id, sample.line)


@pytest.mark.parametrize(("log", "dataset"), [("gateway.log", "acme-gateway"), ("billing.log", "acme-billing")])
def test_the_formats_of_the_examples_are_found(log: str, dataset: str, here: Path) -> None:
    write([block for block in blocks(FORMATS) if block.name and not block.name.startswith("broken")], here)
    told = run("events", log, "--rules", "my-rules", "--all")
    rows = [yaml.safe_load(line) for line in told.stdout.splitlines()]
    assert {row["event.dataset"] for row in rows} == {dataset}
    assert len(rows) == (here / log).read_text("utf-8").count("\n")
    assert run("events", log, "--rules", "my-rules", "--log-format", dataset, "--all").stdout == told.stdout


def test_a_fragment_of_an_extract_loads(tmp_path: Path) -> None:
    parts = [block.body for block in blocks(FORMATS) if not block.name and block.body.startswith("extract:")]
    assert parts
    for part in parts:
        whole = files(FORMATS, "my-rules/formats/acme-gateway")[0].body
        whole = whole.replace(whole[whole.index("extract:") : whole.index("samples:")], part)
        write([Block("yaml", "formats/acme.yml", whole)], tmp_path)
        loaded = load_formats([rules_dir() / "formats", tmp_path / "formats"])
        assert len(next(fmt for fmt in loaded if fmt.id == "acme-gateway").extract) >= len(
            yaml.safe_load(part)["extract"]
        )


def test_examples_use_addresses_made_for_examples() -> None:
    made = re.compile(r"^(192\.0\.2|198\.51\.100|203\.0\.113)\.")
    for page in (RULES, FORMATS, REPORT):
        found = re.findall(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", page.read_text("utf-8"))
        assert not [address for address in found if not made.match(address)]


# Commands


def resolved(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that the words name, and what is left for it."""
    command: click.Command = cli
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"there is no command `{words[0]}`"
        command, words = found, words[1:]
    return command, words


def fenced_commands() -> Iterator[Any]:
    for page in PAGES:
        for block in blocks(page):
            for line in block.body.splitlines() if block.lang in {"sh", "console", "bash"} else ():
                words = shlex.split(line.removeprefix("$ "), comments=True)
                if words[:1] == ["logscan"]:
                    stop = next((at for at, word in enumerate(words) if word in {"|", ">", "&&", "2>"}), len(words))
                    yield pytest.param(words[1:stop], id=f"{page.stem}-{' '.join(words[1:4])}")


@pytest.mark.parametrize("words", list(fenced_commands()))
def test_a_printed_command_parses(words: list[str]) -> None:
    command, left = resolved(words)
    assert not isinstance(command, click.Group)
    command.make_context("logscan", left, parent=click.Context(cli, **cli.context_settings))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_page_names_a_command_that_does_not_exist(page: Path) -> None:
    named = [text for text in code(prose(page)) if text.startswith("logscan ")]
    for text in named:
        command, left = resolved(re.sub(r"[\[\]]|\.\.\.", "", text).split()[1:])
        options = {flag for option in command.params for flag in option.opts}
        assert not [word for word in left if word.startswith("-") and word != "-" and word not in options], text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_page_names_an_option_that_does_not_exist(page: Path) -> None:
    def options(command: click.Command) -> Iterator[str]:
        yield from (flag for option in command.params for flag in option.opts)
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                yield from options(command.get_command(context, name) or click.Command(name))

    known = {*options(cli), "--help", "--version"}
    named = {flag for text in code(prose(page)) for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)}
    assert named <= known


# Links


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower().replace("`", "")).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)", prose(page)):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path) if path else page
        assert there.exists(), target
        if anchor:
            assert anchor in headings(there), target


def headings(page: Path) -> set[str]:
    return {slug(text) for text in re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)}
