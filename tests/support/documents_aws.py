"""AWS as handlers meet it: events, a context, and clients that answer what they are told to."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tests.support import edge

LAMBDA = {
    "AWS_REGION": "eu-central-1",
    "AWS_LAMBDA_FUNCTION_NAME": "test",
    "AWS_ACCESS_KEY_ID": "AKIATEST",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_SESSION_TOKEN": "test",
}
"""What Lambda itself gives a function."""


class Context:
    aws_request_id = "invocation-1"
    function_name = "documents-test"

    def __init__(self, seconds_left: float = 20) -> None:
        self._seconds_left = seconds_left

    def get_remaining_time_in_millis(self) -> int:
        return int(self._seconds_left * 1000)


def http_event(
    body: object = None,
    *,
    raw: str | None = None,
    user: str | None = None,
    content_type: str | None = "application/json",
    path: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """What an HTTP API sends (payload 2.0) of a request that came through the edge."""
    event: dict[str, Any] = {
        "version": "2.0",
        "headers": {"content-type": content_type} if content_type else {},
        "requestContext": {"requestId": "request-1"},
        "isBase64Encoded": False,
    }
    if raw is not None or body is not None:
        event["body"] = raw if raw is not None else json.dumps(body)
    if user is not None:
        claims = {"sub": user, "token_use": "access"}
        event["requestContext"]["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    if path is not None:
        event["pathParameters"] = path
    if query is not None:
        event["queryStringParameters"] = query
    return edge.through({**event, **changes})


def body_of(answer: dict[str, Any]) -> dict[str, Any]:
    return json.loads(answer["body"])


def client_error(code: str, message: str = "no", status: int = 400) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},
        },
        "Operation",
    )


class Service:
    """A client: each operation answers with what is set for it, or raises it. Calls are kept."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**parameters: Any) -> Any:
            self.calls.append((operation, parameters))
            answer = self.answers.get(operation, {})
            if isinstance(answer, list):
                answer = answer.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def no_cache(host: str, port: int) -> Any:
    """In the place of a connection to the cache: there is none."""
    raise ConnectionRefusedError(f"nothing listens at {host}:{port}")
