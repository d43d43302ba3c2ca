"""What stands in for App Service's authentication: tokens are looked at, then the app is called.

Its tokens are those this machine issues (`POST /_pilaster/tokens` with a `sub`). What a request
says of itself in the platform's own headers is taken away, as App Service does.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pilaster_local.services.google.gateway import Gateway

SUBJECT = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier"
SECONDS = 230.0
"""After which Azure's load balancer gives up."""


class Rules:
    """The app's authentication settings, by the names `Gateway` asks for."""

    def __init__(
        self, *, issuer: str, audiences: Sequence[str], public: Sequence[str], backend: str
    ) -> None:
        self.issuer, self.audiences, self.backend = issuer, list(audiences), backend
        self.seconds = SECONDS
        self._public = frozenset(public)

    def wants_token(self, method: str, path: str) -> bool:
        """Whether it is none of the excluded paths."""
        return path not in self._public


class Front(Gateway):
    """One request. `routes` (a `Rules`) and `tokens` are set on a subclass."""

    def passed_on(self, claims: Mapping[str, Any] | None) -> dict[str, str]:
        headers = {
            name: value
            for name, value in self.headers.items()
            if not name.lower().startswith("x-ms-") and not self.is_of_the_connection(name)
        }
        if claims is not None:
            told = [{"typ": SUBJECT, "val": claims["sub"]}]
            told += [
                {"typ": name, "val": str(value)} for name, value in claims.items() if name != "sub"
            ]
            principal = json.dumps({"auth_typ": "aad", "claims": told}).encode()
            headers["X-MS-CLIENT-PRINCIPAL"] = base64.b64encode(principal).decode()
            headers["X-MS-CLIENT-PRINCIPAL-IDP"] = "aad"
        return headers
