"""Tokens as their issuers make them, and each way in which one can be wrong."""

import time
from typing import Any

import jwt

HOUR = 3600


def token(key: str, *, kid: str | None = None, algorithm: str = "HS256", **claims: Any) -> str:
    """A good token but for the claims given; None leaves a claim out. Times are seconds from now."""
    now = int(time.time())
    all_claims = {"sub": "ada", "iss": "https://id.example.com/", "aud": "orders", "iat": 0, "exp": HOUR, **claims}
    timed = {
        name: now + value if name in {"iat", "exp", "nbf"} and value is not None else value
        for name, value in all_claims.items()
    }
    kept = {name: value for name, value in timed.items() if value is not None}
    return str(jwt.encode(kept, key, algorithm, headers={"kid": kid} if kid else None))


def tampered(made: str) -> str:
    """The same header and signature, other claims."""
    other = jwt.encode(jwt.decode(made, options={"verify_signature": False}) | {"sub": "root"}, "k" * 40, "HS256")
    head, _, signature = made.split(".")
    return f"{head}.{other.split('.')[1]}.{signature}"
