from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.report.show import duration, machine_time, measured, moment, number, percent, size, span, visible

ANY_TEXT = st.text(st.characters(), max_size=80)  # lone surrogates included


@given(ANY_TEXT)
def test_every_character_shown_can_be_seen_and_written(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    shown.encode()


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80))
def test_plain_text_is_shown_as_it_is(text: str) -> None:
    assert visible(text) == text


@given(ANY_TEXT, st.integers(min_value=1, max_value=50))
def test_a_long_text_is_cut_and_says_so(text: str, limit: Any) -> None:
    shown = visible(text, limit)
    assert len(shown) <= limit * 10 + 40
    assert shown.endswith("more characters)") == (len(text) > limit)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("abc\u202egpj.exe", "abc\\u202egpj.exe"),
        ("a\u2028b\x85c", "a\\u2028b\\x85c"),
        ("\ud800", "\\ud800"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("Müller 日本", "Müller 日本"),
        ("e" + "\u0301" * 5, "e" + "\u0301" * 3 + "\\u0301" * 2),
    ],
)
def test_what_hides_is_spelt_out(text: str, shown: Any) -> None:
    assert visible(text) == shown


def test_lines_may_be_kept() -> None:
    assert visible("a\nb\tc\rd", keep="\n\t") == "a\nb\tc\\rd".replace("\\r", "\\x0d")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (1234567, "1,234,567"), (3.0, "3"), (0.12345, "0.123"), (1234.5, "1,234"), (float("inf"), "inf")],
)
def test_number(value: Any, shown: Any) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0 %"), (0.00001, "< 0.1 %"), (0.041, "4.1 %"), (0.63, "63 %"), (0.9999, "> 99.9 %"), (1.0, "100 %")],
)
def test_percent_never_rounds_a_part_away(value: Any, shown: Any) -> None:
    assert percent(value) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"), (0.35, "350 ms"), (1.0, "1 s"), (1.5, "1.5 s"), (3, "3 s"), (90, "90 s"), (3600, "60 min"), (3780.2, "63 min"),
        (7200, "2 h"), (86400, "24 h"), (172800, "2 d"), (-90, "-90 s"),
    ],
)  # fmt: skip
def test_duration(seconds: Any, shown: Any) -> None:
    assert duration(seconds) == shown


def test_sizes_and_times() -> None:
    assert (size(999), size(1000), size(369_000_000)) == ("999 B", "1 kB", "369 MB")
    noon = datetime(2026, 3, 12, 13, 0, 0, tzinfo=timezone(timedelta(hours=1)))
    assert moment(noon) == "2026-03-12 12:00:00"
    assert machine_time(noon) == "2026-03-12T12:00:00.000Z"
    assert span(noon, noon + timedelta(minutes=5)) == "2026-03-12 12:00:00 – 12:05:00"
    assert span(noon, noon) == "2026-03-12 12:00:00"
    assert span(noon, noon + timedelta(days=1)).endswith("– 2026-03-13 12:00:00")


def test_measured_features_take_their_unit_from_their_name() -> None:
    assert measured("gap_p50_s", 3600.0) == "60 min"
    assert measured("ok_share", 0.25) == "25 %"
    assert measured("rate_before", 0.5) == "50 %"
    assert measured("episodes", 23) == "23"
    assert measured("recovers", True) == "yes"
    assert measured("gaps_s", [60, 7200]) == "60 s, 2 h"
    assert measured("seen", datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02 00:00:00"
    assert measured("gap_cv", float("nan")) == "nan"
