from pathlib import Path

from logscan.batch.state import NAME, open_state
from logscan.batch.stored import names
from tests.batch.runs import access, archived, config, run, scanned, summary


def test_logs_with_one_name_are_told_apart(tmp_path: Path) -> None:
    settings, log = config(tmp_path), tmp_path / "logs" / "access.log"
    for number in range(3):
        log.unlink(missing_ok=True)
        log.write_bytes(access(100 * number, 20 + number))
        run(settings)
    db = open_state(settings.data / NAME)
    assert sorted(names(db).values()) == [str(log), f"{log}#1", f"{log}#2"]
    db.close()


def test_what_was_entered_run_by_run_is_what_one_scan_finds(tmp_path: Path) -> None:
    settings, log = config(tmp_path), tmp_path / "logs" / "access.log"
    for count in (10, 40, 41, 90):
        log.write_bytes(access(0, count))
        run(settings)
    assert summary(archived(settings)) == summary(scanned(log))
