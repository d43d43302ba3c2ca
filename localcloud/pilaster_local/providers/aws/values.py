"""Between `PropertyValue` and plain Python.

The SDK's own conversion refuses ints, cannot marshal unknowns and loses secretness below the top
level, so
the provider works on plain values and wraps them again at the end. A property is secret as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import pulumi
from pulumi.provider.experimental.property_value import (
    Computed,
    PropertyValue,
    ResourceReference,
)

Plain = dict[str, Any]

UNKNOWN_OVER_GRPC: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


class Unknown:
    """A value nobody knows before the deployment. There is one: compare with `is UNKNOWN`."""

    def __repr__(self) -> str:
        return "<unknown>"

    def __deepcopy__(self, _memo: object) -> Unknown:
        return self


UNKNOWN: Final = Unknown()


def plain(value: PropertyValue) -> Any:
    """The value without its wrapping: whole numbers as ints, unknowns as UNKNOWN, archives as they
    are.
    """
    inner = value.value
    if isinstance(inner, Computed) or inner == UNKNOWN_OVER_GRPC:
        return UNKNOWN
    if isinstance(inner, float) and inner.is_integer():
        return int(inner)
    if isinstance(inner, Mapping):
        return {key: plain(item) for key, item in inner.items()}
    if isinstance(inner, Sequence) and not isinstance(inner, str):
        return [plain(item) for item in inner]
    if isinstance(inner, ResourceReference):
        return plain(inner.resource_id) if inner.resource_id else UNKNOWN
    return inner


def plain_map(values: Mapping[str, PropertyValue]) -> Plain:
    return {name: plain(value) for name, value in values.items() if value.value is not None}


def secret_names(*maps: Mapping[str, PropertyValue]) -> frozenset[str]:
    """The top-level properties that hold a secret anywhere."""
    return frozenset(
        name for values in maps for name, value in values.items() if value.contains_secret()
    )


def wrap(value: Any) -> PropertyValue:
    if value is UNKNOWN:
        return PropertyValue.computed()
    if isinstance(value, bool) or value is None:
        return PropertyValue(value)
    if isinstance(value, int | float):
        return PropertyValue(float(value))
    if isinstance(value, Mapping):
        return PropertyValue({str(key): wrap(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return PropertyValue([wrap(item) for item in value])
    if isinstance(value, datetime):
        return PropertyValue(value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    if isinstance(value, str | pulumi.Asset | pulumi.Archive):
        return PropertyValue(value)
    return PropertyValue(str(value))


def wrap_map(values: Mapping[str, Any], secrets: Iterable[str] = ()) -> dict[str, PropertyValue]:
    hidden = frozenset(secrets)
    return {
        name: wrap(value).with_secret(name in hidden)
        for name, value in values.items()
        if value is not None
    }


def has_unknown(value: Any) -> bool:
    if value is UNKNOWN:
        return True
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(has_unknown(item) for item in value)
    return False


def shown(value: object, limit: int = 60) -> str:
    """A value as it stands in a message: short, on one line."""
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 4]}...{text[-1]}"
