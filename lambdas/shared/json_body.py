"""A body that must be one JSON object: nothing else gets as far as what reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from lambdas.shared.problems import Problem, ProblemError


def object_in(data: bytes, content_type: str, limit: int, instead: str = "") -> Mapping[str, Any]:
    """`data` as a JSON object of `limit` bytes at most; `instead`: where more may be sent.

    Raises ProblemError: 415, 413 or 400.
    """
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise ProblemError(_UNSUPPORTED)
    if len(data) > limit:
        raise ProblemError(_too_large(limit, instead))
    try:
        body = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
        raise ProblemError(malformed("the body is not JSON")) from None
    if not isinstance(body, dict):
        raise ProblemError(malformed("the body is JSON, but not an object"))
    return cast(dict[str, Any], body)


def malformed(detail: str) -> Problem:
    return Problem(
        status=400,
        kind="malformed",
        title="The body cannot be understood.",
        detail=f"{detail}: send one JSON object in UTF-8.",
    )


_UNSUPPORTED = Problem(
    status=415,
    kind="unsupported-media-type",
    title="The body is not declared as JSON.",
    detail="Send one JSON object with Content-Type: application/json.",
)


def _too_large(limit: int, instead: str) -> Problem:
    return Problem(
        status=413,
        kind="too-large",
        title="The body is too large.",
        detail=f"This request has at most {limit} bytes{instead and '; '}{instead}.",
    )


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
