"""What a check of a plan says: one finding for each thing AWS would refuse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pilaster_local.providers.aws.values import shown

__all__ = ["Demand", "Finding", "Said", "shown"]

Said = Iterator[tuple[str, str]]
"""Pairs of a property's path and what is wrong with it; what every rule yields."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing AWS would refuse. It never holds a secret."""

    urn: str
    property: str
    """Path of the input, such as `environment.variables.MODE`; empty for the resource itself."""
    message: str
    """What AWS would say, and the fix."""

    def to_json(self) -> dict[str, str]:
        return {"urn": self.urn, "property": self.property, "message": self.message}


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What the account must have for the plan to work; nobody can see that from here."""

    what: str
    why: str
    """Which resources ask for it."""

    def to_json(self) -> dict[str, str]:
        return {"what": self.what, "why": self.why}
