"""A rule as the other floors see it."""

import pickle

import polars as pl
import pytest

from logscan.rules.rule import rule_name
from tests.rules.test_gate import rule_of

EXPIRED = {"a": {"message|contains": "expired"}, "condition": "a"}


@pytest.mark.parametrize(
    ("asked", "format_source", "applies"),
    [
        ({"category": "webserver"}, {"category": "webserver"}, True),
        ({"category": "webserver"}, {"category": "error"}, False),
        ({"category": "webserver"}, {}, True),
        ({"category": "webserver"}, {"product": "nginx"}, True),
        ({"product": "nginx", "service": "error"}, {"product": "nginx", "category": "error"}, True),
        ({"product": "nginx"}, {"product": "apache", "category": "error"}, False),
        ({"product": "mysql"}, {"product": "apache", "service": "error"}, True),
        ({"product": "nginx", "service": "error"}, {"product": "apache", "service": "error"}, False),
        ({"product": "windows", "category": "application"}, {"product": "apache", "service": "error"}, False),
    ],
)
def test_a_rule_applies_unless_its_log_source_is_contradicted(
    asked: dict[str, str], format_source: dict[str, str], applies: bool
) -> None:
    rule = rule_of(EXPIRED)
    object.__setattr__(rule, "logsource", asked)
    assert rule.applies_to(format_source) is applies


def test_a_rule_survives_the_way_to_a_worker() -> None:
    rule = rule_of(EXPIRED)
    again = pickle.loads(pickle.dumps(rule))  # noqa: S301 (our own bytes)
    assert again == rule
    assert hash(again) == hash(rule)
    assert again.columns == {"message"}
    assert pl.DataFrame({"message": ["Expired"]}).select(again.expr).item() is True


@pytest.mark.parametrize(
    ("path", "name"),
    [("rules/causes/Web-Probe 2.yml", "web_probe_2"), ("x.yaml", "x"), ("a/b/__init__.v2.yml", "__init___v2")],
)
def test_a_rule_without_a_name_is_called_as_its_file(path: str, name: str) -> None:
    assert rule_name(path) == name.strip("_")
