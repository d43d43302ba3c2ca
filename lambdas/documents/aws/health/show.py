"""GET /health. Imports nothing of the application: from cold it answers as fast as Python does."""

from __future__ import annotations

from typing import Any

from lambdas.documents.aws.lock import Lock, refusal

lock = Lock()


def handler(event: Any, context: Any) -> dict[str, Any]:
    request_id = event.get("requestContext", {}).get("requestId", "")
    if not lock.holds(event):
        return refusal(request_id)
    return {
        "statusCode": 200,
        "headers": {
            "content-type": "application/json",
            "cache-control": "no-store",
            "x-request-id": request_id,
        },
        "body": '{"status":"ok"}',
    }
