"""What the stack is made of: the resources in order, and what was begun and not answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from pilaster_local.engine.resource import Resource
from pilaster_local.engine.urn import type_of

PendingType = Literal["creating", "updating", "deleting"]
PendingKey = tuple[str, str, str]
"""Type, URN and id: two generations of one URN may be on their way out at once."""


@dataclass(frozen=True, kw_only=True)
class Pending:
    """An operation that was begun and whose answer is not in the state."""

    type: PendingType
    resource: Resource
    """Create: the checked inputs. Update: those with the old outputs. Delete: as it was."""

    @property
    def key(self) -> PendingKey:
        return (self.type, self.resource.urn, self.resource.id)


@dataclass
class State:
    """The resources in order, dependencies first; changed by the journal's entries only."""

    resources: list[Resource] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)

    def current(self, urn: str) -> Resource | None:
        return next((r for r in self.resources if r.urn == urn and not r.delete), None)

    def put(self, resource: Resource) -> None:
        """Make this the state of its URN, in the place of what was there."""
        for index, other in enumerate(self.resources):
            if other.urn == resource.urn and not other.delete:
                self.resources[index] = resource
                return
        self.resources.append(resource)

    def condemn(self, urn: str, id_: str) -> None:
        """The current resource was replaced and waits to be deleted."""
        for index, other in enumerate(self.resources):
            if other.key == (urn, id_, False) and not any(
                r.key == (urn, id_, True) for r in self.resources
            ):
                self.resources[index] = replace(other, delete=True)
                return

    def drop(self, key: tuple[str, str, bool]) -> None:
        self.resources = [r for r in self.resources if r.key != key]

    def rename(self, old: str, new: str) -> None:
        """The program gave a resource another URN; everything that names it follows."""
        if self.current(new) is not None:
            return

        def renamed(urn: str) -> str:
            return new if urn == old else urn

        def follow(r: Resource) -> Resource:
            provider, _, id_ = r.provider.rpartition("::")
            by_property = r.property_dependencies.items()
            return replace(
                r,
                urn=r.urn if r.delete else renamed(r.urn),
                type=type_of(new) if r.urn == old and not r.delete else r.type,
                parent=renamed(r.parent),
                provider=f"{renamed(provider)}::{id_}" if r.provider else "",
                dependencies=tuple(map(renamed, r.dependencies)),
                property_dependencies={k: [renamed(u) for u in urns] for k, urns in by_property},
                deleted_with=renamed(r.deleted_with),
            )

        self.resources = [follow(r) for r in self.resources]

    def begin(self, pending: Pending) -> None:
        self.settle(pending.key)
        self.pending.append(pending)

    def settle(self, key: PendingKey) -> None:
        self.pending = [p for p in self.pending if p.key != key]


def in_order(resources: Iterable[Resource]) -> list[Resource]:
    """The resources with dependencies before dependents, otherwise in the order given.

    What was updated in place may have come to need something newer than itself; the official engine
    refuses a state in which a dependency stands later, and deletes run in the reverse of this.
    """
    listed = list(resources)
    by_urn: dict[str, list[Resource]] = {}
    for resource in listed:
        by_urn.setdefault(resource.urn, []).append(resource)
    placed: set[tuple[str, str, bool]] = set()
    ordered: list[Resource] = []

    def place(resource: Resource) -> None:
        if resource.key in placed:
            return
        placed.add(resource.key)
        for urn in resource.needs():
            for needed in by_urn.get(urn, ()):
                # What was replaced needed what was replaced with it, if anything of it is left.
                if needed.delete <= resource.delete:
                    place(needed)
        ordered.append(resource)

    for resource in listed:
        place(resource)
    return ordered
