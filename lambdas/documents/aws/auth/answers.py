"""What is answered to who is logged in."""

from __future__ import annotations

from typing import Any

from lambdas.documents.model.account import Tokens


def tokens_to_json(tokens: Tokens) -> dict[str, Any]:
    """As OAuth names them (RFC 6749); `expires_in` is in seconds."""
    return {
        "access_token": tokens.access_token,
        "id_token": tokens.id_token,
        "refresh_token": tokens.refresh_token,
        "expires_in": tokens.expires_in,
        "token_type": "Bearer",
    }
