"""HTTP as API Gateway's HTTP API hands it over (payload 2.0): decode, call, encode.

This is the one place where what the domain raises becomes a status code.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lambdas.documents.model.errors import (
    AccountsUnavailableError,
    DatabaseUnavailableError,
    DocumentNotFoundError,
    InvalidInputError,
    InvalidQueryError,
    StorageUnavailableError,
    TooManyAttemptsError,
    WrongCredentialsError,
)
from lambdas.documents.model.identity import UserId, as_user_id
from lambdas.shared import problems
from lambdas.shared.logging import Context, Log
from lambdas.shared.problems import FieldError, Problem

MAX_BODY = 16 * 1024
"""Bytes. No request of ours needs more; a larger one is not parsed."""

_PASSES = {
    DatabaseUnavailableError: ("The database is waking up.", 15),
    StorageUnavailableError: ("The object store does not answer.", 5),
    AccountsUnavailableError: ("The user directory does not answer.", 5),
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
    def user(self) -> UserId:
        """Who asks, from the token API Gateway has verified."""
        authorizer = self.event.get("requestContext", {}).get("authorizer", {})
        claims = authorizer.get("jwt", {}).get("claims", {})
        user = as_user_id(str(claims.get("sub", "")))
        # The authorizer takes ID tokens of the same client as well; those are for the client only.
        if user is None or claims.get("token_use", "access") != "access":
            raise ProblemError(_UNAUTHORIZED)
        return user

    def parameter(self, name: str) -> str:
        """A part of the path."""
        return (self.event.get("pathParameters") or {}).get(name, "")

    def query(self, name: str) -> str | None:
        return (self.event.get("queryStringParameters") or {}).get(name)

    def json(self) -> Mapping[str, Any]:
        """The body, which must be a JSON object."""
        headers = {k.lower(): v for k, v in (self.event.get("headers") or {}).items()}
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise ProblemError(_UNSUPPORTED)
        data = self._body()
        if len(data) > MAX_BODY:
            raise ProblemError(_TOO_LARGE)
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
    """A handler for one route: `call` answers or raises, this encodes either."""

    def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
        log = Log(context)
        try:
            response = call(Request(event, log))
        except Exception as error:  # noqa: BLE001 - the edge: whatever it is, it gets an answer
            problem = problem_of(error)
            if problem.status >= 500:
                log.failure("request failed", error, status_code=problem.status)
            else:
                log.info("request refused", status_code=problem.status, code=problem.kind)
            return _encode_problem(problem, context.aws_request_id)
        log.info("request answered", status_code=response.status)
        return _encode(response)

    return handler


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
                detail="Wait a minute, then try again.",
                headers={"retry-after": "60"},
            )
        case _:
            return Problem(
                status=500,
                kind="internal",
                title="Something went wrong on our side.",
                detail="It was logged under this instance; the request may be sent again.",
            )


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
    headers={"www-authenticate": "Bearer"},
)
_UNSUPPORTED = Problem(
    status=415,
    kind="unsupported-media-type",
    title="The body is not declared as JSON.",
    detail="Send one JSON object with Content-Type: application/json.",
)
_TOO_LARGE = Problem(
    status=413,
    kind="too-large",
    title="The body is too large.",
    detail=f"A request has at most {MAX_BODY} bytes; files go to the upload URL.",
)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _encode(response: Response) -> dict[str, Any]:
    headers = {"cache-control": "no-store", **response.headers}
    if response.body is None:
        return {"statusCode": response.status, "headers": headers}
    headers = {"content-type": "application/json", **headers}
    return {"statusCode": response.status, "headers": headers, "body": _dumps(response.body)}


def _encode_problem(problem: Problem, request_id: str) -> dict[str, Any]:
    headers = {"content-type": problems.CONTENT_TYPE, "x-content-type-options": "nosniff"}
    body = problem.document(f"/requests/{request_id}")
    return _encode(Response(problem.status, body, {**headers, **problem.headers}))


def _dumps(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
