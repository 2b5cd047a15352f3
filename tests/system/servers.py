"""Real servers on free loopback ports, each ended by its own process id."""

import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

PACKAGES = {"apache2": "apache2-bin", "dovecot": "dovecot-imapd", "sshd": "openssh-server", "redis-cli": "redis-tools"}


def program(name: str) -> str:
    """The path of a server program; without it the test is skipped."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed: apt-get install {PACKAGES.get(name, name)}")
    return found


_GIVEN: set[int] = set()  # a port that was given out may look free until its server starts


def free_port() -> int:
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in _GIVEN:
            _GIVEN.add(port)
            return port


@contextmanager
def running(command: list[str], port: int, output: Path) -> Iterator[None]:
    """A server in the foreground, from when it answers until the block ends."""
    with output.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT) as server:
        try:
            until(lambda: server.poll() is not None or _answers(port), 60)
            assert server.poll() is None, output.read_text("utf-8", "replace")
            yield
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def until(done: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "the server took too long"
        time.sleep(0.05)


def ask(port: int, target: str, **headers: str) -> int:
    """The status of one request, by GET."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()})
    status = connection.getresponse().status
    connection.close()
    return status


def send(port: int, data: bytes) -> None:
    """Bytes that are no HTTP."""
    with socket.create_connection(("127.0.0.1", port), 5) as wire, suppress(OSError):
        wire.sendall(data)
        wire.recv(4096)


def lines_in(path: Path, count: int) -> list[str]:
    """The lines of a log, once there are so many."""
    until(lambda: path.exists() and path.read_bytes().count(b"\n") >= count)
    return path.read_text("utf-8", "backslashreplace").splitlines()
