"""The timeline as pictures."""

import struct
from dataclasses import replace
from datetime import timedelta

from logscan.report.context import build_page
from logscan.report.picture import timeline_pictures
from tests.report.scans import HOUR, library, typical


def test_each_stretch_is_a_png_of_its_own_and_always_the_same() -> None:
    scan = typical()
    later = tuple((when + timedelta(days=90), what, events) for when, what, events in scan.timeline)
    timeline = build_page(replace(scan, timeline=(*scan.timeline, *later)), library()).timeline
    assert timeline is not None
    pictures = timeline_pictures(timeline)
    assert len(pictures) == len(timeline.panels) == 2
    assert pictures == timeline_pictures(timeline)
    for picture in pictures:
        assert picture.startswith(b"\x89PNG\r\n\x1a\n")
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
