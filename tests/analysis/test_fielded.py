"""What only a field holds is found in a long log as in a short one."""

import json
from pathlib import Path

import polars as pl

from logscan.analysis.fielded import fielded, keeps_fields, may_match_fields
from logscan.ingest.format import load_formats
from logscan.model.resources import rules_dir
from logscan.rules.tree import All, Node, Not, Some, columns
from tests.shipped import library as shipped
from tests.system.tool import run

TOLD: dict[str, dict[str, object]] = {
    "token_expired": {"reply": {"error": "expired_access_token"}},
    "credential_missing": {"grpc_status": "Unauthenticated"},
    "insufficient_permission": {"grpc_status": "PermissionDenied"},
    "api_key_invalid": {"msg": "request failed", "detail": "the API key that was provided is not valid"},
}


def asked_for(tree: Node) -> frozenset[str]:
    """The columns that a match may rest on: what must not be there tells of no line."""
    if isinstance(tree, All | Some):
        return frozenset[str]().union(*map(asked_for, tree.parts))
    return frozenset() if isinstance(tree, Not) else columns(tree)


def test_every_rule_that_reads_the_fields_is_asked_of_them() -> None:
    library = shipped()
    found = fielded(library.causes)
    reading = {rule.name for rule in library.causes if "logscan.fields" in asked_for(rule.tree)}
    assert {"generic_fields_unauthenticated", "generic_wording_missing"} <= {rule.name for rule in found.rules}
    assert reading == {rule.name for rule in found.rules}


def test_only_formats_that_keep_fields_are_asked() -> None:
    kinds = {form.kind: keeps_fields(form) for form in load_formats([rules_dir() / "formats"])}
    assert kinds == {"json": True, "logfmt": True, "w3c": True, "pattern": False}


def test_lines_without_any_of_the_texts_are_not_asked() -> None:
    library = shipped()
    lines = pl.Series(['{"grpc_status":"Unauthenticated"}', '{"msg":"served"}', None])
    assert may_match_fields(lines, fielded(library.causes)).to_list() == [True, False, False]


def test_a_long_log_says_what_its_lines_say_alone(tmp_path: Path) -> None:
    lines: list[dict[str, object]] = [
        {"time": f"2026-03-12T06:{k // 60:02}:{k % 60:02}Z", "level": "info", "msg": "served", "n": k}
        for k in range(600)
    ]
    for number, more in enumerate(TOLD.values()):
        lines[100 * number + 50].update(more)
    log = tmp_path / "log.jsonl"
    log.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    told = [json.loads(line) for line in run("events", log).stdout.splitlines()]
    assert {row["logscan.line"]: row["logscan.cause"] for row in told} == {
        100 * number + 51: cause for number, cause in enumerate(TOLD)
    }
