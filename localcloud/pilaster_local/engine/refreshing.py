"""Looking at what is really there: the state follows, inputs as well as outputs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace

from pilaster_local.engine import steps, values
from pilaster_local.engine.backend import Difference, compared
from pilaster_local.engine.deployment import PARALLEL, Deployment
from pilaster_local.engine.errors import StoppedError
from pilaster_local.engine.events import Recovered
from pilaster_local.engine.plan import Step
from pilaster_local.engine.resource import Resource, now
from pilaster_local.engine.urn import is_provider
from pilaster_local.engine.wanted import record


def refresh(deployment: Deployment, *, recorded: bool = False) -> None:
    """Read every resource: what is gone leaves the state, what drifted is noted there.

    `recorded`: this is all the run does, so what was found is what it did.
    """
    resources = list(deployment.state.resources)
    with ThreadPoolExecutor(PARALLEL, "pilaster-refresh") as pool:
        work = [pool.submit(_refresh, deployment, r, recorded) for r in resources]
        try:
            wait(work)
        except BaseException:  # Ctrl-C: what is being read is finished, the rest stays as it was
            deployment.stop()
            raise
    failed = [error for done in work if (error := done.exception())]
    for error in failed:
        if not isinstance(error, StoppedError):
            raise error
    if failed:
        raise failed[0]


def _refresh(deployment: Deployment, resource: Resource, recorded: bool) -> None:
    if not resource.custom or is_provider(resource.type) or resource.pending_replacement:
        if recorded:
            record(deployment, "same", resource, resource)
        return
    try:
        with deployment.slots:
            deployment.check_running()
            there, outputs, inputs = deployment.backend_of(resource).read(resource)
    except StoppedError:
        raise
    except Exception as error:
        raise deployment.fail(resource.urn, "read", error) from error
    if not there:
        _gone(deployment, resource, recorded)
        return
    outputs = steps.secret_outputs(outputs, resource.additional_secret_outputs)
    # What is another's has no inputs of ours; what waits for its deletion is only asked for.
    ours = resource.inputs if resource.external else inputs or resource.inputs
    seen = replace(resource, id=there, outputs=outputs, inputs=ours)
    if resource.delete or seen == resource:
        if recorded:
            record(deployment, "same", resource, resource)
        return
    seen = replace(seen, modified=now())
    deployment.journal.done(put=seen)
    difference = _drift(resource, seen)
    if difference.keys:
        what = ", ".join(difference.keys)
        message = f"is not as it was left ({what}); the state has it as it is"
        deployment.tell(Recovered(urn=resource.urn, message=message))
    if recorded:
        op = "update" if difference.keys else "same"
        record(deployment, op, resource, seen, difference)


def _gone(deployment: Deployment, resource: Resource, recorded: bool) -> None:
    deployment.journal.done(drop=resource)
    if not resource.delete:
        deployment.tell(
            Recovered(urn=resource.urn, message="is gone; the next `up` makes it again")
        )
    if recorded:
        deployment.record(Step(urn=resource.urn, op="delete", type=resource.type, old=resource))


def _drift(old: Resource, new: Resource) -> Difference:
    """What differs in the inputs; where those are the same, in the outputs."""
    if values.comparable(old.inputs) != values.comparable(new.inputs):
        return compared(old.inputs, new.inputs)
    return compared(old.outputs, new.outputs)
