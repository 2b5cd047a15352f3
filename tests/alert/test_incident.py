"""What is remembered of an incident survives being written down."""

from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from logscan.alert.incident import WIDTH, Incident, Member, Told, from_json, member_of, to_json
from logscan.model.finding import Scope
from logscan.model.severity import SEVERITIES
from tests.alert.made import HOUR, MINUTE, START, finding

TIMES = st.integers(0, 10_000_000).map(lambda s: START + MINUTE / 60 * s / 1000)
MEMBERS = st.builds(
    Member, st.text(), st.sampled_from(SEVERITIES), st.sampled_from(sorted(WIDTH)), st.lists(st.text(), max_size=3).map(tuple),
    st.sampled_from(["open", "closed"]), TIMES, TIMES,
)  # fmt: skip
TOLD = st.builds(
    Told, TIMES, st.just("new"), st.sampled_from(SEVERITIES), st.integers(0, 3), st.integers(0, 9),
    st.lists(st.text(), max_size=2).map(tuple), TIMES, st.booleans(),
)  # fmt: skip


@given(st.dictionaries(st.text(), MEMBERS, min_size=1, max_size=3), st.none() | TOLD, TIMES, st.none() | TIMES)
def test_what_is_written_down_is_read_back(
    members: dict[str, Member], told: Told | None, time: datetime, other: datetime | None
) -> None:
    whole = Incident(
        "ab",
        "rule",
        (("cause", "x"),),
        60.0,
        "",
        "active",
        members,
        time,
        over=other,
        starts=(time,),
        spans=((time, time),),
        told=told,
        due=other,
    )
    assert from_json(to_json(whole)) == whole


def test_the_worst_widest_and_first_open_finding_stands_for_it() -> None:
    here = member_of(finding())
    assert here is not None
    wide = replace(here, level="all", values=())
    over = replace(here, severity="critical", state="resolved")
    whole = Incident("ab", "rule", (), 60.0, "", "active", {"a": here, "b": wide, "c": over}, START)
    assert [name for name, _ in whole.failing] == ["b", "a"]
    assert (whole.severity, whole.width, whole.scopes) == ("high", 3, 1)
    assert replace(whole, members={"a": here, "d": replace(here, values=("x", "y"))}).scopes == 3
    assert replace(whole, members={"c": over}).severity == "critical"
    assert replace(whole, level="critical").severity == "critical"


def test_it_was_last_seen_when_any_of_its_findings_was() -> None:
    early, late = member_of(finding()), member_of(finding(last_seen=START + HOUR))
    assert early is not None
    assert late is not None
    assert Incident("ab", "rule", (), 60.0, "", "active", {"a": early, "b": late}, START).last_seen == START + HOUR


def test_a_finding_without_times_cannot_be_followed() -> None:
    assert member_of(finding(first_seen=None, last_seen=None)) is None
    assert member_of(finding(scope="all")) == Member("token_expired", "high", "all", (), "open", START, START + MINUTE)
    assert finding(scope="all").scope == Scope("all", ())
