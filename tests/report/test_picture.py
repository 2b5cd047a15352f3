"""The charts as pictures."""

import struct
from dataclasses import replace
from datetime import timedelta

import pytest

from logscan.report.context import build_page
from logscan.report.html import heat_maps
from logscan.report.picture import finding_picture, heat_picture, multiples_picture, timeline_pictures
from tests.hostile.corpus import PAYLOADS
from tests.report.scans import HOUR, asked, failures, hostile_library, hostile_scan, library, typical

PNG = b"\x89PNG\r\n\x1a\n"


def test_each_stretch_is_a_png_of_its_own_and_always_the_same() -> None:
    scan = typical()
    later = tuple((when + timedelta(days=90), what, events) for when, what, events in scan.timeline)
    timeline = build_page(replace(scan, timeline=(*scan.timeline, *later)), library()).timeline
    assert timeline is not None
    pictures = timeline_pictures(timeline)
    assert len(pictures) == len(timeline.panels) == 2
    assert pictures == timeline_pictures(timeline)
    for picture in pictures:
        assert picture.startswith(PNG)
        width, height = struct.unpack(">II", picture[16:24])
        assert width >= 1800
        assert height >= 500


def test_what_failed_is_drawn() -> None:
    scan = typical()
    quiet = replace(scan, timeline=tuple(row for row in scan.timeline if row[0] < scan.timeline[0][0] + HOUR))
    drawn, calm = (build_page(each, library()).timeline for each in (scan, quiet))
    assert drawn is not None
    assert calm is not None
    assert timeline_pictures(drawn)[0] != timeline_pictures(calm)[0]


def test_every_heat_map_and_finding_is_a_png_and_always_the_same() -> None:
    scan = typical()
    maps = [made for made in heat_maps(scan, library().taxonomy, failures(scan), asked(scan)) if made]
    assert len(maps) >= 2
    cards = [card for card in build_page(scan, library()).cards if card.strip or card.forest]
    assert cards
    for _ in range(2):
        drawn = [*map(heat_picture, maps), *map(finding_picture, cards)]
        assert all(picture and picture.startswith(PNG) for picture in drawn)
        assert len(set(drawn)) == len(drawn)


def test_the_small_pictures_are_one_png_that_grows_with_their_number_and_is_always_the_same() -> None:
    few = build_page(typical(), library()).multiples
    assert few is not None
    many = replace(few, shown=few.shown * 3)
    drawn = [multiples_picture(each) for each in (few, many, few)]
    assert all(picture.startswith(PNG) for picture in drawn)
    assert drawn[0] == drawn[2]
    widths, heights = zip(*(struct.unpack(">II", picture[16:24]) for picture in drawn), strict=True)
    assert set(widths) == {1880}
    assert heights[1] - heights[0] == 2 * 2 * 104  # two more rows, of pixels twice as fine


def test_a_finding_of_which_nothing_can_be_drawn_has_no_picture() -> None:
    card = replace(build_page(typical(), library()).cards[0], strip=None, forest=None)
    assert finding_picture(card) is None


@pytest.mark.parametrize("name", ["mathml", "entities", "vega", "ansi", "long_markup"])
def test_text_of_a_log_is_no_markup_in_them(name: str) -> None:
    text = PAYLOADS[name]
    scan, words = hostile_scan(text), hostile_library(text)
    assert all(finding_picture(card) for card in build_page(scan, words).cards if card.strip)
    groups = tuple((text + group, when, cause, events) for group, when, cause, events in scan.groups)
    small = build_page(replace(scan, groups=groups), words).multiples
    assert small
    assert multiples_picture(small).startswith(PNG)
    for made in heat_maps(scan, words.taxonomy, failures(scan), asked(scan)):
        assert made is None or heat_picture(made).startswith(PNG)
