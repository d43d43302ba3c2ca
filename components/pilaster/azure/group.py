"""The resource group of a stack: what everything else of it is in, and is deleted with."""

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import resources

from pilaster.azure.naming import Place
from pilaster.naming import once
from pilaster.tagging import tags


@dataclass(frozen=True, kw_only=True)
class GroupArgs:
    """Where the group is."""

    place: Place
    """Project, stack, subscription, location."""
    protect: bool = True
    """Refuse to be deleted or replaced: all data of the stack would go with it."""


class Group(pulumi.ComponentResource):
    """See the module's first lines."""

    name: pulumi.Output[str]
    """What everything else says it is in. Known at preview."""

    def __init__(
        self, name: str, args: GroupArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:azure:Group", name, None, opts)
        group = resources.ResourceGroup(
            f"{name}-group",
            resource_group_name=args.place.group,
            location=args.place.location,
            tags=tags(args.place, name),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        self.name = once(group, args.place.group)
        self.register_outputs({"name": self.name})
