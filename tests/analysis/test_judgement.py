"""The files that say what measures are worth are checked whole."""

import shutil
from pathlib import Path

import pytest

from logscan.analysis.judgement import Judgement, load_judgement
from logscan.model.errors import Faults
from logscan.model.resources import rules_dir

FILES = ("measures.yml", "judgement.yml", "logging_advice.yml", "contrast.yml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(rules_dir() / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def judgement() -> Judgement:
    return load_judgement([rules_dir()])


def test_a_missing_value_never_holds(judgement: Judgement) -> None:
    assert judgement.severity({}) == "low"
    assert judgement.severity({"benign": 1}) == "informational"
    assert judgement.state({"quiet_gaps": None}) == "open"


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ({"quiet_gaps": 5.0, "quiet_medians": 20.0, "ok_after": 9}, "resolved"),
        ({"quiet_gaps": 5.0, "quiet_medians": 20.0, "ok_after": 0}, "silent"),
        ({"quiet_gaps": 5.0, "quiet_medians": 2.0, "ok_after": 9, "pattern": "sustained_closed"}, "closed"),
        ({"quiet_gaps": 0.2, "quiet_medians": 0.3, "ok_after": 0, "pattern": "sustained_open"}, "open"),
        ({"events": 1, "quiet_spans": 4000.0, "ok_after": 3, "pattern": "single_occurrence"}, "resolved"),
    ],
)
def test_states(judgement: Judgement, row: dict[str, object], state: str) -> None:
    assert judgement.state(row) == state


def test_advice_is_for_the_format_and_the_cause(judgement: Judgement) -> None:
    assert "error_log" in judgement.advise(["combined"], "unclassified")
    assert judgement.advise(["no such format"], "unclassified") != judgement.advise(["no such format"], "token_expired")
    assert judgement.advise([], "unclassified")


@pytest.mark.parametrize(
    ("dataset", "directive"),
    [
        ("nginx-error", "error_log"),
        ("apache-error", "LogLevel"),
        ("java-log4j", "org.springframework.security=DEBUG"),
        ("dotnet-console", "Microsoft.AspNetCore.Authentication"),
        ("traefik-json", "accessLog.fields.headers"),
        ("envoy-json", "RESPONSE_CODE_DETAILS"),
        ("haproxy-http", "WWW-Authenticate"),
        ("kubernetes-audit", "audit policy"),
        ("python-logging", "django.security"),
        ("uvicorn-access", "--log-level debug"),
        ("pino", "passport"),
        ("keycloak", "org.keycloak.events"),
        ("kong-json", "log_level=debug"),
        ("postgresql", "log_connections"),
        ("syslog-rfc3164", "LogLevel VERBOSE"),
        ("aws-apigateway", "$context.authorizer.error"),
        ("aws-alb", "error_reason"),
        ("caddy-json", "level DEBUG"),
        ("iis-w3c", "sc-substatus"),
        ("rails", "warden.options"),
        ("monolog", "AuthenticationException"),
        ("zap", "jwt.ErrTokenExpired"),
        ("okta-system", "debugContext"),
        ("auth0", "log_id"),
        ("entra-signin", "ServicePrincipalSignInLogs"),
        ("oauth2-proxy", "--auth-logging"),
        ("gcp-audit", "Data Access"),
        ("vault-audit", "audit device"),
        ("elasticsearch-text", "xpack.security.audit.enabled"),
        ("mongodb-json", "accessControl.verbosity"),
        ("redis", "ACL LOG"),
        ("logfmt", "level=debug"),
        ("plain-message", "WWW-Authenticate"),
        ("gin-access", "passport.authenticate"),
        ("generic-line", "verifier's error text"),
    ],
)
def test_what_to_log_is_told_for_the_platform_and_comes_first(
    judgement: Judgement, dataset: str, directive: str
) -> None:
    text = judgement.advise([dataset], "unclassified")
    assert directive in text


def test_only_formats_that_there_are_are_named(judgement: Judgement) -> None:
    known = {path.stem for path in (rules_dir() / "formats").glob("*.yml")}
    named = {*judgement.families, *(name for advice in judgement.advice for name in advice.datasets)}
    assert named <= known


def test_formats_that_tell_the_same_are_a_family(judgement: Judgement) -> None:
    assert judgement.family("combined") == judgement.family("common")
    assert judgement.family("pino") == "pino"


def test_the_last_folder_wins(folder: Path) -> None:
    text = (folder / "measures.yml").read_text("utf-8").replace("retry_gap_s: 60 ", "retry_gap_s: 90 ")
    (folder / "measures.yml").write_text(text, "utf-8")
    assert load_judgement([rules_dir(), folder]).measures.retry_gap_s == 90


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("measures.yml", "pair_s: 2", "pair_s: -2", "pair_s"),
        ("measures.yml", "pair_s: 2", "pears: 2", "pears"),
        ("measures.yml", "principals: 120", "principals: 1.5", "principals"),
        ("measures.yml", "period_quantiles: [0.5,", "period_quantiles: [-1,", "period_quantiles"),
        ("measures.yml", "retry_gap_s: 60 ", "retry_gap_s: [60] ", "retry_gap_s"),
        ("judgement.yml", "is: silent", "is: asleep", "asleep"),
        ("judgement.yml", "quiet_gaps|gte", "quiet_gas|gte", "quiet_gas"),
        ("judgement.yml", "quiet_gaps|gte", "quiet_gaps|like", "like"),
        ("judgement.yml", "{events: 1,", "{events: one,", "events"),
        ("judgement.yml", "  - {is: low, when: {}}", "", "every unit"),
        ("logging_advice.yml", "datasets: any", "dataset: any", "dataset"),
    ],
)
def test_every_fault_has_its_place(folder: Path, name: str, old: str, new: str, words: str) -> None:
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), "utf-8")
    with pytest.raises(Faults) as caught:
        load_judgement([folder])
    assert any(words in str(fault) and name in fault.where.path and fault.where.line for fault in caught.value.errors)


def test_faults_of_all_files_are_told_at_once(folder: Path) -> None:
    for name in FILES:
        (folder / name).unlink()
    with pytest.raises(Faults) as caught:
        load_judgement([folder])
    assert len(caught.value.errors) == len(FILES)
