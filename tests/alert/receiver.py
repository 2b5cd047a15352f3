"""A receiver on loopback that behaves as told: takes, refuses, fails, hangs, closes early, never comes to an end."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Asked(NamedTuple):
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes


class Receiver:
    """answers: what is done with each request in turn, the last of them with all that follow.

    A status; a status and headers; `hang`, `close`, `drip` (a byte of a header now and then), `endless` (a body without end)
    """

    def __init__(self, *answers: object) -> None:
        self.answers, self.asked = list(answers or [200]), list[Asked]()
        self.url, self.stop = "", threading.Event()

    def next(self) -> object:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def receiving(*answers: object) -> Iterator[Receiver]:
    receiver = Receiver(*answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): text for name, text in self.headers.items()}
            receiver.asked.append(Asked(self.path, headers, body))
            with suppress(OSError):
                _answer(self, receiver)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook/s3cret-path"
        try:
            yield receiver
        finally:
            receiver.stop.set()
            server.shutdown()
            thread.join(5)


def _answer(handler: BaseHTTPRequestHandler, receiver: Receiver) -> None:
    answer = receiver.next()
    if answer == "close":
        handler.connection.shutdown(socket.SHUT_RDWR)
    elif answer == "hang":
        receiver.stop.wait(5)
    elif answer == "drip":
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not receiver.stop.wait(0.05):
            handler.wfile.write(b"x")
            handler.wfile.flush()
    elif answer == "endless":
        handler.wfile.write(b"HTTP/1.1 500 No\r\n\r\n")
        while not receiver.stop.is_set():
            handler.wfile.write(b"\x1b[31mno " * 1000)
    else:
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        handler.send_response(int(str(status)))
        for name, text in headers.items():
            handler.send_header(name, text)
        told = f"answer {status}: s3cret-path is what you sent".encode()
        handler.send_header("content-length", str(len(told)))
        handler.end_headers()
        handler.wfile.write(told)
