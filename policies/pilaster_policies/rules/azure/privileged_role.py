"""Nobody is made an owner by a program: a role says what its holder does."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.rules.azure.texts import said
from pilaster_policies.values import inside, texts

ID = "azure-privileged-role"
WHY = "Owner and Contributor may do everything with all there is; whoever takes that identity may."
PRIVILEGED = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
    "a8889054-8d42-49c9-bc1c-52486c10e7cd": "Reservations Administrator",
}
"""Azure's privileged administrator roles, by the ids they have everywhere."""
FIX = "take the narrowest role that holds what is done, on the one resource it is done with"


@rule(ID, on="azure-native:authorization:RoleAssignment", why=WHY)
def assignment(resource: Resource) -> Iterator[Finding]:
    role = said(resource.get("roleDefinitionId")).rstrip("/").rpartition("/")[2]
    if name := PRIVILEGED.get(role):
        yield Violation(f"{name} is assigned: all of it, not what is done with it", FIX)


@rule(ID, on="azure-native:authorization:RoleDefinition", why=WHY)
def definition(resource: Resource) -> Iterator[Finding]:
    permissions = resource.get("permissions")
    for number, each in enumerate(permissions if isinstance(permissions, list) else []):
        for kind in ("actions", "dataActions"):
            resource.get("permissions", number, kind)
            for action in texts(inside(each, kind)):
                if action == "*" or action.lower().startswith("microsoft.authorization/*"):
                    yield Violation(
                        f"{kind} holds {action}: whoever has the role may do it all", FIX
                    )
