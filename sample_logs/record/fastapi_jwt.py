"""Records sample_logs/fastapi-jwt from a real FastAPI application that checks bearer tokens with PyJWT, on loopback.

usage: fastapi_jwt.py [--out FOLDER]; needs fastapi, uvicorn, pyjwt and httpx. The application writes JSON lines;
uvicorn writes its usual access lines. Clients get documentation addresses by a header that uvicorn is told to trust.
"""

import argparse
import json
import logging
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import uvicorn
from fastapi import FastAPI, HTTPException, Request

SECRET, OTHER = "a-signing-key-made-up-for-this-sample", "a-key-of-some-other-environment-xx"
log = logging.getLogger("orders.auth")


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        row: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        row.update(getattr(record, "seen", {}))
        if record.exc_info and record.exc_info[0]:
            row["exc_type"] = record.exc_info[0].__name__
        return json.dumps(row)


def application() -> FastAPI:
    app = FastAPI()

    @app.get("/orders/{number}")
    def orders(number: int, request: Request) -> dict[str, int]:
        seen: dict[str, Any] = {
            "method": "GET",
            "path": request.url.path,
            "client_ip": request.client and request.client.host,
        }
        try:
            kind, _, token = request.headers.get("authorization", "").partition(" ")
            if kind.lower() != "bearer" or not token:
                log.warning("no bearer token in request", extra={"seen": {**seen, "status": 401}})
                raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": "Bearer"})
            user = jwt.decode(token, SECRET, algorithms=["HS256"], audience="orders")["sub"]
        except jwt.PyJWTError as refused:
            log.warning("token rejected: %s", refused, exc_info=True, extra={"seen": {**seen, "status": 401}})
            raise HTTPException(401, "Invalid token", {"WWW-Authenticate": 'Bearer error="invalid_token"'}) from refused
        log.info("order served", extra={"seen": {**seen, "status": 200, "user": user}})
        return {"order": number}

    return app


def token(user: str, *, lasts: timedelta = timedelta(hours=1), key: str = SECRET, audience: str = "orders") -> str:
    now = datetime.now(UTC)
    return jwt.encode({"sub": user, "aud": audience, "iat": now - timedelta(hours=2), "exp": now + lasts}, key, "HS256")


def traffic(base: str) -> None:
    """Good calls, an expired token sent again and again, another environment's key, another service's token, none."""
    calls = [
        ("192.0.2.20", token("ada")),
        ("192.0.2.31", token("worker-7", lasts=timedelta(minutes=-4))),
        ("192.0.2.31", token("worker-7", lasts=timedelta(minutes=-4))),
        ("192.0.2.47", token("staging", key=OTHER)),
        ("198.51.100.5", token("billing", audience="invoices")),
        ("203.0.113.9", ""),
        ("192.0.2.20", token("ada")),
    ]
    with httpx.Client(base_url=base) as http:
        for turn in range(5):
            for at, (client, bearer) in enumerate(calls):
                headers = {"X-Forwarded-For": client} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
                http.get(f"/orders/{100 + 10 * turn + at}", headers=headers)
                time.sleep(0.15)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "fastapi-jwt")
    out = ask.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    written = logging.FileHandler(out / "app.jsonl", "w")
    written.setFormatter(JsonLines())
    log.addHandler(written)
    log.setLevel(logging.INFO)
    access = logging.getLogger("uvicorn.access")
    handler = logging.FileHandler(out / "uvicorn.log", "w")
    handler.setFormatter(
        uvicorn.logging.AccessFormatter(
            '%(levelprefix)s %(client_addr)s - "%(request_line)s" %(status_code)s', use_colors=False
        )
    )
    access.addHandler(handler)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(application(), log_config=None, access_log=True, forwarded_allow_ips="127.0.0.1")
        access.setLevel(logging.INFO)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.05)
        traffic(f"http://127.0.0.1:{listener.getsockname()[1]}")
        server.should_exit = True
        thread.join(10)


if __name__ == "__main__":
    main()
