"""The operations: what may be asked, and which answers and refusals it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lambdas.documents.aws.api.paging import DEFAULT_LIMIT, MAX_LIMIT
from lambdas.documents.aws.openapi.problems import ALWAYS, BODY, LOCKED, responses
from lambdas.documents.aws.openapi.shapes import ID, ref

_PAGE = (
    {
        "name": "limit",
        "in": "query",
        "schema": {
            "type": "integer",
            "minimum": 1,
            "maximum": MAX_LIMIT,
            "default": DEFAULT_LIMIT,
        },
    },
    {
        "name": "cursor",
        "in": "query",
        "description": "The `next` of an earlier page, unchanged.",
        "schema": {"type": "string"},
    },
)
_ID = ({"name": "id", "in": "path", "required": True, "schema": ID},)
_REVIEWS = ("unauthorized", "forbidden")
_DOCUMENTS = ("unauthorized", "too-many-requests")


def paths() -> dict[str, Any]:
    """By path and method."""
    return {**_accounts(), **_documents(), **_reviews(), **_besides()}


def _operation(
    name: str,
    summary: str,
    status: int,
    answer: str | None,
    problems: Sequence[str] = (),
    *,
    body: str | None = None,
    parameters: Sequence[dict[str, Any]] = (),
    secured: bool = True,
    light: bool = False,
    headers: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """One operation. `light`: its function refuses nothing by itself."""
    named = [*LOCKED] if light else [*LOCKED, *problems, *(BODY if body else ()), *ALWAYS]
    success: dict[str, Any] = {"description": summary}
    if answer:
        success["content"] = {"application/json": {"schema": ref(answer)}}
    if headers:
        success["headers"] = headers
    made: dict[str, Any] = {"operationId": name, "summary": summary}
    if not secured:
        made["security"] = []
    if parameters:
        made["parameters"] = list(parameters)
    if body:
        made["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": ref(body)}},
        }
    made["responses"] = {str(status): success, **responses(named, secured=secured)}
    return made


def _accounts() -> dict[str, Any]:
    tries = ("invalid", "too-many-attempts")
    return {
        "/api/v1/auth/register": {
            "post": _operation(
                "register",
                "A new account.",
                201,
                "Registration",
                tries,
                body="NewCredentials",
                secured=False,
            )
        },
        "/api/v1/auth/confirm": {
            "post": _operation(
                "confirm",
                "The code confirms the address.",
                204,
                None,
                tries,
                body="Confirmation",
                secured=False,
            )
        },
        "/api/v1/auth/login": {
            "post": _operation(
                "login",
                "Tokens for a password.",
                200,
                "Tokens",
                (*tries, "wrong-credentials"),
                body="Credentials",
                secured=False,
            )
        },
        "/api/v1/auth/refresh": {
            "post": _operation(
                "refresh",
                "New tokens for a refresh token.",
                200,
                "Tokens",
                (*tries, "session-ended"),
                body="RefreshToken",
                secured=False,
            )
        },
        "/api/v1/auth/logout": {
            "post": _operation(
                "logout",
                "The session ends, its sockets at once.",
                204,
                None,
                ("unauthorized", *tries),
                body="RefreshToken",
            )
        },
    }


def _documents() -> dict[str, Any]:
    location = {
        "Location": {
            "description": "The document's address.",
            "required": True,
            "schema": {"type": "string"},
        }
    }
    return {
        "/api/v1/documents": {
            "get": _operation(
                "listDocuments",
                "The user's documents.",
                200,
                "DocumentPage",
                (*_DOCUMENTS, "invalid-query"),
                parameters=_PAGE,
            ),
            "post": _operation(
                "createDocument",
                "A file is announced; the answer says where to send it.",
                201,
                "CreatedDocument",
                (*_DOCUMENTS, "invalid"),
                body="NewDocument",
                headers=location,
            ),
        },
        "/api/v1/documents/{id}": {
            "get": _operation(
                "showDocument",
                "One document.",
                200,
                "Document",
                (*_DOCUMENTS, "not-found"),
                parameters=_ID,
            ),
            "delete": _operation(
                "deleteDocument",
                "Gone at once; what is left of it is erased minutes later.",
                202,
                None,
                (*_DOCUMENTS, "not-found"),
                parameters=_ID,
            ),
        },
    }


def _reviews() -> dict[str, Any]:
    return {
        "/api/v1/reviews": {
            "get": _operation(
                "listReviews",
                "What waits for a reviewer.",
                200,
                "ReviewPage",
                (*_REVIEWS, "invalid-query"),
                parameters=_PAGE,
            )
        },
        "/api/v1/reviews/{id}": {
            "get": _operation(
                "showReview",
                "One review, with a link to the scan.",
                200,
                "Review",
                (*_REVIEWS, "not-found"),
                parameters=_ID,
            ),
            "post": _operation(
                "decideReview",
                "Approve, correct or refuse; the same again is answered as it stands.",
                200,
                "DecidedReview",
                (
                    *_REVIEWS,
                    "not-found",
                    "review-taken",
                    "review-not-claimed",
                    "review-ended",
                    "invalid",
                ),
                parameters=_ID,
                body="ReviewDecision",
            ),
        },
        "/api/v1/reviews/{id}/claim": {
            "post": _operation(
                "claimReview",
                "Takes it for a while, or keeps it for as long again. No body.",
                200,
                "WaitingReview",
                (*_REVIEWS, "not-found", "review-taken", "review-ended"),
                parameters=_ID,
            )
        },
    }


def _besides() -> dict[str, Any]:
    wishes = ("unauthorized",)
    return {
        "/api/v1/push/tickets": {
            "post": _operation(
                "issueTicket",
                "A ticket for one socket. No body.",
                201,
                "PushTicket",
                ("unauthorized",),
            )
        },
        "/api/v1/mail/wishes": {
            "get": _operation(
                "showMailWishes", "Whether the user gets mail.", 200, "MailWishes", wishes
            ),
            "put": _operation(
                "setMailWishes",
                "Whether the user wants mail. Only where the stack writes any.",
                200,
                "MailWishes",
                (*wishes, "invalid"),
                body="MailWishes",
            ),
        },
        "/api/v1/openapi.json": {"get": _itself()},
        "/health": {
            "get": _operation(
                "showHealth", "Whether the API answers.", 200, "Health", secured=False, light=True
            )
        },
    }


def _itself() -> dict[str, Any]:
    """The document, which a client may have already."""
    tag = {"ETag": {"required": True, "schema": {"type": "string"}}}
    made = _operation(
        "showOpenApi", "This document.", 200, "OpenApi", secured=False, light=True, headers=tag
    )
    there, *others = made["responses"].items()
    had = ("304", {"description": "`If-None-Match` names this document.", "headers": tag})
    return {**made, "responses": dict([there, had, *others])}
