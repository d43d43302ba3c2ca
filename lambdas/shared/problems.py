"""Problem documents (RFC 9457): what an HTTP API of ours says when it says no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field of what was sent."""

    field: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Problem:
    """`kind` makes the `type`: a relative reference that stays the same while words may change."""

    status: int
    kind: str
    title: str
    detail: str
    errors: Sequence[FieldError] = ()
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def document(self, request_id: str) -> dict[str, object]:
        """The JSON body. The id is a member of its own and not an `instance`: that is a URI, in
        which an id of API Gateway (`JKJaXmPLvHcESHA=`) is not what stands in the logs."""
        body: dict[str, object] = {
            "type": f"/problems/{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "request_id": request_id,
        }
        if self.errors:
            body["errors"] = [{"field": e.field, "message": e.message} for e in self.errors]
        return body
