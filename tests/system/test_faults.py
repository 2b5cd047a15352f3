"""A disk that is full, a folder that may not be written: told in one message; the next run completes what is missing."""

import json
import os
import resource
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from logscan.batch.config import load_config
from tests.batch.runs import access, archived, scanned, summary
from tests.system.tool import command, start


def settings(folder: Path) -> Path:
    (folder / "logs").mkdir()
    (folder / "logs" / "access.log").write_bytes(access(0, 6000))
    path = folder / "logscan.toml"
    path.write_text('[data]\nfolder = "data"\n[reports]\nfolder = "reports"\n[[sources]]\npaths = ["logs"]\n', "utf-8")
    return path


def ended(*arguments: str | Path, **more: Any) -> tuple[int, str, str]:
    with start(*arguments, **more) as process:
        out, err = process.communicate(timeout=120)
    return process.returncode, out.decode(), err.decode()


def whole(config: Path) -> None:
    """The next run completes what is missing, and all is there once."""
    code, out, err = ended("run", "-c", config)
    assert (code, json.loads(out)["outcome"]) == (0, "done"), err
    assert summary(archived(load_config(config, {}))) == summary(scanned(config.parent / "logs"))
    assert (config.parent / "reports" / "latest.html").read_bytes().rstrip().endswith(b"</html>")
    left = [path for path in config.parent.rglob("*") if path.name.endswith(".part")]
    assert not left + list((config.parent / "data").glob("staging/*"))


def test_a_disk_that_is_full_at_any_moment_is_told_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    config = settings(tmp_path)
    for size, place in ((20_000, "state.sqlite"), (200_000, "reports")):

        def full(most: int = size) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        code, out, err = ended("run", "-c", config, preexec_fn=full)
        assert (code, out) == (3, "")
        assert err.startswith(f"error: {tmp_path}/"), err
        assert place in err.splitlines()[0]
        assert err.count("error:") == err.count("hint:") == 1
        assert "Traceback" not in err
    whole(config)


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="needs setpriv (util-linux)")
def test_a_place_that_may_not_be_used_is_named_and_once_it_may_the_next_run_completes(tmp_path: Path) -> None:
    config = settings(tmp_path)
    for name in ("data", "reports"):
        (tmp_path / name).mkdir()
    # whom no right binds is given one's own rights alone
    bound = ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"] if os.geteuid() == 0 else []
    for closed, mode in (("logs/access.log", 0o000), ("data", 0o555), ("reports", 0o555)):
        (tmp_path / closed).chmod(mode)
        told = subprocess.run([*bound, *command("run", "-c", config)], check=False, capture_output=True, text=True)
        assert told.returncode == 3, told.stderr
        assert f"{tmp_path}/{closed}" in told.stderr.splitlines()[0]
        assert any(words in told.stderr for words in ("ermission denied", "readonly", "unable to open"))
        assert "Traceback" not in told.stderr
        (tmp_path / closed).chmod(0o777)
    whole(config)
