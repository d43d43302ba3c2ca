"""HTTP as the Functions worker hands it over (`azure.functions`), and back."""

from __future__ import annotations

import base64
import binascii
import json
import time
from urllib.parse import urlsplit

import azure.functions as func

from lambdas.service.http import Request, Response

PRINCIPAL = "x-ms-client-principal"
_SUBJECT = (
    # Entra's tokens arrive with the claims' long names, others with the tokens' own.
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier",
    "sub",
)


def decode(
    request: func.HttpRequest, *, request_id: str, seconds: float, authenticated: bool
) -> Request:
    """`seconds` are left for it; `authenticated`: the platform looks at tokens before we do."""
    address = urlsplit(request.url)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Request(
        method=request.method.upper(),
        path=address.path,
        query=address.query,
        headers=headers,
        body=request.get_body(),
        user=user(headers.get(PRINCIPAL, "")) if authenticated else None,
        request_id=request_id,
        deadline=time.monotonic() + seconds,
    )


def encode(response: Response) -> func.HttpResponse:
    headers = dict(response.headers)
    kind = headers.pop("content-type", None)
    return func.HttpResponse(
        body=response.body,
        status_code=response.status,
        headers=headers,
        # Without one the library calls the body plain text.
        mimetype=kind or "application/octet-stream",
    )


def user(principal: str) -> str | None:
    """Whose token App Service has verified: the one `sub` of its header; None where there is none.

    The platform takes the header away from whoever sends one, as long as its authentication is on.
    """
    try:
        told = json.loads(base64.b64decode(principal, validate=True))
        claims = [(claim["typ"], claim["val"]) for claim in told["claims"]]
    except (binascii.Error, ValueError, KeyError, TypeError):
        return None
    found = {value for kind, value in claims if kind in _SUBJECT}
    only = found.pop() if len(found) == 1 else None
    return only if isinstance(only, str) else None
