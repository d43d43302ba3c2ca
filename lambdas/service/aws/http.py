"""HTTP as API Gateway's HTTP API hands it over (payload 2.0), and back."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Mapping
from typing import Any

from lambdas.service.http import Request, Response
from lambdas.shared.logging import Context


def decode(event: Mapping[str, Any], context: Context) -> Request:
    asked = event.get("requestContext", {})
    return Request(
        method=asked.get("http", {}).get("method", ""),
        path=event.get("rawPath", ""),
        query=event.get("rawQueryString", ""),
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        body=_body(event),
        user=_user(asked.get("authorizer", {}).get("jwt", {}).get("claims", {})),
        request_id=asked.get("requestId") or context.aws_request_id,
        deadline=time.monotonic() + context.get_remaining_time_in_millis() / 1000,
    )


def encode(response: Response) -> dict[str, Any]:
    """Bodies are UTF-8 text; what is none goes as base64."""
    answer: dict[str, Any] = {"statusCode": response.status, "headers": dict(response.headers)}
    if not response.body:
        return answer
    try:
        return {**answer, "body": response.body.decode("utf-8")}
    except UnicodeDecodeError:
        body = base64.b64encode(response.body).decode("ascii")
        return {**answer, "body": body, "isBase64Encoded": True}


def _user(claims: Mapping[str, Any]) -> str | None:
    """Who the token is of. Cognito's ID tokens pass the authorizer too; they are for the client."""
    access = claims.get("token_use", "access") == "access"
    return str(claims["sub"]) if access and "sub" in claims else None


def _body(event: Mapping[str, Any]) -> bytes:
    """Nobody's body is lost: what claims to be base64 and is not is not JSON either."""
    body: str = event.get("body") or ""
    if event.get("isBase64Encoded"):
        try:
            return base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            return b"\xff"
    return body.encode("utf-8", "surrogatepass")
