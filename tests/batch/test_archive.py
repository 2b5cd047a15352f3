import os
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from logscan.batch.archive import Archive, enter_part, load_parts
from logscan.batch.state import NAME, open_state
from logscan.batch.tables import RULES_KEY, TABLES, VERSION, VERSION_KEY
from logscan.model.errors import StateError

NOW = datetime(2026, 3, 12, tzinfo=UTC)


def rows(count: int) -> dict[str, pl.DataFrame]:
    found = {name: schema.to_frame() for name, schema in TABLES.items()}
    found["visits"] = (
        found["visits"].clear(count).with_columns(pl.lit(NOW).cast(pl.Datetime("us", "UTC")).alias("@timestamp"))
    )
    return found


def test_the_same_input_overwrites_and_the_file_says_its_version(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    first, second = (archive.write(rows(n), "a 0-9", rules="r", tail=False, level=0, now=NOW) for n in (3, 4))
    other = archive.write(rows(4), "a 0-9", rules="s", tail=False, level=0, now=NOW)
    assert first.name == second.name != other.name
    path = archive.file("visits", first.name)
    assert pl.read_parquet(path).height == 4
    told = pl.read_parquet_metadata(path)
    assert (told[VERSION_KEY], told[RULES_KEY]) == (str(VERSION), "r")
    assert not list((tmp_path / "staging").iterdir())
    assert not list(
        (tmp_path / "archive" / "failures").glob("*") if (tmp_path / "archive" / "failures").exists() else []
    )


def test_what_was_never_entered_is_removed(tmp_path: Path) -> None:
    archive, db = Archive(tmp_path), open_state(tmp_path / NAME)
    kept, lost = (archive.write(rows(2), name, rules="r", tail=False, level=0, now=NOW) for name in "ab")
    enter_part(db, kept)
    (tmp_path / "staging" / "half.parquet").write_bytes(b"PAR1")
    archive.tidy(db)
    assert load_parts(db) == [kept]
    assert archive.file("visits", kept.name).is_file()
    assert not archive.file("visits", lost.name).exists()
    assert not (tmp_path / "staging").exists()
    db.close()


def test_no_room_is_told(tmp_path: Path) -> None:
    (tmp_path / "staging").write_text("in the way")
    with pytest.raises(StateError, match="cannot be read or written"):
        Archive(tmp_path).write(rows(1), "a", rules="r", tail=False, level=0, now=NOW)


@pytest.mark.skipif(not os.access("/dev/full", os.W_OK), reason="needs /dev/full")
def test_a_disk_that_is_full_is_told_as_that(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    name = archive.write(rows(1), "a", rules="r", tail=False, level=0, now=NOW).name
    (tmp_path / "staging" / f"visits.{name}.parquet").symlink_to("/dev/full")
    with pytest.raises(StateError, match=r"No space left.*\n.*make room"):
        archive.write(rows(2), "a", rules="r", tail=False, level=0, now=NOW)
    assert pl.read_parquet(archive.file("visits", name)).height == 1
