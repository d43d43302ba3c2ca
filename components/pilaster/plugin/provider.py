"""The provider that other languages' programs ask for components."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.errors import InputPropertiesError
from pulumi.provider import ConstructResult, Provider

from pilaster.packaging import PackagingError
from pilaster.plugin import schema
from pilaster.plugin.catalog import components
from pilaster.plugin.names import in_schema_words
from pilaster.plugin.rebuild import Rebuilding, given_back
from pilaster.plugin.shapes import arguments, outputs
from pilaster.plugin.wire import Given


class Components(Provider):
    """Makes components from what came over the wire."""

    def __init__(self) -> None:
        super().__init__(schema.version(), json.dumps(schema.package()))

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: Mapping[str, Any],
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """The component of that token, made of `Given` values (see `serving`).

        Raises `InputPropertyError` for an argument that is refused, with its path.
        """
        component = components().get(resource_type)
        if component is None:
            raise InputPropertiesError(
                f"there is no component {resource_type!r}; there are {', '.join(components())}", []
            )
        rebuilding = Rebuilding(words=schema.words())
        given: Mapping[str, Given] = inputs
        args = rebuilding.record(arguments(component), given, "")
        if rebuilding.dependencies:
            options = _waiting(options, rebuilding.dependencies)
        try:
            made = component(name, args, options)  # pyright: ignore[reportArgumentType, reportCallIssue]
        except (PackagingError, ValueError) as error:
            raise InputPropertiesError(
                f"{resource_type} {name!r} is refused: "
                + in_schema_words(str(error), schema.words()),
                [],
            ) from error
        return ConstructResult(
            made.urn,
            {
                each.camel: given_back(each.shape, getattr(made, each.name))
                for each in outputs(component)
            },
        )


def _waiting(options: pulumi.ResourceOptions | None, urns: set[str]) -> pulumi.ResourceOptions:
    """The options, and what plain values came from is there before the component is."""
    more = [pulumi.resource.DependencyResource(urn) for urn in sorted(urns)]
    return pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(depends_on=more))
