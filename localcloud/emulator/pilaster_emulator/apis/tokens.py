"""Why a token is not taken, in the words of API Gateway's `www-authenticate` and access log."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from typing import Any


def complaint(token: str, audience: list[str]) -> str:
    """What is wrong with a token that was refused; empty if there was none."""
    if not token:
        return ""
    parts = token.split(".")
    if len(parts) != 3:
        return "token contains an invalid number of segments"
    try:
        claims: Mapping[str, Any] = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))
        expires = float(claims.get("exp", float("inf")))
    except (ValueError, AttributeError, TypeError, OverflowError, RecursionError):
        return "invalid token"
    if expires <= time.time():
        return "the token has expired"
    meant = claims.get("aud", claims.get("client_id"))
    if audience and not {str(each) for each in (meant if isinstance(meant, list) else [meant])} & {
        *audience
    }:
        return "the token does not have a valid audience"
    return "invalid token"


def challenge(error: str) -> str:
    """The header of a 401."""
    if not error:
        return "Bearer"
    return f'Bearer scope="" error="invalid_token" error_description="{error}"'
