"""A run that would touch what is protected stops before it has changed anything else."""

from __future__ import annotations

from pilaster_local.engine import deletion, program
from pilaster_local.engine.deployment import Deployment
from pilaster_local.engine.errors import EngineError
from pilaster_local.engine.plan import Plan
from pilaster_local.engine.providers import Providers
from pilaster_local.engine.state import State


def stop_before_the_protected(deployment: Deployment, providers: Providers) -> None:
    """Preview the run if anything is protected, and fail here if that stops it.

    Deletions come last, so without this everything else would be made and changed before one is
    refused. A stack without protected resources, such as `local`, pays nothing.
    """
    resources = deployment.state.resources
    if not any(r.protect for r in resources):
        return
    rehearsal = Deployment(
        project=deployment.project,
        stack=deployment.stack,
        config=deployment.config,
        providers=providers,
        journal=None,
        state=State(resources=list(resources)),
        outcome=Plan(project=deployment.project.name, stack=deployment.stack),
        on_event=None,
    )
    try:
        program.run(rehearsal)
        rehearsal.resume()
        deletion.delete_all(rehearsal, deletion.unwanted(rehearsal))
    except EngineError:
        pass  # what else is wrong the run itself will say
    if error := rehearsal.protected:
        raise deployment.fail(error.urn, "delete", error)
