"""Property values inside the engine: what Pulumi's own state holds.

That is JSON, where a secret, an asset, an archive or a resource reference is an object with a
signature, and an unknown is the sentinel string.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
INTERNAL = "__internal"
"""What the official engine notes for itself in a provider's inputs; empty for ours."""
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


def comparable(value: Value) -> Value:
    """The value without what is not content: secret wrappers, and the path of what has a hash."""

    def bare(signed: dict[str, Value]) -> Value:
        if signed[SIGNATURE] == SECRET:
            return comparable(signed["value"])
        if "hash" in signed:
            return {SIGNATURE: signed[SIGNATURE], "hash": signed["hash"]}
        return signed

    return transform(value, bare)
