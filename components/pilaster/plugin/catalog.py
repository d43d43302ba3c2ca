"""The components that are served: those each cloud's package makes public."""

import inspect
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import pulumi

from pilaster import aws
from pilaster.plugin.shapes import token

Component = type[pulumi.ComponentResource]


@cache
def components() -> Mapping[str, Component]:
    """All components by their type token."""
    public = [getattr(cloud, name) for cloud in (aws,) for name in cloud.__all__]
    return MappingProxyType(
        {
            token(each, each.__name__): each
            for each in public
            if inspect.isclass(each) and issubclass(each, pulumi.ComponentResource)
        }
    )
