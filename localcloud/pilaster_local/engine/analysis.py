"""The policy packs of one run, and what they say of its resources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pilaster_local.engine.analyzer import Analyzer, PolicyPack, Run, Violation
from pilaster_local.engine.errors import EngineError, RegistrationError
from pilaster_local.engine.events import Diagnostic
from pilaster_local.engine.goal import Goal
from pilaster_local.engine.resource import Resource
from pilaster_local.engine.urn import STACK_TYPE, make_urn

if TYPE_CHECKING:
    from pilaster_local.engine.deployment import Deployment

Packs = Sequence[PolicyPack | Path]
"""A pack alone is taken with the settings beside it."""


@contextmanager
def started(packs: Packs, run: Run) -> Iterator[list[Analyzer]]:
    """The packs as running processes; they end with the block, however it ends."""
    analyzers: list[Analyzer] = []
    try:
        for pack in packs:
            found = pack if isinstance(pack, PolicyPack) else PolicyPack.at(pack)
            analyzers.append(Analyzer(found, run))
        yield analyzers
    finally:
        for analyzer in analyzers:
            analyzer.close()


def judge(deployment: Deployment, wanted: Resource, goal: Goal) -> None:
    """Ask the packs about a resource with its checked inputs, before anything is done with it.

    A preview goes on and lists all that is wrong; otherwise a mandatory violation raises
    RegistrationError.
    """
    provider = _provider_of(deployment, wanted)
    broken: list[Violation] = []
    for analyzer in deployment.analyzers:
        broken += _told(deployment, analyzer.analyze(wanted, provider, goal))
    if broken and not deployment.previewing:
        raise RegistrationError(wanted.urn, _refusal(broken))


def judge_stack(deployment: Deployment) -> None:
    """Ask them about the whole, once it is as the program wants it."""
    made = [resource for resource in deployment.registered.values() if resource]
    pairs = [(resource, _provider_of(deployment, resource)) for resource in made]
    stack = make_urn(
        stack=deployment.stack,
        project=deployment.project.name,
        type_=STACK_TYPE,
        name=f"{deployment.project.name}-{deployment.stack}",
        parent="",
    )
    broken: list[Violation] = []
    for analyzer in deployment.analyzers:
        broken += _told(deployment, analyzer.analyze_stack(pairs, stack))
    if broken and not deployment.previewing:
        raise EngineError(_refusal(broken) + "\nEverything that was made is in the state.")


def _told(deployment: Deployment, found: list[Violation]) -> list[Violation]:
    """Note and tell what was found; returns what is mandatory."""
    found = [replace(one, message=deployment.redacted(one.message)) for one in found]
    for violation in found:
        with deployment.lock:
            deployment.outcome.violations.append(violation)
        # Where a run fails for it, the failure says it.
        if deployment.previewing or not violation.mandatory:
            severity = "error" if violation.mandatory else "warning"
            deployment.tell(
                Diagnostic(severity=severity, message=str(violation), urn=violation.urn)
            )
    return [violation for violation in found if violation.mandatory]


def _refusal(broken: list[Violation]) -> str:
    return "\n".join(["breaks what is mandatory:", *(f"  {violation}" for violation in broken)])


def _provider_of(deployment: Deployment, resource: Resource) -> Resource | None:
    return deployment.registered.get(resource.provider.rpartition("::")[0])
