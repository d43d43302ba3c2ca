"""What the domain raises, in the words of HTTP: the one place where it becomes a status."""

from __future__ import annotations

import math
from datetime import UTC, datetime

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
from lambdas.shared import problems
from lambdas.shared.deadline import OutOfTimeError
from lambdas.shared.problems import Problem, ProblemError

_PASSES = {
    DatabaseUnavailableError: ("The database is busy or waking up.", 15),
    StorageUnavailableError: ("The store does not answer.", 5),
    AccountsUnavailableError: ("The user directory does not answer.", 5),
    PushUnavailableError: ("Push does not answer.", 5),
}
"""What passes by itself -> what to say, and after how many seconds to try again."""


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
            return problems.invalid(400, "The question cannot be understood.", error.faults)
        case InvalidInputError():
            return problems.invalid(422, "The request breaks a rule.", error.faults)
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
            return problems.OUT_OF_TIME
        case _:
            return problems.INTERNAL


def _conflict(kind: str, title: str, detail: str) -> Problem:
    return Problem(status=409, kind=kind, title=title, detail=detail)


def _taken(error: ReviewTakenError) -> str:
    until = error.args[0] if error.args else None
    at = until.astimezone(UTC) if isinstance(until, datetime) else None
    when = f"until {at:%Y-%m-%dT%H:%M:%SZ}" if at else "for now"
    return f"It is taken {when}; after that it can be claimed again."


UNAUTHORIZED = Problem(
    status=401,
    kind="unauthorized",
    title="This is not a valid access token.",
    detail="Log in at /api/v1/auth/login and send its access_token as a Bearer token.",
    headers={"www-authenticate": 'Bearer error="invalid_token"'},
)
MALFORMED_HOST = Problem(
    status=400,
    kind="malformed",
    title="The host cannot be understood.",
    detail="Send the site's own name in the Host header, as browsers do.",
)
