from dataclasses import FrozenInstanceError, fields

import pytest

from logscan.model.finding import Evidence, Finding, Input, Scan


def test_what_a_person_reads_cannot_be_changed_by_who_renders_it() -> None:
    line = Evidence("a.log", 1, 0, "text")
    with pytest.raises(FrozenInstanceError):
        line.text = "other"  # type: ignore[misc]


def test_a_finding_holds_every_key_of_the_contract() -> None:
    contract = {
        "id", "cause", "family", "confidence", "severity", "pattern", "period_s", "state", "scope", "first_seen",
        "last_seen", "onset_after", "onset_before", "counts", "rate_before", "rate_during", "alternatives", "rules",
        "evidence", "playbook", "missing_evidence", "next_expected",
    }  # fmt: skip
    assert contract <= {field.name for field in fields(Finding)}


def test_counts_of_an_input_default_to_none_and_nothing() -> None:
    source = Input("a.log", "", 0, "", 0, 0, 0, None, None, "UTC")
    assert (source.continuations, source.blank, source.notes) == (0, 0, ())
    assert not {field.name for field in fields(Scan)} & {"path", "dataset"}
