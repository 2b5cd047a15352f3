from io import BytesIO

from logscan.engine.ending import Place, ended, place_behind
from logscan.engine.resume import Behind
from logscan.ingest.chunk import Chunk, Records
from logscan.ingest.raw import take
from logscan.ingest.trail import Trail


def passed(data: bytes) -> Trail:
    trail = Trail(Behind(BytesIO(data), 0))
    assert take(trail, len(data)) == data
    return trail


def test_a_last_line_without_its_end_is_left_until_nothing_follows_it() -> None:
    data = b"one\ntwo\nthr"
    last = Chunk("a.log", 0, 1, data, 0)
    assert [(part.data, tail) for part, tail in ended(last, passed(data), None, finished=False)] == [
        (b"one\ntwo\n", False)
    ]
    assert [(part.data, part.first_line, tail) for part, tail in ended(last, passed(data), None, finished=True)] == [
        (b"one\ntwo\n", 1, False),
        (b"thr", 3, True),
    ]


def test_the_place_lies_behind_lines_before_a_tail_and_behind_the_last_record_of_a_list() -> None:
    data = b'[{"a": 1}, {"a": 2}]'
    lines, records = (
        Chunk("a.log", 0, 5, b"one\ntwo\n", 0),
        Records([1, 11], [9, 19], [1, 1], ["", ""], 0, 0, [None] * 2),
    )
    behind = place_behind(lines, passed(lines.data), 8, tail=False)
    assert (behind.mark.offset, behind.line) == (8, 7)
    assert place_behind(lines, passed(lines.data), 8, tail=True) == Place(behind.mark._replace(offset=0, near=""), 5)
    found = place_behind(Chunk("a.json", 0, 1, data, 0, records), passed(data), len(data), tail=False)
    assert found.mark.offset == data.index(b"]")
