"""Refresh tokens that are good once, as Cognito rotates them where a client says so.

ministack takes the setting and drops it: it would answer a refresh without a new token, and take
the old one for ever.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

Answer = tuple[int, dict[str, str], bytes]

_KEY = "RefreshTokenRotation"


def install() -> None:
    """Put these in the place of ministack's own functions."""
    from ministack.services import cognito

    create, update = cognito._create_user_pool_client, cognito._update_user_pool_client
    refresh, login = cognito._get_tokens_from_refresh_token, cognito._initiate_auth

    cognito._create_user_pool_client = _kept(cognito, create)
    cognito._update_user_pool_client = _kept(cognito, update)

    def get_tokens(data: dict[str, Any]) -> Answer:
        rotation = _rotation(cognito, data.get("ClientId"))
        old = data.get("RefreshToken")
        if rotation is None or not isinstance(old, str):
            return refresh(data)
        return _rotated(cognito, rotation, data, old)

    def initiate_auth(data: dict[str, Any]) -> Answer:
        flow = data.get("AuthFlow")
        if flow in ("REFRESH_TOKEN", "REFRESH_TOKEN_AUTH") and _rotation(
            cognito, data.get("ClientId")
        ):
            return cognito.error_response_json(
                "InvalidParameterException",
                f"{flow} is not available where refresh tokens rotate: "
                "call GetTokensFromRefreshToken",
                400,
            )
        return login(data)

    cognito._get_tokens_from_refresh_token = get_tokens
    cognito._initiate_auth = initiate_auth


def _kept(cognito: Any, change: Callable[[dict[str, Any]], Answer]) -> Callable[..., Answer]:
    """The client with the setting it was given, in the answer too."""

    def changed(data: dict[str, Any]) -> Answer:
        status, headers, body = change(data)
        if status != 200 or _KEY not in data:
            return status, headers, body
        client = json.loads(body)["UserPoolClient"]
        pool, _ = cognito._pool_for_client(client["ClientId"])
        pool["_clients"][client["ClientId"]][_KEY] = data[_KEY]
        return cognito.json_response({"UserPoolClient": {**client, _KEY: data[_KEY]}})

    return changed


def _rotation(cognito: Any, client_id: Any) -> dict[str, Any] | None:
    pool, _ = cognito._pool_for_client(client_id)
    said = pool["_clients"][client_id].get(_KEY) if pool else None
    return said if said and said.get("Feature") == "ENABLED" else None


def _rotated(cognito: Any, rotation: dict[str, Any], data: dict[str, Any], old: str) -> Answer:
    """New tokens of the same session, and when the old one ends. The new one lives no longer than
    the first would have."""
    client_id = data["ClientId"]
    pool, pool_id = cognito._pool_for_client(client_id)
    user, refused = cognito._refresh_auth_user(pool, pool_id, client_id, old)
    if refused:
        return refused
    claims = cognito._token_claims(old)
    now = time.time()
    if now >= claims["exp"]:
        return cognito.error_response_json(
            "NotAuthorizedException", "Refresh Token has expired", 400
        )
    used = pool.setdefault("_rotated_tokens", {})
    for jti, (_, expires) in list(used.items()):
        if expires < now:
            del used[jti]
    good_until, _ = used.get(claims["jti"], (None, None))
    if good_until is not None and now > good_until:
        return cognito.error_response_json(
            "RefreshTokenReuseException", "Refresh Token has been used already", 400
        )
    result = cognito._build_auth_result(
        pool_id,
        client_id,
        user,
        trigger_source="TokenGeneration_RefreshTokens",
        origin_jti=claims.get("origin_jti", ""),
        scope=claims.get("scope"),
    )
    if good_until is None:
        grace = int(rotation.get("RetryGracePeriodSeconds") or 0)
        used[claims["jti"]] = (now + grace, claims["exp"])
    result["RefreshToken"] = _as_old(cognito, pool_id, result["RefreshToken"], claims["exp"])
    return cognito.json_response({"AuthenticationResult": result})


def _as_old(cognito: Any, pool_id: str, token: str, expires: int) -> str:
    """The same token with the expiry of the one it follows."""
    return cognito._signed_jwt({**cognito._token_claims(token), "exp": expires}, pool_id, "access")
