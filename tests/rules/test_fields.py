"""Sigma's own field names mean columns of ours, where we have one; folders may say more."""

from pathlib import Path

import pytest

from logscan.model.errors import LogscanError
from logscan.model.resources import rules_dir
from logscan.model.schemas import EVENTS
from logscan.rules.fields import FILE, Dialect, load_dialect
from tests.rules.folder import faults_of, foreign_text, load, load_one, make

NO_COLUMN = {"cs-bytes", "cs-cookie", "cs-version", "c-uri-extension"}
PIPELINE = "vars: {staff: [ada, bob]}\ntransformations:\n  - {id: ours, type: field_name_mapping, mapping: {app: service.name}}\n"


def shipped() -> Dialect:
    faults: list[LogscanError] = []
    found = load_dialect([rules_dir()], faults)
    assert not faults
    return found


def test_every_mapped_field_means_a_column_or_is_known_to_have_none() -> None:
    text = (rules_dir() / FILE).read_text("utf-8")
    named = {field for field in NO_COLUMN if f"{field}:" in text}
    assert named == NO_COLUMN
    assert {"c-ip", "cs-method", "eventName", "sc-status"} <= shipped().names(EVENTS)
    assert not NO_COLUMN & shipped().names(EVENTS)


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("c-ip", "source.address"),
        ("cs-method", "http.request.method"),
        ("cs-uri-stem", "url.path"),
        ("cs-uri-query", "url.original"),
        ("cs-user-agent", "user_agent.original"),
        ("cs-username", "user.name"),
        ("cs-referer", "http.request.referrer"),
    ],
)
def test_a_rule_may_use_them(tmp_path: Path, field: str, column: str) -> None:
    rule = load_one(tmp_path, f"s: {{{field}|contains: x}}\ncondition: s")
    assert rule.columns == {column}
    assert rule.unknown == ()


@pytest.mark.parametrize(
    ("source", "detection", "columns"),
    [
        ("{product: aws, service: cloudtrail}", "s: {eventName: AssumeRole, errorCode: AccessDenied}", {"event.action", "error.code"}),
        ("{product: okta, service: okta}", "s: {eventtype: user.account.lock}", {"event.action"}),
        ("{product: github, service: audit}", "s: {action: team.add_member}", {"event.action"}),
        ("{product: linux, service: sshd}", "s: ['Failed password']", {"event.original", "service.name"}),
    ],
)  # fmt: skip
def test_what_a_field_means_depends_on_the_log_source(
    tmp_path: Path, source: str, detection: str, columns: set[str]
) -> None:
    text = foreign_text(f"{detection}\ncondition: s").replace("{category: webserver}", source)
    rule = load(make(tmp_path, {"sigma/x.yml": text})).detections[0]
    assert rule.columns == columns
    assert not rule.unknown


def test_a_log_source_is_called_as_the_formats_call_it(tmp_path: Path) -> None:
    text = foreign_text("s: {ResultType: 50126}\ncondition: s")
    text = text.replace("{category: webserver}", "{product: azure, service: signinlogs}")
    assert load(make(tmp_path, {"sigma/x.yml": text})).detections[0].logsource == {"product": "entra"}


def test_a_folder_adds_fields_and_fills_placeholders(tmp_path: Path) -> None:
    text = foreign_text("s: {app: shop, cs-username|expand: '%staff%'}\ncondition: s")
    rule = load(make(tmp_path, {"sigma.yml": PIPELINE, "sigma/x.yml": text})).detections[0]
    assert rule.columns == {"service.name", "user.name"}
    assert not rule.unknown


def test_a_placeholder_that_nothing_fills_is_a_fault_at_its_place(tmp_path: Path) -> None:
    make(tmp_path, {"sigma/x.yml": foreign_text("s: {cs-username|expand: '%staff%'}\ncondition: s")})
    (fault,) = faults_of(tmp_path)
    told, _, hint = fault.partition(" | ")
    assert told == "sigma/x.yml:5 detection.s.cs-username|expand: nothing fills the placeholder `%staff%`"
    assert hint == "name it under `vars` in sigma.yml beside the rule's folder"


@pytest.mark.parametrize("text", ["transformations: [{type: nonsense}]", "just a text", "transformations: {a: b}"])
def test_a_broken_pipeline_is_a_fault(tmp_path: Path, text: str) -> None:
    make(tmp_path, {"sigma.yml": text, "sigma/x.yml": foreign_text("s: {c-ip: 192.0.2.7}\ncondition: s")})
    assert [fault.partition(":")[0] for fault in faults_of(tmp_path)] == ["sigma.yml"]
