"""What the domain raises, in the words of HTTP: the one place where it becomes a status."""

from __future__ import annotations

from lambdas.service.model.errors import (
    InvalidInputError,
    InvalidQueryError,
    NoteChangedError,
    NoteNotFoundError,
)
from lambdas.shared.deadline import OutOfTimeError
from lambdas.shared.problems import FieldError, Problem
from lambdas.shared.unavailable import DatabaseUnavailableError

RETRY_SECONDS = 15
"""A paused Aurora takes about as long to resume."""


class ProblemError(Exception):
    """A request that stops before the domain."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


def problem_of(error: BaseException) -> Problem:
    match error:
        case ProblemError():
            return error.problem
        case NoteNotFoundError():
            return Problem(
                status=404,
                kind="not-found",
                title="There is no such note.",
                detail="None of your notes has this id.",
            )
        case NoteChangedError():
            return Problem(
                status=412,
                kind="changed",
                title="The note was changed meanwhile.",
                detail="Nothing was done. Get it again, and send its new ETag as If-Match.",
            )
        case InvalidQueryError():
            return _invalid(400, "The question cannot be understood.", error)
        case InvalidInputError():
            return _invalid(422, "The request breaks a rule.", error)
        case DatabaseUnavailableError():
            return Problem(
                status=503,
                kind="unavailable",
                title="The database is busy or waking up.",
                detail=f"Nothing is lost; try again in {RETRY_SECONDS} seconds.",
                headers={"retry-after": str(RETRY_SECONDS)},
            )
        case OutOfTimeError():
            return Problem(
                status=503,
                kind="out-of-time",
                title="This took too long.",
                detail="It may have been done: look before you send it again.",
                headers={"retry-after": "10"},
            )
        case _:
            return Problem(
                status=500,
                kind="internal",
                title="Something went wrong on our side.",
                detail="It was logged under this request_id; the request may be sent again.",
            )


def _invalid(status: int, title: str, error: InvalidInputError) -> Problem:
    return Problem(
        status=status,
        kind="invalid",
        title=title,
        detail="This was not accepted, and nothing was stored.",
        errors=[FieldError(fault.field, fault.message) for fault in error.faults],
    )


UNAUTHORIZED = Problem(
    status=401,
    kind="unauthorized",
    title="This wants an access token.",
    detail="Send one of a user of this service, as `Authorization: Bearer ...`.",
    headers={"www-authenticate": "Bearer"},
)
UNKNOWN = Problem(
    status=404,
    kind="unknown-route",
    title="There is nothing at this address.",
    detail="Check the path; the API's routes begin with /api/v1/notes.",
)
UNSUPPORTED = Problem(
    status=415,
    kind="unsupported-media-type",
    title="The body is not declared as JSON.",
    detail="Send one JSON object with Content-Type: application/json.",
)


def wrong_method(allowed: str) -> Problem:
    return Problem(
        status=405,
        kind="method-not-allowed",
        title="This address does not take this method.",
        detail=f"Allowed here: {allowed}.",
        headers={"allow": allowed},
    )


def malformed(detail: str) -> Problem:
    return Problem(
        status=400,
        kind="malformed",
        title="The body cannot be understood.",
        detail=f"{detail}: send one JSON object in UTF-8.",
    )


def too_large(limit: int) -> Problem:
    return Problem(
        status=413,
        kind="too-large",
        title="The body is too large.",
        detail=f"A request has at most {limit} bytes.",
    )
