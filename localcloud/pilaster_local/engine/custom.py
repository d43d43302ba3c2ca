"""What happens to a resource of a service: created, updated, replaced, or left as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from pilaster_local.engine import assets, steps
from pilaster_local.engine.backend import Backend, Difference
from pilaster_local.engine.deployment import Deployment
from pilaster_local.engine.errors import ProtectedError, RegistrationError
from pilaster_local.engine.events import Op
from pilaster_local.engine.goal import Goal, keep_ignored
from pilaster_local.engine.resource import Resource
from pilaster_local.engine.state import in_order
from pilaster_local.engine.stateonly import default_provider
from pilaster_local.engine.urn import package_of
from pilaster_local.engine.values import UNKNOWN, Properties
from pilaster_local.engine.wanted import kept, record, remember, resource_of


@dataclass(frozen=True, kw_only=True)
class _Visit:
    """One registration on its way: what is wanted, who answers for it, what there is."""

    goal: Goal
    backend: Backend
    wanted: Resource
    """With the checked inputs."""
    raw: Properties
    """The inputs before the check, for a replacement is checked anew."""


def custom(deployment: Deployment, goal: Goal, urn: str) -> Resource:
    replaced = deployment.replaced_early.get(urn)
    # In a preview what would be gone by now is still in the state.
    old = None if replaced else deployment.state.current(urn)
    visit = _visit(deployment, goal, urn, old)
    if old is None:
        return _create(deployment, visit, replaced)
    difference = visit.backend.diff(old, visit.wanted.inputs, goal.ignore_changes)
    if difference.replace_keys:
        return _replace(deployment, visit, old, difference)
    if difference.keys or old.init_errors:
        return _update(deployment, visit, old, difference)
    return _same(deployment, visit, old)


def _visit(deployment: Deployment, goal: Goal, urn: str, old: Resource | None) -> _Visit:
    if goal.provider:
        provider, _, _ = goal.provider.rpartition("::")
        reference, backend = goal.provider, deployment.providers.backend(provider)
        if backend is None:
            raise RegistrationError(urn, f"its provider {provider} was not registered")
    else:
        default = default_provider(deployment, package_of(goal.type), goal.version)
        reference = f"{default.urn}::{default.id}"
        backend = cast("Backend", deployment.providers.backend(default.urn))
    if old and old.more.get("external"):
        raise RegistrationError(
            urn, "is in the state as read, not as made; this engine cannot take it over"
        )
    raw = _hashed(deployment, urn, goal.inputs)
    if old and goal.ignore_changes:
        raw = keep_ignored(raw, old.inputs, goal.ignore_changes)
    checked = backend.check(urn, old.inputs if old else {}, raw)
    wanted = resource_of(goal, urn, _hashed(deployment, urn, checked), reference)
    return _Visit(goal=goal, backend=backend, wanted=wanted, raw=raw)


def _create(deployment: Deployment, visit: _Visit, replaced: Resource | None) -> Resource:
    """`replaced`: it was there, and had to go with something it needs."""
    op: Op = "replace" if replaced else "create"
    with deployment.step(visit.wanted.urn, op):
        made = steps.create(deployment, visit.backend, visit.wanted, instead_of=None)
    record(deployment, op, replaced, made, deleted_first=replaced is not None)
    return made


def _update(
    deployment: Deployment, visit: _Visit, old: Resource, difference: Difference
) -> Resource:
    wanted = replace(kept(visit.wanted, old), id=old.id, outputs=old.outputs)
    with deployment.step(old.urn, "update", difference.keys):
        changed = steps.update(deployment, visit.backend, old, wanted)
    record(deployment, "update", old, changed, difference)
    return changed


def _same(deployment: Deployment, visit: _Visit, old: Resource) -> Resource:
    wanted = visit.wanted
    outputs = steps.secret_outputs(old.outputs, wanted.additional_secret_outputs)
    unchanged = replace(kept(wanted, old), id=old.id, outputs=outputs)
    remember(deployment, old, unchanged)
    record(deployment, "same", old, unchanged)
    return unchanged


def _replace(
    deployment: Deployment, visit: _Visit, old: Resource, difference: Difference
) -> Resource:
    if old.protect:
        raise ProtectedError(old.urn, f"replaced (because of {', '.join(difference.replace_keys)})")
    before = visit.goal.delete_before_replace
    before = difference.delete_before_replace if before is None else before
    # Without the old inputs: with them the automatic name would be kept, and taken.
    checked = visit.backend.check(old.urn, {}, visit.raw)
    wanted = replace(visit.wanted, inputs=_hashed(deployment, old.urn, checked))
    with deployment.step(old.urn, "replace", difference.keys):
        if before:
            _delete_early(deployment, old)
        instead_of = None if before else old
        made = steps.create(deployment, visit.backend, wanted, instead_of=instead_of)
    record(deployment, "replace", old, made, difference, deleted_first=before)
    return made


def _delete_early(deployment: Deployment, old: Resource) -> None:
    """Delete what is to be replaced, and before it what cannot stay while it is gone."""
    doomed = [*_cannot_stay(deployment, old), old]
    for resource in doomed:
        if resource.protect:
            raise ProtectedError(resource.urn, f"deleted (because {old.urn} is replaced)")
    for resource in doomed:
        if resource.urn != old.urn:
            deployment.replaced_early[resource.urn] = resource
        if not deployment.previewing:
            steps.delete(deployment, resource)


def _cannot_stay(deployment: Deployment, old: Resource) -> list[Resource]:
    """The dependents that would be replaced if what they take from the old resource changed."""
    gone = {old.urn}
    found: list[Resource] = []
    for resource in in_order(r for r in deployment.state.resources if not r.delete):
        if resource.urn in gone or not deployment.owned_by_service(resource):
            continue
        taken = [k for k, urns in resource.property_dependencies.items() if gone.intersection(urns)]
        if not taken:
            continue
        unknown = {**resource.inputs, **dict.fromkeys(taken, UNKNOWN)}
        if deployment.backend_of(resource).diff(resource, unknown).replace_keys:
            gone.add(resource.urn)
            found.insert(0, resource)
    return found


def _hashed(deployment: Deployment, urn: str, inputs: Properties) -> Properties:
    """Before the check, and after it: a provider hands archives back without their hash."""
    folder = deployment.project.folder
    return assets.with_hashes(inputs, urn=urn, folder=folder, hashes=deployment.hashes)
