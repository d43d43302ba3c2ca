"""What the domain raises, in the words of HTTP: the one place where it becomes a status."""

from __future__ import annotations

from lambdas.service.model.errors import (
    InvalidInputError,
    InvalidQueryError,
    NoteChangedError,
    NoteNotFoundError,
)
from lambdas.shared import problems
from lambdas.shared.deadline import OutOfTimeError
from lambdas.shared.problems import Problem, ProblemError
from lambdas.shared.unavailable import DatabaseUnavailableError

RETRY_SECONDS = 15
"""A paused Aurora takes about as long to resume."""


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
            return problems.invalid(400, "The question cannot be understood.", error.faults)
        case InvalidInputError():
            return problems.invalid(422, "The request breaks a rule.", error.faults)
        case DatabaseUnavailableError():
            return Problem(
                status=503,
                kind="unavailable",
                title="The database is busy or waking up.",
                detail=f"Nothing is lost; try again in {RETRY_SECONDS} seconds.",
                headers={"retry-after": str(RETRY_SECONDS)},
            )
        case OutOfTimeError():
            return problems.OUT_OF_TIME
        case _:
            return problems.INTERNAL


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
