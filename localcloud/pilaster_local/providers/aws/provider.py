"""The AWS provider for this machine, for both engines: the standard interface over the table of
types."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TypeVar

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    CheckFailure,
    CheckRequest,
    CheckResponse,
    ConfigureRequest,
    ConfigureResponse,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
    InvokeRequest,
    InvokeResponse,
    Provider,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)

from pilaster_local.engine.capabilities import FindRequest, NoAnswerError, ResourceInitError
from pilaster_local.providers.aws import (
    checking,
    configuration,
    declared,
    differences,
    drift,
    invokes,
)
from pilaster_local.providers.aws.calls import Scope, tags_of
from pilaster_local.providers.aws.cloud import Cloud, OfflineError, UnansweredError
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.previewed import Previewed, previewed
from pilaster_local.providers.aws.rows import Row
from pilaster_local.providers.aws.table import RECORDED, TYPES, UnknownTypeError, kind_of
from pilaster_local.providers.aws.values import (
    UNKNOWN,
    Plain,
    has_unknown,
    plain_map,
    secret_names,
    wrap,
    wrap_map,
)

__all__ = ["RECORDED", "TYPES", "AwsProvider"]

Properties = dict[str, PropertyValue]
Result = TypeVar("Result")


class AwsProvider(Provider):
    """Deploys to the emulator at `endpoint`. Without an endpoint it checks and compares, and calls
    nobody.
    """

    answers_at_once = True
    """For the stand-in engine: nothing is called to check, to compare or to preview."""

    def __init__(
        self,
        endpoint: str | None,
        region: str = "us-east-1",
        account: str = configuration.LOCAL_ACCOUNT,
        *,
        zones: tuple[str, ...] = (),
    ) -> None:
        self._cloud = Cloud(
            endpoint=None if endpoint is None else configuration.checked_endpoint(endpoint),
            region=region,
            account=configuration.checked_account(account, offline=endpoint is None),
            zones=zones,
        )

    # -- settings ---------------------------------------------------------------------------

    async def configure(self, request: ConfigureRequest) -> ConfigureResponse:
        variables = {name.rsplit(":", 1)[-1]: text for name, text in request.variables.items()}
        self._cloud = configuration.configured(
            self._cloud, {**variables, **plain_map(request.args)}
        )
        return ConfigureResponse(accept_secrets=True, supports_preview=True)

    def configured(self, settings: Mapping[str, PropertyValue]) -> AwsProvider:
        """A provider of its own for an explicit provider resource."""
        other = AwsProvider.__new__(AwsProvider)
        other._cloud = configuration.configured(self._cloud, plain_map(settings))
        return other

    async def invoke(self, request: InvokeRequest) -> InvokeResponse:
        found = invokes.answer(self._cloud, request.tok, plain_map(request.args))
        return InvokeResponse(return_value=wrap_map(found))

    # -- before anything is made ------------------------------------------------------------

    async def check(self, request: CheckRequest) -> CheckResponse:
        try:
            kind = self._kind(request.urn)
        except UnknownTypeError as error:
            return CheckResponse(failures=[CheckFailure("", str(error))])
        old, new = plain_map(request.old_inputs), plain_map(request.new_inputs)
        added = checking.complete(kind, self._cloud, request.name, old, new, request.random_seed)
        inputs: Properties = {
            name: value for name, value in request.new_inputs.items() if value.value is not None
        }
        hidden = bool(secret_names({n: v for n, v in inputs.items() if n == "tags"}))
        for name, value in added.items():
            inputs[name] = wrap(value).with_secret(hidden and name == "tagsAll")
        completed = {**new, **added}
        # What passed at the last deployment passes now: an unchanged stack loads no service model.
        is_settled = bool(old) and not differences.changed(kind.row, old, completed)
        failures = [] if is_settled else checking.failures(kind, completed)
        if isinstance(kind, Previewed):
            failures = checking.without_secrets(failures, secret_names(request.new_inputs))
        return CheckResponse(inputs, [CheckFailure(name, why) for name, why in failures])

    async def diff(self, request: DiffRequest) -> DiffResponse:
        kind = self._kind(request.urn)
        state, new = plain_map(request.old_state), plain_map(request.new_inputs)
        old = differences.old_inputs(request, kind, state, new)
        ignored = differences.ignored(request.ignore_changes, old.keys() | new.keys())
        changed = differences.changed(kind.row, old, new, ignored)
        replaces = sorted(changed & kind.replacing({**old, **new}))
        return DiffResponse(
            changes=bool(changed),
            replaces=replaces,
            stables=[] if replaces else sorted(differences.stable(kind.row) & state.keys()),
            delete_before_replace=bool(replaces)
            and differences.must_delete_first(kind.row, old, new),
            diffs=sorted(changed),
            detailed_diff=differences.detailed(changed, old, new, replaces),
        )

    # -- the thing itself -------------------------------------------------------------------

    async def create(self, request: CreateRequest) -> CreateResponse:
        if request.preview:
            return CreateResponse(properties=request.properties)
        kind, inputs = self._kind(request.urn), plain_map(request.properties)
        _refuse_unknown(request.urn, inputs)
        scope = self._scope(request.urn, inputs)
        thing_id = await _off_loop(lambda: kind.create(scope, inputs))
        secrets = secret_names(request.properties)

        def finish() -> Plain | None:
            kind.finish(scope, thing_id, inputs)
            return kind.read(scope, thing_id, inputs)

        try:
            outputs = await _off_loop(finish)
            if outputs is None:
                raise LookupError(f"{kind.token} {thing_id!r} is not there after its creation")
        except Exception as error:
            properties = self._state(kind, inputs, {}, secrets)
            raise ResourceInitError(thing_id, [str(error)], properties) from error
        return CreateResponse(thing_id, self._state(kind, inputs, outputs, secrets))

    async def read(self, request: ReadRequest) -> ReadResponse:
        kind = self._kind(request.urn)
        state = {**plain_map(request.inputs), **plain_map(request.properties)}
        by_id_alone = not state
        if by_id_alone:
            state = _known_by_id(kind.row, request.resource_id)
        scope = self._scope(request.urn, state)
        try:
            thing = await _off_loop(lambda: kind.describe(scope, request.resource_id, state))
        except KeyError as error:
            if not by_id_alone:
                raise
            raise LookupError(
                f"{kind.token} {request.resource_id!r} is not found by an id alone: the service "
                f"also asks for {error.args[0]!r}, and `import` and `get` give nothing else; let "
                "the program make it"
            ) from None
        if thing is None:
            return ReadResponse()
        before = plain_map(request.inputs)
        now = drift.inputs_now(kind, before, thing)
        state = {**state, **{name: now[name] for name in now if now[name] != before.get(name)}}
        outputs = kind.outputs(scope, request.resource_id, state, thing)
        secrets = secret_names(request.inputs, request.properties)
        return ReadResponse(
            request.resource_id,
            self._state(kind, state, outputs, secrets),
            _rewrapped(request.inputs, before, now)
            or wrap_map(_known_by_id(kind.row, request.resource_id)),
        )

    async def update(self, request: UpdateRequest) -> UpdateResponse:
        kind = self._kind(request.urn)
        state, inputs = plain_map(request.olds), plain_map(request.news)
        old = differences.old_inputs(request, kind, state, inputs)
        secrets = secret_names(request.news)
        if request.preview:
            kept = {name: state[name] for name in differences.stable(kind.row) & state.keys()}
            return UpdateResponse(self._state(kind, inputs, kept, secrets))
        _refuse_unknown(request.urn, inputs)
        scope = self._scope(request.urn, inputs)
        is_incomplete = getattr(request, "incomplete", False)
        changed = differences.changed(kind.row, {} if is_incomplete else old, inputs)
        outputs_before = {name: value for name, value in state.items() if name not in old}
        before = outputs_before if is_incomplete else {**outputs_before, **old}

        def step() -> Plain | None:
            kind.update(scope, request.resource_id, before, inputs, changed)
            return kind.read(scope, request.resource_id, inputs)

        outputs = await _off_loop(step)
        if outputs is None:
            raise LookupError(f"{kind.token} {request.resource_id!r} is gone; refresh the stack")
        return UpdateResponse(self._state(kind, inputs, outputs, secrets))

    async def delete(self, request: DeleteRequest) -> None:
        kind = self._kind(request.urn)
        old = plain_map(getattr(request, "old_inputs", {}))
        state = {**old, **plain_map(request.properties)}
        scope = self._scope(request.urn, state)
        if state.get("skipDestroy") is not True:
            await _off_loop(lambda: kind.delete(scope, request.resource_id, state))

    async def find(self, request: FindRequest) -> str | None:
        """The thing an interrupted create may have made (see
        `pilaster_local.engine.capabilities`).
        """
        kind, inputs = self._kind(request.urn), plain_map(request.inputs)
        scope = self._scope(request.urn, inputs)
        return await _off_loop(lambda: kind.find(scope, inputs))

    # -- parts of the above -----------------------------------------------------------------

    def _kind(self, urn: str) -> Kind:
        """The type's behaviour. A URN carries the types of the parents too, divided by `$`."""
        token = urn.split("::")[2].rsplit("$", 1)[-1]
        if token in TYPES or self._cloud.endpoint is not None:
            return kind_of(token)
        kind = previewed(token)
        if kind is None:
            raise UnknownTypeError(token, declared.types() or TYPES, "pulumi_aws")
        return kind

    def _scope(self, urn: str, values: Plain) -> Scope:
        if self._cloud.endpoint is None:
            raise OfflineError(f"{urn}: this provider has no endpoint, so it can only preview")
        return Scope(self._cloud, values.get("region") or self._cloud.region, urn)

    def _state(
        self, kind: Kind, inputs: Plain, outputs: Plain, secrets: frozenset[str]
    ) -> Properties:
        state = {**inputs, **outputs}
        state.pop(differences.DEFAULTS, None)
        if kind.row.tagged:
            state["tagsAll"] = tags_of(inputs)
        if "tags" in secrets:
            secrets |= {"tagsAll"}
        return wrap_map(state, secrets | frozenset(kind.row.secrets.split()))


def _known_by_id(row: Row, thing_id: str) -> Plain:
    """What the id alone says of a thing: the input that it is, if it is one."""
    name = row.id.strip("{}")
    return {name: thing_id} if row.id == f"{{{name}}}" else {}


def _rewrapped(given: Properties, before: Plain, now: Plain) -> Properties:
    """The inputs as they came, but for those that are others now; what was secret stays so."""
    hidden = secret_names(given)
    changed = {name: value for name, value in now.items() if value != before.get(name)}
    return {**given, **wrap_map(changed, hidden)}


def _refuse_unknown(urn: str, inputs: Plain) -> None:
    unknown = sorted(
        name for name, value in inputs.items() if value is UNKNOWN or has_unknown(value)
    )
    if unknown:
        raise ValueError(f"{urn}: {', '.join(unknown)} is not known, so nothing can be made of it")


async def _off_loop(step: Callable[[], Result]) -> Result:
    """Calls block, so they run in a thread; a call without an answer is told apart from a refused
    one.
    """
    try:
        return await asyncio.to_thread(step)
    except UnansweredError as error:
        raise NoAnswerError(str(error)) from error
