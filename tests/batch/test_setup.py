"""The files that make a machine run logscan on schedule."""

import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.batch.setup import Setup, setup_files
from logscan.model.errors import SettingsError

ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed (Debian: systemd)")
PRINTABLE = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="/\0"), min_size=1, max_size=12
)


def setup(**changes: Any) -> Setup:
    usual: dict[str, Any] = {
        "config": Path("/etc/logscan/logscan.toml"),
        "data": Path("/var/lib/logscan/data"),
        "reports": Path("/var/lib/logscan/reports"),
        "sources": ("/var/log/nginx/*.log*",),
        "program": ("/usr/bin/logscan",),
    }
    return Setup(**usual | changes)


def made(suffix: str, **changes: Any) -> str:
    files = setup_files(setup(**changes))
    (found,) = (text for path, text in files.items() if path.suffix == f".{suffix}")
    return found


def keys(text: str) -> list[tuple[str, str]]:
    return [
        (key, value)
        for key, _, value in (line.partition("=") for line in text.splitlines())
        if value and not key.startswith("#")
    ]


def test_the_settings_hold_what_was_asked_for() -> None:
    found = tomllib.loads(made("toml", sources=('/srv/a "b"/*.log', "/srv/ü/%n\\.log")))
    assert [source["paths"] for source in found["sources"]] == [['/srv/a "b"/*.log'], ["/srv/ü/%n\\.log"]]
    assert found["data"] == {"folder": "/var/lib/logscan/data"}
    assert tomllib.loads(made("toml", data=Path("/etc/logscan/data")))["data"] == {"folder": "data"}


def test_every_file_is_named_like_the_settings() -> None:
    assert {path.name for path in setup_files(setup(config=Path("/etc/shop.toml")))} == {
        "shop.toml",
        "shop.service",
        "shop.timer",
        "shop.cron",
    }


def test_under_var_lib_the_user_exists_only_while_it_runs() -> None:
    unit = dict(keys(made("service")))
    assert unit["DynamicUser"] == "yes"
    assert unit["StateDirectory"] == "logscan/data logscan/reports"
    assert "ReadWritePaths" not in unit
    assert "User" not in unit


def test_elsewhere_it_may_write_to_its_two_folders_only() -> None:
    unit = dict(keys(made("service", data=Path("/srv/my data"), reports=Path("/srv/www/reports"))))
    assert unit["ReadWritePaths"] == '"/srv/my data" /srv/www/reports'
    assert "DynamicUser" not in unit
    assert unit["User"] == "logscan"


@pytest.mark.parametrize(
    ("place", "shut"), [("/srv/x", "yes"), ("/home/ann/x", "read-only"), ("/root/x", "read-only"), ("/homer/x", "yes")]
)
def test_homes_are_shut_unless_something_stands_there(place: str, shut: str) -> None:
    assert dict(keys(made("service", reports=Path(place))))["ProtectHome"] == shut


@given(PRINTABLE)
def test_no_path_adds_a_setting_or_a_command(text: str) -> None:
    if not text.isprintable() or text in {".", ".."}:
        return
    place = Path("/srv") / text
    plain = [key for key, _ in keys(made("service", data=Path("/srv/x"), reports=Path("/srv/y"), program=("/opt/x",)))]
    unit = made("service", data=place / "data", reports=place / "reports", program=(str(place / "logscan"),))
    assert [key for key, _ in keys(unit)] == plain
    assert tomllib.loads(made("toml", data=place, sources=(str(place),)))["sources"][0]["paths"] == [str(place)]
    cron = made("cron", program=(str(place / "logscan"),)).splitlines()
    assert len(cron) == 4
    command = re.sub(r"\\%", "%", re.search(r"said=\$\((.*) 2>&1\) \|\| echo", cron[-1])[1])  # type: ignore[index]
    assert shlex.split(command)[0] == str(place / "logscan")


@pytest.mark.parametrize("field", ["config", "data", "reports", "sources", "program"])
def test_a_path_that_would_break_a_line_is_refused(field: str) -> None:
    bad = "/srv/a\nExecStart=/bin/sh/x.toml"
    with pytest.raises(SettingsError):
        setup_files(setup(**{field: (bad,) if field in ("sources", "program") else Path(bad)}))


def test_a_name_that_is_none_for_a_unit_is_refused() -> None:
    with pytest.raises(SettingsError, match="is no name for a service"):
        setup_files(setup(config=Path("/etc/a b.toml")))


def written(folder: Path, **changes: Any) -> Path:
    program = folder / "logscan"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    changes = {"config": folder / "logscan.toml", "program": (str(program),), **changes}
    for path, text in setup_files(setup(**changes)).items():
        path.write_text(text, "utf-8")
    return folder / "logscan.service"


def analyze(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([str(ANALYZE), *words], capture_output=True, text=True, check=False)


@needs_systemd
@pytest.mark.parametrize("data", ["/var/lib/logscan/data", "/srv/my $data %n;x/data"])
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path, data: str) -> None:
    unit = written(tmp_path, data=Path(data))
    told = analyze("verify", "--man=no", str(unit), str(unit.with_suffix(".timer")))
    assert told.returncode == 0, told.stderr
    assert str(tmp_path) not in told.stderr


@needs_systemd
def test_the_check_of_the_units_would_notice(tmp_path: Path) -> None:
    unit = written(tmp_path)
    unit.write_text(unit.read_text().replace("ProtectSystem=strict", "ProtectSystem=tight\nWishes=none"))
    told = analyze("verify", "--man=no", str(unit))
    assert "protect system" in told.stderr
    assert "Wishes" in told.stderr


@needs_systemd
@pytest.mark.parametrize("data", ["/var/lib/logscan/data", "/srv/data"])
def test_systemd_calls_the_service_well_shut(tmp_path: Path, data: str) -> None:
    told = analyze("security", "--offline=true", "--threshold=25", str(written(tmp_path, data=Path(data))))
    assert told.returncode == 0, told.stdout
