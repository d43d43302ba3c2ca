"""What a thing's inputs are now: what a refresh sees of changes made behind the program's back.

By the table: an input is compared as the service would be sent it with what the service says. Only
what was given and what the answer names is compared, for an answer leaves out much of what it could
say and defaults are nobody's drift; what cannot change without a replacement is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from pilaster_local.providers.aws import shapes
from pilaster_local.providers.aws.calls import Calls, Members, tags_of
from pilaster_local.providers.aws.documents import parsed
from pilaster_local.providers.aws.tagging import MARK
from pilaster_local.providers.aws.values import UNKNOWN, Plain, has_unknown

_AS_SENT: Final = object()
_STEERING = frozenset({"tags", "tagsAll", "region", "__defaults"})
_LISTED = ("Tags", "tags", "TagList", "UserPoolTags")


def inputs_now(kind: Calls, inputs: Plain, thing: Any) -> Plain:
    """The inputs, with those that the service has otherwise as it has them."""
    row = kind.row
    if not isinstance(thing, Mapping):
        if thing is None or not row.at.isidentifier():
            return inputs
        thing = {row.at: thing}
    alone = kind.replacing(inputs) | _STEERING | set(row.undiffed.split())
    now = dict(inputs)
    for name, value in inputs.items():
        if name not in alone and value is not None and not has_unknown(value):
            found = _found(kind, name, value, thing)
            now[name] = value if found is _AS_SENT else found
    return {**now, **(_tags(inputs, thing) if row.tagged else {})}


def _found(kind: Calls, name: str, value: Any, thing: Mapping[str, Any]) -> Any:
    for shape, sent in _sent(kind, name, value):
        for member, wanted in sent.items():
            actual = _said(thing, member)
            if actual is None and isinstance(wanted, Mapping):
                # A service may nest what it is sent and answer it flat.
                for inner, item in wanted.items():
                    there = _said(thing, inner)
                    if there is not None and not _agree(item, there, None):
                        return _back(value, there)
            elif actual is not None and not _agree(wanted, actual, shape.members.get(member)):
                return _back(value, actual)
    return _AS_SENT


def _sent(kind: Calls, name: str, value: Any) -> Iterator[tuple[Members, Plain]]:
    """What the operations are sent of this one input."""
    row = kind.row
    is_sent = False
    asked: list[tuple[str, str, Mapping[str, str]]] = []
    if name not in row.set_aside:
        asked = [(row.create, row.within, row.rename), (row.update, row.within, row.rename)]
    asked += [
        (part.put, part.within, {**row.rename, **part.rename})
        for part in row.parts
        if name in part.names
    ]
    for operation, within, rename in asked:
        # An input may say nothing without others; then nothing is said of it here either.
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            if operation:
                sent = kind.placed(operation, kind.translate({name: value}), rename, within)
                inner = sent.pop(within, {}) if within else {}
                is_sent = is_sent or bool(sent or inner)
                yield kind.takes(operation, within), {**sent, **inner}
    if not is_sent:  # code of its own does, and the service may still call it by the input's name
        yield Members({}), {row.rename.get(name, name): value}


def _said(thing: Mapping[str, Any], member: str) -> Any:
    found = shapes.member_for(Members(dict(thing)), member)
    return None if found is None else thing[found]


def _agree(wanted: Any, actual: Any, shape: Any) -> bool:
    if wanted is UNKNOWN or isinstance(wanted, bytes | bytearray) or actual is None:
        return True
    if isinstance(wanted, Mapping):
        if not isinstance(actual, Mapping):
            return _same_scalar(json.dumps(wanted), actual)
        is_map = getattr(shape, "type_name", "") == "map"
        if is_map and wanted.keys() != actual.keys():
            return False
        inner = getattr(shape, "members", {})
        return all(
            _agree(item, actual.get(key), shape.value if is_map else inner.get(key))
            for key, item in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(actual, list) and _agree_lists(wanted, actual, shape)
    return _same_scalar(wanted, actual)


def _agree_lists(wanted: list[Any], actual: list[Any], shape: Any) -> bool:
    """In any order: most lists of the services are sets, and come back as they like."""
    element = getattr(shape, "member", None)
    rest = list(actual)
    for item in wanted:
        index = next((i for i, other in enumerate(rest) if _agree(item, other, element)), None)
        if index is None:
            return False
        del rest[index]
    return not rest


def _same_scalar(wanted: Any, actual: Any) -> bool:
    if isinstance(wanted, str) and parsed(wanted) == parsed(actual):
        return True
    if isinstance(wanted, bool) or isinstance(actual, bool):
        return str(wanted).lower() == str(actual).lower()
    with suppress(TypeError, ValueError):
        return float(wanted) == float(actual)
    return str(wanted) == str(actual)


def _back(value: Any, actual: Any) -> Any:
    """What the service says in the words of the input, as far as the input shows them."""
    if isinstance(value, list):
        items = actual if isinstance(actual, list) else [actual]
        first = value[0] if value else None
        words = [value[i] if i < len(value) else first for i in range(len(items))]
        return [_back(word, item) for word, item in zip(words, items, strict=True)]
    if isinstance(value, Mapping):
        return _back_mapping(value, actual)
    if isinstance(value, bool):
        return str(actual).lower() == "true"
    if isinstance(value, str):
        is_scalar = isinstance(actual, str | int | float)
        return str(actual) if is_scalar else json.dumps(actual, default=str)
    if isinstance(value, int | float):
        with suppress(TypeError, ValueError):
            number = float(actual)
            return int(number) if number.is_integer() else number
    return actual


def _back_mapping(value: Mapping[str, Any], actual: Any) -> Any:
    if isinstance(actual, list) and len(actual) == 1:
        actual = actual[0]
    if not isinstance(actual, Mapping):
        return actual
    now: Plain = {}
    taken: set[str] = set()
    for key, item in value.items():
        member = shapes.member_for(Members(dict(actual)), key)
        if member is None:
            continue
        taken.add(member)
        now[key] = _back(item, actual[member])
    # In a mapping of free names what is new is drift; in a structure it is what was never asked.
    free = all(isinstance(item, str) for item in actual.values()) and taken <= value.keys()
    return {**now, **{k: v for k, v in actual.items() if k not in taken}} if free else now


def _tags(inputs: Plain, thing: Mapping[str, Any]) -> Plain:
    """Tags, where the answer holds them."""
    listed = next((thing[name] for name in _LISTED if name in thing), None)
    if listed is None:
        return {}
    pairs = listed.items() if isinstance(listed, Mapping) else map(_pair, listed)
    actual = {k: v for k, v in pairs if k != MARK and not str(k).startswith("aws:")}
    wanted = tags_of(inputs)
    if actual == wanted:
        return {}
    own = inputs.get("tags") or {}
    added = wanted.keys() - own.keys()
    now = {name: value for name, value in actual.items() if name not in added}
    return {"tagsAll": actual, **({"tags": now} if now or own else {})}


def _pair(tag: Mapping[str, Any]) -> tuple[str, str]:
    lower = {name.lower().removeprefix("tag"): text for name, text in tag.items()}
    return str(lower["key"]), str(lower["value"])
