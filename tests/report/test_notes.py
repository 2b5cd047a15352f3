"""What is drawn into the timeline beside the numbers."""

from dataclasses import replace
from datetime import datetime, timedelta

from logscan.model.finding import Coverage, Stretch
from logscan.report.context import build_page
from logscan.report.grid import Grid, make_grid
from logscan.report.notes import chart_notes, notes_of, placed
from tests.hostile.corpus import PAYLOADS, with_every_text
from tests.report.scans import HOUR, START, finding, library, typical

GAP = Stretch(START + HOUR, START + HOUR * 2, "a.log", 7)
SCAN = replace(
    typical(),
    marks=((START + HOUR * 8, "deploy 2.4"),),
    coverage=(Coverage("a.log", ("a.log",), START, START + HOUR * 24, gaps=(GAP,), gap_count=1),),
)


def stretch(first: datetime, last: datetime) -> Grid:
    return make_grid(int(first.timestamp()), int(last.timestamp()), 600)


def test_marks_gaps_and_onsets_are_told_by_time() -> None:
    notes = notes_of(SCAN, library().taxonomy)
    assert [note.start for note in notes] == sorted(note.start for note in notes)
    assert {note.kind for note in notes} == {"mark", "gap", "onset"}
    words = [note.words for note in notes]
    assert "2026-03-12 13:00:00: deploy 2.4" in words
    assert "2026-03-12 06:00:00: no line in a.log for 60 min" in words
    assert any(
        text.startswith("2026-03-12 13:59:49 –") and text.endswith("“API key not accepted” begins") for text in words
    )


def test_what_lasted_and_ended_is_told_once_for_all_that_ended_so() -> None:
    over = finding(pattern="sustained_closed", state="closed", last_seen=START + HOUR * 5)
    calm = finding(cause="challenge_handshake", pattern="sustained_closed", last_seen=START + HOUR * 6)
    notes = notes_of(replace(SCAN, findings=(over, over, calm, finding())), library().taxonomy)
    assert [note.words for note in notes if note.kind == "end"] == [
        "2026-03-12 10:00:00: \u201cToken has expired\u201d ends"
    ]


def test_a_note_is_cut_to_its_stretch_and_left_out_of_others() -> None:
    notes = notes_of(SCAN, library().taxonomy)
    grid = stretch(START + HOUR * 1.5, START + HOUR * 9)
    found = {each.note.kind: each for each in placed(notes, grid)}
    assert found["gap"].x == "0.000%"
    assert 0 < float(found["gap"].width[:-1]) < 10
    assert found["mark"].width == "0.000%"
    assert 80 < float(found["mark"].x[:-1]) < 90
    assert placed(notes, stretch(START + timedelta(days=9), START + timedelta(days=10))) == ()


def test_the_script_gets_them_with_room_between_near_labels() -> None:
    near = replace(SCAN, marks=tuple((START + HOUR * 8 + timedelta(seconds=k), f"m{k}") for k in range(3)))
    grid = stretch(START, START + HOUR * 24)
    told = [note for note in chart_notes(placed(notes_of(near, library().taxonomy), grid)) if note["kind"] == "mark"]
    assert len({note["y"] for note in told}) == 3
    assert told[0]["start"] == told[0]["end"] == round((START + HOUR * 8).timestamp() * 1000)


def test_hostile_labels_are_made_visible_and_there_is_a_bound() -> None:
    scan = replace(with_every_text(SCAN, PAYLOADS["ansi"]), marks=SCAN.marks * 500)
    notes = notes_of(scan, library().taxonomy)
    assert len(notes) <= 60
    assert all(note.words.isprintable() and note.label.isprintable() for note in notes)


def test_the_page_holds_them_for_its_drawing() -> None:
    timeline = build_page(SCAN, library()).timeline
    assert timeline is not None
    assert {each.note.kind for each in timeline.panels[0].notes} == {"mark", "gap", "onset"}
    assert len(timeline.chart["panels"][0]["notes"]) == len(timeline.panels[0].notes)
