"""Between gRPC messages and the provider's requests and answers.

Values go the way they go in process, so that a provider sees the same from both engines. Pulumi's
own conversion raises on an archive without content, which is what a diff, an update, a read and a
delete get, and cannot send an unknown value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf import struct_pb2
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    CheckFailure,
    CheckResponse,
    DiffResponse,
    PropertyDiff,
)
from pulumi.runtime.proto import provider_pb2

from pilaster_local.engine import values
from pilaster_local.engine.conversion import (
    from_properties,
    from_struct,
    to_properties,
    to_struct,
)

Properties = dict[str, PropertyValue]

UNFINISHED = "__unfinished"
"""Marks in the outputs what was made and not finished. The official engine remembers that it was
and does not tell the provider."""


def received(struct: struct_pb2.Struct) -> Properties:
    return to_properties(_without_mark(from_struct(struct)), secrets=True)


def sent(properties: Mapping[str, PropertyValue], *, unfinished: bool = False) -> struct_pb2.Struct:
    mark = {UNFINISHED: True} if unfinished else {}
    return to_struct({**from_properties(properties), **mark})


def is_unfinished(outputs: struct_pb2.Struct) -> bool:
    return UNFINISHED in outputs.fields


def same(one: struct_pb2.Struct, other: struct_pb2.Struct) -> bool:
    """Whether two sets of inputs say the same; an archive is its hash."""
    return values.comparable(from_struct(one)) == values.comparable(from_struct(other))


def differing(one: struct_pb2.Struct, other: struct_pb2.Struct) -> list[str]:
    before: values.Properties = values.comparable(from_struct(one))
    after: values.Properties = values.comparable(from_struct(other))
    names = (before.keys() | after.keys()) - {values.INTERNAL}
    return sorted(name for name in names if before.get(name) != after.get(name))


def secrets_in(request: Any) -> set[str]:
    """Every secret text in a request, so that no message repeats one."""
    found: set[str] = set()
    for field, value in request.ListFields():
        if field.message_type and field.message_type.name == "Struct":
            found |= values.secret_strings(from_struct(value))
    return {text for text in found if len(text) > 3}


def check_response(answer: CheckResponse) -> provider_pb2.CheckResponse:
    return provider_pb2.CheckResponse(
        inputs=None if answer.inputs is None else sent(answer.inputs),
        failures=failures(answer.failures or ()),
    )


def failures(found: Iterable[CheckFailure]) -> list[provider_pb2.CheckFailure]:
    return [provider_pb2.CheckFailure(property=f.property, reason=f.reason) for f in found]


_CHANGES = {
    None: provider_pb2.DiffResponse.DIFF_UNKNOWN,
    False: provider_pb2.DiffResponse.DIFF_NONE,
    True: provider_pb2.DiffResponse.DIFF_SOME,
}


def diff_response(answer: DiffResponse) -> provider_pb2.DiffResponse:
    return provider_pb2.DiffResponse(
        changes=_CHANGES[answer.changes],
        replaces=answer.replaces,
        stables=answer.stables,
        deleteBeforeReplace=answer.delete_before_replace,
        diffs=answer.diffs,
        detailedDiff={name: _property_diff(one) for name, one in answer.detailed_diff.items()},
        hasDetailedDiff=True,
    )


def _property_diff(one: PropertyDiff) -> provider_pb2.PropertyDiff:
    kind = provider_pb2.PropertyDiff.Kind.Value(one.kind.name)
    return provider_pb2.PropertyDiff(kind=kind, inputDiff=one.input_diff)


def _without_mark(properties: values.Properties) -> values.Properties:
    return {name: value for name, value in properties.items() if name != UNFINISHED}
