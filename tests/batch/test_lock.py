from contextlib import ExitStack
from pathlib import Path

import pytest

from logscan.batch.lock import locked
from logscan.model.errors import StateError


def test_only_one_has_the_folder_and_another_waits_as_long_as_it_may(tmp_path: Path) -> None:
    slept: list[float] = []
    with locked(tmp_path / "data", 0, slept.append) as first, locked(tmp_path / "data", 1, slept.append) as second:
        assert (first, second) == (True, False)
    assert sum(slept) == pytest.approx(1)
    with locked(tmp_path / "data", 0, slept.append) as third:
        assert third


def test_who_waits_gets_it_once_it_is_free(tmp_path: Path) -> None:
    with ExitStack() as held:
        assert held.enter_context(locked(tmp_path, 0, lambda _: None))
        with locked(tmp_path, 5, lambda _: held.close()) as second:
            assert second


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StateError, match="cannot be read or written"), locked(tmp_path / "file" / "data", 0, print):
        pass
