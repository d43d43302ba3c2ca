"""What the program no longer registers is deleted: after the program, dependents first."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait

from pilaster_local.engine import steps
from pilaster_local.engine.deployment import PARALLEL, Deployment
from pilaster_local.engine.errors import ProtectedError, StoppedError
from pilaster_local.engine.events import Op
from pilaster_local.engine.plan import Step
from pilaster_local.engine.resource import Resource
from pilaster_local.engine.state import in_order


def unwanted(deployment: Deployment) -> list[Resource]:
    """What is in the state and not in the program, or was replaced."""
    # In a preview the state still has what would have been deleted early by now.
    early = deployment.replaced_early if deployment.previewing else ()
    return [
        r
        for r in deployment.state.resources
        if r.delete or (r.urn not in deployment.registered and r.urn not in early)
    ]


def delete_all(
    deployment: Deployment, doomed: Iterable[Resource], *, even_protected: bool = False
) -> None:
    """Delete these, independent ones at once, each after everything that needs it."""
    doomed = list(doomed)
    for resource in doomed:
        already_gone = resource.delete or resource.pending_replacement
        if resource.protect and not already_gone and not even_protected:
            raise deployment.fail(resource.urn, "delete", ProtectedError(resource.urn, "deleted"))
    leaving = {r.urn for r in doomed}
    for wave in _waves(doomed):
        if deployment.previewing:
            for resource in wave:
                _record(deployment, resource)
            continue
        with ThreadPoolExecutor(PARALLEL, "pilaster-delete") as pool:
            work = [pool.submit(_delete, deployment, r, leaving) for r in wave]
            try:
                wait(work)
            except BaseException:  # Ctrl-C: what is in flight is finished, the rest stays
                deployment.stop()
                raise
        failed = [error for done in work if (error := done.exception())]
        if failed:
            raise failed[0]


def _delete(deployment: Deployment, resource: Resource, leaving: set[str]) -> None:
    goes_with_another = resource.deleted_with in leaving
    try:
        with deployment.step(resource.urn, "delete"):
            steps.delete(deployment, resource, call=not goes_with_another)
    except StoppedError:
        raise
    except Exception as error:
        raise deployment.fail(resource.urn, "delete", error) from error
    _record(deployment, resource)


def _record(deployment: Deployment, resource: Resource) -> None:
    if not resource.delete and not resource.pending_replacement:  # that was part of another step
        # What was only read is not deleted; the state no longer speaks of it.
        op: Op = "discard" if resource.external else "delete"
        deployment.record(Step(urn=resource.urn, op=op, type=resource.type, old=resource))


def _waves(doomed: list[Resource]) -> list[list[Resource]]:
    """Groups that can go at once, in the order in which they must go."""
    depth: dict[tuple[str, str, bool], int] = {}
    ordered = in_order(doomed)
    for resource in reversed(ordered):
        users = [r for r in ordered if resource.urn in set(r.needs()) and r.key in depth]
        depth[resource.key] = 1 + max((depth[r.key] for r in users), default=-1)
    waves: list[list[Resource]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for resource in reversed(ordered):
        waves[depth[resource.key]].append(resource)
    return waves
