"""What stands in for API Gateway: routes and tokens as its configuration says, then the function.

It is no Google's: it knows the part of OpenAPI 2.0 that `pilaster.gcp.routes` writes, and its
tokens are those this machine issues (`POST /_pilaster/tokens` with a `sub`).
"""

from __future__ import annotations

import base64
import http.client
import json
import re
import uuid
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar

from pilaster_local.services.stand_ins.tokens import Issuer, TokenError

MAX_BODY = 32 * 1024 * 1024
"""As much as Google lets through to a function."""
_NOT_PASSED_ON = frozenset(
    {"connection", "content-length", "host", "keep-alive", "te", "trailer", "transfer-encoding"}
) | {"upgrade"}
USER = "x-apigateway-api-userinfo"


class Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Routes:
    """The gateway's configuration."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._paths = [
            (re.compile(_pattern(path)), methods) for path, methods in document["paths"].items()
        ]
        scheme = next(iter(document["securityDefinitions"].values()))
        self.issuer: str = scheme["x-google-issuer"]
        self.audiences: list[str] = scheme["x-google-audiences"].split(",")
        self.backend: str = document["x-google-backend"]["address"]
        self.seconds: float = document["x-google-backend"]["deadline"]

    def wants_token(self, method: str, path: str) -> bool:
        """Whether the route is closed. Raises Refused where there is none."""
        for pattern, methods in self._paths:
            if pattern.fullmatch(path):
                operation = methods.get(method.lower())
                if operation is None:
                    raise Refused(
                        405,
                        "The current request is matched to the defined url template "
                        f'"{path}" but its http method is not allowed',
                    )
                return bool(operation.get("security", self._document["security"]))
        raise Refused(404, "The current request is not defined by this API.")


def _pattern(path: str) -> str:
    """`/a/{id}` takes a part, `/a/{rest=**}` all that is left, and nothing is some of that."""
    parts = re.split(r"(\{\w+(?:=\*\*)?\})", path)
    return "".join(
        re.escape(part) if part[:1] != "{" else ".*" if part.endswith("=**}") else "[^/]+"
        for part in parts
    )


class Gateway(BaseHTTPRequestHandler):
    """One request. `routes` and `issuer` are set on a subclass."""

    routes: ClassVar[Routes]
    tokens: ClassVar[Issuer]
    protocol_version = "HTTP/1.1"

    def handle_one(self) -> None:
        try:
            body = self._body()
            path = self.path.partition("?")[0]
            if path.startswith("/_pilaster/"):
                self._own(path, body)
                return
            claims = self._claims() if self.routes.wants_token(self.command, path) else None
            self._forward(body, claims)
        except Refused as refused:
            said = {"code": refused.status, "message": str(refused)}
            self._answer(refused.status, json.dumps(said).encode())

    do_DELETE = do_GET = do_HEAD = do_OPTIONS = do_PATCH = do_POST = do_PUT = handle_one

    def _own(self, path: str, body: bytes) -> None:
        if (self.command, path) == ("GET", "/_pilaster/status"):
            self._answer(200, b'{"status":"ok"}')
            return
        if (self.command, path) != ("POST", "/_pilaster/tokens"):
            raise Refused(404, "POST /_pilaster/tokens issues a token on this machine")
        try:
            subject = json.loads(body)["sub"]
        except (ValueError, KeyError, TypeError):
            raise Refused(400, 'send {"sub": "<who>"}') from None
        token = self.tokens.issue(str(subject), self.routes.issuer, self.routes.audiences[0])
        self._answer(200, json.dumps({"access_token": token}).encode())

    def _claims(self) -> Mapping[str, Any]:
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise Refused(401, "Jwt is missing")
        try:
            return self.tokens.claims(token, self.routes.issuer, self.routes.audiences)
        except TokenError as error:
            raise Refused(401, str(error)) from None

    def passed_on(self, claims: Mapping[str, Any] | None) -> dict[str, str]:
        """The headers the function gets: the request's own, and whose token it came with."""
        headers = {
            name: value
            for name, value in self.headers.items()
            if not self.is_of_the_connection(name) and name.lower() not in (USER, "authorization")
        }
        headers["X-Cloud-Trace-Context"] = f"{uuid.uuid4().hex}/1;o=1"
        if claims is not None:
            told = base64.urlsafe_b64encode(json.dumps(dict(claims)).encode())
            headers[USER] = told.rstrip(b"=").decode()
            headers["X-Forwarded-Authorization"] = self.headers["authorization"]
        return headers

    @staticmethod
    def is_of_the_connection(name: str) -> bool:
        """Whether a header is of the one connection it came on, and no other."""
        return name.lower() in _NOT_PASSED_ON

    def _forward(self, body: bytes, claims: Mapping[str, Any] | None) -> None:
        headers = self.passed_on(claims)
        host = self.routes.backend.removeprefix("http://")
        there = http.client.HTTPConnection(host, timeout=self.routes.seconds)
        try:
            there.request(self.command, self.path, body=body, headers=headers)
            answer = there.getresponse()
            answered = answer.read()
        except TimeoutError:
            raise Refused(504, "upstream request timeout") from None
        except OSError:
            raise Refused(503, "upstream connect error") from None
        finally:
            there.close()
        kept = [
            (name, value)
            for name, value in answer.getheaders()
            if name.lower() not in _NOT_PASSED_ON | {"date", "server"}
        ]
        self._answer(answer.status, answered, kept)

    def _body(self) -> bytes:
        if "transfer-encoding" in self.headers:
            self.close_connection = True
            raise Refused(411, "this stand-in wants a content-length")
        try:
            length = int(self.headers.get("content-length", 0))
        except ValueError:
            length = -1
        if not 0 <= length <= MAX_BODY:
            self.close_connection = True  # what was sent is not read
            raise Refused(413, "the request is too large")
        return self.rfile.read(length)

    def _answer(
        self, status: int, body: bytes, headers: list[tuple[str, str]] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers or [("content-type", "application/json")]:
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status not in (204, 304):
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: paths hold ids, and the function has its own lines."""
