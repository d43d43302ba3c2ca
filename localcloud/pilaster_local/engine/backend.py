"""One configured provider, called in process: coroutines run on one loop, values are converted."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Awaitable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pulumi.provider.experimental.provider import (
    CheckRequest,
    CheckResponse,
    ConfigureRequest,
    CreateRequest,
    InvokeRequest,
    Provider,
    ReadRequest,
)

from pilaster_local.engine import paths, values
from pilaster_local.engine.capabilities import (
    DeleteWithInputs,
    DiffWithInputs,
    FindRequest,
    NobodyToAskError,
    UpdateWithInputs,
)
from pilaster_local.engine.conversion import from_properties, to_properties
from pilaster_local.engine.errors import CheckError, EngineError, RefusedError
from pilaster_local.engine.resource import Resource
from pilaster_local.engine.values import Properties

T = TypeVar("T")


class _Loop:
    """One loop on one thread for all providers of the process, so that their locks stay valid."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pid = 0
        self._starting = threading.Lock()

    def call(self, answer: Awaitable[T]) -> T:
        asked = asyncio.run_coroutine_threadsafe(_awaited(answer), self._running())
        try:
            return asked.result()
        except KeyboardInterrupt:
            wait([asked])  # what has been asked of a service is not left running behind the lock
            raise

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None or self._pid != os.getpid():
                self._loop = asyncio.new_event_loop()
                self._pid = os.getpid()
                # boto3 blocks, so providers go to threads; the default has cores + 4 of them.
                self._loop.set_default_executor(ThreadPoolExecutor(32, "pilaster-provider-call"))
                threading.Thread(
                    target=self._loop.run_forever, name="pilaster-provider", daemon=True
                ).start()
            return self._loop


async def _awaited(answer: Awaitable[T]) -> T:
    return await answer


_loop = _Loop()


def call(answer: Awaitable[T]) -> T:
    """Wait for a provider's answer."""
    return _loop.call(answer)


def at_once(answer: Awaitable[T]) -> T:
    """The answer of a coroutine that never waits."""
    step = answer.__await__()
    try:
        next(step)
    except StopIteration as done:
        return done.value
    raise EngineError("a provider said that it answers at once, and waits")


def checked(urn: str, answer: CheckResponse, given: Properties) -> Properties:
    """The inputs a check came to. Raises CheckError with every property it refused."""
    if answer.failures:
        raise CheckError(urn, [(f.property, f.reason) for f in answer.failures])
    if answer.inputs is None:
        return given
    return values.secrets_kept(from_properties(answer.inputs), given)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What a diff came to."""

    keys: tuple[str, ...]
    """The properties that differ; empty means nothing does."""
    replace_keys: tuple[str, ...] = ()
    delete_before_replace: bool = False
    detailed: dict[str, dict[str, Any]] = field(default_factory=dict)
    """As `preview --json` shows it."""


class Backend:
    """One configured provider. Without a provider object (offline) the inputs are the answer."""

    def __init__(self, provider: Provider | None, settings: Properties) -> None:
        self.settings = settings
        self.previews = False
        self._provider = provider
        self._secrets = True
        if provider is None:
            return
        args = to_properties(settings, secrets=True)
        variables = {k: str(values.plain(v)) for k, v in settings.items()}
        answer = call(
            provider.configure(
                ConfigureRequest(variables, args, accept_secrets=True, accept_resources=True)
            )
        )
        self._secrets = answer.accept_secrets
        self.previews = answer.supports_preview

    def check(self, urn: str, old: Properties, new: Properties) -> Properties:
        if self._provider is None:
            return new
        request = CheckRequest(urn, self._out(old), self._out(new), os.urandom(32))
        return checked(urn, self._ask(self._provider.check(request)), new)

    def diff(self, old: Resource, new: Properties, ignored: tuple[str, ...] = ()) -> Difference:
        differing = _differing(old.inputs, new)
        if self._provider is None:
            return compared(old.inputs, new)
        request = DiffWithInputs(
            old.urn,
            old.id,
            self._out(old.outputs),
            self._out(new),
            list(ignored),
            old_inputs=self._out(old.inputs),
        )
        answer = self._ask(self._provider.diff(request))
        if answer.changes is False and not answer.replaces:
            return Difference(keys=())
        detailed = {
            key: {"kind": d.kind.name.lower().replace("_", "-"), "inputDiff": d.input_diff}
            for key, d in sorted(answer.detailed_diff.items())
        }
        if answer.changes is None and not answer.replaces:
            return compared(old.inputs, new)
        said = answer.diffs or list(answer.detailed_diff) or differing
        keys = sorted(
            {paths.top(key) for key in said} | {paths.top(key) for key in answer.replaces}
        )
        if answer.changes and not keys:
            keys = sorted(new)
        return Difference(
            keys=tuple(keys),
            replace_keys=tuple(sorted(answer.replaces)),
            delete_before_replace=answer.delete_before_replace,
            detailed=detailed,
        )

    def create(
        self, urn: str, inputs: Properties, *, timeout: float, preview: bool
    ) -> tuple[str, Properties]:
        if self._provider is None or (preview and not self.previews):
            return "", inputs
        request = CreateRequest(urn, self._out(inputs), timeout, preview)
        answer = self._ask(self._provider.create(request), preview=preview)
        return answer.resource_id or "", self._in(answer.properties, inputs)

    def update(
        self, old: Resource, inputs: Properties, *, timeout: float, preview: bool
    ) -> Properties:
        if self._provider is None or (preview and not self.previews):
            return inputs
        request = UpdateWithInputs(
            old.urn,
            old.id,
            self._out(old.outputs),
            self._out(inputs),
            timeout,
            [],
            preview,
            old_inputs=self._out(old.inputs),
            incomplete=bool(old.init_errors),
        )
        answer = self._ask(self._provider.update(request), preview=preview)
        return self._in(answer.properties, inputs)

    def delete(self, old: Resource) -> None:
        request = DeleteWithInputs(
            old.urn,
            old.id,
            self._out(old.outputs),
            old.custom_timeouts.get("delete", 0.0),
            old_inputs=self._out(old.inputs),
        )
        call(self._needed(f"deleting {old.urn}").delete(request))

    def read(self, old: Resource) -> tuple[str, Properties, Properties]:
        """Id, outputs and inputs of the thing as it is now; an empty id if it is gone."""
        request = ReadRequest(old.urn, old.id, self._out(old.outputs), self._out(old.inputs))
        if self._provider is None:
            raise NobodyToAskError("there is no provider; start the local platform first")
        answer = call(self._provider.read(request))
        inputs = values.secrets_kept(from_properties(answer.inputs), old.inputs)
        outputs = self._in(answer.properties, old.inputs)
        return answer.resource_id or "", values.secrets_kept(outputs, old.outputs), inputs

    def find(self, wanted: Resource) -> str | None:
        find = getattr(self._provider, "find", None)
        if find is None:
            raise EngineError(
                f"{wanted.urn}: an earlier run was interrupted while creating it, and its provider "
                "cannot say whether that made anything; look for it, delete it by hand, and remove "
                "it from pending_operations in the state"
            )
        request = FindRequest(urn=wanted.urn, inputs=self._out(wanted.inputs))
        return call(find(request))

    def invoke(self, token: str, args: Properties) -> tuple[Properties, list[tuple[str, str]]]:
        if self._provider is None:
            raise RefusedError(
                f"the function {token} in a preview without a provider",
                "make what it looks up a setting of the stack",
            )
        try:
            answer = call(self._provider.invoke(InvokeRequest(token, self._out(args))))
        except NotImplementedError:
            raise RefusedError(f"the function {token}", "make it a setting of the stack") from None
        failures = [(f.property, f.reason) for f in answer.failures]
        return from_properties(answer.return_value or {}), failures

    def _ask(self, answer: Awaitable[T], *, preview: bool = True) -> T:
        """What is only compared or previewed some providers answer at once."""
        quick = preview and getattr(self._provider, "answers_at_once", False)
        return at_once(answer) if quick else call(answer)

    def _out(self, properties: Properties) -> dict[str, Any]:
        return to_properties(properties, secrets=self._secrets)

    def _in(self, answered: Mapping[str, Any], inputs: Properties) -> Properties:
        return values.secrets_kept(from_properties(answered), inputs)

    def _needed(self, what: str) -> Provider:
        if self._provider is None:
            raise RefusedError(f"{what} without a provider", "start the local platform first")
        return self._provider


def compared(old: Properties, new: Properties) -> Difference:
    """What the engine makes of two sets of properties where no provider can say."""
    differing = _differing(old, new)
    changes = paths.differences(old, new, differing)
    detailed = {paths.written(path): {"kind": kind, "inputDiff": True} for path, kind in changes}
    return Difference(keys=differing, detailed=detailed)


def _differing(old: Properties, new: Properties) -> tuple[str, ...]:
    keys = sorted(old.keys() | new.keys())
    return tuple(
        key
        for key in keys
        if values.comparable(old.get(key)) != values.comparable(new.get(key))
        or values.contains_unknown(new.get(key))
    )
