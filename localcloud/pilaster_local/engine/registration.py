"""What happens to one resource when the program registers it."""

from __future__ import annotations

from dataclasses import replace

from pilaster_local.engine import former
from pilaster_local.engine.custom import custom
from pilaster_local.engine.deployment import Deployment
from pilaster_local.engine.errors import EngineError, RegistrationError, StoppedError
from pilaster_local.engine.events import Op
from pilaster_local.engine.goal import Goal, RegisterRequest
from pilaster_local.engine.resource import Resource
from pilaster_local.engine.stateonly import component, explicit_provider
from pilaster_local.engine.urn import is_provider, make_urn
from pilaster_local.engine.values import Properties


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
        goal = Goal.of(request, former.urns(deployment, request, urn))
        deployment.hide(goal.inputs)
        claim(deployment, urn, goal.aliases)
        if is_provider(goal.type):
            resource = explicit_provider(deployment, goal, urn)
        elif goal.custom:
            resource = custom(deployment, goal, urn)
        else:
            resource = component(deployment, goal, urn)
    except StoppedError:
        raise
    except Exception as error:
        op: Op = "update" if deployment.state.current(urn) else "create"
        raise deployment.fail(urn, op, error) from error
    deployment.registered[urn] = resource
    return resource


def claim(deployment: Deployment, urn: str, aliases: tuple[str, ...] = ()) -> None:
    """One resource has this URN in this run, and takes what the state has under a former one."""
    with deployment.lock:
        if urn in deployment.registered:
            raise RegistrationError(urn, "is registered twice; give one of the two another name")
        if taken := deployment.taken_over.get(urn):
            raise RegistrationError(urn, f"is also what {taken} was called before: {_ONE_OF_TWO}")
        deployment.registered[urn] = None
        deployment.aliases[urn] = aliases
        _take_over(deployment, urn, aliases)


_ONE_OF_TWO = "drop that alias, or give this one another name"


def _take_over(deployment: Deployment, urn: str, aliases: tuple[str, ...]) -> None:
    """If the state knows the resource under a former URN, it is called by its new one."""
    state = deployment.state
    if urn in deployment.known or state.current(urn):
        return
    for alias in aliases:
        if alias not in deployment.known:
            continue
        # Which of two came first is chance, so neither of them may win.
        other = alias if alias in deployment.registered else deployment.taken_over.get(alias)
        if other:
            raise RegistrationError(
                urn, f"was called {alias} before, and that is what {other} is: {_ONE_OF_TWO}"
            )
        if state.current(alias):
            deployment.taken_over[alias] = urn
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
