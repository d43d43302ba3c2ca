"""GET /api/v1/openapi.json. Like /health it does not load the application.

The document is made beforehand (`python -m lambdas.documents.aws.openapi.document`); what a stack
may set differently is set here, once per start.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdas.documents.aws.lock import Lock, refusal
from lambdas.shared.settings import load

DATA_FILES = ("openapi.json",)


@dataclass(frozen=True, kw_only=True)
class Settings:
    upload_limit_mib: int


def document(upload_limit_mib: int) -> dict[str, Any]:
    """The document, with what this stack takes at the most."""
    made = json.loads(Path(__file__).with_name(DATA_FILES[0]).read_text("utf-8"))
    size = made["components"]["schemas"]["NewDocument"]["properties"]["size"]
    size["maximum"] = upload_limit_mib * 2**20
    return made


settings = load(Settings)
lock = Lock()
_BODY = json.dumps(document(settings.upload_limit_mib), ensure_ascii=False, separators=(",", ":"))


def handler(event: Any, context: Any) -> dict[str, Any]:
    request_id = event.get("requestContext", {}).get("requestId", "")
    if not lock.holds(event):
        return refusal(request_id)
    return {
        "statusCode": 200,
        "headers": {
            "content-type": "application/json",
            "cache-control": "no-store",
            "x-request-id": event.get("requestContext", {}).get("requestId", ""),
        },
        "body": _BODY,
    }
