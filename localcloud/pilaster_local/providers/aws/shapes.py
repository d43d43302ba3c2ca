"""Automatic match of pulumi_aws inputs with the members of a botocore operation.

Names match when they are equal in lower case without separators, a plural "s" more or less; values
take the
form the shape asks for. What no member claims is reported with its path, never dropped.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pilaster_local.providers.aws.values import UNKNOWN

_PAIRS = ({"key", "value"}, {"tagkey", "tagvalue"}, {"name", "value"})


@dataclass
class Match:
    """What an operation takes of the inputs offered to it."""

    parameters: dict[str, Any] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    """Top-level inputs a member was found for."""
    lost: set[str] = field(default_factory=set)
    """Paths inside claimed inputs that no member takes."""


def match(shape: Any, inputs: Mapping[str, Any], rename: Mapping[str, str]) -> Match:
    """The parameters of a structure shape from pulumi_aws inputs; UNKNOWN passes through."""
    found = Match()
    for name, value in inputs.items():
        member = member_for(shape, name, rename.get(name))
        if member is None:
            continue
        found.claimed.add(name)
        if value is not None:
            found.parameters[member] = _convert(
                shape.members[member], value, rename, name, found.lost
            )
    return found


def member_for(shape: Any, name: str, renamed: str | None = None) -> str | None:
    """The member of a structure that an input means, if there is one."""
    if renamed is not None:
        return renamed if renamed in shape.members else None
    members = {_plainly(member): member for member in shape.members}
    for spelling in _spellings(_plainly(name)):
        if spelling in members:
            return members[spelling]
    return None


@cache
def _plainly(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _spellings(name: str) -> tuple[str, ...]:
    spellings = [name, f"{name}s"]
    if name.endswith("ies"):
        spellings.append(f"{name[:-3]}y")
    if name.endswith("s"):
        spellings.append(name[:-1])
    return tuple(spellings)


def _convert(shape: Any, value: Any, rename: Mapping[str, str], path: str, lost: set[str]) -> Any:
    if value is UNKNOWN:
        return UNKNOWN
    match shape.type_name:
        case "structure":
            return _structure(shape, value, rename, path, lost)
        case "list":
            return _list(shape, value, rename, path, lost)
        case "map":
            if not isinstance(value, Mapping):
                return value
            return {
                str(key): _convert(shape.value, item, rename, path, lost)
                for key, item in value.items()
                if item is not None
            }
        case _:
            return _scalar(shape, value)


def _structure(shape: Any, value: Any, rename: Mapping[str, str], path: str, lost: set[str]) -> Any:
    if isinstance(value, list):
        if len(value) != 1:
            return value
        value = value[0]
    if not isinstance(value, Mapping):
        return value
    converted: dict[str, Any] = {}
    for name, item in value.items():
        here = f"{path}.{name}"
        member = member_for(shape, name, rename.get(here))
        if member is None:
            lost.add(here)
        elif item is not None:
            converted[member] = _convert(shape.members[member], item, rename, here, lost)
    return converted


def _list(shape: Any, value: Any, rename: Mapping[str, str], path: str, lost: set[str]) -> Any:
    element = shape.member
    if isinstance(value, Mapping):
        names = {_plainly(n): n for n in element.members} if hasattr(element, "members") else {}
        for pair in _PAIRS:
            if pair <= names.keys() and not {_plainly(k) for k in value} & pair:
                key, content = (names[name] for name in sorted(pair))
                return [{key: k, content: v} for k, v in sorted(value.items())]
        value = [value]
    if not isinstance(value, list):
        value = [value]
    return [_convert(element, item, rename, path, lost) for item in value if item is not None]


def _scalar(shape: Any, value: Any) -> Any:
    """The value as the shape has it. One that does not fit stays: botocore refuses it."""
    try:
        return _fitted(shape, value)
    except ValueError:
        return value


def _fitted(shape: Any, value: Any) -> Any:
    match shape.type_name:
        case "string":
            if isinstance(value, bool):
                return "true" if value else "false"
            # An object where a string belongs is a mistake, and stays one.
            return value if isinstance(value, str | Mapping | list) else str(value)
        case "integer" | "long" if isinstance(value, str | float):
            return int(value) if isinstance(value, str) or value.is_integer() else value
        case "double" | "float" if isinstance(value, str | int) and not isinstance(value, bool):
            return float(value)
        case "boolean" if value in ("true", "false"):
            return value == "true"
        case "blob" if isinstance(value, str):
            return base64.b64decode(value)
        case _:
            return value
