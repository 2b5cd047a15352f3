"""The numbers of rules/measures.yml are all there, and numbers."""

from dataclasses import fields
from pathlib import Path

from logscan.analysis.measures import Measures, read_measures
from logscan.model.document import read_document
from logscan.model.errors import LogscanError
from logscan.model.resources import rules_dir


def test_the_shipped_numbers_are_whole() -> None:
    faults: list[LogscanError] = []
    found = read_measures(read_document(rules_dir() / "measures.yml"), faults)
    assert found is not None
    assert not faults


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "measures.yml"
    path.write_text("windows: none\nperiod_quantiles: 0.5\nfew: 3\nevidence_lines: true\n", "utf-8")
    faults: list[LogscanError] = []
    assert read_measures(read_document(path), faults) is None
    told = "\n".join(map(str, faults))
    assert "unknown key `few`" in told
    assert "`windows` is not a positive number" in told
    assert "`period_quantiles` is not a list" in told
    assert "`evidence_lines` is not a positive number" in told
    assert len(faults) == 1 + len(fields(Measures))
