import stat
from pathlib import Path

import pytest

from logscan.batch.key import kept_key
from logscan.model.errors import StateError


def test_the_first_key_stays_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    assert kept_key(tmp_path / "data", b"a" * 32) == b"a" * 32
    assert kept_key(tmp_path / "data", b"b" * 32) == b"a" * 32
    [path] = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StateError, match="cannot be read or written"):
        kept_key(tmp_path / "file", b"a" * 32)
