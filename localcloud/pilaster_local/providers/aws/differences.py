"""What differs between two sets of inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi.provider.experimental.provider import PropertyDiff, PropertyDiffKind

from pilaster_local.engine import paths
from pilaster_local.providers.aws.calls import Calls
from pilaster_local.providers.aws.documents import parsed
from pilaster_local.providers.aws.rows import Row
from pilaster_local.providers.aws.values import Plain, has_unknown, plain_map

_VOLATILE = frozenset(
    {
        "codeSha256", "estimatedNumberOfUsers", "lastModified", "lastModifiedDate", "qualifiedArn",
        "qualifiedInvokeArn", "result", "revisionId", "sourceCodeSize", "state",
        "stateTransitionReason", "status", "version", "versionId",
    }
)  # fmt: skip
"""Outputs that an update may change; all others stay as they are and are known at preview."""

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


def old_inputs(request: Any, kind: Calls, state: Plain, new: Plain) -> Plain:
    """The inputs as they were. An engine that does not pass them leaves the state to guess from."""
    given = getattr(request, "old_inputs", None)
    if given is not None:
        return plain_map(given)
    claimed, _ = kind.claims(state)
    guessed = (claimed & state.keys()) - kind.row.output_paths.keys() - {"tagsAll", "region"}
    return {name: state[name] for name in guessed | (new.keys() & state.keys())}


def stable(row: Row) -> set[str]:
    return {*row.output_paths, "id", "region"} - _VOLATILE


def detailed(
    changed: set[str], old: Plain, new: Plain, replaces: list[str]
) -> dict[str, PropertyDiff]:
    """Each difference by its path, such as `tags.stage` or `rules[0].port`."""
    return {
        paths.written(path): PropertyDiff(
            _KINDS[kind][path[0] in replaces],
            input_diff=True,
        )
        for path, kind in paths.differences(old, new, sorted(changed))
    }


_KINDS = {
    "add": (PropertyDiffKind.ADD, PropertyDiffKind.ADD_REPLACE),
    "delete": (PropertyDiffKind.DELETE, PropertyDiffKind.DELETE_REPLACE),
    "update": (PropertyDiffKind.UPDATE, PropertyDiffKind.UPDATE_REPLACE),
}


def ignored(asked: Iterable[str], names: Iterable[str]) -> frozenset[str]:
    """The properties an engine says to ignore as a whole. What is ignored inside of one, it has
    put back before it asked.
    """
    whole = paths.named(map(paths.parse, asked))
    return frozenset(names) if paths.ANY in whole else whole
