"""What is replaced, and what has to go with it: by the rules of the official engine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pilaster_local.engine import paths, steps
from pilaster_local.engine.backend import Difference
from pilaster_local.engine.deployment import Deployment
from pilaster_local.engine.errors import ProtectedError
from pilaster_local.engine.resource import Resource
from pilaster_local.engine.state import in_order
from pilaster_local.engine.values import UNKNOWN

INIT_ERROR = "#initerror"
"""What `replace_on_changes` calls a resource that was made and is not finished."""


def with_replacements(difference: Difference, wanted: Resource, old: Resource) -> Difference:
    """The difference as `replace_on_changes`, a taint and unfinished work make it."""
    asked = [paths.parse(text) for text in wanted.replace_on_changes]
    names = set(difference.replace_keys)
    detailed: dict[str, dict[str, Any]] = {}
    for text, change in difference.detailed.items():
        if _is_asked(asked, text):
            change = {**change, "kind": _replacing(change["kind"])}
        if change["kind"].endswith("-replace"):
            names.add(paths.top(text))
        detailed[text] = change
    names |= {key for key in difference.keys if _is_asked(asked, key)}
    if old.init_errors and _is_asked(asked, INIT_ERROR):
        names.add(INIT_ERROR)
        detailed[INIT_ERROR] = {"kind": "update-replace", "inputDiff": False}
    return replace(difference, replace_keys=tuple(sorted(names)), detailed=detailed)


def _is_asked(asked: list[paths.Path], text: str) -> bool:
    try:
        there = paths.parse(text)
    except paths.PathError:  # a provider may call its changes what it likes
        return False
    return any(paths.contains(path, there) for path in asked)


def _replacing(kind: str) -> str:
    return kind if kind.endswith("-replace") else f"{kind}-replace"


def delete_early(deployment: Deployment, old: Resource) -> None:
    """Delete what is to be replaced, and before it what cannot stay while it is gone."""
    doomed = [*_cannot_stay(deployment, old), old]
    for resource in doomed[:-1]:
        if resource.protect:
            raise ProtectedError(resource.urn, f"deleted (because {old.urn} is replaced)")
    for resource in doomed:
        if resource.urn != old.urn:
            deployment.replaced_early[resource.urn] = resource
        if not deployment.previewing:
            goes_with_another = resource.deleted_with in {r.urn for r in doomed}
            steps.delete(deployment, resource, call=not goes_with_another, to_be_replaced=True)


def _cannot_stay(deployment: Deployment, old: Resource) -> list[Resource]:
    """The dependents that would be replaced if what they take from the old resource changed.

    What is registered already cannot need something that is registered now.
    """
    gone = {old.urn}
    found: list[Resource] = []
    for resource in in_order(r for r in deployment.state.resources if not r.delete):
        if resource.urn in gone or resource.urn in deployment.registered:
            continue
        if deployment.owned_by_service(resource) and _goes_too(deployment, resource, gone):
            gone.add(resource.urn)
            found.insert(0, resource)
    return found


def _goes_too(deployment: Deployment, resource: Resource, gone: set[str]) -> bool:
    provider = resource.provider.rpartition("::")[0]
    if provider in gone or resource.deleted_with in gone:
        return True
    taken = [
        key
        for key, urns in resource.property_dependencies.items()
        if key in resource.inputs and gone.intersection(urns)
    ]
    if not taken:
        return False
    unknown = {**resource.inputs, **dict.fromkeys(taken, UNKNOWN)}
    difference = deployment.backend_of(resource).diff(resource, unknown, resource.ignore_changes)
    finished = replace(resource, init_errors=())
    return bool(with_replacements(difference, resource, finished).replace_keys)
