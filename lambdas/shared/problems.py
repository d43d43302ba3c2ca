"""Problem documents (RFC 9457): what an HTTP API of ours says when it says no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

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


class Fault(Protocol):
    """What a domain finds wrong with one field."""

    @property
    def field(self) -> str: ...
    @property
    def message(self) -> str: ...


class ProblemError(Exception):
    """A request that stops with this answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


INTERNAL = Problem(
    status=500,
    kind="internal",
    title="Something went wrong on our side.",
    detail="It was logged under this request_id; the request may be sent again.",
)
OUT_OF_TIME = Problem(
    status=503,
    kind="out-of-time",
    title="This took too long.",
    detail="Part of it may have been done: look before you send it again.",
    headers={"retry-after": "10"},
)


def invalid(status: int, title: str, faults: Iterable[Fault]) -> Problem:
    return Problem(
        status=status,
        kind="invalid",
        title=title,
        detail="This was not accepted, and nothing was stored.",
        errors=[FieldError(fault.field, fault.message) for fault in faults],
    )


def wrong_method(allowed: str) -> Problem:
    """`allowed`: the methods that the address takes, as `Allow` has them."""
    return Problem(
        status=405,
        kind="method-not-allowed",
        title="This address does not take this method.",
        detail=f"Allowed here: {allowed}.",
        headers={"allow": allowed},
    )
