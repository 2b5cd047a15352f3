"""Sigma's own field names mean columns of ours, where we have one."""

from pathlib import Path

import pytest

from logscan.model.schemas import EVENTS
from logscan.rules.fields import SIGMA_FIELDS
from tests.rules.folder import load_one

NO_COLUMN = {"cs-bytes", "cs-cookie", "cs-version", "c-uri-extension"}


def test_every_field_is_a_column_or_known_to_have_none() -> None:
    assert {field for field, column in SIGMA_FIELDS.items() if column not in EVENTS} == NO_COLUMN


@pytest.mark.parametrize("field", ["c-ip", "cs-method", "cs-uri-stem", "cs-user-agent", "cs-username", "cs-referer"])
def test_a_rule_may_use_them(tmp_path: Path, field: str) -> None:
    rule = load_one(tmp_path, f"s: {{{field}|contains: x}}\ncondition: s")
    assert rule.columns == {SIGMA_FIELDS[field]}
    assert rule.unknown == ()


def test_cs_uri_query_is_the_whole_request() -> None:
    assert SIGMA_FIELDS["cs-uri-query"] == "url.original"
