"""Whether files are those that a report was made from."""

import hashlib
from pathlib import Path

import pytest

from logscan.engine.verify import STATES, Checked, verify

ONE, TWO = b"one\n", b"two\n"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.log").write_bytes(ONE)
    (tmp_path / "y.log").write_bytes(TWO)
    return tmp_path


def test_the_same_files_are_the_same(logs: Path) -> None:
    recorded = {str(logs / "a/x.log"): digest(ONE), str(logs / "y.log"): digest(TWO)}
    told = verify(recorded, [str(logs)])
    assert {each.state for each in told.checked} == {"same"}
    assert told.whole


def test_changed_moved_missing_and_unknown_files_are_told_apart(logs: Path) -> None:
    recorded = {
        "old/place.log": digest(ONE),
        str(logs / "y.log"): digest(b"before"),
        "gone.log": digest(b"gone"),
        "cut.log": "",
    }
    (logs / "new.log").write_bytes(b"new")
    told = verify(recorded, [str(logs)])
    assert told.checked == (
        Checked("old/place.log", "moved", str(logs / "a/x.log")),
        Checked(str(logs / "y.log"), "differs"),
        Checked("gone.log", "missing"),
        Checked("cut.log", "missing"),
        Checked(str(logs / "new.log"), "not in the report"),
    )
    assert not told.whole
    assert {each.state for each in told.checked} <= set(STATES)


@pytest.mark.parametrize(
    ("size", "state"), [(len(ONE), "grown"), (len(ONE) - 1, "differs"), (0, "differs"), (10**9, "differs")]
)
def test_what_was_written_on_begins_with_what_was_read(logs: Path, size: int, state: str) -> None:
    path = logs / "a/x.log"
    path.write_bytes(ONE + TWO)
    told = verify({str(path): digest(ONE)}, [str(path)], sizes={str(path): size})
    assert told.checked == (Checked(str(path), state),)
    assert told.whole == (state == "grown")


def test_a_file_of_the_same_name_is_the_input_changed(logs: Path) -> None:
    told = verify({"else/where/x.log": digest(b"other")}, [str(logs / "a")])
    assert told.checked == (Checked("else/where/x.log", "differs", str(logs / "a/x.log")),)


def test_one_file_stands_for_one_input(logs: Path) -> None:
    told = verify({"p.log": digest(ONE), "q.log": digest(ONE)}, [str(logs / "a")])
    assert [each.state for each in told.checked] == ["moved", "missing"]


def test_an_input_without_a_hash_is_not_vouched_for(logs: Path) -> None:
    told = verify({str(logs / "y.log"): ""}, [str(logs / "y.log")])
    assert told.checked[0].state == "no hash"
    assert not told.whole


def test_what_cannot_be_read_is_a_fault_and_the_others_are_compared(logs: Path) -> None:
    told = verify({str(logs / "y.log"): digest(TWO)}, [str(logs / "y.log"), str(logs / "none.log")])
    assert told.checked[0].state == "same"
    assert len(told.faults) == 1
    assert not told.whole
