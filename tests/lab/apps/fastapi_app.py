"""An order service as teams write them: FastAPI, PyJWT, python logging.

usage: fastapi_app.py PORT LOG STYLE KEY KEYS DEAD

STYLE: plain, json or trace. KEYS, DEAD: addresses of key sets, the second of which never answers.
"""

import json
import logging
import sys
from typing import Any

import jwt
import uvicorn
from fastapi import FastAPI, HTTPException, Request

PORT, LOG, STYLE, KEY, KEYS, DEAD = sys.argv[1:]
WORDS = {  # how different people write the same
    "revoked": ("token has been revoked", "token jti is on the denylist", "session token was blacklisted at logout"),
    "disabled": ("user account is disabled", "Inactive user", "account of the token's subject was deactivated"),
    "locked": ("account locked after too many failed logins", "user is temporarily locked out"),
    "missing": (
        "no bearer token in request",
        "Authorization header missing",
        "Not authenticated: no credentials provided",
    ),
    "scheme": (
        "unsupported authorization scheme 'Basic', expected Bearer",
        "wrong auth scheme: got basic, want bearer",
    ),
    "header": ("malformed Authorization header", "Authorization header must be 'Bearer <token>'"),
    "scope": (
        "insufficient scope: orders:write required",
        "missing required scope orders:write",
        "user lacks role admin",
    ),
    "key": ("invalid API key", "unknown api key ending in 7f3a", "API key not recognised"),
    "nokey": ("missing X-API-Key header", "no api key supplied"),
    "password": (
        "login failed: wrong password for user ada",
        "invalid username or password",
        "bad credentials for ada@example.com",
    ),
    "refresh": (
        "refresh token expired",
        "refresh rejected: refresh token already used",
        "invalid_grant: refresh token is not active",
    ),
    "csrf": ("CSRF token missing or incorrect", "session cookie expired, please log in again"),
}
log = logging.getLogger("orders.auth")
fetched, never = jwt.PyJWKClient(KEYS, cache_jwk_set=False), jwt.PyJWKClient(DEAD, timeout=2, cache_jwk_set=False)
app = FastAPI()


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        row = {"timestamp": self.formatTime(record), "level": record.levelname, "logger": record.name}
        row |= {"message": record.getMessage(), **getattr(record, "seen", {})}
        if record.exc_info and record.exc_info[0]:
            row |= {"exc_type": record.exc_info[0].__name__, "exc_message": str(record.exc_info[1])}
        return json.dumps(row)


def refuse(request: Request, why: str | Exception, status: int = 401) -> HTTPException:
    path = request.url.path
    client = request.client.host if request.client else None
    seen: dict[str, Any] = {"seen": {"method": request.method, "path": path, "client_ip": client, "status": status}}
    if STYLE == "trace" and isinstance(why, Exception):
        log.error("could not validate credentials for %s", path, exc_info=why)
    elif STYLE == "json":
        log.warning("authentication failed", extra=seen, exc_info=why) if isinstance(why, Exception) else log.warning(
            why, extra=seen
        )
    else:
        log.warning("%s %s %s from %s: %s", status, request.method, path, client, why)
    return HTTPException(status, "Unauthorized")


def said(kind: str, marker: str) -> str:
    choices = WORDS[kind]
    return choices[int(marker[-4:], 16) % len(choices)]


def credential(request: Request, marker: str) -> str:
    sent = request.headers.get("authorization")
    if not sent:
        raise refuse(request, said("missing", marker))
    scheme, *rest = sent.split(" ")
    if scheme.lower() == "basic":
        raise refuse(request, said("scheme", marker))
    if scheme.lower() != "bearer" or len(rest) != 1:
        raise refuse(request, said("header", marker))
    return str(rest[0])


def checked(request: Request, token: str, key: Any, algorithm: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            [algorithm],
            audience="orders",
            issuer="https://id.example.com/",
            options={"require": ["exp", "sub"]},
        )
    except jwt.PyJWTError as wrong:
        raise refuse(request, wrong) from wrong
    return claims


@app.get("/orders/{marker}")
def orders(marker: str, request: Request) -> dict[str, str]:
    claims = checked(request, credential(request, marker), KEY, "HS256")
    if state := claims.get("state"):
        raise refuse(request, said(state, marker))
    log.info("order %s served to %s", marker, claims["sub"])
    return {"order": marker}


@app.put("/orders/{marker}")
def change(marker: str, request: Request) -> None:
    claims = checked(request, credential(request, marker), KEY, "HS256")
    if "orders:write" not in claims.get("scope", ""):
        raise refuse(request, said("scope", marker), 403)


@app.get("/{source}/orders/{marker}")
def by_key_set(source: str, marker: str, request: Request) -> dict[str, str]:
    token = credential(request, marker)
    try:
        key = (fetched if source == "keys" else never).get_signing_key_from_jwt(token)
    except jwt.PyJWTError as wrong:
        raise refuse(request, wrong) from wrong
    checked(request, token, key, "ES256")
    return {"order": marker}


@app.get("/partner/{marker}")
def partner(marker: str, request: Request) -> dict[str, str]:
    key = request.headers.get("x-api-key")
    if key != "right":
        raise refuse(request, said("key" if key else "nokey", marker))
    return {"partner": marker}


@app.post("/{door}/{marker}")
def login(door: str, marker: str, request: Request) -> None:
    raise refuse(request, said(door, marker))


if __name__ == "__main__":
    handler = logging.FileHandler(LOG)
    handler.setFormatter(
        JsonLines() if STYLE == "json" else logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    uvicorn.run(app, host="127.0.0.1", port=int(PORT), log_level="info")
