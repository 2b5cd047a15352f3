"""Made-up tokens, and lines that carry them."""

import base64
import json
from collections.abc import Mapping
from typing import Any

EXP = 1_773_220_500  # 2026-03-11T09:15:00Z


def segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def jwt(claims: Mapping[str, Any], **header: Any) -> str:
    return (
        f"{segment({'alg': 'RS256', 'kid': 'k1', 'typ': 'JWT'} | header)}.{segment(claims)}.c2lnbmF0dXJlLW9mLW5vYm9keQ"
    )
