"""What pulumi_aws itself declares of a type: its inputs and outputs, as they go over the wire."""

from __future__ import annotations

import importlib
import inspect
from functools import cache
from typing import Any

MODULES = {"lambda": "lambda_"}


@cache
def resource(token: str) -> Any:
    package, name = token.split(":")[1].split("/")[0], token.rsplit(":", 1)[-1]
    return getattr(importlib.import_module(f"pulumi_aws.{MODULES.get(package, package)}"), name)


def outputs(token: str) -> set[str]:
    return _properties(resource(token)) - {"urn", "id"}


def inputs(token: str) -> dict[str, Any]:
    """Each input's wire name, with the annotation that says its type."""
    cls = resource(token)
    module = importlib.import_module(cls.__module__)
    signature = inspect.signature(cls._internal_init)
    own = set(signature.parameters) - {"__self__", "resource_name", "opts", "__props__"}
    # A nested type may bear the name of the arguments, so those of the resource's own module count.
    args = vars(module)[f"{cls.__name__}Args"]
    wire = {name: _wire_name(prop, name) for name, prop in _members(args)}
    return {wire.get(name, name): name for name in own}


def _properties(cls: Any) -> set[str]:
    return {_wire_name(prop, name) for name, prop in _members(cls)}


def _members(cls: Any) -> list[tuple[str, property]]:
    return inspect.getmembers(cls, lambda member: isinstance(member, property))


def _wire_name(prop: property, name: str) -> str:
    return getattr(prop.fget, "_pulumi_name", None) or name
