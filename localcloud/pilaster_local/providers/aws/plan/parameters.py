"""One request against the service's model: required, types, enums, lengths, ranges, patterns.

botocore's own validator checks the first two and the ranges of numbers only, and would have to be
imported.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pulumi

from pilaster_local.providers.aws.models import Shape
from pilaster_local.providers.aws.plan import exceptions, expressions
from pilaster_local.providers.aws.plan.finding import shown
from pilaster_local.providers.aws.values import UNKNOWN

Place = tuple[str | int, ...]
"""Where in the parameters: members, keys and positions."""
Wrong = Iterator[tuple[Place, str]]

NEEDED = "AWS needs it, and it is not given"

_KINDS: Mapping[str, tuple[tuple[type, ...], str]] = {
    "structure": ((Mapping,), "an object"),
    "list": ((list, tuple), "a list"),
    "map": ((Mapping,), "an object"),
    "string": ((str,), "a string"),
    "integer": ((int,), "a whole number"),
    "long": ((int,), "a whole number"),
    "float": ((int, float), "a number"),
    "double": ((int, float), "a number"),
    "boolean": ((bool,), "true or false"),
    "blob": ((bytes, str), "bytes"),
    "timestamp": ((str, int, float, datetime), "a date"),
}


@cache
def _botocore() -> str:
    try:
        return version("botocore")
    except PackageNotFoundError:
        return "unknown"


def wrong(service: str, shape: Shape, value: Any, place: Place = ()) -> Wrong:
    """What the service would refuse of the value; what is not known yet is never wrong."""
    if value is UNKNOWN or value is None or isinstance(value, pulumi.Asset | pulumi.Archive):
        return
    kinds, called = _KINDS.get(shape.type_name, ((object,), "anything"))
    if not _is_one(value, kinds):
        yield place, f"{shown(value)} is not {called}"
        return
    match shape.type_name:
        case "structure":
            yield from _structure(service, shape, value, place)
        case "list":
            yield from _size(service, shape, len(value), place, "entries")
            for index, item in enumerate(value):
                yield from wrong(service, shape.member, item, (*place, index))
        case "map":
            yield from _size(service, shape, len(value), place, "entries")
            for key, item in value.items():
                if key is not UNKNOWN:
                    yield from wrong(service, shape.key, key, (*place, key))
                yield from wrong(service, shape.value, item, (*place, key))
        case "string":
            yield from _string(service, shape, value, place)
        case "blob":
            yield from _size(service, shape, len(value), place, "bytes")
        case "integer" | "long" | "float" | "double":
            yield from _range(service, shape, value, place)
        case _:
            return


def _is_one(value: Any, kinds: tuple[type, ...]) -> bool:
    """As isinstance, where a truth value is no number."""
    if isinstance(value, bool):
        return bool in kinds or object in kinds
    return isinstance(value, kinds)


def _structure(service: str, shape: Shape, value: Mapping[str, Any], place: Place) -> Wrong:
    for name in shape.metadata.get("required", ()):
        if value.get(name) is None:
            yield (*place, name), NEEDED
    if shape.metadata.get("union") and len([v for v in value.values() if v is not None]) > 1:
        yield place, f"only one of {', '.join(sorted(value))} may be given"
    for name, item in value.items():
        member = shape.members.get(name)
        if member is None:
            yield (*place, name), f"AWS knows no {name!r} here"
        else:
            yield from wrong(service, member, item, (*place, name))


def _string(service: str, shape: Shape, value: str, place: Place) -> Wrong:
    named = (service, shape.metadata.get("shape", ""))
    known = shape.metadata.get("enum")
    if known and value not in known and named not in exceptions.ENUMS:
        yield (
            place,
            f"{shown(value)} is none of {_listed(value, known)}, which are all that botocore "
            f"{_botocore()} knows",
        )
        return
    sizes = list(_size(service, shape, len(value), place, "characters"))
    yield from sizes
    pattern = shape.metadata.get("pattern")
    if sizes or not pattern or named in exceptions.PATTERNS or not value:
        return  # where nothing may be said, the length does not allow it
    if not expressions.matches(pattern, value):
        yield place, f"{shown(value)} does not have the form {shown(pattern, 120)}"


def _size(service: str, shape: Shape, size: int, place: Place, of: str) -> Wrong:
    if (service, shape.metadata.get("shape", "")) in exceptions.LIMITS:
        return
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        yield place, f"{size} {of} are too few: {low} at least"
    if high is not None and size > high:
        yield place, f"{size} {of} are too many: {high} at most"


def _range(service: str, shape: Shape, value: float, place: Place) -> Wrong:
    if (service, shape.metadata.get("shape", "")) in exceptions.LIMITS:
        return
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and value < low:
        yield place, f"{value} is too small: {low} at least"
    if high is not None and value > high:
        yield place, f"{value} is too large: {high} at most"


def _listed(value: str, known: list[str]) -> str:
    """All that is known, or what is near where that is too much."""
    if len(known) <= 12:
        return ", ".join(known)
    near = difflib.get_close_matches(value[:60], known, 3, 0.5) or known[-3:]
    return f"the {len(known)} values ({', '.join(near)}, ...)"
