"""The lock between the distribution and the API: who did not come through the edge is refused.

The edge adds a secret to each request. A function knows the secret's SHA-256 alone, and two of them
while it is changed. Nothing of the application is loaded here: `/health` asks too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.shared import problems
from lambdas.shared.problems import Problem
from lambdas.shared.settings import load

HEADER = "x-origin-secret"
REFUSAL = Problem(
    status=403,
    kind="not-through-the-edge",
    title="This address is not for clients.",
    detail="Use the site's address.",
)
"""It says nothing of how the edge is told from others."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Digests(tuple[str, ...]):
    """SHA-256 in hex, one or two, by commas. Nothing else locks, so nothing else is taken."""

    __slots__ = ()

    def __new__(cls, text: str) -> Digests:
        found = text.split(",")
        if len(found) > 2 or not all(_DIGEST.fullmatch(each) for each in found):
            raise ValueError("one or two SHA-256 digests in hex, by commas")
        return super().__new__(cls, found)


@dataclass(frozen=True, kw_only=True)
class Settings:
    origin_secret_sha256: Digests


class Lock:
    """Of one function."""

    def __init__(self) -> None:
        self._good = load(Settings).origin_secret_sha256

    def holds(self, event: Mapping[str, Any]) -> bool:
        """Whether the request came through the edge. Takes as long for a near miss as for none."""
        given = header(event, HEADER).encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(given).hexdigest()
        # All are looked at: the first is no faster than the second.
        return sum(hmac.compare_digest(digest, each) for each in self._good) > 0


def answered(
    lock: Lock, event: Mapping[str, Any], body: str, *, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """This JSON, or the refusal. `headers`: beside what both have; not to be kept unless they
    say so."""
    request_id: str = event.get("requestContext", {}).get("requestId", "")
    if not lock.holds(event):
        return refusal(request_id)
    return {
        "statusCode": 200,
        "headers": {
            "content-type": "application/json",
            "cache-control": "no-store",
            "x-request-id": request_id,
            **(headers or {}),
        },
        "body": body,
    }


def refusal(request_id: str) -> dict[str, Any]:
    """What API Gateway answers who is refused."""
    return {
        "statusCode": REFUSAL.status,
        "headers": {
            "content-type": problems.CONTENT_TYPE,
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
            "x-request-id": request_id,
        },
        "body": json.dumps(REFUSAL.document(request_id), separators=(",", ":")),
    }


def header(event: Mapping[str, Any], name: str) -> str:
    """A request's header, by its name in lower case; empty where there is none."""
    headers = {key.lower(): value for key, value in (event.get("headers") or {}).items()}
    return headers.get(name, "")
