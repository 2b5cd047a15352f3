"""Sigma's own field names mean columns of ours, where we have one; folders may say more."""

from pathlib import Path

import polars as pl
import pytest
import yaml

from logscan.model.errors import LogscanError
from logscan.model.resources import rules_dir
from logscan.model.schemas import EVENTS
from logscan.rules.fields import FILE, WIDE_FIELDS, Dialect, load_dialect
from logscan.rules.match import match
from tests.rules.folder import faults_of, foreign_text, load, load_one, make

PIPELINE = "vars: {staff: [ada, bob]}\ntransformations:\n  - {id: ours, type: field_name_mapping, mapping: {app: service.name}}\n"


def shipped() -> Dialect:
    faults: list[LogscanError] = []
    found = load_dialect([rules_dir()], faults)
    assert not faults
    return found


def test_every_mapped_field_means_a_column() -> None:
    items = yaml.safe_load((rules_dir() / FILE).read_text("utf-8"))["transformations"]
    mapped = {name: column for item in items for name, column in item.get("mapping", {}).items()}
    assert {"c-ip", "cs-method", "eventName", "sc-status"} <= mapped.keys()
    assert shipped().names(EVENTS) == mapped.keys()


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
    text = foreign_text(f"{detection}\ncondition: s").replace("{category: application}", source)
    rule = load(make(tmp_path, {"sigma/x.yml": text})).detections[0]
    assert rule.columns == columns
    assert not rule.unknown


def test_a_log_source_is_called_as_the_formats_call_it(tmp_path: Path) -> None:
    text = foreign_text("s: {ResultType: 50126}\ncondition: s")
    text = text.replace("{category: application}", "{product: azure, service: signinlogs}")
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


@pytest.mark.parametrize("name", sorted(WIDE_FIELDS))
def test_a_name_for_several_columns_holds_when_one_of_them_does(tmp_path: Path, name: str) -> None:
    rule = load_one(tmp_path, f"s: {{{name}|contains: rotated}}\ncondition: s")
    assert rule.columns == set(WIDE_FIELDS[name])
    rows = [{column: "Key ROTATED" if column == at else "fine" for column in EVENTS} for at in WIDE_FIELDS[name]]
    frame = pl.DataFrame([*rows, dict.fromkeys(EVENTS, "fine")]).select(WIDE_FIELDS[name])
    assert match(frame, [rule])[rule.name].to_list() == [*([True] * len(rows)), False]


def test_absence_of_several_columns_is_absence_of_each(tmp_path: Path) -> None:
    rule = load_one(tmp_path, "s: {logscan.said|exists: false}\ncondition: s")
    frame = pl.DataFrame({"message": [None, None], "error.message": [None, "x"], "event.reason": ["", None]})
    empty = frame.clear().with_columns(pl.all().cast(pl.String))
    frame = pl.concat([empty, frame.cast(pl.String), pl.DataFrame({"message": [None]}).cast(pl.String)], how="diagonal")
    assert match(frame, [rule])[rule.name].to_list() == [False, False, True]
