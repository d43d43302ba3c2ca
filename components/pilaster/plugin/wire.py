"""Values as they cross between processes, before anybody has said what they mean.

The decision taken here: secrets, unknowns and dependencies are read where they stand. The SDK's own
reading pushes a secret up to the whole argument, which would make an entire API secret for the sake
of one environment variable.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pulumi
from google.protobuf import struct_pb2
from pulumi.runtime import rpc

UNKNOWN = rpc.UNKNOWN
# The protocol's own marks, fixed for ever: what a struct is that is not meant as a mapping.
MARK = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
OTHERS: Mapping[str, str] = {
    "c44067f5952c0a294b673a41bacd8c17": "an asset",
    "0def7320c3a5731c473e5ecbe6d01bc7": "an archive",
    "5cf8f73096256a8f31e491e813e4eb8e": "a resource",
}


@dataclass(frozen=True, kw_only=True)
class Given:
    """One value as a program gave it."""

    value: struct_pb2.Value | None
    """The value without its wrappings; None for one that is not known yet."""
    secret: bool = False
    """Whether it, or what it stands in, is a secret."""
    dependencies: frozenset[str] = frozenset()
    """URNs of the resources it comes from."""

    @property
    def known(self) -> bool:
        """Whether the value is there."""
        return self.value is not None

    @property
    def absent(self) -> bool:
        """Whether it was left out."""
        return self.value is not None and self.value.WhichOneof("kind") in (None, "null_value")

    @property
    def late(self) -> bool:
        """Whether it is more than its bare value."""
        return self.secret or not self.known or bool(self.dependencies)

    def kind(self) -> str:
        """What it is, in words."""
        if self.value is None:
            return "not known yet"
        match self.value.WhichOneof("kind"):
            case "bool_value":
                return "a boolean"
            case "number_value":
                return "a number"
            case "string_value":
                return "a text"
            case "list_value":
                return "a list"
            case "struct_value":
                mark = _mark(self.value)
                return OTHERS.get(mark, "a mapping") if mark else "a mapping"
            case _:
                return "nothing"

    def scalar(self) -> bool | float | str | None:
        """The value if it is a single one."""
        if self.value is None:
            return None
        match self.value.WhichOneof("kind"):
            case "bool_value":
                return self.value.bool_value
            case "number_value":
                return self.value.number_value
            case "string_value":
                return self.value.string_value
            case _:
                return None

    def items(self) -> Sequence["Given"] | None:
        """What is in a list."""
        if self.value is None or self.value.WhichOneof("kind") != "list_value":
            return None
        return [self._inner(each) for each in self.value.list_value.values]

    def entries(self) -> Mapping[str, "Given"] | None:
        """What is in a mapping."""
        if self.value is None or self.value.WhichOneof("kind") != "struct_value":
            return None
        if _mark(self.value):
            return None
        fields = self.value.struct_value.fields
        return {key: self._inner(fields[key]) for key in sorted(fields)}

    def _inner(self, value: struct_pb2.Value) -> "Given":
        """What stands in a secret is one, and depends on what the whole depends on."""
        inner = read(value)
        return replace(
            inner,
            secret=inner.secret or self.secret,
            dependencies=inner.dependencies | self.dependencies,
        )

    def output(self) -> pulumi.Output[Any]:
        """The value as a program would have it, made by the SDK from the protocol's own form."""
        fields: dict[str, struct_pb2.Value] = {
            MARK: struct_pb2.Value(string_value=OUTPUT),
            "secret": struct_pb2.Value(bool_value=self.secret),
            "dependencies": struct_pb2.Value(
                list_value=struct_pb2.ListValue(
                    values=[struct_pb2.Value(string_value=urn) for urn in sorted(self.dependencies)]
                )
            ),
        }
        if self.value is not None:
            fields["value"] = self.value
        whole = struct_pb2.Struct(
            fields={"it": struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))}
        )
        return rpc.deserialize_properties(whole)["it"]


def read(value: struct_pb2.Value) -> Given:
    """A value without the wrappings it came in."""
    if value.WhichOneof("kind") == "string_value" and value.string_value == UNKNOWN:
        return Given(value=None)
    fields = value.struct_value.fields
    match _mark(value):
        case str(mark) if mark == SECRET:
            return replace(read(fields["value"]), secret=True)
        case str(mark) if mark == OUTPUT:
            inner = read(fields["value"]) if "value" in fields else Given(value=None)
            return replace(
                inner,
                secret=inner.secret or fields["secret"].bool_value,
                dependencies=inner.dependencies | frozenset(_texts(fields["dependencies"])),
            )
        case _:
            return Given(value=value)


def properties(
    inputs: struct_pb2.Struct, dependencies: Mapping[str, Sequence[str]]
) -> Mapping[str, Given]:
    """The arguments of a component.

    Some languages say what a value depends on where it stands, others for the argument as a whole;
    what is said more exactly counts.
    """
    given: dict[str, Given] = {}
    for key, value in inputs.fields.items():
        whole = read(value)
        if not _says_outputs(value):
            whole = replace(whole, dependencies=frozenset(dependencies.get(key, ())))
        given[key] = whole
    return given


def _says_outputs(value: struct_pb2.Value) -> bool:
    if _mark(value) == OUTPUT:
        return True
    return any(map(_says_outputs, _below(value)))


def _below(value: struct_pb2.Value) -> Iterator[struct_pb2.Value]:
    yield from value.list_value.values
    yield from value.struct_value.fields.values()


def _mark(value: struct_pb2.Value) -> str | None:
    # A message's map makes an entry for a key that is asked for.
    fields = value.struct_value.fields
    return fields[MARK].string_value if MARK in fields else None


def _texts(value: struct_pb2.Value) -> Iterator[str]:
    return (each.string_value for each in value.list_value.values)
