"""Resources as policy packs get them: what the official engine sends, field for field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from pilaster_local.engine.conversion import to_struct
from pilaster_local.engine.goal import Goal
from pilaster_local.engine.resource import Resource
from pilaster_local.engine.urn import name_of
from pilaster_local.engine.values import REFERENCE, SIGNATURE, Value

_INTERNAL = "__"
"""Keys that a provider writes for itself, `__defaults`, are nobody else's business."""


def properties(values: Mapping[str, Value]) -> struct_pb2.Struct:
    """Unknowns as their sentinel, secrets marked, references as ids, internal keys left out."""
    return to_struct({k: _shown(v) for k, v in values.items() if not k.startswith(_INTERNAL)})


def _shown(value: Value) -> Value:
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) == REFERENCE:
        return _shown(value["id"]) if value.get("id") else value["urn"]
    return {k: _shown(v) for k, v in value.items() if not k.startswith(_INTERNAL)}


def analyze(resource: Resource, provider: Resource | None, goal: Goal | None) -> Any:
    return analyzer_pb2.AnalyzeRequest(
        type=resource.type,
        urn=resource.urn,
        name=name_of(resource.urn),
        properties=properties(resource.inputs),
        options=_options(resource, goal),
        provider=_provider(provider),
    )


def of_stack(resource: Resource, provider: Resource | None) -> Any:
    """At the end it is the outputs that count: what there is now."""
    return analyzer_pb2.AnalyzerResource(
        type=resource.type,
        urn=resource.urn,
        name=name_of(resource.urn),
        properties=properties(resource.outputs),
        options=_options(resource),
        provider=_provider(provider),
        parent=resource.parent,
        dependencies=resource.dependencies,
        propertyDependencies={
            key: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns)
            for key, urns in resource.property_dependencies.items()
            if urns
        },
    )


def _options(resource: Resource, goal: Goal | None = None) -> Any:
    """Two of them are the program's wish alone: no state keeps them."""
    timeouts = resource.custom_timeouts
    return analyzer_pb2.AnalyzerResourceOptions(
        protect=resource.protect,
        deleteBeforeReplace=bool(goal and goal.delete_before_replace),
        deleteBeforeReplaceDefined=goal is not None and goal.delete_before_replace is not None,
        aliases=goal.aliases if goal else (),
        ignoreChanges=resource.ignore_changes,
        additionalSecretOutputs=resource.additional_secret_outputs,
        customTimeouts=analyzer_pb2.AnalyzerResourceOptions.CustomTimeouts(
            create=timeouts.get("create", 0.0),
            update=timeouts.get("update", 0.0),
            delete=timeouts.get("delete", 0.0),
        ),
        parent=resource.parent,
    )


def _provider(provider: Resource | None) -> Any:
    if provider is None:
        return None
    return analyzer_pb2.AnalyzerProviderResource(
        type=provider.type,
        urn=provider.urn,
        name=name_of(provider.urn),
        properties=properties(provider.inputs),
    )
