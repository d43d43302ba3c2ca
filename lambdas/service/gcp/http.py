"""HTTP as Google's functions-framework hands it over (a Flask request), and back."""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
import uuid
from typing import TYPE_CHECKING, Any

from lambdas.service.http import Request, Response
from lambdas.service.wire import MAX_BODY

if TYPE_CHECKING:
    import flask

USER = "x-apigateway-api-userinfo"
"""What API Gateway says of the token it checked: its claims, in base64. On a route that wants a
token the gateway writes it, whatever a client sent; nobody but the gateway may call the function.
"""
_TRACE = re.compile(r"([0-9a-f]{32})(/|$)")

Answer = tuple[bytes, int, dict[str, str]]


def decode(request: flask.Request, *, seconds: float) -> Request:
    """`seconds` is what the platform gives a request; what is in a queue before is not counted."""
    raw: str = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.path
    path, _, query = raw.partition("?")
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Request(
        method=request.method,
        path=path,
        query=query,
        headers=headers,
        # One byte more than is taken says that it is too much; the rest is never held.
        body=request.stream.read(MAX_BODY + 1),
        user=_user(headers.get(USER, "")),
        request_id=request_id(headers.get("x-cloud-trace-context", "")),
        deadline=time.monotonic() + seconds,
    )


def encode(response: Response) -> Answer:
    """As Flask takes it."""
    return response.body, response.status, dict(response.headers)


def request_id(trace: str) -> str:
    """The trace, by which Google's own log lines of the request are found; or a new id."""
    found = _TRACE.match(trace)
    return found[1] if found else uuid.uuid4().hex


def _user(told: str) -> str | None:
    """Who the token is of; None for what says nobody."""
    try:
        decoded = base64.urlsafe_b64decode(told + "=" * (-len(told) % 4))
        claims: Any = json.loads(decoded)
    except (binascii.Error, ValueError):
        return None
    subject: Any = claims.get("sub") if isinstance(claims, dict) else None
    return subject if isinstance(subject, str) and subject else None
