"""Formats in words: aligned, whole, and harmless to a terminal."""

import json

from logscan.engine.detected import Detected
from logscan.ingest.check import read_sample
from logscan.ingest.shape import Sample
from logscan.report.formats import detected_json, detected_text, format_shown, formats_json, formats_table
from tests.ingest.frames import FORMATS, format_of, small_format

EVIL = "\x1b]0;x\x07\u202e"


def test_the_table_has_a_row_for_each_format() -> None:
    rows = formats_table(FORMATS).splitlines()
    assert len(rows) == len(FORMATS) + 1
    assert (
        len({row.index(word) for row, word in zip(rows[:3], ("kind", FORMATS[0].kind, FORMATS[1].kind), strict=True)})
        == 1
    )
    assert [row["id"] for row in json.loads(formats_json(FORMATS))] == [fmt.id for fmt in FORMATS]


def test_one_format_is_shown_with_its_columns_layouts_and_a_sample() -> None:
    fmt = format_of("nginx-error")
    shown = format_shown(fmt, fmt.samples[0], read_sample(fmt.samples[0], [fmt]))
    for part in ("id:", "@timestamp", "layout 1:", "sample:", "user.name", "ada", "reference:"):
        assert part in shown
    assert "nothing: see" in format_shown(fmt, fmt.samples[0], read_sample(Sample("", None), [fmt]))


def test_what_a_format_says_cannot_command_the_terminal() -> None:
    fmt = small_format(f"^(?<a>{EVIL})", {"a": "message"}, id=EVIL)
    for shown in (formats_table([fmt]), formats_json([fmt]), format_shown(fmt, Sample(EVIL, {}), None)):
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_what_was_detected_cannot_command_the_terminal() -> None:
    found = [Detected(EVIL, 2, {EVIL: 0.5}, EVIL, {}, ((EVIL, EVIL),)), Detected("a", fault=EVIL), Detected("b")]
    for shown in (detected_text(found), detected_json(found)):
        assert shown.replace("\n", "").isprintable()
    assert "b: is empty" in detected_text(found)
    assert [row["format"] for row in json.loads(detected_json(found))] == [EVIL, None, None]
