"""GET /health: a function of its own, outside, on the standard library alone."""

from __future__ import annotations

from typing import Any

from lambdas.service import health


def handler(event: Any, context: Any) -> dict[str, Any]:
    request_id = event.get("requestContext", {}).get("requestId", "")
    return {
        "statusCode": health.STATUS,
        "headers": {**health.HEADERS, "x-request-id": request_id},
        "body": health.BODY.decode(),
    }
