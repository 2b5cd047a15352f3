from pathlib import Path

import pytest

from logscan.model.errors import Faults
from logscan.model.resources import rules_dir
from logscan.model.taxonomy import UNCLASSIFIED, load_taxonomy

FAMILIES = 10
CAUSES = 30
PATTERNS = 17


def test_the_shipped_taxonomy_holds_all_families_causes_and_patterns() -> None:
    taxonomy = load_taxonomy(rules_dir() / "taxonomy.yml")
    known = [cause for cause in taxonomy.causes if cause != UNCLASSIFIED]
    assert len(known) == CAUSES
    assert len({taxonomy.causes[cause].family for cause in known}) == FAMILIES
    assert len(taxonomy.patterns) >= PATTERNS


def test_only_the_protocol_family_is_benign() -> None:
    taxonomy = load_taxonomy(rules_dir() / "taxonomy.yml")
    assert {cause.family for cause in taxonomy.causes.values() if cause.benign} == {"protocol"}


def test_every_cause_and_pattern_has_words() -> None:
    taxonomy = load_taxonomy(rules_dir() / "taxonomy.yml")
    assert all(
        cause.title and cause.definition and cause.playbook and cause.decided_by for cause in taxonomy.causes.values()
    )
    assert all(pattern.title and pattern.definition for pattern in taxonomy.patterns.values())


def test_all_faults_of_a_taxonomy_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "taxonomy.yml"
    path.write_text("families:\n  a:\n    causes:\n      x: {title: X}\n      y:\n")
    with pytest.raises(Faults) as told:
        load_taxonomy(path)
    assert [fault.where.line for fault in told.value.errors] == [1, 4, 5]
