"""Who a function is: a managed identity, and its roles on single resources.

The decision taken here for everybody: one identity for each function app, made by us and no other
thing's, so that what it may do is known before the app exists. There is no password to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import authorization, managedidentity

from pilaster.azure.iam import ROLES, Grant, without_repeats
from pilaster.azure.naming import Place
from pilaster.naming import once, slug
from pilaster.tagging import tags


@dataclass(frozen=True, kw_only=True)
class IdentityRef:
    """An identity, as a function app or a database names it."""

    id: pulumi.Input[str]
    """Its resource id."""
    name: pulumi.Input[str]
    """Its name, which is also that of its database user."""
    client_id: pulumi.Input[str]
    """What code names to get a token of it. Azure draws it."""
    principal_id: pulumi.Input[str]
    """What role assignments and databases name. Azure draws it."""


@dataclass(frozen=True, kw_only=True)
class IdentityArgs:
    """Whose identity it is and what it may do."""

    place: Place
    """Project, stack, subscription, location."""
    group: pulumi.Input[str]
    """The resource group's name."""
    grants: Sequence[Grant] = ()
    """What it may do; nothing else is allowed."""


class Identity(pulumi.ComponentResource):
    """See the module's first lines."""

    name: pulumi.Output[str]
    """Its physical name. Known at preview."""
    principal: pulumi.Output[str]
    """Whom a grant or a database names: its principal id. Azure draws it."""
    ref: IdentityRef
    """What functions and databases take."""

    def __init__(
        self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:azure:Identity", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        physical = args.place.name("identity", name)
        identity = managedidentity.UserAssignedIdentity(
            f"{name}-identity",
            resource_name_=physical,
            resource_group_name=args.group,
            location=args.place.location,
            tags=tags(args.place, name),
            opts=child,
        )
        assigned = assign(name, args.place, identity.principal_id, args.grants, child)
        # Whoever uses the identity waits for what it may do.
        able = pulumi.Output.all(identity.urn, *(each.urn for each in assigned))
        self.name = once(identity, physical)
        self.principal = pulumi.Output.all(identity.principal_id, able).apply(lambda both: both[0])
        known = args.place.id("Microsoft.ManagedIdentity", "userAssignedIdentities", physical)
        self.ref = IdentityRef(
            id=able.apply(lambda _: known),
            name=self.name,
            client_id=identity.client_id,
            principal_id=self.principal,
        )
        self.register_outputs({"name": self.name, "principal": self.principal})


def assign(
    name: str,
    place: Place,
    principal: pulumi.Input[str],
    grants: Sequence[Grant],
    child: pulumi.ResourceOptions,
) -> list[authorization.RoleAssignment]:
    """A role assignment for each grant; what a function app's host needs is assigned there."""
    return [
        authorization.RoleAssignment(
            f"{name}-{grant.owner}-{slug(grant.role)}",
            role_assignment_name=place.assignment(name, grant.owner, grant.role),
            principal_id=principal,
            # Without it Azure looks for the identity in the directory, and may be too early.
            principal_type="ServicePrincipal",
            role_definition_id=place.role(ROLES[grant.role]),
            scope=grant.scope,
            description=grant.why,
            opts=child,
        )
        for grant in without_repeats(grants)
    ]
