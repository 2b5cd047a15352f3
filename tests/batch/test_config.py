from pathlib import Path

import pytest

from logscan.batch.config import load_config
from logscan.model.errors import Faults

WHOLE = """\
[data]
folder = "state"
[reports]
folder = "/srv/reports"
title = "Shop"
each = "hour"
[[sources]]
paths = ["/var/log/nginx/*.log*", "local.log"]
zone = "+0200"
format = "combined"
service = "shop"
trusted_proxies = ["198.51.100.0/24"]
[[sources]]
paths = "app"
[rules]
folders = ["own"]
default = false
[window]
look_back = "36h"
[retention]
archive = "30d"
reports = "60d"
[marks]
file = "marks.txt"
[run]
wait = "10s"
jobs = 4
[log]
format = "json"
level = "debug"
"""


def load(tmp_path: Path, text: str) -> object:
    (tmp_path / "logscan.toml").write_text(text, "utf-8")
    return load_config(tmp_path / "logscan.toml", {})


def test_paths_are_relative_to_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "logscan.toml").write_text(WHOLE, "utf-8")
    found = load_config(tmp_path / "logscan.toml", {})
    assert found.data == tmp_path / "state"
    assert (found.reports.folder, found.reports.title, found.reports.each) == (Path("/srv/reports"), "Shop", "hour")
    first, second = found.sources
    assert first.paths == ("/var/log/nginx/*.log*", str(tmp_path / "local.log"))
    assert (first.zone, first.format, first.service, str(first.trusted[0])) == (
        "+02:00", "combined", "shop", "198.51.100.0/24"
    )  # fmt: skip
    assert (second.paths, second.zone) == ((str(tmp_path / "app"),), "UTC")
    assert (found.rules.folders, found.rules.default) == ((tmp_path / "own",), False)
    assert (found.look_back_s, found.archive_s, found.reports_s) == (36 * 3600, 30 * 86400, 60 * 86400)
    assert (found.marks, found.wait_s, found.jobs) == (tmp_path / "marks.txt", 10, 4)
    assert (found.log.format, found.log.level) == ("json", "debug")


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = '[data]\nfoldr = "x"\n[[sources]]\nzone = "Mars"\ntrusted_proxies = ["here"]\n[reports]\neach = "week"\n[raports]\n'
    with pytest.raises(Faults) as caught:
        load(tmp_path, text)
    places = [f"{fault.where.line} {fault.where.key} {fault.what}" for fault in caught.value.errors]
    assert places == [
        "2 data.foldr unknown key `foldr`",
        "3 sources.0.paths names no log",
        "4 sources.0.zone `Mars` is no time zone",
        "5 sources.0.trusted_proxies `here` is no network",
        "7 reports.each unknown value `week`",
        "8 raports unknown key `raports`",
    ]
    assert "did you mean `folder`?" in str(caught.value)
    assert "did you mean `reports`?" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "what"),
    [("", "names no source"), ('[[sources]]\npaths = ["-"]\n', "standard input cannot be read twice")],
    ids=["nothing", "stdin"],
)
def test_there_must_be_something_that_can_be_read_again(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(Faults, match=what):
        load(tmp_path, text)
