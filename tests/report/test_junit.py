"""A build server can read what became of the samples."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from xmlschema import XMLSchema, XMLSchemaValidationError

from logscan.model.errors import RuleError, Where
from logscan.model.schemas import EVENTS
from logscan.report.junit import junit_of_faults, junit_of_samples
from logscan.rules.check import check
from tests.rules.folder import SERIES, load, make, rule_text

SCHEMA = XMLSchema(Path(__file__).parent / "schemas" / "junit.xsd")
TEXT = "text: {message|contains: expired}\ncondition: text"


def suites_of(text: str) -> list[ET.Element]:
    """The suites, after all that the schema demands of them."""
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ')
    SCHEMA.validate(text)
    whole = ET.fromstring(text)  # noqa: S314 - made here
    for suite in whole:
        assert suite.tag == "testsuite"
        assert {"name", "tests", "failures", "errors", "skipped", "time"} == set(suite.attrib)
        cases = suite.findall("testcase")
        assert len(cases) == len(suite) == int(suite.attrib["tests"])
        assert all({"name", "classname", "time"} == set(case.attrib) for case in cases)
        for kind in ("failure", "error"):
            found = [case for case in cases if case.find(kind) is not None]
            assert len(found) == int(suite.attrib[f"{kind}s"])
            assert all({"message", "type"} == set(part.attrib) for case in found for part in case)
    for key in ("tests", "failures", "errors"):
        assert int(whole.attrib[key]) == sum(int(suite.attrib[key]) for suite in whole)
    return list(whole)


def test_each_hit_and_miss_is_a_case(tmp_path: Path) -> None:
    right = rule_text(TEXT, name="right", hits="[{message: expired}]", misses="[{message: a}, {message: b}]")
    wrong = rule_text(TEXT, name="wrong", hits="[{message: fresh}]", misses="[{message: expired}]")
    outcome = rule_text(TEXT, name="fine", logscan="outcome: ok", hits="[{message: expired}]", misses="[{message: a}]")
    library = load(make(tmp_path, {"causes/both.yml": f"{right}---\n{wrong}", "outcomes/fine.yml": outcome}))
    found = check(library, [], event_columns=EVENTS, series_columns=SERIES)
    causes, outcomes = suites_of(junit_of_samples(library.rules, found.faults))
    assert (causes.attrib["name"], outcomes.attrib["name"]) == ("causes", "outcomes")
    failed = {case.attrib["name"]: case[0].attrib["message"] for case in causes if len(case)}
    assert failed == {
        "wrong hits.0": "the rule does not match its hit",
        "wrong misses.0": "the rule matches its miss",
    }
    assert int(causes.attrib["tests"]) == 5
    assert all(not len(case) for case in outcomes)


def test_rules_that_cannot_be_loaded_are_errors() -> None:
    fault = RuleError("is <odd> \x1b[31m\x00", where=Where("a&b.yml", 3, "title"), hint="mend it")
    (suite,) = suites_of(junit_of_faults([fault]))
    assert suite.attrib["errors"] == "1"
    text = suite[0][0].text or ""
    assert "a&b.yml:3 title: is <odd> " in text
    assert "hint: mend it" in text
    assert "\x1b" not in text


def test_the_schema_refuses_what_no_build_server_reads() -> None:
    good = junit_of_faults([RuleError("odd", where=Where("a.yml", 3, "title"), hint="mend it")])
    for wrong in (
        good.replace('errors="1"', 'errors="many"'),
        good.replace("testcase", "test"),
        good.replace(' type="RuleError"', ""),
    ):
        assert wrong != good
        with pytest.raises(XMLSchemaValidationError):
            SCHEMA.validate(wrong)
