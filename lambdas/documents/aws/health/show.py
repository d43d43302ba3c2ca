"""GET /health. Imports nothing of the application: from cold it answers as fast as Python does."""

from __future__ import annotations

from typing import Any


def handler(event: Any, context: Any) -> dict[str, Any]:
    return {
        "statusCode": 200,
        "headers": {
            "content-type": "application/json",
            "cache-control": "no-store",
            "x-request-id": event.get("requestContext", {}).get("requestId", ""),
        },
        "body": '{"status":"ok"}',
    }
