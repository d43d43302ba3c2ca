"""What a rule is given: plain values, where nothing raises and nothing pretends to be known.

pulumi-policy hands out proxies that raise when an unknown is touched, which would end the whole
rule, and takes the mark off secrets. Both are undone here, once for all rules.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_policy import deserialize, policy
from pulumi_policy.proxy import UnknownValueError

_SIGNATURE = deserialize.SPECIAL_SIG_KEY


@dataclass(frozen=True)
class Unknown:
    """A value that only exists once something is made."""

    secret: bool = False


class SecretText(str):
    """A text the program marked as secret. Never to appear in a message."""


Value = Any
"""None, bool, int, float, str, SecretText, Unknown, a list or a dict of these, or an asset."""
Properties = dict[str, Value]


def arrived(value: object) -> Value:
    """The value without proxies: dicts, lists and `Unknown` in place of what would raise."""
    if isinstance(value, Mapping):
        return {str(key): _item(value, key) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_item(value, index) for index in range(len(value))]
    return value


def _item(holder: Any, key: Any) -> Value:
    try:
        return arrived(holder[key])
    except UnknownValueError as error:
        return Unknown(secret=isinstance(error.unknown_type_sentinel, SecretText))


def is_unknown(value: Value) -> bool:
    return isinstance(value, Unknown)


def texts(value: Value) -> list[str]:
    """The texts in a text or in a list, however deep; anything else holds none."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return []


def inside(value: Value, *path: str | int) -> Value:
    """What stands at a path of keys and places; None where there is nothing.

    A list of one is gone through without its place: what the schema has as a list of at most one,
    programs have as the thing itself.
    """
    for key in path:
        if isinstance(value, list) and len(value) == 1 and isinstance(key, str):
            value = value[0]
        if isinstance(value, Unknown):
            return value
        if isinstance(key, int):
            value = value[key] if isinstance(value, list) and key < len(value) else None
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value


_DEEP = 64
"""Nothing a service reads is nested like that; what goes through it would run out of stack."""


def from_json(text: str, pairs: Callable[[list[tuple[str, Value]]], Value] | None = None) -> Value:
    """What a JSON text holds. Raises ValueError for what is none, or is too deep to go through."""
    try:
        value = json.loads(text, object_pairs_hook=pairs)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if text.count("{") + text.count("[") > _DEEP:
        level = [value]
        for _ in range(_DEEP):
            level = [
                item
                for each in level
                if isinstance(each, dict | list)
                for item in (each.values() if isinstance(each, dict) else each)
            ]
        if level:
            raise ValueError("nested too deep")
    return value


def shown(value: Value) -> str:
    """A value as a message may show it: no secret, and no more than fits a line."""
    if isinstance(value, SecretText):
        return "a secret"
    text = repr(value) if isinstance(value, str | int | float | bool) else type(value).__name__
    return text if len(text) <= 60 else f"{text[:57]}..."


def secrets(value: Value) -> Iterator[str]:
    """The texts marked as secret in a value, and those in a document that is one."""
    if isinstance(value, SecretText):
        yield value
        try:
            yield from _leaves(from_json(value))
        except ValueError:
            return
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from secrets(item)


def _leaves(document: Value) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict | list):
        for item in document.values() if isinstance(document, dict) else document:
            yield from _leaves(item)


# --- what pulumi-policy drops, kept ---------------------------------------------------------------


def _readable(value: Any, *, mark: bool, secret: bool = False) -> Any:
    """What the library can read without raising; with `mark`, secrets as `SecretText`."""
    if isinstance(value, str):
        return SecretText(value) if secret else value
    if isinstance(value, list):
        return [_readable(item, mark=mark, secret=secret) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value.get(_SIGNATURE)
    if kind == deserialize.SPECIAL_SECRET_SIG:
        inner = _readable(value.get("value"), mark=mark, secret=mark)
        return inner if mark else {**value, "value": inner}
    if kind is not None:
        # An asset, an archive, or what it does not know. It raises on one that is empty or sent by
        # its hash alone, and an exception ends the update. No rule looks into any.
        return None
    return {key: _readable(item, mark=mark, secret=secret) for key, item in value.items()}


def keep_marks() -> None:
    """Let secrets arrive as `SecretText`. A test holds that this version still works that way."""
    original = deserialize.deserialize_properties

    def marked(props: dict[str, Any], proxy_secrets: bool = False) -> dict[str, Any]:
        # Asked to keep secrets apart itself, it does so for remediations, of which there are none.
        return original(_readable(props, mark=not proxy_secrets), proxy_secrets)

    policy.deserialize_properties = marked  # pyright: ignore[reportPrivateImportUsage]
