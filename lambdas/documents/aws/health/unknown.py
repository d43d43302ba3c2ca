"""Every route nobody else has: API Gateway's own 404 is no problem document."""

from __future__ import annotations

import json
from typing import Any

from lambdas.shared.problems import CONTENT_TYPE, Problem

_PROBLEM = Problem(
    status=404,
    kind="unknown-route",
    title="There is nothing at this address.",
    detail="Check the method and the path; the API's routes begin with /api/v1/.",
)


def handler(event: Any, context: Any) -> dict[str, Any]:
    return {
        "statusCode": _PROBLEM.status,
        "headers": {"content-type": CONTENT_TYPE, "cache-control": "no-store"},
        "body": json.dumps(_PROBLEM.document(f"/requests/{context.aws_request_id}")),
    }
