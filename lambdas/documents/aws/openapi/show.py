"""GET /api/v1/openapi.json. Like /health it does not load the application.

The document is made beforehand (`python -m lambdas.documents.aws.openapi.document`); what a stack
may set differently is set here, once per start. A client asks each time whether the one it has is
still good, which costs no body: with the next deployment it may not be.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdas.documents.aws.lock import Lock, answered, header
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
_TAG = hashlib.sha256(_BODY.encode()).hexdigest()[:32]


def handler(event: Any, context: Any) -> dict[str, Any]:
    kept = {"cache-control": "no-cache", "etag": f'"{_TAG}"'}
    answer = answered(lock, event, _BODY, headers=kept)
    if answer["statusCode"] == 200 and is_had(header(event, "if-none-match"), _TAG):
        return {"statusCode": 304, "headers": answer["headers"]}
    return answer


def is_had(if_none_match: str, tag: str) -> bool:
    """Whether a client has it. What compresses on the way makes tags weak: `W/"..."`."""
    named = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return "*" in named or f'"{tag}"' in named
