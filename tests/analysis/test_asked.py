"""Who asked for what, and how much of it failed."""

from dataclasses import replace

import polars as pl

from logscan.analysis.asked import Asked, asked_by
from logscan.analysis.findings import Built, Observed, build_findings
from logscan.analysis.judgement import load_judgement
from logscan.model.resources import rules_dir
from tests.analysis.simulate import HOUR, Request, bad, crowd, failing, observe, steady
from tests.shipped import library

CLIENT = "192.0.2.9"
# One client fails from the second hour on where it worked before, others work; one never worked.
LOG = [
    *crowd(4, 6 * HOUR, 240.0),
    *failing(steady(CLIENT, 6 * HOUR, 300.0), HOUR, cause="api_key_invalid", confidence="high"),
    *failing(steady("192.0.2.77", HOUR, 60.0, endpoint="/admin"), 0.0, cause="credential_missing", confidence="high"),
    bad(Request(None, CLIENT, cause="api_key_invalid", confidence="high")),
    bad(Request(5 * HOUR, None, cause="api_key_invalid", confidence="high")),
]


def asked_of(log: list[Request], shuffle: int | None = None) -> tuple[Asked, Built, Observed]:
    observed = observe(log, shuffle=shuffle)
    built = build_findings(observed, library(), load_judgement([rules_dir()]))
    benign = {name for name, cause in library().taxonomy.causes.items() if cause.benign}
    real = [found.cause not in benign for found in built.findings]
    asked = asked_by(built.columns, built.members, real, observed.visits, (observed.first, observed.last))
    assert asked is not None
    return asked, built, observed


def test_failures_and_requests_are_those_of_the_log() -> None:
    asked, _, _ = asked_of(LOG)
    mine = [each for each in LOG if each.client == CLIENT]
    row, column = asked.clients.index(CLIENT), asked.endpoints.index("/api/orders")
    assert asked.failed[row][column] == sum(each.outcome == "auth_failure" for each in mine)
    assert asked.requests[row][column] == len(mine)
    assert asked.failed[asked.clients.index("192.0.2.77")][column] == 0
    assert asked.requests[asked.clients.index("192.0.2.77")][column] == 0
    assert asked.others == 1  # of nobody
    timed = sum(each.at is not None for each in mine)
    assert sum(asked.parts[row][column]) == timed
    at = int((HOUR + asked.part_s - asked.start % asked.part_s) // asked.part_s)
    assert sum(asked.parts[row][column][:at]) < timed / 2
    assert all(f <= n for failed, requests in zip(asked.failed, asked.requests, strict=True) for f, n in zip(failed, requests, strict=True))  # fmt: skip


def test_the_order_of_rows_does_not_matter() -> None:
    assert asked_of(LOG, shuffle=5)[0] == asked_of(LOG)[0]


def test_what_two_logs_tell_is_one_request() -> None:
    """An application that says how it went beside the access log adds nothing to what is known by its status."""
    told = [
        replace(each, dataset="generic", path="app.log", status=None)
        for each in LOG
        if each.client == CLIENT and each.outcome == "ok"
    ]
    row = asked_of(LOG)[0].clients.index(CLIENT)
    assert asked_of([*LOG, *told])[0].requests[row] == asked_of(LOG)[0].requests[row]
    alone = [replace(each, status=None) for each in LOG]
    assert asked_of(alone)[0].requests[row] == asked_of(LOG)[0].requests[row]


def test_so_many_clients_and_endpoints_and_the_rest_is_counted() -> None:
    many = [
        each
        for k in range(40)
        for each in failing(
            steady(f"198.51.100.{k}", HOUR, 60.0 + k, endpoint=f"/p/r{chr(97 + k % 20)}"), 0.0,
            cause="api_key_invalid", confidence="high",
        )
    ]  # fmt: skip
    asked, built, _ = asked_of(many)
    assert (len(asked.clients), len(asked.endpoints)) == (20, 12)
    sums = [sum(row) for row in asked.failed]
    assert sum(sums) + asked.others == sum(found.counts.events for found in built.findings)
    assert asked.clients[0] == "198.51.100.0"


def test_challenges_are_requests_and_no_failures() -> None:
    observed = observe(LOG)
    built = build_findings(observed, library(), load_judgement([rules_dir()]))
    covered = (observed.first, observed.last)
    none = asked_by(built.columns, built.members, [False] * len(built.findings), observed.visits, covered)
    assert none is None
    real = [found.cause != "credential_missing" for found in built.findings]
    some = asked_by(built.columns, built.members, real, observed.visits, covered)
    assert some is not None
    assert "192.0.2.77" not in some.clients
    assert asked_by(None, (), (), pl.LazyFrame(), covered) is None
