"""Values on their way in and out: the one file that knows protobuf Structs and PropertyValues."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi
from google.protobuf import struct_pb2
from pulumi.provider.experimental.property_value import (
    Computed,
    PropertyValue,
    ResourceReference,
)

from pilaster_local.engine.values import (
    ARCHIVE,
    ASSET,
    REFERENCE,
    SECRET,
    SIGNATURE,
    UNKNOWN,
    Properties,
    Value,
    secret,
)

_HASH = "_pilaster_hash"

# --- the program's side -------------------------------------------------------------------------


def from_struct(struct: struct_pb2.Struct) -> Properties:
    # protobuf keeps no order of keys; sorted, two runs of one program compare equal.
    return {key: _from_protobuf(struct.fields[key]) for key in sorted(struct.fields)}


def _from_protobuf(value: struct_pb2.Value) -> Value:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "bool_value":
        return value.bool_value
    if kind == "number_value":
        return _number(value.number_value)
    if kind == "list_value":
        return [_from_protobuf(item) for item in value.list_value.values]
    if kind == "struct_value":
        return from_struct(value.struct_value)
    return None


def _number(number: float) -> int | float:
    """JSON has one kind of number; a whole one is written without a point, as Pulumi does."""
    whole = math.isfinite(number) and number == int(number) and abs(number) < 2**53
    return int(number) if whole else number


def to_struct(properties: Mapping[str, Value]) -> struct_pb2.Struct:
    return struct_pb2.Struct(fields={key: _to_protobuf(v) for key, v in properties.items()})


def _to_protobuf(value: Value) -> struct_pb2.Value:
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, (int, float)):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, list):
        items = [_to_protobuf(item) for item in value]
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=items))
    return struct_pb2.Value(struct_value=to_struct(value))


# --- the provider's side ------------------------------------------------------------------------


def to_properties(properties: Mapping[str, Value], *, secrets: bool) -> dict[str, PropertyValue]:
    """For a request. `secrets`: whether the provider said at configure that it accepts them."""
    return {key: to_property(value, secrets=secrets) for key, value in properties.items()}


def to_property(value: Value, *, secrets: bool) -> PropertyValue:
    if value is None or isinstance(value, (bool, float)):
        return PropertyValue(value)
    if isinstance(value, int):
        return PropertyValue(float(value))
    if isinstance(value, str):
        return PropertyValue.computed() if value == UNKNOWN else PropertyValue(value)
    if isinstance(value, list):
        return PropertyValue([to_property(item, secrets=secrets) for item in value])
    kind = value.get(SIGNATURE)
    if kind is None:
        return PropertyValue({k: to_property(v, secrets=secrets) for k, v in value.items()})
    if kind == SECRET:
        inner = to_property(value["value"], secrets=secrets)
        return inner.with_secret(True) if secrets else inner
    if kind in (ASSET, ARCHIVE):
        return PropertyValue(_asset(value))
    if kind == REFERENCE:
        resource_id = value.get("id")
        return PropertyValue(
            ResourceReference(
                urn=value["urn"],
                resource_id=None
                if resource_id is None
                else to_property(resource_id, secrets=secrets),
                package_version=value.get("packageVersion") or None,
            )
        )
    raise ValueError(
        f"a property value has the signature {kind!r}, which this engine cannot pass on"
    )


class ElidedAsset(pulumi.Asset):
    """An asset without its content: where that is not needed the official engine leaves it out."""


class ElidedArchive(pulumi.Archive):
    """An archive without its content, likewise."""


def _asset(value: dict[str, Value]) -> pulumi.Asset | pulumi.Archive:
    made = _with_content(value)
    if digest := value.get("hash"):
        # What is handed back unchanged keeps the hash, by which engines tell contents apart.
        setattr(made, _HASH, digest)
    return made


def _with_content(value: dict[str, Value]) -> pulumi.Asset | pulumi.Archive:
    archive = value[SIGNATURE] == ARCHIVE
    has_content = value.get("assets") or any(part in value for part in ("path", "text", "uri"))
    if value.get("hash") and not has_content:
        return ElidedArchive() if archive else ElidedAsset()
    if "assets" in value:
        return pulumi.AssetArchive({k: _asset(item) for k, item in value["assets"].items()})
    if "path" in value:
        return pulumi.FileArchive(value["path"]) if archive else pulumi.FileAsset(value["path"])
    if "uri" in value:
        return pulumi.RemoteArchive(value["uri"]) if archive else pulumi.RemoteAsset(value["uri"])
    return ElidedArchive() if archive else pulumi.StringAsset(value.get("text", ""))


def from_properties(properties: Mapping[str, PropertyValue]) -> Properties:
    return {key: from_property(properties[key]) for key in sorted(properties)}


def from_property(prop: PropertyValue) -> Value:
    bare = _from_python(prop.value)
    return secret(bare) if prop.is_secret else bare


def _from_python(value: Any) -> Value:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Computed):
        return UNKNOWN
    if isinstance(value, Mapping):
        return from_properties(value)
    if isinstance(value, Sequence):
        return [from_property(item) for item in value]
    if isinstance(value, ResourceReference):
        reference: dict[str, Value] = {SIGNATURE: REFERENCE, "urn": value.urn}
        if value.resource_id is not None:
            reference["id"] = from_property(value.resource_id)
        if value.package_version:
            reference["packageVersion"] = value.package_version
        return reference
    if isinstance(value, (pulumi.Asset, pulumi.Archive)):
        return _from_asset(value)
    raise TypeError(
        f"a provider answered with a {type(value).__name__}, which is no property value"
    )


def _from_asset(value: Any) -> Value:
    digest = getattr(value, _HASH, None)
    return {**_content_of(value), "hash": digest} if digest else _content_of(value)


def _content_of(value: Any) -> dict[str, Value]:
    kind = ARCHIVE if isinstance(value, pulumi.Archive) else ASSET
    for attribute in ("path", "text", "uri"):
        if hasattr(value, attribute):
            return {SIGNATURE: kind, attribute: getattr(value, attribute)}
    # Empty, as the official engine writes them: its SDK reads none that have no content at all.
    if isinstance(value, ElidedArchive):
        return {SIGNATURE: kind, "assets": {}}
    if isinstance(value, ElidedAsset):
        return {SIGNATURE: kind, "text": ""}
    packed = cast("pulumi.AssetArchive", value)
    members = {name: _from_asset(item) for name, item in packed.assets.items()}
    return {SIGNATURE: kind, "assets": members}
