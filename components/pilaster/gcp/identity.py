"""Who a function is: a service account of its own, and its roles on single resources.

The decision taken here for everybody: an account for each function, never Google's default one,
which may edit the whole project; and no key to any of them, ever: what runs on Google gets tokens
from where it runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_gcp import serviceaccount

from pilaster.gcp import iam
from pilaster.gcp.iam import Grant
from pilaster.gcp.naming import Place
from pilaster.naming import once


@dataclass(frozen=True, kw_only=True)
class IdentityRef:
    """A service account, as a function, a gateway or a database names it."""

    email: pulumi.Input[str]
    """Its address. Known at preview."""


@dataclass(frozen=True, kw_only=True)
class IdentityArgs:
    """Whose identity it is and what it may do."""

    place: Place
    """Project, stack, Google's project, region."""
    grants: Sequence[Grant] = ()
    """What it may do; nothing else is allowed."""
    description: str | None = None
    """For people who look into the console."""


class Identity(pulumi.ComponentResource):
    """See the module's first lines."""

    name: pulumi.Output[str]
    """Its physical name. Known at preview."""
    principal: pulumi.Output[str]
    """Whom a binding names: its address. Known at preview."""
    ref: IdentityRef
    """What functions and databases take."""

    def __init__(
        self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:gcp:Identity", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        account = serviceaccount.Account(
            f"{name}-account",
            project=args.place.cloud_project,
            account_id=args.place.name("account", name),
            display_name=args.place.prefix + name,
            description=args.description,
            opts=child,
        )
        email = args.place.email(name)
        exists = once(account, email)
        bound = iam.bind(
            name, args.place, pulumi.Output.concat("serviceAccount:", exists), args.grants, child
        )
        # Whoever uses the account waits for what it may do.
        able = pulumi.Output.all(account.urn, *(each.urn for each in bound))
        self.name = once(account, args.place.name("account", name))
        self.principal = able.apply(lambda _: email)
        self.ref = IdentityRef(email=self.principal)
        self.register_outputs({"name": self.name, "principal": self.principal})
