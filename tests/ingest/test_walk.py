import os
import socket
from pathlib import Path

import pytest

from logscan.ingest.limits import load_limits
from logscan.ingest.walk import expand, is_companion, shown
from logscan.model.errors import SourceError

LIMITS = load_limits()


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name}\n", "utf-8")


def look(*paths: str) -> tuple[list[str], list[SourceError]]:
    spots, faults = expand(paths, LIMITS)
    return sorted(spot.path for spot in spots), faults


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_folder_is_walked_without_hidden_files_and_companions(tmp_path: Path) -> None:
    make(tmp_path, "logs/a.log", "logs/sub/b", "logs/.hidden/c.log", "logs/.d.log", "logs/case.yml", "logs/README.MD")
    assert look("logs") == (["logs/a.log", "logs/sub/b"], [])
    assert look("./logs/") == (["logs/a.log", "logs/sub/b"], [])


def test_what_is_named_itself_is_always_read(tmp_path: Path) -> None:
    make(tmp_path, "case.yml", ".d.log", ".hidden/c.log")
    assert look("case.yml", ".d.log", ".hidden") == ([".d.log", ".hidden/c.log", "case.yml"], [])


def test_a_glob_is_a_folder_walk_by_pattern(tmp_path: Path) -> None:
    make(tmp_path, "logs/a.log", "logs/b.log.1", "logs/case.yml", "logs/sub/c.log")
    assert look("logs/*.log*") == (["logs/a.log", "logs/b.log.1"], [])
    assert look("logs/*") == (["logs/a.log", "logs/b.log.1", "logs/sub/c.log"], [])
    assert look("**/*.log") == (["logs/a.log", "logs/sub/c.log"], [])
    assert look("logs/*.yml") == (["logs/case.yml"], [])
    assert look(str(tmp_path / "logs/[a]*"))[0] == [f"{tmp_path.as_posix()}/logs/a.log"]


def test_a_glob_without_a_match_is_a_fault(tmp_path: Path) -> None:
    make(tmp_path, "only/case.yml")
    for pattern, words in (("*.nothing", "no file matches"), ("only/*", "only files that are no logs match")):
        spots, (fault,) = expand([pattern], LIMITS)
        assert not spots
        assert fault.what == words
        assert fault.where.path == pattern
        assert fault.hint


def test_a_file_whose_name_looks_like_a_glob_is_itself(tmp_path: Path) -> None:
    make(tmp_path, "a[1].log", "a1.log")
    assert look("a[1].log") == (["a[1].log"], [])


def test_a_file_counts_once_whatever_names_lead_to_it(tmp_path: Path) -> None:
    make(tmp_path, "logs/app-1.log")
    (tmp_path / "logs/app.log").symlink_to("app-1.log")
    (tmp_path / "logs/a-hard-link.log").hardlink_to(tmp_path / "logs/app-1.log")
    assert look("logs", "logs/app-1.log", "./logs//app-1.log", "logs/app.log", "-", "-") == (
        ["-", "logs/a-hard-link.log"],
        [],
    )
    assert look("logs/app.log", "logs/app-1.log") == (["logs/app-1.log"], [])
    assert look("logs/app.log") == (["logs/app.log"], [])


def test_a_folder_that_loops_is_a_fault_and_the_rest_is_read(tmp_path: Path) -> None:
    make(tmp_path, "logs/a.log", "logs/sub/b.log")
    (tmp_path / "logs/sub/up").symlink_to("..")
    (tmp_path / "logs/self").symlink_to("self")
    found, faults = look("logs")
    assert found == ["logs/a.log", "logs/sub/b.log"]
    assert {fault.where.path: fault.what for fault in faults} == {
        "logs/sub/up": "the folder loops",
        "logs/self": "is a link to something that does not exist: self",
    }


def test_links_to_folders_are_followed_once(tmp_path: Path) -> None:
    make(tmp_path, "elsewhere/a.log", "logs/b/c.log")
    (tmp_path / "logs/one").symlink_to("../elsewhere")
    (tmp_path / "logs/two").symlink_to("../elsewhere")
    (tmp_path / "logs/a-link").symlink_to("b")
    assert look("logs") == (["logs/b/c.log", "logs/one/a.log"], [])


def test_missing_broken_and_empty_are_faults_with_a_way_out(tmp_path: Path) -> None:
    make(tmp_path, "access.log", "empty/.hidden")
    (tmp_path / "gone.log").symlink_to("nowhere.log")
    found, faults = look("acess.log", "gone.log", "empty", "", "nul\0byte", "access.log")
    assert found == ["access.log"]
    words = [str(fault) for fault in faults]
    assert "did you mean access.log" in words[0]
    assert "nowhere.log" in words[1]
    assert "holds no log file" in words[2]
    assert "is no path" in words[3]
    assert "is no path" in words[4]
    assert all(fault.hint for fault in faults)


def test_an_unreadable_folder_is_a_fault_and_the_rest_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "logs/secret/a.log", "logs/b.log")
    real = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "secret":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found, (fault,) = look("logs")
    assert found == ["logs/b.log"]
    assert str(fault).startswith("logs/secret: cannot be read: permission denied")


def test_pipes_sockets_and_devices_are_refused_in_a_folder(tmp_path: Path) -> None:
    make(tmp_path, "logs/a.log")
    os.mkfifo(tmp_path / "logs/pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("logs/socket")
        found, faults = look("logs", "/dev/null")
    assert found == ["logs/a.log"]
    assert {fault.where.path: fault.what for fault in faults} == {
        "logs/pipe": "is a pipe, not a log file",
        "logs/socket": "is a socket, not a log file",
        "/dev/null": "is a device, not a log file",
    }


def test_a_pipe_that_is_named_itself_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert look("pipe") == (["pipe"], [])


def test_a_name_that_is_no_utf_8_is_shown_in_words(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.log"))
    path.write_bytes(b"x\n")
    assert shown(path).endswith("/caf\\xe9.log")
    spots, faults = expand([str(path)], LIMITS)
    assert not faults
    assert spots[0].file == path
    assert spots[0].path.endswith("\\xe9.log")


@pytest.mark.parametrize(
    ("name", "companion"),
    [("a.log", False), ("a.YML", True), (".x/a.log", True), ("../a.log", False), ("./a", False), ("x/._a.log", True)],
)
def test_companions_are_told_by_name(name: str, companion: bool) -> None:
    assert is_companion(name, LIMITS) is companion
