"""A request to AWS, as its policies see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By condition key, in lower case; a key that is not in the request is not there."""

    def __str__(self) -> str:
        said = [
            f"{key} = {values[0]!r}" if len(values) == 1 else f"{key} = {list(values)!r}"
            for key, values in sorted(self.context.items())
        ]
        return f"{self.action} on {self.resource}" + (f" with {', '.join(said)}" if said else "")
