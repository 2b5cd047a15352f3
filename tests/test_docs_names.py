"""The documentation names what there is: every key, column, file and value, and no other."""

import re
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import yaml
from sigma.modifiers import modifier_mapping

from logscan.analysis.handshake import challenge_rows
from logscan.analysis.judgement import _JUDGED, STATES, Judgement
from logscan.analysis.secret_words import _NAME_KEYS, _SHAPE_KEYS, LISTS, TESTS
from logscan.analysis.series import SERIES
from logscan.analysis.traits import Traits
from logscan.ingest.definition import _KEYS as FORMAT_KEYS
from logscan.ingest.format import load_formats
from logscan.ingest.limits import Limits
from logscan.ingest.shape import INNER, KINDS, STRENGTHS, UNITS
from logscan.ingest.when import KINDS as TIME_KINDS
from logscan.ingest.when import Clock, utc_times
from logscan.model.resources import reports_dir, rules_dir
from logscan.model.schemas import CLASSIFIED, RULE_COLUMNS
from logscan.model.severity import CONFIDENCES, SEVERITIES
from logscan.rules.compile import KEYS as RULE_KEYS
from logscan.rules.fields import load_dialect
from logscan.rules.load import Rule
from logscan.rules.meaning import _KEYS as MEANING_KEYS
from logscan.rules.meaning import OUTCOME_NAMES
from logscan.rules.playbook import PLACES
from tests.pages import FORMATS, REPORT, RULES, Block, code, first_cells, section, table, write
from tests.shipped import library

CLOCK = Clock("UTC", datetime(2026, 4, 1, tzinfo=UTC))
BENIGN_SEES = "A signature that names a benign cause"
INIT = {name for name, field in Rule.__dataclass_fields__.items() if field.init}


# The names in rules.md


def test_every_file_of_the_rules_folder_is_told() -> None:
    names = first_cells(RULES, "The folder")
    there = {f"{path.name}/" if path.is_dir() else path.name for path in rules_dir().iterdir()}
    assert names == there
    text = RULES.read_text("utf-8") + FORMATS.read_text("utf-8")
    for folder in ("causes", "outcomes"):
        assert not [
            path.name for path in (rules_dir() / folder).iterdir() if path.is_dir() and f"`{path.name}/`" not in text
        ]
    for folder in ("formats", "playbooks", "signatures", "patterns"):
        assert not [path.stem for path in (rules_dir() / folder).glob("*.yml") if f"`{path.stem}`" not in text]


def test_every_key_of_a_rule_is_told_and_no_other() -> None:
    assert first_cells(RULES, "Sigma keys") == RULE_KEYS
    rows = table(RULES, "The logscan key")
    told = {(kind, code(row[0])[0]) for row in rows for kind in told_kinds(row[1])}
    assert told == {(kind, key) for kind, keys in MEANING_KEYS.items() for key in keys}


def told_kinds(cell: str) -> list[str]:
    return list(MEANING_KEYS) if cell == "all" else cell.split(", ")


def test_the_permitted_values_of_a_rule_are_told() -> None:
    permitted = {code(row[0])[0]: set(code(row[3])) for row in table(RULES, "The logscan key")}
    assert permitted["confidence"] == set(CONFIDENCES)
    assert permitted["outcome"] == set(OUTCOME_NAMES)
    level = next(row for row in table(RULES, "Sigma keys") if row[0] == "`level`")
    assert set(code(level[2])) == set(SEVERITIES)


def test_the_causes_are_those_of_the_taxonomy() -> None:
    causes = library().taxonomy.causes.values()
    assert table(RULES, "Causes") == [[f"`{c.id}`", c.title, f"`{c.playbook}`"] for c in causes]


def test_the_patterns_are_those_of_the_taxonomy_with_their_rules() -> None:
    loaded = library()
    named: dict[str, list[str]] = {}
    for rule in sorted(loaded.patterns, key=lambda rule: rule.name):
        named.setdefault(rule.names, []).append(f"`{rule.name}`")
    told = [[f"`{p.id}`", p.title, ", ".join(named.get(p.id, ["-"]))] for p in loaded.taxonomy.patterns.values()]
    assert table(RULES, "Patterns") == told


def test_the_signatures_are_told() -> None:
    told = {tuple(row) for row in table(RULES, "Signatures")}
    assert told == {(f"`{rule.name}`", rule.title, f"`{rule.names}`") for rule in library().signatures}


def test_every_column_of_an_event_is_told() -> None:
    asked = first_cells(RULES, "Columns of events")
    after = {
        name for name in code(section(RULES, "Columns of events").partition("Do not ask")[2]) if name in CLASSIFIED
    }
    assert asked | after == set(CLASSIFIED)
    assert not asked & after
    assert asked <= set(RULE_COLUMNS)


def test_every_column_of_a_series_is_told() -> None:
    assert first_cells(RULES, "Columns of series") == set(SERIES)


def test_the_columns_that_a_benign_signature_sees_are_told() -> None:
    twice = {"client_id": [7, 7], "endpoint_id": [1, 1], "t": [0, 5_000_000], "answer": [1, 5_000_001]}
    answered = pl.DataFrame(twice | {"options": [False, False], "row": [0, 1]})
    made = challenge_rows(answered, pl.DataFrame({"client_id": [7], "ok": [2]}), ["client_id"])
    filled = {name for name in made.columns if name in SERIES and made[name].null_count() == 0}
    text = section(RULES, "Columns of series").partition(BENIGN_SEES)[2].partition("A pattern rule")[0]
    assert set(code(text)) == filled


def test_every_modifier_is_told() -> None:
    told = {name for row in table(RULES, "Detection") for name in code(row[0])}
    assert told == set(modifier_mapping)


def test_the_table_of_log_sources_is_what_rules_do() -> None:
    head = next(line for line in section(RULES, "Log source").splitlines() if line.startswith("| the rule"))
    shown = [yaml.safe_load(text) for text in code(head) if text.startswith("{")]
    named = [text for text in code(head) if not text.startswith("{")]
    formats = {fmt.id: dict(fmt.logsource) for fmt in load_formats([rules_dir() / "formats"])}
    assert shown == [formats[name] for name in named]
    for row in table(RULES, "Log source"):
        rule = next(iter(library().causes))
        asked = Rule(
            **{**{k: v for k, v in vars(rule).items() if k in INIT}, "logsource": yaml.safe_load(code(row[0])[0])}
        )
        assert [cell == "looks" for cell in row[1:]] == [asked.applies_to(source) for source in shown]


def test_the_field_names_of_sigma_exist() -> None:
    text = section(RULES, "Rules written for other tools")
    names = {name for name in code(text) if re.fullmatch(r"[cs]{1,2}-[a-z-]+", name)}
    assert len(names) >= 6
    assert names <= load_dialect([rules_dir()], []).names(RULE_COLUMNS)


def test_every_place_of_a_playbook_is_told() -> None:
    assert {name.strip("{}") for name in first_cells(RULES, "Playbooks", 1)} == PLACES


def test_every_key_of_the_other_files_is_told() -> None:
    assert first_cells(RULES, "The other files") == {*LISTS, "names", "phrases", "shapes", "tests", "samples"}
    text = section(RULES, "The other files")
    inner = {*_NAME_KEYS, *_SHAPE_KEYS, *TESTS, *STATES, *SEVERITIES, *(_JUDGED - set(SERIES))}
    inner |= set(Judgement._fields) - {"measures", "advice", "traits"} | set(Traits._fields)
    inner |= {"datasets", "causes", "text", "parts", "keep", "ids", "max_length", "samples"}
    inner |= {name for name in Limits.__dataclass_fields__ if not name.endswith(("_bytes", "_share"))}
    assert not [name for name in inner if f"`{name}`" not in text]


def test_the_file_table_says_which_files_a_folder_of_ones_own_may_hold() -> None:
    own = {code(row[0])[0]: row[2].startswith("yes") for row in table(RULES, "The folder")}
    assert {name for name, mine in own.items() if not mine} == {
        "measures.yml", "judgement.yml", "logging_advice.yml", "contrast.yml", "marks.yml", "endpoints.yml", "ingest.yml", "lint.yml", "request_ids.yml",
        "stated.yml", "variables.yml", "zones.yml"
    }  # fmt: skip


# The names in formats.md


def test_every_format_is_told() -> None:
    told = {(row[0].strip("`"), row[2]) for row in table(FORMATS, "Read without being told")}
    there = {(fmt.id, fmt.kind) for fmt in load_formats([rules_dir() / "formats"])}
    assert told == there, "every format has its row in docs/formats.md"
    shared = {path.stem for path in (rules_dir() / "formats" / "extract").glob("*.yml")}
    assert first_cells(FORMATS, "Extract", 1) == shared, "every shared list has its row in docs/formats.md"


def test_every_key_of_a_format_is_told_and_no_other() -> None:
    assert first_cells(FORMATS, "Keys") == FORMAT_KEYS
    assert first_cells(FORMATS, "Columns", 1) == {"column", "keys", "time", "zone", "unit", "values", "within", "join"}
    assert first_cells(FORMATS, "Extract") == {"pattern", "look_in", "needs", "use"}


def test_the_permitted_values_of_a_format_are_told() -> None:
    permitted = {code(row[0])[0]: set(code(row[3])) for row in table(FORMATS, "Keys")}
    assert permitted["kind"] == set(KINDS)
    assert permitted["strength"] == set(STRENGTHS)
    assert permitted["inner"] == {name for name in INNER if name}
    columns = {code(row[0])[0]: set(code(row[2])) for row in table(FORMATS, "Columns", 1)}
    assert columns["unit"] == set(UNITS)
    assert first_cells(FORMATS, "Times") == {*TIME_KINDS, "%"}


def test_the_defaults_of_a_format_are_told(tmp_path: Path) -> None:
    text = "id: x\ntitle: x\nkind: pattern\npattern: '(?<a>.)'\ncolumns: {a: message}\n"
    write([Block("yaml", "formats/x.yml", text)], tmp_path)
    fmt = load_formats([tmp_path / "formats"])[0]
    default = {code(row[0])[0]: row[4] for row in table(FORMATS, "Keys")}
    assert default["order"] == str(fmt.order)
    assert default["strength"] == f"`{fmt.strength}`"
    assert default["multiline"] == f"`{str(fmt.multiline).lower()}`"
    assert fmt.null_values == ("-", "")
    assert (fmt.columns[0].time, fmt.columns[0].unit) == ("auto", "ns")


def test_the_times_in_the_table_are_read() -> None:
    for row in table(FORMATS, "Times"):
        kind = code(row[0])[0]
        for text in code(row[1]):
            if re.search(r"\d{2}:\d{2}", text):
                found = utc_times(pl.Series([text]), kind, CLOCK)[0]
                assert found is not None, (kind, text)
                assert (found.month, found.day) == (3, 12)


# The names in report.md


def test_every_section_of_the_report_is_told() -> None:
    text = REPORT.read_text("utf-8")
    for path in sorted((reports_dir() / "html").glob("*.j2")):
        for heading in re.findall(r"<h[24][^>]*>([A-Z][^<{]*)", path.read_text("utf-8")):
            assert f"**{heading.strip(' :')}**" in text, heading
    assert not [word for word in (*STATES, *SEVERITIES, *CONFIDENCES) if f"`{word}`" not in text]
