"""$default: what a client says on its socket. It may ask whether somebody is there; no more.

Every message counts for the gateway's idle time, so a client that says this now and then stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lambdas.documents.model.push import LARGEST_MESSAGE
from lambdas.shared.logging import Context, Log


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    answer = answer_to(str(event.get("body") or ""))
    if answer["type"] == "error":
        asked = event.get("requestContext", {})
        Log(context, request_id=asked.get("requestId")).info("message refused", code=answer["code"])
    return {"statusCode": 200, "body": json.dumps(answer)}


def answer_to(body: str) -> dict[str, str]:
    if len(body.encode("utf-8", "surrogatepass")) > LARGEST_MESSAGE:
        return _error("too-large", f"a message has at most {LARGEST_MESSAGE} bytes")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return _error("malformed", "a message is one JSON object")
    if not isinstance(said, dict) or said.get("action") != "ping":
        return _error("unknown", 'the one message there is: {"action": "ping"}')
    return {"type": "pong"}


def _error(code: str, detail: str) -> dict[str, str]:
    return {"type": "error", "code": code, "detail": detail}
