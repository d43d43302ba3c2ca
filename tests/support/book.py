"""A resource monitor that writes down what is registered, for programs here and in other processes.

What it keeps is the request as it came: secrets, unknowns and dependencies included.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import resource_pb2, resource_pb2_grpc

FEATURES = [
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
]
PROJECT = "shop"
STACK = "test"
MARK = rpc._special_sig_key
OUTPUT = rpc._special_output_value_sig


@dataclass(frozen=True, order=True)
class Entry:
    """One registration, without where it came from."""

    type: str
    name: str
    parent: str
    inputs: str
    """JSON, so that an entry can be sorted."""
    dependencies: tuple[str, ...]
    property_dependencies: tuple[tuple[str, tuple[str, ...]], ...]
    protect: bool
    aliases: tuple[str, ...]
    """What else it is known as: `type of its parent > type name`, which is what a URN says."""

    @property
    def values(self) -> dict[str, Any]:
        return json.loads(self.inputs)


@dataclass
class Book(resource_pb2_grpc.ResourceMonitorServicer):
    """The monitor; `preview` says whether anything it registers exists."""

    preview: bool = False
    entries: list[Entry] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)

    @property
    def children(self) -> list[Entry]:
        """What was registered, in no particular order: the SDK has none either."""
        return sorted(self.entries)

    def GetDeploymentInfo(self, request: Any, context: Any = None) -> Any:
        return resource_pb2.DeploymentInfo(supportedFeatures=FEATURES)

    def RegisterResource(self, request: Any, context: Any = None) -> Any:
        urn = _urn(request)
        if request.type == "pulumi:pulumi:Stack":
            return resource_pb2.RegisterResourceResponse(urn=urn)
        self.entries.append(
            Entry(
                type=request.type,
                name=request.name,
                parent=_short(request.parent),
                inputs=json.dumps(_plain(request.object), sort_keys=True),
                dependencies=tuple(sorted(_short(urn) for urn in request.dependencies)),
                property_dependencies=tuple(
                    sorted(
                        (key, tuple(sorted(_short(urn) for urn in each.urns)))
                        for key, each in request.propertyDependencies.items()
                        if each.urns
                    )
                ),
                protect=request.protect,
                aliases=tuple(sorted(_alias(each, request) for each in request.aliases)),
            )
        )
        return resource_pb2.RegisterResourceResponse(
            urn=urn,
            id="" if self.preview or not request.custom else f"{request.name}-id",
            object=struct_pb2.Struct() if self.preview else self._drawn(request),
        )

    def RegisterResourceOutputs(self, request: Any, context: Any = None) -> Any:
        self.outputs[_short(request.urn)] = _plain(request.outputs)
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, request: Any, context: Any = None) -> Any:
        return empty_pb2.Empty()

    def _drawn(self, request: Any) -> struct_pb2.Struct:
        drawn = struct_pb2.Struct()
        drawn.update(
            {
                "arn": f"arn:drawn:{request.name}",
                "invokeUrl": "https://api.example/",
                "endpoint": f"{request.name}.example",
                "clusterResourceId": "cluster-DRAWN",
                "endpoints": [{"address": "cache.drawn", "port": 6379}],
                "masterUserSecrets": [{"secretArn": "arn:drawn:secret"}],
                "port": 5432,
                "prefixListId": f"pl-{request.name}",
                "url": f"https://{request.name}.example",
                "result": '{"secret": "drawn"}',
                "domainName": "drawn.cloudfront.net",
                "domainValidationOptions": [
                    {
                        "resourceRecordName": "_drawn",
                        "resourceRecordType": "CNAME",
                        "resourceRecordValue": "drawn",
                    }
                ],
            }
        )
        drawn.MergeFrom(request.object)
        return drawn


def _plain(properties: struct_pb2.Struct) -> dict[str, Any]:
    plain = json_format.MessageToDict(properties)
    return {key: _sorted(value) for key, value in plain.items() if value is not None}


def _sorted(value: Any) -> Any:
    """Dependencies are a set: their order says nothing."""
    if isinstance(value, str) and value.startswith("{"):
        return _document(value)
    if isinstance(value, list):
        return [_sorted(each) for each in value]
    if isinstance(value, dict):
        found = {key: _sorted(each) for key, each in value.items()}
        if found.get(MARK) == OUTPUT:
            found["dependencies"] = sorted(_short(urn) for urn in found.get("dependencies", []))
        return found
    return value


def _document(text: str) -> Any:
    """A document of JSON, whose order says nothing either: mappings cross without one."""
    try:
        return {"json": json.loads(text)}
    except ValueError:
        return text


def _urn(request: Any) -> str:
    types = request.type
    if request.parent and "pulumi:pulumi:Stack" not in request.parent:
        types = f"{request.parent.split('::')[2]}${types}"
    return f"urn:pulumi:{STACK}::{PROJECT}::{types}::{request.name}"


def _short(urn: str) -> str:
    """`pilaster:aws:Bucket files` of a URN; the stack is no parent worth a word."""
    if not urn or "::pulumi:pulumi:Stack::" in urn:
        return ""
    types, name = urn.split("::", 3)[2:]
    return f"{types.split('$')[-1]} {name}"


def _alias(alias: Any, request: Any) -> str:
    """What an alias leaves out is as the resource has it now."""
    if alias.urn:
        types, name = alias.urn.split("::", 3)[2:]
        *above, own = types.split("$")
        return f"{above[-1] if above else ''} > {own} {name}"
    spec = alias.spec
    parent = "" if spec.noParent else _short(spec.parentUrn or request.parent)
    kind = parent.partition(" ")[0]
    return f"{kind} > {spec.type or request.type} {spec.name or request.name}"
