"""From what the program wants to what the state holds."""

from __future__ import annotations

from dataclasses import replace

from pilaster_local.engine.backend import Difference
from pilaster_local.engine.deployment import Deployment
from pilaster_local.engine.events import Op
from pilaster_local.engine.goal import Goal
from pilaster_local.engine.plan import Step
from pilaster_local.engine.resource import Resource
from pilaster_local.engine.values import Properties


def resource_of(goal: Goal, urn: str, inputs: Properties, provider: str) -> Resource:
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
        ignore_changes=goal.ignore_changes,
        replace_on_changes=goal.replace_on_changes,
        deleted_with=goal.deleted_with,
        retain_on_delete=goal.retain_on_delete,
        additional_secret_outputs=goal.additional_secret_outputs,
        custom_timeouts=goal.custom_timeouts,
    )


def kept(wanted: Resource, old: Resource | None) -> Resource:
    """With what the program does not say: when it was made, and what another engine noted."""
    if old is None:
        return wanted
    return replace(wanted, created=old.created, modified=old.modified, more=old.more)


def remember(deployment: Deployment, old: Resource | None, new: Resource) -> None:
    """An option may have changed where no input did; what is the same is not written."""
    if old != new and not deployment.previewing:
        deployment.journal.done(put=new)


def record(
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
