"""JSON Web Tokens as they stand in text: header and claims, offline. Nothing is verified, the signature is not read.

Source: RFC 7519 (claims), RFC 7515 (header), RFC 9068 (client_id)
"""

import binascii
import json
import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

# Two parts are enough: what stands behind the second dot is the signature. In a URL the dot may be encoded.
PATTERN = r"eyJ[A-Za-z0-9_-]{6,}(?:\.|%2[Ee])[A-Za-z0-9_-]*"
NEAR = "eyJ"
_LONGEST = 16_384  # characters; the tokens of real servers must fit into a header
_HEADER = ("alg", "kid", "typ")
_CLAIMS = ("iss", "aud", "azp", "client_id", "appid", "tid", "scope", "scp")
_PERSON = "sub"
_SHOWN, _ITEMS = 120, 5  # characters of a value, items of a list
_MILLISECONDS = 100_000_000_000  # as seconds, in the year 5138
_URL_SAFE = str.maketrans("-_", "+/")
_END = 253_402_300_800  # of the year 9999


class Token(NamedTuple):
    """expires, not_before, issued: seconds since the epoch. told: what may be shown, the person as `hide` has it."""

    expires: float | None
    not_before: float | None
    issued: float | None
    told: Mapping[str, Any]


def decode(text: str, hide: Callable[[str, str], str]) -> Token | None:
    """Read a token that PATTERN found.

    In:  hide: (kind, value) to a text that names the value without telling it
    Out: None when it is none; of an encrypted one (RFC 7516) only the header
    Law: never fails, whatever the text; what names a person is told through `hide` only
    """
    if len(text) > _LONGEST:
        return None
    first, _, second = (text.replace("%2E", ".").replace("%2e", ".") if "%" in text else text).partition(".")
    header = _header(first)
    if header is None:
        return None
    claims = _object(second) or {}
    told = header | {name: value for name in _CLAIMS if (value := _shown(claims.get(name))) is not None}
    person = claims.get(_PERSON)
    if isinstance(person, str) and person:
        told[_PERSON] = hide(_PERSON, person)
    return Token(_moment(claims.get("exp")), _moment(claims.get("nbf")), _moment(claims.get("iat")), told)


@lru_cache(maxsize=1024)
def _header(segment: str) -> dict[str, Any] | None:
    """Few keys sign many tokens. The value is shared: it must not be changed."""
    header = _object(segment)
    if header is None:
        return None
    return {name: value for name in _HEADER if (value := _shown(header.get(name))) is not None}


def _object(segment: str) -> dict[str, Any] | None:
    try:
        plain = segment.translate(_URL_SAFE) + "=" * (-len(segment) % 4)
        value = json.loads(binascii.a2b_base64(plain, strict_mode=True).decode())
    except (ValueError, RecursionError):  # binascii.Error and UnicodeDecodeError are ValueErrors
        return None
    return value if isinstance(value, dict) else None


def _moment(value: Any) -> float | None:
    """A NumericDate; some issuers write it as text, some in milliseconds."""
    if value is None or isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    if abs(number) >= _MILLISECONDS:
        number /= 1000
    return number if math.isfinite(number) and 0 < number < _END else None


def _shown(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, list):
        return [text for item in value[:_ITEMS] if (text := _shown(item)) is not None and isinstance(text, str)] or None
    return value[:_SHOWN] if isinstance(value, str) and value else None
