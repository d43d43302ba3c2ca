"""One representation of property values inside the engine, and the ways in and out of it.

Inside, a value is what Pulumi's own state holds: JSON, where a secret, an asset, an archive or a
resource reference is an object with a signature. An unknown is the sentinel string. This is the one
file that knows protobuf Structs (the program's side) and PropertyValues (the provider's side).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import pulumi
from google.protobuf import struct_pb2
from pulumi.provider.experimental.property_value import (
    Computed,
    PropertyValue,
    ResourceReference,
)
from pulumi.runtime import rpc

Value = Any
"""None, bool, int, float, str, list or dict of the same; signatures mark what JSON cannot say."""
Properties = dict[str, Value]

UNKNOWN = rpc.UNKNOWN
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
MASK = "[secret]"
_TELLING = 6
"""A shorter secret cannot be told from a value that happens to read the same."""


def secret(value: Value) -> Value:
    return value if signature(value) == SECRET else {SIGNATURE: SECRET, "value": value}


def signature(value: Value) -> str | None:
    return value.get(SIGNATURE) if isinstance(value, dict) else None


def transform(value: Value, visit: Callable[[dict[str, Value]], Value]) -> Value:
    """The value with every signed object replaced by what `visit` makes of it, innermost last."""
    if isinstance(value, list):
        return [transform(item, visit) for item in value]
    if isinstance(value, dict):
        if SIGNATURE in value:
            return visit(value)
        return {key: transform(item, visit) for key, item in value.items()}
    return value


def plain(value: Value) -> Value:
    """The value without secret wrappers. For a provider that takes none, never for output."""

    def unwrap(signed: dict[str, Value]) -> Value:
        return plain(signed["value"]) if signed[SIGNATURE] == SECRET else signed

    return transform(value, unwrap)


def masked(value: Value) -> Value:
    """The value as it may be shown: secrets are `[secret]`."""
    return transform(value, lambda signed: MASK if signed[SIGNATURE] == SECRET else signed)


def secret_strings(value: Value, inside: bool = False) -> set[str]:
    """Every string that stands inside a secret: what must never appear in a message."""
    if isinstance(value, str):
        return {value} if inside and value != UNKNOWN else set()
    if isinstance(value, list):
        return {text for item in value for text in secret_strings(item, inside)}
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return secret_strings(value.get("value"), True)
        return {
            text
            for key, item in value.items()
            if key != SIGNATURE
            for text in secret_strings(item, inside)
        }
    return set()


def strings(value: Value) -> set[str]:
    """Every string that stands in the value outside a secret."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, list):
        return {text for item in value for text in strings(item)}
    if isinstance(value, dict) and value.get(SIGNATURE) != SECRET:
        return {text for item in value.values() for text in strings(item)}
    return set()


def secrets_kept(answered: Properties, given: Properties) -> Properties:
    """What went in as a secret comes out as one, whole property by whole property.

    A provider may lose the mark, or repeat a secret under another name (tags in tagsAll).
    """
    hidden = {text for text in secret_strings(given) if len(text) >= _TELLING}
    kept = {}
    for key, value in answered.items():
        lost = contains_secret(given.get(key)) and not contains_secret(value)
        kept[key] = secret(plain(value)) if lost or not hidden.isdisjoint(strings(value)) else value
    return kept


def contains_secret(value: Value) -> bool:
    if isinstance(value, list):
        return any(contains_secret(item) for item in value)
    if isinstance(value, dict):
        return value.get(SIGNATURE) == SECRET or any(contains_secret(v) for v in value.values())
    return False


def contains_unknown(value: Value) -> bool:
    if isinstance(value, list):
        return any(contains_unknown(item) for item in value)
    if isinstance(value, dict):
        return any(contains_unknown(item) for item in value.values())
    return value == UNKNOWN


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


def _asset(value: dict[str, Value]) -> pulumi.Asset | pulumi.Archive:
    archive = value[SIGNATURE] == ARCHIVE
    if "assets" in value:
        return pulumi.AssetArchive({k: _asset(item) for k, item in value["assets"].items()})
    if "path" in value:
        return pulumi.FileArchive(value["path"]) if archive else pulumi.FileAsset(value["path"])
    if "uri" in value:
        return pulumi.RemoteArchive(value["uri"]) if archive else pulumi.RemoteAsset(value["uri"])
    return pulumi.StringAsset(value.get("text", ""))


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
    kind = ARCHIVE if isinstance(value, pulumi.Archive) else ASSET
    for attribute in ("path", "text", "uri"):
        if hasattr(value, attribute):
            return {SIGNATURE: kind, attribute: getattr(value, attribute)}
    packed = cast("pulumi.AssetArchive", value)
    members = {name: _from_asset(item) for name, item in packed.assets.items()}
    return {SIGNATURE: kind, "assets": members}


def comparable(value: Value) -> Value:
    """The value without what is not content: secret wrappers, and the path of what has a hash."""

    def bare(signed: dict[str, Value]) -> Value:
        if signed[SIGNATURE] == SECRET:
            return comparable(signed["value"])
        if "hash" in signed:
            return {SIGNATURE: signed[SIGNATURE], "hash": signed["hash"]}
        return signed

    return transform(value, bare)
