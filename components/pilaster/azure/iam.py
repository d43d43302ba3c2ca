"""Grants: which role of Azure's on which one resource. Creates nothing.

The decision taken here for everybody: a role is one of this table, each the narrowest Azure brings
for what the code does, and its scope is a resource, never a group or a subscription.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pulumi

ROLES: Mapping[str, str] = MappingProxyType(
    {
        "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
        "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
        "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "Storage Blob Data Owner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
    }
)
"""Azure's own roles by their ids, which are the same everywhere."""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What an identity may do with one resource."""

    owner: str
    """Logical name of the component that owns the resource."""
    role: str
    """A name of `ROLES`."""
    scope: pulumi.Input[str]
    """The resource's id. Known at preview, so that policies can judge it then."""
    why: str
    """What asks for it, for people who look at the assignment."""

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(
                f"role {self.role!r} is not granted here: there are {', '.join(ROLES)}; a narrower "
                "one belongs into ROLES with its id"
            )
        if isinstance(self.scope, str):
            below = self.scope.partition("/providers/")[2].split("/")
            if len(below) < 3 or len(below) % 2 == 0 or not all(below):
                raise ValueError(
                    f"scope {self.scope!r} of {self.role!r} is no single resource: name one by its "
                    "id"
                )


def without_repeats(grants: Sequence[Grant]) -> list[Grant]:
    """Each role on each resource once; Azure refuses a second assignment of the same."""
    return list({(grant.owner, grant.role): grant for grant in grants}.values())
