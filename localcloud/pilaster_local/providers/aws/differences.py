"""What differs between two sets of inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.documents import parsed
from pilaster_local.providers.aws.rows import Row
from pilaster_local.providers.aws.values import Plain, has_unknown

DEFAULTS = "__defaults"
"""The input that lists which inputs the provider filled in."""

_MISSING = object()


def changed(row: Row, old: Plain, new: Plain, ignored: frozenset[str] = frozenset()) -> set[str]:
    """The names of inputs that differ. What is unknown may differ, so it does."""
    undiffed = {*row.undiffed.split(), *ignored, DEFAULTS}
    documents = frozenset(row.documents.split())
    return {
        name
        for name in old.keys() | new.keys()
        if name not in undiffed
        and not same(old.get(name, _MISSING), new.get(name, _MISSING), name, documents)
    }


def same(old: Any, new: Any, name: str, documents: frozenset[str]) -> bool:
    if has_unknown(new):
        return False
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return old.keys() == new.keys() and all(
            same(old[key], new[key], key, documents) for key in old
        )
    if isinstance(old, list) and isinstance(new, list):
        pairs = zip(old, new, strict=False)
        return len(old) == len(new) and all(same(a, b, name, documents) for a, b in pairs)
    if name in documents and isinstance(old, str) and isinstance(new, str):
        return parsed(old) == parsed(new)
    return old == new and isinstance(old, bool) == isinstance(new, bool)


def must_delete_first(row: Row, old: Plain, new: Plain) -> bool:
    """Whether old and new cannot stand side by side: what names them is the same and not
    automatic.
    """
    names = row.identifying
    automatic = set(new.get(DEFAULTS) or [])
    documents = frozenset[str]()
    return (
        bool(names)
        and all(
            name not in automatic
            and same(old.get(name, _MISSING), new.get(name, _MISSING), name, documents)
            for name in names
        )
        and any(name in new for name in names)
    )
