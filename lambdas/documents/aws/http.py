"""HTTP as API Gateway's HTTP API hands it over (payload 2.0): decode, call, encode.

This is the one place where what the domain raises becomes a status code.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from lambdas.documents.aws.lock import REFUSAL, Lock, header, refusal
from lambdas.documents.model.errors import (
    AccountsUnavailableError,
    DatabaseUnavailableError,
    DocumentNotFoundError,
    InvalidInputError,
    InvalidQueryError,
    NotAReviewerError,
    PushUnavailableError,
    ReviewEndedError,
    ReviewNotClaimedError,
    ReviewNotFoundError,
    ReviewTakenError,
    SessionEndedError,
    StorageUnavailableError,
    TooManyAttemptsError,
    TooManyRequestsError,
    WrongCredentialsError,
)
from lambdas.documents.model.identity import REVIEWERS, SessionId, UserId, as_user_id
from lambdas.shared import problems
from lambdas.shared.deadline import OutOfTimeError, ends_after
from lambdas.shared.logging import Context, Log
from lambdas.shared.problems import FieldError, Problem

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

_PASSES = {
    DatabaseUnavailableError: ("The database is busy or waking up.", 15),
    StorageUnavailableError: ("The store does not answer.", 5),
    AccountsUnavailableError: ("The user directory does not answer.", 5),
    PushUnavailableError: ("Push does not answer.", 5),
}
"""What passes by itself -> what to say, and after how many seconds to try again."""


class ProblemError(Exception):
    """A request that stops at the edge."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


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
            raise ProblemError(_UNAUTHORIZED)
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
            raise ProblemError(_malformed_host())
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
        kind = self.header("content-type").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise ProblemError(_UNSUPPORTED)
        data = self._body()
        if len(data) > limit:
            raise ProblemError(_too_large(limit))
        try:
            body = json.loads(data, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
            raise ProblemError(_malformed("the body is not JSON")) from None
        if not isinstance(body, dict):
            raise ProblemError(_malformed("the body is JSON, but not an object"))
        return body

    def _body(self) -> bytes:
        body: str = self.event.get("body") or ""
        if not self.event.get("isBase64Encoded"):
            return body.encode("utf-8", "surrogatepass")
        try:
            return base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            raise ProblemError(_malformed("the body is not JSON")) from None


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


def problem_of(error: BaseException) -> Problem:
    """What the domain raises, in the words of HTTP."""
    for kind, (title, seconds) in _PASSES.items():
        if isinstance(error, kind):
            return Problem(
                status=503,
                kind="unavailable",
                title=title,
                detail=f"Nothing is lost; try again in {seconds} seconds.",
                headers={"retry-after": str(seconds)},
            )
    match error:
        case ProblemError():
            return error.problem
        case DocumentNotFoundError():
            return Problem(
                status=404,
                kind="not-found",
                title="There is no such document.",
                detail="None of your documents has this id.",
            )
        case NotAReviewerError():
            return Problem(
                status=403,
                kind="forbidden",
                title="This is for reviewers.",
                detail="Whoever runs the system can make you a reviewer; log in again after that.",
            )
        case ReviewNotFoundError():
            return Problem(
                status=404,
                kind="not-found",
                title="There is no such review.",
                detail="Nobody was asked about a document of this id, or it was deleted.",
            )
        case ReviewTakenError():
            return _conflict("review-taken", "Another reviewer has this review.", _taken(error))
        case ReviewNotClaimedError():
            return _conflict(
                "review-not-claimed",
                "You do not have this review.",
                "It was not claimed, or the claim ran out: claim it, then send the decision again.",
            )
        case ReviewEndedError():
            return _conflict(
                "review-ended",
                "This review has ended otherwise.",
                f"It is {str(error).replace('_', ' ')}; the first decision stands.",
            )
        case InvalidQueryError():
            return _invalid(400, "The question cannot be understood.", error)
        case InvalidInputError():
            return _invalid(422, "The request breaks a rule.", error)
        case WrongCredentialsError():
            return Problem(
                status=401,
                kind="wrong-credentials",
                title="The e-mail or the password is wrong, or the account is not confirmed.",
                detail="Check both; a new account is confirmed with the code from its e-mail.",
                headers={"www-authenticate": "Bearer"},
            )
        case TooManyAttemptsError():
            return Problem(
                status=429,
                kind="too-many-attempts",
                title="Too many attempts.",
                detail=f"Wait {error.seconds} seconds, then try again.",
                headers={"retry-after": str(error.seconds)},
            )
        case SessionEndedError():
            return Problem(
                status=401,
                kind="session-ended",
                title="This refresh token is good no more.",
                detail="It was used or revoked, or is too old: log in again.",
                headers={"www-authenticate": 'Bearer error="invalid_token"'},
            )
        case TooManyRequestsError():
            seconds = max(1, math.ceil(error.seconds))
            return Problem(
                status=429,
                kind="too-many-requests",
                title="Too many requests.",
                detail=f"Nothing was done; try again in {seconds} seconds.",
                headers={"retry-after": str(seconds)},
            )
        case OutOfTimeError():
            return Problem(
                status=503,
                kind="out-of-time",
                title="This took too long.",
                detail="Part of it may have been done: look before you send it again.",
                headers={"retry-after": "10"},
            )
        case _:
            return Problem(
                status=500,
                kind="internal",
                title="Something went wrong on our side.",
                detail="It was logged under this request_id; the request may be sent again.",
            )


def _conflict(kind: str, title: str, detail: str) -> Problem:
    return Problem(status=409, kind=kind, title=title, detail=detail)


def _taken(error: ReviewTakenError) -> str:
    until = error.args[0] if error.args else None
    at = until.astimezone(UTC) if isinstance(until, datetime) else None
    when = f"until {at:%Y-%m-%dT%H:%M:%SZ}" if at else "for now"
    return f"It is taken {when}; after that it can be claimed again."


def groups_in(claim: object) -> frozenset[str]:
    """The groups of a token. API Gateway hands a list over as text: `[teachers reviewers]`."""
    if isinstance(claim, str):
        return frozenset(claim.strip("[]").replace(",", " ").split())
    if isinstance(claim, list):
        return frozenset(str(each) for each in cast(list[object], claim))
    return frozenset()


def _invalid(status: int, title: str, error: InvalidInputError) -> Problem:
    return Problem(
        status=status,
        kind="invalid",
        title=title,
        detail="This was not accepted, and nothing was stored.",
        errors=[FieldError(fault.field, fault.message) for fault in error.faults],
    )


def _malformed(detail: str) -> Problem:
    return Problem(
        status=400,
        kind="malformed",
        title="The body cannot be understood.",
        detail=f"{detail}: send one JSON object in UTF-8.",
    )


_UNAUTHORIZED = Problem(
    status=401,
    kind="unauthorized",
    title="This is not a valid access token.",
    detail="Log in at /api/v1/auth/login and send its access_token as a Bearer token.",
    headers={"www-authenticate": 'Bearer error="invalid_token"'},
)
_UNSUPPORTED = Problem(
    status=415,
    kind="unsupported-media-type",
    title="The body is not declared as JSON.",
    detail="Send one JSON object with Content-Type: application/json.",
)


def _malformed_host() -> Problem:
    return Problem(
        status=400,
        kind="malformed",
        title="The host cannot be understood.",
        detail="Send the site's own name in the Host header, as browsers do.",
    )


def _too_large(limit: int) -> Problem:
    return Problem(
        status=413,
        kind="too-large",
        title="The body is too large.",
        detail=f"This request has at most {limit} bytes; files go to the upload URL.",
    )


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


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
