"""HTTP as API Gateway's HTTP API hands it over (payload 2.0): decode, call, encode."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from lambdas.documents.aws.lock import REFUSAL, Lock, header, refusal
from lambdas.documents.aws.problems import MALFORMED_HOST, UNAUTHORIZED, problem_of
from lambdas.documents.model.errors import NotAReviewerError
from lambdas.documents.model.identity import REVIEWERS, SessionId, UserId, as_user_id
from lambdas.shared import problems
from lambdas.shared.deadline import OutOfTimeError, ends_after
from lambdas.shared.json_body import malformed, object_in
from lambdas.shared.logging import Context, Log
from lambdas.shared.problems import Problem, ProblemError

MAX_BODY = 16 * 1024
"""Bytes. Hardly a request needs more; a larger one is not parsed."""
LAST_SECONDS = 1.0
"""Kept of a function's time to answer in, where it would run out of it."""

ADDRESS_HEADER = "x-viewer-address"
HOST_HEADER = "x-viewer-host"
"""What the edge says of who asks. It overwrites what the viewer said there, so they are as true as
the lock is shut (components/pilaster/aws/edge_functions/viewer.js)."""

_CLIENT_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
"""What a client may call its request: an id, and no text."""
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?")


@dataclass(frozen=True)
class Response:
    status: int
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Request:
    event: Mapping[str, Any]
    log: Log

    @property
    def claims(self) -> Mapping[str, Any]:
        """What the token says that API Gateway has verified; nothing where it asked for none."""
        authorizer = self.event.get("requestContext", {}).get("authorizer", {})
        return authorizer.get("jwt", {}).get("claims", {})

    @property
    def session(self) -> SessionId:
        """The login the token comes from, the same after every refresh."""
        claims = self.claims
        return SessionId(str(claims.get("origin_jti") or claims.get("jti") or claims.get("sub")))

    @property
    def user(self) -> UserId:
        """Who asks, from the token API Gateway has verified."""
        claims = self.claims
        user = as_user_id(str(claims.get("sub", "")))
        # The authorizer takes ID tokens of the same client as well; those are for the client only.
        if user is None or claims.get("token_use", "access") != "access":
            raise ProblemError(UNAUTHORIZED)
        return user

    @property
    def address(self) -> str:
        """The network address of who asks, as the edge saw it; API Gateway sees the edge's."""
        return self.header(ADDRESS_HEADER)

    @property
    def host(self) -> str:
        """The name, and where it is said the port, that who asks has for the system."""
        host = self.header(HOST_HEADER)
        if not _HOST.fullmatch(host):
            raise ProblemError(MALFORMED_HOST)
        return host

    @property
    def reviewer(self) -> UserId:
        """Who asks, if they may see other people's documents."""
        user = self.user
        if REVIEWERS not in groups_in(self.claims.get("cognito:groups")):
            raise NotAReviewerError
        return user

    @property
    def method(self) -> str:
        return self.event.get("requestContext", {}).get("http", {}).get("method", "")

    @property
    def path(self) -> str:
        """As it was asked for, which is not as the route has it."""
        return self.event.get("rawPath", "")

    def header(self, name: str) -> str:
        """Empty where there is none."""
        return header(self.event, name)

    def parameter(self, name: str) -> str:
        """A part of the path."""
        return (self.event.get("pathParameters") or {}).get(name, "")

    def query(self, name: str) -> str | None:
        return (self.event.get("queryStringParameters") or {}).get(name)

    def json(self, *, limit: int = MAX_BODY) -> Mapping[str, Any]:
        """The body, which must be a JSON object of `limit` bytes at most."""
        kind = self.header("content-type")
        return object_in(self._body(), kind, limit, instead="files go to the upload URL")

    def _body(self) -> bytes:
        body: str = self.event.get("body") or ""
        if not self.event.get("isBase64Encoded"):
            return body.encode("utf-8", "surrogatepass")
        try:
            return base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            raise ProblemError(malformed("the body is not JSON")) from None


Handler = Callable[[Mapping[str, Any], Context], dict[str, Any]]


def endpoint(call: Callable[[Request], Response]) -> Handler:
    """A handler for one route: `call` answers or raises, this encodes either.

    Nobody is let in who did not come through the edge. The token was looked at before, by API
    Gateway; whatever else a request says is not.
    """
    lock = Lock()

    def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
        request_id = id_of(event) or context.aws_request_id
        log = Log(context, request_id=request_id, client_request_id=_client_request_id(event))
        time_left = context.get_remaining_time_in_millis() / 1000
        if not lock.holds(event):
            log.info("request refused", status_code=REFUSAL.status, code=REFUSAL.kind)
            return refusal(request_id)
        try:
            with ends_after(time_left - LAST_SECONDS):
                response = call(Request(event, log))
        # The edge: whatever it is, it gets an answer.
        except (Exception, OutOfTimeError) as error:  # noqa: BLE001
            problem = problem_of(error)
            if problem.status >= 500:
                log.failure("request failed", error, status_code=problem.status)
            else:
                log.info("request refused", status_code=problem.status, code=problem.kind)
            return _encode_problem(problem, request_id)
        log.info("request answered", status_code=response.status)
        return _encode(response, request_id)

    return handler


def id_of(event: Mapping[str, Any]) -> str:
    """What API Gateway calls the request, in its access log and in `apigw-requestid` too."""
    return event.get("requestContext", {}).get("requestId", "")


def _client_request_id(event: Mapping[str, Any]) -> str | None:
    """What the client calls it: for the log alone, and only if it looks like an id."""
    given = header(event, "x-request-id")
    return given if _CLIENT_REQUEST_ID.fullmatch(given) else None


def groups_in(claim: object) -> frozenset[str]:
    """The groups of a token. API Gateway hands a list over as text: `[teachers reviewers]`."""
    if isinstance(claim, str):
        return frozenset(claim.strip("[]").replace(",", " ").split())
    if isinstance(claim, list):
        return frozenset(str(each) for each in cast(list[object], claim))
    return frozenset()


def _encode(response: Response, request_id: str) -> dict[str, Any]:
    headers = {"cache-control": "no-store", "x-request-id": request_id, **response.headers}
    if response.body is None:
        return {"statusCode": response.status, "headers": headers}
    headers = {"content-type": "application/json", **headers}
    return {"statusCode": response.status, "headers": headers, "body": _dumps(response.body)}


def _encode_problem(problem: Problem, request_id: str) -> dict[str, Any]:
    headers = {"content-type": problems.CONTENT_TYPE, "x-content-type-options": "nosniff"}
    body = problem.document(request_id)
    return _encode(Response(problem.status, body, {**headers, **problem.headers}), request_id)


def _dumps(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
