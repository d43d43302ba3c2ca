"""One run on one stack: what the registrations share."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import replace

from pilaster_local.engine import values
from pilaster_local.engine.analyzer import Analyzer
from pilaster_local.engine.assets import Hashes
from pilaster_local.engine.backend import Backend
from pilaster_local.engine.capabilities import NoAnswerError, ResourceInitError
from pilaster_local.engine.config import Project, StackConfig
from pilaster_local.engine.errors import (
    EngineError,
    ProtectedError,
    RegistrationError,
    StoppedError,
)
from pilaster_local.engine.events import (
    Diagnostic,
    Event,
    OnEvent,
    Op,
    StepDone,
    StepFailed,
    StepStarted,
)
from pilaster_local.engine.journal import Journal
from pilaster_local.engine.plan import Outcome, Step
from pilaster_local.engine.providers import Providers
from pilaster_local.engine.resource import Resource
from pilaster_local.engine.state import State
from pilaster_local.engine.urn import PROVIDER_PREFIX, is_provider, make_urn, name_of

PARALLEL = 16
"""Operations at once. The calls of the program's side get four times as many threads."""


class Deployment:
    def __init__(
        self,
        *,
        project: Project,
        stack: str,
        config: StackConfig,
        providers: Providers,
        journal: Journal | None,
        state: State,
        outcome: Outcome,
        on_event: OnEvent | None,
        analyzers: Sequence[Analyzer] = (),
    ) -> None:
        self.project = project
        self.stack = stack
        self.config = config
        self.providers = providers
        self.state = state
        self.outcome = outcome
        self.analyzers = analyzers
        """The policy packs, running; what they say comes before anything is done."""
        self.registered: dict[str, Resource | None] = {}
        """What the program registered in this run, and what became of it."""
        self.aliases: dict[str, tuple[str, ...]] = {}
        """What each registered resource may have been called before."""
        self.known = frozenset(r.urn for r in state.resources if not r.delete)
        """What was there before the run."""
        self.taken_over: dict[str, str] = {}
        """Former URNs, and what is called by a new one since this run."""
        self.replaced: set[str] = set()
        """What this run replaces; what is deleted with it has to be made anew as well."""
        self.replaced_early: dict[str, Resource] = {}
        """Deleted before their replacement, because something they need was."""
        self.failures: list[str] = []
        self.protected: ProtectedError | None = None
        """What stopped this run, if it was that."""
        self.hashes = Hashes(project.folder / ".pilaster" / "hashes.json")
        self.slots = threading.BoundedSemaphore(PARALLEL)
        self.lock = threading.RLock()
        self.making_providers = threading.Lock()
        """Not `lock`: whoever makes a provider waits for a slot, and who has one tells events."""
        self._journal = journal
        self._on_event = on_event
        self._stopping = threading.Event()
        self._interrupted = False
        self._in_flight: list[str] = []
        self._telling = threading.local()
        self._hidden = {
            config.values[key] for key in config.secret_keys if len(config.values[key]) > 3
        }

    # --- talking --------------------------------------------------------------------------------

    @property
    def previewing(self) -> bool:
        return self._journal is None

    @property
    def journal(self) -> Journal:
        if self._journal is None:
            raise EngineError("a preview has no journal: it changes nothing")
        return self._journal

    @property
    def telling(self) -> bool:
        """Whether this thread is inside the caller's event handler."""
        return getattr(self._telling, "now", False)

    def tell(self, event: Event) -> None:
        if isinstance(event, Diagnostic):
            event = replace(event, message=self.redacted(event.message))
            self.outcome.diagnostics.append(event)
        if self._on_event:
            self._telling.now = True
            try:
                with self.lock:
                    self._on_event(event)
            finally:
                self._telling.now = False

    def hide(self, properties: values.Properties) -> None:
        """Never let these secrets appear in a message."""
        if found := {s for s in values.secret_strings(properties) if len(s) > 3}:
            with self.lock:
                self._hidden |= found

    def redacted(self, message: str) -> str:
        with self.lock:
            hidden = sorted((s for s in self._hidden if s in message), key=len, reverse=True)
        for text in hidden:
            message = message.replace(text, values.MASK)
        return message

    # --- stopping -------------------------------------------------------------------------------

    def stop(self) -> None:
        """Let nothing new begin. What is in flight is finished."""
        self._stopping.set()

    def interrupt(self) -> None:
        """Stop for good: Ctrl-C."""
        self._interrupted = True
        self.stop()
        for analyzer in self.analyzers:
            analyzer.abandon()

    def resume(self) -> None:
        """The program has drained; what follows is the engine's own work."""
        if not self.failures and not self._interrupted:
            self._stopping.clear()

    def drain(self) -> None:
        """Let nothing new begin, and wait until nothing is in flight.

        It polls, for this wait can be broken by Ctrl-C and is then begun anew.
        """
        self.stop()
        while self._in_flight:
            time.sleep(0.01)

    def ask_for_patience(self) -> None:
        names = ", ".join(sorted(name_of(urn) for urn in list(self._in_flight))) or "the state"
        message = (
            f"still finishing what is in flight ({names}); the run ends after that. Not to wait, "
            f"kill process {os.getpid()}: the next `up` finds out what became of it"
        )
        self.tell(Diagnostic(severity="warning", message=message))

    def check_running(self) -> None:
        if self._stopping.is_set():
            raise StoppedError

    def fail(self, urn: str, op: Op, error: Exception) -> RegistrationError:
        """Note a failure and stop; returns what to raise into the program."""
        self.stop()
        if isinstance(error, ProtectedError):
            self.protected = self.protected or error
        if isinstance(error, RegistrationError):
            urn, reason = error.urn, error.reason
        else:
            reason = _reason(error)
        reason = self.redacted(reason)
        self.failures.append(f"{urn}: {reason}")
        self.tell(StepFailed(urn=urn, op=op, message=reason))
        self.tell(Diagnostic(severity="error", message=reason, urn=urn))
        return RegistrationError(urn, reason)

    # --- steps ----------------------------------------------------------------------------------

    @contextmanager
    def step(self, urn: str, op: Op, changed: tuple[str, ...] = ()) -> Iterator[None]:
        """One operation on a service: a slot, its events, its failure."""
        with self.slots, self._flying(urn):
            self.check_running()
            self.tell(StepStarted(urn=urn, op=op, changed=changed))
            begun = time.monotonic()
            yield
            self.tell(StepDone(urn=urn, op=op, seconds=time.monotonic() - begun))

    @contextmanager
    def _flying(self, urn: str) -> Iterator[None]:
        """Noted before it is asked whether to begin: what `drain` does not see does not begin."""
        self._in_flight.append(urn)
        try:
            yield
        finally:
            self._in_flight.remove(urn)

    def record(self, step: Step) -> None:
        with self.lock:
            self.outcome.steps.append(step)

    # --- providers ------------------------------------------------------------------------------

    def backend_of(self, resource: Resource) -> Backend:
        """The provider of a resource in the state, configured as it was when it was made."""
        urn = resource.provider.rpartition("::")[0]
        if backend := self.providers.backend(urn):
            return backend
        known = self.state.current(urn) or next(
            (r for r in self.state.resources if r.urn == urn), None
        )
        if known is None:
            raise RegistrationError(resource.urn, f"its provider {urn} is not in the state")
        package = known.type.removeprefix(PROVIDER_PREFIX)
        return self.providers.configure(urn, package, self.settings_now(known))

    def settings_now(self, known: Resource) -> values.Properties:
        """A default provider follows the stack's settings; an explicit one keeps its inputs."""
        if not name_of(known.urn).startswith("default"):
            return known.inputs
        package = known.type.removeprefix(PROVIDER_PREFIX)
        return {**known.inputs, **self._configured_for(package)}

    def _configured_for(self, package: str) -> values.Properties:
        return {
            key: values.secret(value) if self.config.is_secret(package, key) else value
            for key, value in sorted(self.config.of_package(package).items())
        }

    def default_provider(self, package: str, version: str) -> tuple[str, values.Properties]:
        """The URN and the inputs of the provider of resources that name none."""
        name = f"default_{version.replace('.', '_')}" if version else "default"
        urn = make_urn(
            stack=self.stack,
            project=self.project.name,
            type_=PROVIDER_PREFIX + package,
            name=name,
            parent="",
        )
        inputs = self._configured_for(package)
        if version:
            inputs["version"] = version
        return urn, inputs

    def owned_by_service(self, resource: Resource) -> bool:
        """Whether there is anything at a service that is this stack's to change or delete."""
        is_ours = not resource.external and not resource.pending_replacement
        return resource.custom and is_ours and not is_provider(resource.type)


def _reason(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    if isinstance(error, ResourceInitError):
        return f"was made but is not finished: {text}"
    if is_no_answer(error):
        return f"the service did not answer ({text}); the next `up` finds out what it did"
    return text


def is_no_answer(error: BaseException) -> bool:
    """Whether nobody can say what the service did."""
    return isinstance(error, (NoAnswerError, OSError, TimeoutError, CancelledError))
