from datetime import UTC, datetime

from logscan.engine.plan import Tasks
from logscan.engine.several import Piece, work_several
from logscan.ingest.when import Clock
from tests.batch.runs import access, definitions


def pieces(*texts: bytes) -> list[Piece]:
    return [Piece(f"{at}.log", 1000 * at, 7, text.count(b"\n"), text) for at, text in enumerate(texts)]


def test_rows_are_told_by_the_paths_lines_and_offsets_of_their_own_sources() -> None:
    plan, clock = definitions().plan, Clock("UTC", datetime(2026, 3, 13, tzinfo=UTC))
    task = Tasks(plan).make("", plan.formats, ["combined"], clock, (), seldom=frozenset())
    odd = access(9, 2) + b"what is this?\n"
    told = work_several(pieces(access(0, 4), odd, access(3, 1), access(6, 2)), task, plan)
    found = told.partial.classified.select("log.file.path", "logscan.line", "log.offset").rows()
    first = access(0, 4)
    assert found == [
        ("0.log", 7, 0),
        ("0.log", 10, first[:-1].rfind(b"\n") + 1),
        ("2.log", 7, 2000),
        ("3.log", 7, 3000),
    ]
    assert told.owners["classified"].to_list() == [0, 0, 2, 3]
    assert told.owners["visits"].to_list() == [0, 0, 0, 0, 2, 3, 3]
    assert told.left == {1}
    lines = {path: (tally.lines, tally.events, tally.datasets) for path, tally in told.partial.tallies.items()}
    assert lines == {
        "0.log": (4, 4, {"combined": 4}),
        "2.log": (1, 1, {"combined": 1}),
        "3.log": (2, 2, {"combined": 2}),
    }
