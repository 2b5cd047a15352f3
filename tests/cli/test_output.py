"""A result is written whole or not at all; stdout may be closed early; devices are never replaced."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from logscan.cli.output import Target, open_output, write_text


def test_an_existing_file_is_replaced_only_when_all_is_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("before")

    def broken() -> None:
        with open_output(str(out)) as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert out.read_text() == "before"
    write_text(str(out), "after")
    assert out.read_text() == "after"
    assert list(tmp_path.iterdir()) == [out]


def test_while_it_is_written_nobody_sees_half_of_it(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with open_output(str(out)) as file:
        file.write(b"x")
        assert not out.exists()
    assert out.read_bytes() == b"x"


def test_the_rights_of_the_file_stay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.touch(0o640)
    out.chmod(0o604)
    write_text(str(out), "x")
    assert out.stat().st_mode & 0o777 == 0o604


def test_a_device_and_a_pipe_are_written_to(tmp_path: Path) -> None:
    write_text("/dev/null", "x")
    assert Path("/dev/null").is_char_device()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_text(str(pipe), "through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert pipe.is_fifo()


def test_text_that_has_no_utf8_is_written_all_the_same(tmp_path: Path) -> None:
    write_text(str(tmp_path / "out"), "a\udcff")
    assert (tmp_path / "out").read_bytes() == b"a\\udcff"


def test_a_fault_while_writing_is_a_usage_error_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(click.FileError) as told:
        write_text("/dev/full", "x" * 100_000)
    assert told.value.exit_code == 2
    assert "choose another place with -o" in told.value.format_message()
    with pytest.raises(click.FileError), open_output(str(tmp_path / "gone" / "out")):
        pass


def test_a_closed_pipe_ends_the_writing_and_nothing_else() -> None:
    code = (
        "import sys\nfrom logscan.cli.output import open_output\n"
        "with open_output('-') as file:\n    [file.write(b'x' * 100_000) for _ in range(100)]\n"
        "print('words', file=sys.stderr)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b"words\n"
        assert process.wait(60) == 0


@pytest.mark.parametrize(
    ("value", "said"),
    [("/", "is a folder"), ("/no/such/x", "there is no folder '/no/such'"), ("a\0b", "is no path"), ("", "is no path")],
)
def test_a_place_that_cannot_be_written_is_refused_before_the_work(value: str, said: str) -> None:
    with pytest.raises(click.UsageError, match=said):
        Target().convert(value, None, None)


def test_a_place_that_can_be_written_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for value in ("-", "report.html", "/dev/null", str(tmp_path / "x")):
        assert Target().convert(value, None, None) == value
