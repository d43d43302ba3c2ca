"""What happens to one resource when the program registers it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import cast

from pilaster_local.engine import assets, steps
from pilaster_local.engine.deployment import Deployment
from pilaster_local.engine.errors import (
    EngineError,
    ProtectedError,
    RegistrationError,
    StoppedError,
)
from pilaster_local.engine.events import Op
from pilaster_local.engine.goal import Goal, RegisterRequest, keep_ignored
from pilaster_local.engine.plan import Step
from pilaster_local.engine.providers import Backend, Difference
from pilaster_local.engine.state import Resource, in_order, now
from pilaster_local.engine.urn import PROVIDER_PREFIX, is_provider, make_urn, package_of
from pilaster_local.engine.values import UNKNOWN, Properties


@dataclass(frozen=True, kw_only=True)
class _Visit:
    """One registration on its way: what is wanted, who answers for it, what there is."""

    goal: Goal
    backend: Backend
    wanted: Resource
    """With the checked inputs."""
    raw: Properties
    """The inputs before the check, for a replacement is checked anew."""


def register(deployment: Deployment, request: RegisterRequest) -> Resource:
    """Bring one resource to what the program wants, and return what it is now."""
    deployment.check_running()
    urn = make_urn(
        stack=deployment.stack,
        project=deployment.project.name,
        type_=request.type,
        name=request.name,
        parent=request.parent,
    )
    try:
        goal = Goal.of(request)
        deployment.hide(goal.inputs)
        with deployment.lock:
            if urn in deployment.registered:
                raise RegistrationError(
                    urn, "is registered twice; give one of the two another name"
                )
            deployment.registered[urn] = None
            _take_over(deployment, urn, goal.aliases)
        if is_provider(goal.type):
            resource = _explicit_provider(deployment, goal, urn)
        elif goal.custom:
            resource = _custom(deployment, goal, urn)
        else:
            resource = _component(deployment, goal, urn)
    except StoppedError:
        raise
    except Exception as error:
        op: Op = "update" if deployment.state.current(urn) else "create"
        raise deployment.fail(urn, op, error) from error
    deployment.registered[urn] = resource
    return resource


def _take_over(deployment: Deployment, urn: str, aliases: tuple[str, ...]) -> None:
    """If the state knows the resource under a former URN, it is called by its new one."""
    state = deployment.state
    if not aliases or state.current(urn):
        return
    for alias in aliases:
        if alias not in deployment.registered and state.current(alias):
            if deployment.previewing:
                state.rename(alias, urn)
            else:
                deployment.journal.rename(alias, urn)
            return


def register_outputs(deployment: Deployment, urn: str, outputs: Properties) -> Resource:
    """A component's outputs, and the stack's: what it exports."""
    known = deployment.registered.get(urn)
    if known is None:
        raise EngineError(f"outputs of {urn} arrived, but it was never registered")
    deployment.hide(outputs)
    resource = replace(known, outputs=outputs)
    if resource != known and not deployment.previewing:
        deployment.journal.done(put=resource)
    deployment.registered[urn] = resource
    return resource


# --- components and providers -------------------------------------------------------------------


def _component(deployment: Deployment, goal: Goal, urn: str) -> Resource:
    old = deployment.state.current(urn)
    wanted = _kept(_resource(goal, urn, goal.inputs, ""), old)
    wanted = replace(wanted, outputs=old.outputs if old else {})
    op: Op = "create" if old is None else "same" if old.inputs == goal.inputs else "update"
    return _without_service(deployment, op, old, wanted)


def _explicit_provider(deployment: Deployment, goal: Goal, urn: str) -> Resource:
    package = goal.type.removeprefix(PROVIDER_PREFIX)
    version = {"version": goal.version} if goal.version else {}
    inputs = {**goal.inputs, **version}
    old = deployment.state.current(urn)
    checked = deployment.providers.check(urn, package, old.inputs if old else {}, inputs)
    wanted = _resource(goal, urn, checked, "")
    return _provider(deployment, package, wanted)


def default_provider(deployment: Deployment, package: str, version: str) -> Resource:
    """The provider of resources that name none; it appears in the state when first needed."""
    urn, inputs = deployment.default_provider(package, version)
    with deployment.making_providers:
        if known := deployment.registered.get(urn):
            return known
        wanted = Resource(urn=urn, type=PROVIDER_PREFIX + package, custom=True, inputs=inputs)
        provider = _provider(deployment, package, wanted)
        deployment.registered[urn] = provider
        return provider


def _provider(deployment: Deployment, package: str, wanted: Resource) -> Resource:
    old = deployment.state.current(wanted.urn)
    fresh = UNKNOWN if deployment.previewing else str(uuid.uuid4())
    wanted = replace(_kept(wanted, old), id=old.id if old else fresh, outputs=wanted.inputs)
    op: Op = "create" if old is None else "same" if old.inputs == wanted.inputs else "update"
    deployment.providers.configure(wanted.urn, package, wanted.inputs)
    return _without_service(deployment, op, old, wanted)


def _without_service(
    deployment: Deployment, op: Op, old: Resource | None, wanted: Resource
) -> Resource:
    """Components and providers are in the state alone."""
    stamped = wanted
    if op != "same":
        stamped = replace(wanted, modified=now(), created=wanted.created or now())
    if op == "same" or deployment.previewing:
        _remember(deployment, old, stamped)
    else:
        with deployment.step(wanted.urn, op):
            deployment.journal.done(put=stamped)
    deployment.record(Step(urn=wanted.urn, op=op, type=wanted.type, old=old, new=stamped))
    return stamped


# --- resources ----------------------------------------------------------------------------------


def _custom(deployment: Deployment, goal: Goal, urn: str) -> Resource:
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
    wanted = _resource(goal, urn, _hashed(deployment, urn, checked), reference)
    return _Visit(goal=goal, backend=backend, wanted=wanted, raw=raw)


def _create(deployment: Deployment, visit: _Visit, replaced: Resource | None) -> Resource:
    """`replaced`: it was there, and had to go with something it needs."""
    op: Op = "replace" if replaced else "create"
    with deployment.step(visit.wanted.urn, op):
        made = steps.create(deployment, visit.backend, visit.wanted, instead_of=None)
    _record(deployment, op, replaced, made, deleted_first=replaced is not None)
    return made


def _update(
    deployment: Deployment, visit: _Visit, old: Resource, difference: Difference
) -> Resource:
    wanted = replace(_kept(visit.wanted, old), id=old.id, outputs=old.outputs)
    with deployment.step(old.urn, "update", difference.keys):
        changed = steps.update(deployment, visit.backend, old, wanted)
    _record(deployment, "update", old, changed, difference)
    return changed


def _same(deployment: Deployment, visit: _Visit, old: Resource) -> Resource:
    wanted = visit.wanted
    outputs = steps.secret_outputs(old.outputs, wanted.additional_secret_outputs)
    kept = replace(_kept(wanted, old), id=old.id, outputs=outputs)
    _remember(deployment, old, kept)
    _record(deployment, "same", old, kept)
    return kept


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
    _record(deployment, "replace", old, made, difference, deleted_first=before)
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


# --- what they share ----------------------------------------------------------------------------


def _resource(goal: Goal, urn: str, inputs: Properties, provider: str) -> Resource:
    return Resource(
        urn=urn,
        type=goal.type,
        custom=goal.custom,
        inputs=inputs,
        parent=goal.parent,
        provider=provider,
        dependencies=goal.dependencies,
        property_dependencies=goal.property_dependencies,
        protect=goal.protect,
        deleted_with=goal.deleted_with,
        retain_on_delete=goal.retain_on_delete,
        additional_secret_outputs=goal.additional_secret_outputs,
        custom_timeouts=goal.custom_timeouts,
    )


def _kept(wanted: Resource, old: Resource | None) -> Resource:
    """With what the program does not say: when it was made, and what another engine noted."""
    if old is None:
        return wanted
    return replace(wanted, created=old.created, modified=old.modified, more=old.more)


def _hashed(deployment: Deployment, urn: str, inputs: Properties) -> Properties:
    """Before the check, and after it: a provider hands archives back without their hash."""
    folder = deployment.project.folder
    return assets.with_hashes(inputs, urn=urn, folder=folder, hashes=deployment.hashes)


def _remember(deployment: Deployment, old: Resource | None, new: Resource) -> None:
    """An option may have changed where no input did; what is the same is not written."""
    if old != new and not deployment.previewing:
        deployment.journal.done(put=new)


def _record(
    deployment: Deployment,
    op: Op,
    old: Resource | None,
    new: Resource,
    difference: Difference | None = None,
    *,
    deleted_first: bool = False,
) -> None:
    difference = difference or Difference(keys=())
    deployment.hide({**new.inputs, **new.outputs})
    deployment.record(
        Step(
            urn=new.urn,
            op=op,
            type=new.type,
            old=old,
            new=new,
            changed=difference.keys,
            replaced_by=difference.replace_keys,
            deleted_first=deleted_first,
            detailed=difference.detailed,
        )
    )
