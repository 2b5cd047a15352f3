"""Small pictures side by side."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from logscan.report.multiples import HEIGHT, Row, days_of, make_multiples

START = datetime(2026, 3, 2, tzinfo=UTC)
HUES = {"token_expired": "c-token-1", "api_key_invalid": "c-credential-1"}


def rows(*groups: str, hours: int = 100, cause: str = "token_expired") -> list[Row]:
    return [(group, START + timedelta(hours=k), cause, k % 5 + 1) for group in groups for k in range(hours)]


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 300), st.sampled_from(sorted(HUES)), st.integers(1, 9)),
        max_size=40,
        unique_by=lambda row: row[:3],
    )
)
def test_no_failure_is_left_out_uncounted(found: list[tuple[str, int, str, int]]) -> None:
    made = [(group, START + timedelta(hours=hour), cause, events) for group, hour, cause, events in found]
    drawn = make_multiples(made, HUES)
    if drawn:
        assert sum(each.events for each in (*drawn.shown, *drawn.folded)) + drawn.outside == sum(r[3] for r in made)
        assert drawn.most == max(each.most for each in drawn.shown + drawn.folded)


def test_several_services_stand_side_by_side_worst_first() -> None:
    drawn = make_multiples([*rows("shop", hours=40), *rows("billing", hours=90)], HUES)
    assert drawn
    assert drawn.kind == "group"
    assert [each.name for each in drawn.shown] == ["billing", "shop"]
    assert {each.columns for each in drawn.shown} == {drawn.shown[0].columns}


def test_days_of_one_log_stand_side_by_side_in_their_order() -> None:
    drawn = make_multiples(rows("shop"), HUES)
    assert drawn
    assert drawn.kind == "day"
    assert [each.name for each in drawn.shown] == ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"]
    assert [each.columns for each in drawn.shown] == [24] * 5
    assert sum(each.events for each in drawn.shown) == sum(row[3] for row in rows("shop"))


def test_a_day_without_a_failure_has_its_place() -> None:
    drawn = make_multiples(
        [*rows("shop", hours=30), *((g, w + timedelta(days=3), c, n) for g, w, c, n in rows("shop", hours=30))], HUES
    )
    assert drawn
    assert [each.events > 0 for each in drawn.shown] == [True, True, False, True, True]


def test_one_service_of_an_afternoon_says_nothing_side_by_side() -> None:
    assert make_multiples(rows("shop", hours=6), HUES) is None
    assert make_multiples([], HUES) is None


def test_what_is_left_out_is_not_drawn() -> None:
    assert make_multiples(rows("a", "b"), HUES, {"token_expired"}) is None


def test_many_services_are_folded() -> None:
    drawn = make_multiples(rows(*(f"s{k:03}" for k in range(300)), hours=3), HUES)
    assert drawn
    assert len(drawn.shown) + len(drawn.folded) == 300
    assert len(drawn.shown) < 50


def test_one_failure_can_be_seen_beside_very_many() -> None:
    few = ("a", START, "token_expired", 1)
    drawn = make_multiples(
        [few, ("b", START, "api_key_invalid", 100_000), ("b", START + timedelta(hours=1), "token_expired", 1)], HUES
    )
    assert drawn
    small = next(each for each in drawn.shown if each.name == "a")
    top = float(small.paths[0][1].split("V")[1].split("H")[0])
    assert top <= HEIGHT - 1


def test_a_failure_of_1970_does_not_stretch_the_axis() -> None:
    drawn = make_multiples(
        [*rows("a", "b", hours=400), ("a", datetime(1970, 1, 1, tzinfo=UTC), "token_expired", 1)], HUES
    )
    assert drawn
    assert drawn.outside == 1
    assert drawn.start.year == 2026


def test_services_of_different_weeks_begin_each_at_their_own_time() -> None:
    later = [("b", when + timedelta(days=40), cause, events) for _, when, cause, events in rows("b", hours=30)]
    drawn = make_multiples([*rows("a", hours=40), *later], HUES)
    assert drawn
    assert not drawn.together
    assert {each.name: each.start for each in drawn.shown} == {"a": START, "b": START + timedelta(days=40)}
    assert {each.columns for each in drawn.shown} == {drawn.shown[0].columns}
    assert sum(each.events for each in drawn.shown) == sum(row[3] for row in [*rows("a", hours=40), *later])


def test_the_same_by_day_adds_up() -> None:
    found = days_of([*rows("a", "b"), *rows("a", cause="api_key_invalid")])
    assert [day for day, _ in found] == sorted((day for day, _ in found), reverse=True)
    assert sum(sum(counts.values()) for _, counts in found) == sum(row[3] for row in rows("a", "a", "b"))
