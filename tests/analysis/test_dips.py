"""Minutes in which most are refused, through the findings."""

from dataclasses import replace

from tests.analysis.simulate import HOUR, Request, bad, crowd, findings

END = 12 * HOUR
CROWD = crowd(14, END, 90)


def refused_once(since: float) -> list[Request]:
    """Everybody's next two requests after a moment fail; then they are let in again."""
    left = dict.fromkeys({each.client for each in CROWD}, 2)
    found = []
    for each in sorted(CROWD, key=lambda each: each.at or 0):
        if each.at is not None and since <= each.at < since + 600 and left[each.client]:
            left[each.client] -= 1
            found.append(bad(each))
    return found


def without(failed: list[Request]) -> list[Request]:
    gone = {(each.client, each.at) for each in failed}
    return [each for each in CROWD if (each.client, each.at) not in gone]


def test_sessions_lost_at_a_restart_are_one_finding() -> None:
    failed = refused_once(5 * HOUR)
    found = findings([*without(failed), *failed])
    assert [(each.cause, each.scope.level) for each in found] == [("session_invalid", "all")]
    assert found[0].counts.events == len(failed)


def test_lost_again_and_again_is_one_finding_as_well() -> None:
    failed = [each for hour in (2, 3.2, 7.1, 10.4) for each in refused_once(hour * HOUR)]
    found = findings([*without(failed), *failed])
    assert len(found) == 1
    assert found[0].pattern == "recurring_bursts"


def test_a_few_that_mistype_are_none() -> None:
    failed = [bad(replace(each)) for each in CROWD[:: len(CROWD) // 6]]
    found = findings([*without(failed), *failed])
    assert all(each.cause != "session_invalid" for each in found)


def test_the_order_of_rows_changes_nothing() -> None:
    failed = refused_once(5 * HOUR)
    requests = [replace(each, at=float(int(each.at or 0))) for each in [*without(failed), *failed]]
    one, two = (findings(requests, shuffle=seed) for seed in (1, 2))
    assert one == two
