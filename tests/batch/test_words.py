"""What people are told of a finding."""

from dataclasses import replace

from logscan.alert.document import described
from logscan.batch.words import words_of
from logscan.model.finding import Detection, Evidence, Scope
from tests.report.scans import finding, library, typical


def test_every_wanted_finding_has_its_words() -> None:
    scan = typical()
    wanted = {each.id for each in scan.told}
    found = words_of(scan, library(), wanted)
    assert set(found) == wanted
    first = found["91aa"]
    assert first["title"] == "API key not accepted"
    assert first["said"]["scope"] == "client 198.51.100.23"
    assert first["playbook"]["title"] == "Verify the key"
    assert all(described(each, found[each.id])["title"] for each in scan.told)


def test_what_is_not_asked_for_is_not_worked_out() -> None:
    assert list(words_of(typical(), library(), {"77bc"})) == ["77bc"]


def test_nothing_that_hides_or_acts_is_left_of_a_log() -> None:
    bad = "\x1b[31mred\u202e\u200bhid\nden\r"
    line = Evidence(bad, 1, 0, bad)
    changes = {"scope": Scope("client", (bad,)), "clients": ((bad, 1),), "users": ((bad, 1),), "evidence": (line,)}
    hostile = finding(id="bad", endpoints=((bad, 1),), missing_evidence=bad, caveats=(bad,), **changes)
    rule = Detection("r", "", bad, "high", bad, (), (), ())
    other = replace(hostile, id="rule", cause="", family="", detection=rule)
    scan = replace(typical(), findings=(hostile,), detections=(other,))
    for words in words_of(scan, library(), {"bad", "rule"}).values():
        assert all(text.isprintable() for text in texts(words))


def texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []
