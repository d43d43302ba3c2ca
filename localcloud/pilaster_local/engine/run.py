"""The engine's front door: preview, up, destroy and outputs of one stack."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pulumi.provider.experimental.provider import Provider

from pilaster_local.engine import (
    analysis,
    deletion,
    program,
    recovery,
    references,
    refreshing,
    stored,
    values,
)
from pilaster_local.engine.analysis import Packs
from pilaster_local.engine.analyzer import Analyzer, Run
from pilaster_local.engine.config import Project, load_stack
from pilaster_local.engine.deployment import Deployment
from pilaster_local.engine.errors import (
    ConfigError,
    EngineError,
    InterruptedRunError,
    PassphraseError,
    RunFailedError,
)
from pilaster_local.engine.events import Diagnostic, OnEvent
from pilaster_local.engine.interrupts import stopped_by_ctrl_c
from pilaster_local.engine.journal import Journal
from pilaster_local.engine.lock import locked
from pilaster_local.engine.plan import Outcome, Plan
from pilaster_local.engine.providers import Providers
from pilaster_local.engine.references import References
from pilaster_local.engine.rehearsal import stop_before_the_protected
from pilaster_local.engine.urn import STACK_TYPE

Given = Provider | Mapping[str, Provider]
"""The provider for `aws`, or one for each package."""


def preview(
    project: Path,
    stack: str,
    *,
    provider: Given | None,
    on_event: OnEvent | None = None,
    policy_packs: Packs = (),
) -> Plan:
    """What `up` would do. Changes nothing, not even on disk.

    Without a provider nothing is read or looked up: a stack of any account can be previewed.
    What breaks a policy is in the plan's `violations`; a preview goes on and lists all of it.
    """
    opened = stored.open_stack(project, stack)
    with analysis.started(policy_packs, _told_to_packs(opened, preview=True)) as analyzers:
        return _preview(opened, provider, on_event, analyzers)


def _preview(
    opened: stored.Stack,
    provider: Given | None,
    on_event: OnEvent | None,
    analyzers: Sequence[Analyzer],
) -> Plan:
    plan = Plan(project=opened.project.name, stack=opened.name)
    deployment = _deployment(opened, plan, provider, None, on_event, analyzers)
    if opened.state.pending:
        count = len(opened.state.pending)
        deployment.tell(
            Diagnostic(
                severity="warning",
                message=f"an interrupted run left {count} operation(s) open; `up` settles them",
            )
        )

    def work() -> None:
        program.run(deployment)
        deletion.delete_all(deployment, deletion.unwanted(deployment))
        analysis.judge_stack(deployment)

    _carry_out(deployment, work)
    return plan


def up(
    project: Path,
    stack: str,
    *,
    provider: Given,
    on_event: OnEvent | None = None,
    refresh: bool = False,
    policy_packs: Packs = (),
) -> Outcome:
    """Bring the stack to what the program says. With `refresh`, look first at what is there.

    What breaks a mandatory policy is not made, and fails the run.
    """

    def work(deployment: Deployment) -> None:
        recovery.settle(deployment)
        if refresh:
            refreshing.refresh(deployment)
        stop_before_the_protected(deployment, _providers(provider, deployment.project))
        program.run(deployment)
        deployment.resume()
        deletion.delete_all(deployment, deletion.unwanted(deployment))
        analysis.judge_stack(deployment)

    return _change(project, stack, "up", provider, on_event, work, policy_packs)


def refresh(
    project: Path, stack: str, *, provider: Given, on_event: OnEvent | None = None
) -> Outcome:
    """Look at everything the stack has, and bring the state to what is there; change nothing there.

    The steps say what was found: `update` is what differs now, `delete` what is gone.
    """

    def work(deployment: Deployment) -> None:
        recovery.settle(deployment)
        refreshing.refresh(deployment, recorded=True)

    return _change(project, stack, "refresh", provider, on_event, work)


def destroy(
    project: Path,
    stack: str,
    *,
    provider: Given,
    on_event: OnEvent | None = None,
    even_protected: bool = False,
) -> Outcome:
    """Delete everything in the stack. What is protected stops it, unless told otherwise."""

    def work(deployment: Deployment) -> None:
        recovery.settle(deployment)
        doomed = list(deployment.state.resources)
        deletion.delete_all(deployment, doomed, even_protected=even_protected)

    return _change(project, stack, "destroy", provider, on_event, work)


def outputs(project: Path, stack: str, *, show_secrets: bool = False) -> dict[str, Any]:
    """The stack's outputs as the last `up` left them."""
    state = stored.open_stack(project, stack).state
    for resource in state.resources:
        if resource.type == STACK_TYPE:
            show = values.plain if show_secrets else values.masked
            return {key: show(value) for key, value in resource.outputs.items()}
    return {}


def settings(project: Path, stack: str) -> dict[str, str]:
    """The stack's settings as the program sees them: flat, secrets opened. Not to be shown.

    Raises ConfigError for everything that keeps them from being read.
    """
    try:
        return dict(load_stack(Project.load(project), stack).values)
    except PassphraseError as error:
        raise ConfigError(str(error)) from error


def forget(project: Path, stack: str) -> None:
    """Drop what is known of a stack whose resources are all gone, with the place they were in."""
    folder = stored.folder_of(project, Project.load(project).name)
    with locked(folder / f"{stack}.lock", doing="forget"):
        for suffix in ("json", "journal"):
            (folder / f"{stack}.{suffix}").unlink(missing_ok=True)


def _change(
    project: Path,
    stack: str,
    doing: str,
    provider: Given,
    on_event: OnEvent | None,
    work: Callable[[Deployment], None],
    policy_packs: Packs = (),
) -> Outcome:
    name = Project.load(project).name
    with locked(stored.folder_of(project, name) / f"{stack}.lock", doing=doing):
        opened = stored.open_stack(project, stack)
        if opened.interrupted:
            stored.save(opened)
        outcome = Outcome(project=name, stack=stack)
        with (
            analysis.started(policy_packs, _told_to_packs(opened, preview=False)) as analyzers,
            stored.journal_of(opened) as written,
        ):
            deployment = _deployment(opened, outcome, provider, written, on_event, analyzers)
            _carry_out(deployment, lambda: work(deployment))
    return outcome


def _deployment(
    opened: stored.Stack,
    outcome: Outcome,
    provider: Given | None,
    written: Journal | None,
    on_event: OnEvent | None,
    analyzers: Sequence[Analyzer] = (),
) -> Deployment:
    config = opened.config
    outcome.config = {
        key: values.MASK if key in config.secret_keys else value
        for key, value in sorted(config.values.items())
    }
    return Deployment(
        project=opened.project,
        stack=opened.name,
        config=config,
        providers=_providers(provider, opened.project),
        journal=written,
        state=opened.state,
        outcome=outcome,
        on_event=on_event,
        analyzers=analyzers,
    )


def _providers(provider: Given | None, project: Project) -> Providers:
    return Providers(provider, {references.PACKAGE: References(project)})


def _told_to_packs(opened: stored.Stack, *, preview: bool) -> Run:
    config = opened.config
    open_ones = {k: v for k, v in config.values.items() if k not in config.secret_keys}
    return Run(project=opened.project.name, stack=opened.name, preview=preview, config=open_ones)


def _carry_out(deployment: Deployment, work: Callable[[], None]) -> None:
    outcome = deployment.outcome
    interrupted = False
    try:
        with stopped_by_ctrl_c(
            deployment.interrupt, drain=deployment.drain, again=deployment.ask_for_patience
        ) as was_interrupted:
            try:
                work()
            finally:
                interrupted = was_interrupted()
    except (KeyboardInterrupt, EngineError) as error:
        if interrupted or isinstance(error, KeyboardInterrupt):
            raise InterruptedRunError(
                "interrupted; what was in flight is finished and in the state, and the next `up` "
                "carries on from there",
                outcome,
            ) from None
        # A program that fails because its resources do says nothing new.
        told = deployment.failures or [deployment.redacted(str(error))]
        raise RunFailedError("\n".join(told), outcome) from error
    finally:
        deployment.hashes.save()
        outcome.seconds = time.monotonic() - outcome.started
