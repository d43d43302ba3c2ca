"""Components and providers: they are in the state alone, and no service knows them."""

from __future__ import annotations

import uuid
from dataclasses import replace

from pilaster_local.engine.analysis import judge
from pilaster_local.engine.deployment import Deployment
from pilaster_local.engine.events import Op
from pilaster_local.engine.goal import Goal
from pilaster_local.engine.plan import Step
from pilaster_local.engine.resource import Resource, now
from pilaster_local.engine.urn import PROVIDER_PREFIX
from pilaster_local.engine.values import INTERNAL, UNKNOWN
from pilaster_local.engine.wanted import kept, remember, resource_of


def component(deployment: Deployment, goal: Goal, urn: str) -> Resource:
    old = deployment.state.current(urn)
    wanted = kept(resource_of(goal, urn, goal.inputs, ""), old)
    wanted = replace(wanted, outputs=old.outputs if old else {})
    judge(deployment, wanted, goal)
    op: Op = "create" if old is None else "same" if old.inputs == goal.inputs else "update"
    return _without_service(deployment, op, old, wanted)


def explicit_provider(deployment: Deployment, goal: Goal, urn: str) -> Resource:
    package = goal.type.removeprefix(PROVIDER_PREFIX)
    version = {"version": goal.version} if goal.version else {}
    inputs = {**goal.inputs, **version}
    old = deployment.state.current(urn)
    checked = deployment.providers.check(urn, package, old.inputs if old else {}, inputs)
    if old and old.inputs != checked:
        deployment.providers.refuse_replacement(urn, package, old.id, old.inputs, checked)
    wanted = resource_of(goal, urn, checked, "")
    judge(deployment, wanted, goal)
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
    deployment.providers.configure(wanted.urn, package, wanted.inputs)
    noted = {k: v for k, v in old.inputs.items() if k == INTERNAL} if old else {}
    wanted = replace(
        kept(wanted, old),
        id=old.id if old else fresh,
        inputs={**noted, **wanted.inputs},
        outputs=wanted.inputs,
    )
    op: Op = "create" if old is None else "same" if old.inputs == wanted.inputs else "update"
    return _without_service(deployment, op, old, wanted)


def _without_service(
    deployment: Deployment, op: Op, old: Resource | None, wanted: Resource
) -> Resource:
    """Components and providers are in the state alone."""
    stamped = wanted
    if op != "same" and not deployment.previewing:
        stamped = replace(wanted, modified=now(), created=wanted.created or now())
    if op == "same" or deployment.previewing:
        remember(deployment, old, stamped)
    else:
        with deployment.step(wanted.urn, op):
            deployment.journal.done(put=stamped)
    deployment.record(Step(urn=wanted.urn, op=op, type=wanted.type, old=old, new=stamped))
    return stamped
