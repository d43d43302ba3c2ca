"""What stands in for the endpoint that gives an app tokens of its managed identity.

The token it hands out is the password of that identity's database user on this machine.
"""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

PATH = "/msi/token"
POSTGRESQL = "https://ossrdbms-aad.database.windows.net"
SECONDS = 86_400
ELSEWHERE = (
    "this stand-in has tokens for PostgreSQL alone; the value of a vault's secret comes as a "
    "setting that refers to it (`reference` of pilaster.azure.Secret)"
)


class Identity(BaseHTTPRequestHandler):
    """`client_id`, `secret` (of X-IDENTITY-HEADER) and `token` are set on a subclass."""

    client_id: ClassVar[str]
    secret: ClassVar[str]
    token: ClassVar[str]

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        said = {name: values[0] for name, values in asked.items()}
        if urlsplit(self.path).path != PATH or self.headers.get("x-identity-header") != self.secret:
            self._answer(401, {"message": "this is another app's endpoint"})
        elif said.get("client_id") != self.client_id:
            self._answer(400, {"message": "No User Assigned Managed Identity found"})
        elif said.get("resource") != POSTGRESQL:
            self._answer(400, {"message": ELSEWHERE})
        else:
            until = str(int(time.time()) + SECONDS)
            self._answer(200, {"access_token": self.token, "expires_on": until})

    def _answer(self, status: int, told: dict[str, str]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a token is asked for."""
