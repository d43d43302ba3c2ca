"""What happens to a resource of a service: created, updated, replaced, or left as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from pilaster_local.engine import assets, paths, steps
from pilaster_local.engine.analysis import judge
from pilaster_local.engine.backend import Backend, Difference
from pilaster_local.engine.deployment import Deployment
from pilaster_local.engine.errors import ProtectedError, RegistrationError
from pilaster_local.engine.events import Diagnostic, Op
from pilaster_local.engine.goal import Goal
from pilaster_local.engine.replacing import delete_early, with_replacements
from pilaster_local.engine.resource import Resource
from pilaster_local.engine.stateonly import default_provider
from pilaster_local.engine.urn import package_of
from pilaster_local.engine.values import Properties
from pilaster_local.engine.wanted import kept, record, remember, resource_of


@dataclass(frozen=True, kw_only=True)
class _Visit:
    """One registration on its way: what is wanted, who answers for it, what there is."""

    goal: Goal
    backend: Backend
    wanted: Resource
    """With the checked inputs."""
    raw: Properties
    """What the program says, before the check and with nothing ignored: a replacement is checked
    anew."""


def custom(deployment: Deployment, goal: Goal, urn: str) -> Resource:
    replaced = deployment.replaced_early.get(urn)
    # In a preview what would be gone by now is still in the state.
    old = None if replaced else deployment.state.current(urn)
    if old and (old.external or old.pending_replacement):
        # Another's is left alone, and what is deleted already cannot be compared.
        visit = _visit(deployment, goal, urn, None)
        return _create(deployment, visit, old, instead_of=old if old.external else None)
    visit = _visit(deployment, goal, urn, old)
    if old is None:
        if replaced:
            deployment.replaced.add(urn)
        return _create(deployment, visit, replaced)
    difference = visit.backend.diff(old, visit.wanted.inputs, goal.ignore_changes)
    difference = with_replacements(difference, visit.wanted, old)
    if visit.wanted.deleted_with in deployment.replaced:
        difference = Difference(keys=("deletedWith",), replace_keys=("deletedWith",))
    if difference.replace_keys or old.taint:
        return _replace(deployment, visit, old, difference)
    if difference.keys or old.init_errors:
        return _update(deployment, visit, old, difference)
    return _same(deployment, visit, old)


def provider_of(
    deployment: Deployment, urn: str, *, type_: str, version: str, named: str
) -> tuple[str, Backend]:
    """The reference of the provider that answers for a resource, and the provider itself."""
    if named:
        provider, _, _ = named.rpartition("::")
        backend = deployment.providers.backend(provider)
        if backend is None:
            raise RegistrationError(urn, f"its provider {provider} was not registered")
        return named, backend
    default = default_provider(deployment, package_of(type_), version)
    return f"{default.urn}::{default.id}", cast(
        "Backend", deployment.providers.backend(default.urn)
    )


def _visit(deployment: Deployment, goal: Goal, urn: str, old: Resource | None) -> _Visit:
    reference, backend = provider_of(
        deployment, urn, type_=goal.type, version=goal.version, named=goal.provider
    )
    raw = _hashed(deployment, urn, goal.inputs)
    asked = _with_ignored(deployment, goal, raw, old) if old and goal.ignore_changes else raw
    checked = backend.check(urn, old.inputs if old else {}, asked)
    wanted = resource_of(goal, urn, _hashed(deployment, urn, checked), reference)
    judge(deployment, wanted, goal)
    return _Visit(goal=goal, backend=backend, wanted=wanted, raw=raw)


def _with_ignored(deployment: Deployment, goal: Goal, raw: Properties, old: Resource) -> Properties:
    """The inputs with what the program said to ignore as it was before."""
    ignored = [paths.parse(text) for text in goal.ignore_changes]
    kept, failed = paths.reset(ignored, old.inputs, raw)
    if failed:
        told = ", ".join(map(paths.written, failed))
        message = f"cannot ignore changes in added or removed elements of the path: {told!r}"
        deployment.tell(Diagnostic(severity="info", message=message, urn=old.urn))
    return kept


def _create(
    deployment: Deployment,
    visit: _Visit,
    replaced: Resource | None,
    *,
    instead_of: Resource | None = None,
) -> Resource:
    """`replaced`: it was there, and had to go with something it needs, or is another's."""
    op: Op = "replace" if replaced else "create"
    with deployment.step(visit.wanted.urn, op):
        made = steps.create(deployment, visit.backend, visit.wanted, instead_of=instead_of)
    deleted_first = replaced is not None and instead_of is None
    record(deployment, op, replaced, made, deleted_first=deleted_first)
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
    # Lifting the protection and replacing may be one run, as with the official engine.
    if old.protect and visit.goal.protect:
        raise ProtectedError(old.urn, f"replaced (because of {', '.join(difference.replace_keys)})")
    deployment.replaced.add(old.urn)
    before = visit.goal.delete_before_replace
    before = difference.delete_before_replace if before is None else before
    # Without the old inputs: with them the automatic name would be kept, and taken. A name
    # that `ignore_changes` keeps would be taken likewise, so nothing is ignored here.
    checked = visit.backend.check(old.urn, {}, visit.raw)
    wanted = replace(visit.wanted, inputs=_hashed(deployment, old.urn, checked))
    with deployment.step(old.urn, "replace", difference.keys):
        if before:
            delete_early(deployment, old)
        instead_of = None if before else old
        made = steps.create(deployment, visit.backend, wanted, instead_of=instead_of)
    record(deployment, "replace", old, made, difference, deleted_first=before)
    return made


def _hashed(deployment: Deployment, urn: str, inputs: Properties) -> Properties:
    """Before the check, and after it: a provider hands archives back without their hash."""
    folder = deployment.project.folder
    return assets.with_hashes(inputs, urn=urn, folder=folder, hashes=deployment.hashes)
