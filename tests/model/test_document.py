from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.model.document import parse_document, read_document
from logscan.model.errors import FormatError, RuleError

TEXT = """title: a rule
logscan:
  cause: token_expired
  hits:
    - {message: expired}
    - message: gone
"""


def test_every_key_knows_its_line() -> None:
    document = parse_document(TEXT, "x.yml")
    assert str(document.where("logscan.cause")) == "x.yml:3 logscan.cause"
    assert document.where("logscan.hits.1.message").line == 6


def test_a_key_that_is_missing_is_placed_at_its_nearest_parent() -> None:
    assert parse_document(TEXT, "x.yml").where("logscan.playbook").line == 2


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\na: 2\n", 2, "stands twice"),
        ("a: [1,\n", 2, "not valid YAML"),
        ("a: &x [1]\nb: *x\n", 1, "alias"),
        ("a: 1\n---\nb: 2\n", 2, "not valid YAML"),
    ],
)
def test_a_fault_names_its_line(text: str, line: int, what: str) -> None:
    with pytest.raises(RuleError) as told:
        parse_document(text, "x.yml")
    assert what in told.value.what
    assert abs(told.value.where.line - line) <= 1
    assert told.value.hint


def test_a_file_that_is_not_text_is_said_to_be_so(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FormatError, match="cannot be read"):
        read_document(path, error=FormatError)
    with pytest.raises(RuleError, match="cannot be read"):
        read_document(tmp_path / "missing.yml")


@given(st.text())
def test_arbitrary_text_is_a_document_or_one_fault(text: str) -> None:
    with suppress(RuleError):
        assert parse_document(text, "x.yml").path == "x.yml"


def test_scalars_have_their_types() -> None:
    value = parse_document("a: 1\nb: '1'\nc: true\nd:\ne: x\n", "x.yml").value
    assert value == {"a": 1, "b": "1", "c": True, "d": None, "e": "x"}
