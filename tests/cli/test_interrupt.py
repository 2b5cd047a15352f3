"""Ctrl-C: the first is noted, the second ends everything; a waiting pipe notices."""

import os
import signal
import threading
import time

import pytest

from logscan.cli.interrupt import Stoppable, interruptible


@pytest.fixture(autouse=True)
def _handler() -> None:
    """A shell that runs the tests in the background has told them to ignore the signal."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.05)


def test_the_first_interrupt_is_noted_and_raises_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with interruptible() as stop:
        assert not stop()
        press()
        assert stop()
    assert "press Ctrl-C again to leave at once" in capfd.readouterr().err


def test_an_interrupt_with_stderr_closed_is_noted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(descriptor: int, data: bytes) -> int:
        raise OSError(9, "Bad file descriptor")

    with interruptible() as stop:
        monkeypatch.setattr("logscan.cli.interrupt.os.write", closed)
        press()
        assert stop()


def test_the_second_interrupt_ends_everything() -> None:
    with interruptible():
        press()
        with pytest.raises(KeyboardInterrupt):
            press()


def test_behind_the_context_an_interrupt_is_what_it_was() -> None:
    with interruptible():
        pass
    with pytest.raises(KeyboardInterrupt):
        press()


def test_who_was_told_to_ignore_interrupts_goes_on_ignoring_them() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with interruptible() as stop:
        press()
        assert not stop()


def test_beside_the_main_thread_nothing_is_changed() -> None:
    told: list[bool] = []

    def work() -> None:
        with interruptible() as stop:
            told.append(stop())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert told == [False]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_waiting_pipe_ends_when_it_is_told_to_stop() -> None:
    reading, writing = os.pipe()
    stop = threading.Event()
    with os.fdopen(reading, "rb") as pipe:
        stream = Stoppable(pipe, stop.is_set)
        os.write(writing, b"lines")
        buffer = bytearray(100)
        assert stream.readable()
        assert stream.readinto(buffer) == 5
        assert buffer.startswith(b"lines")
        threading.Timer(0.1, stop.set).start()
        before = time.monotonic()
        assert stream.readinto(buffer) == 0
        assert time.monotonic() - before < 5
    os.close(writing)


def test_the_end_of_a_pipe_is_its_end() -> None:
    reading, writing = os.pipe()
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert Stoppable(pipe, lambda: False).readinto(bytearray(9)) == 0
