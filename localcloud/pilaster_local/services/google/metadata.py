"""What stands in for the metadata server: one for each function, which tells whose it is.

The token it hands out is the password of that account's database user on this machine.
"""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import ClassVar

ACCOUNT = "/computeMetadata/v1/instance/service-accounts/default"


class Metadata(BaseHTTPRequestHandler):
    """`email` and `token` are set on a subclass."""

    email: ClassVar[str]
    token: ClassVar[str]

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if self.headers.get("metadata-flavor") != "Google":
            self._answer(403, "Missing Metadata-Flavor:Google header.")
        elif path == f"{ACCOUNT}/token":
            told = {"access_token": self.token, "expires_in": 3599, "token_type": "Bearer"}
            self._answer(200, json.dumps(told))
        elif path == f"{ACCOUNT}/email":
            self._answer(200, self.email)
        else:
            self._answer(404, "this stand-in knows an account's email and its token")

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("metadata-flavor", "Google")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a token is asked for."""
