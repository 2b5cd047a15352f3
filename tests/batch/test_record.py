from pathlib import Path

from logscan.batch.record import Record, Stat, load_records, save_record
from logscan.batch.state import NAME, open_state
from logscan.engine.ending import Place
from logscan.engine.resume import Known
from logscan.ingest.header import Header
from logscan.ingest.trail import Mark


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    db = open_state(tmp_path / NAME)
    known = Known(("a", "b"), {"a": 0.5}, "because", "", ("server.address",), 77)
    place = Place(Mark(3, 99, "h", "c", "n"), 12, Header("#Fields: a b", "2026-03-12"))
    record = Record(
        0,
        "a.log",
        Stat(1, 2, "m", 3, 4, 5),
        place,
        known,
        "w",
        "d",
        ("note",),
        Mark(3, 120, "h", "c", "m"),
        True,
        False,
        "then",
    )
    save_record(db, record)
    assert record.id == 1
    assert load_records(db) == [record]
    record.reached = place.mark
    save_record(db, record)
    assert load_records(db) == [record]
    db.close()
