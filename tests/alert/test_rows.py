"""Findings as rows."""

from logscan.alert.rows import finding_rows
from logscan.model.finding import Detection, Facts
from logscan.model.schemas import FINDINGS
from tests.alert.made import DAY, HOUR, MINUTE, START, finding


def test_a_row_holds_what_a_rule_may_ask() -> None:
    found = finding(
        scope="client:192.0.2.7", next_expected=START + 2 * HOUR, facts=Facts(expires=START + DAY, lifetime_s=3600.0)
    )
    rows = finding_rows([found, finding("b", scope="all", first_seen=None, last_seen=None)], START + HOUR)
    assert dict(rows.schema) == dict(FINDINGS)
    row = rows.row(0, named=True)
    asked = ("id", "cause", "level", "scope", "age_s", "lasted_s", "next_in_s", "expires_in_s", "lifetime_s", "events")
    assert [row[name] for name in asked] == [
        "a1", "token_expired", "client", "192.0.2.7", 59 * 60.0, 60.0, 3600.0, 82800.0, 3600.0, 12,
    ]  # fmt: skip
    empty = rows.row(1, named=True)
    assert [empty[name] for name in ("scope", "age_s", "lasted_s", "next_in_s", "expires")] == [None] * 5


def test_a_finding_of_a_rule_tells_its_rule_and_tags() -> None:
    rule = Detection("probe", "", "Probe", "high", "", ("attack.t1110", "attack.credential-access"), (), ())
    row = finding_rows([finding(cause="", family="", detection=rule)], START + MINUTE).row(0, named=True)
    assert (row["cause"], row["rule"], row["tags"]) == (None, "probe", "attack.t1110 attack.credential-access")


def test_no_findings_are_no_rows() -> None:
    assert finding_rows([], START).is_empty()
