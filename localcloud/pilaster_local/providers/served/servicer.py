"""The resource provider service: what the official engine asks, put to a provider of ours.

Pulumi's own servicer loses the old inputs, raises on archives without content, answers errors with
a traceback and knows no half-made things; what would be left of it is two calls.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from functools import wraps
from typing import Any, NoReturn

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.provider.experimental.provider import (
    CheckRequest,
    ConfigureRequest,
    CreateRequest,
    InvokeRequest,
    Provider,
    ReadRequest,
)
from pulumi.runtime.proto import plugin_pb2, provider_pb2, status_pb2
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer

from pilaster_local.engine import values
from pilaster_local.engine.capabilities import (
    DeleteWithInputs,
    DiffWithInputs,
    FindRequest,
    NoAnswerError,
    ResourceInitError,
    UpdateWithInputs,
)
from pilaster_local.providers.served import messages
from pilaster_local.providers.served.messages import received, sent

_UNANSWERED = (NoAnswerError, OSError, TimeoutError)
_MISTAKES = (ArithmeticError, AssertionError, AttributeError, IndexError, KeyError, TypeError)
"""Errors nobody raises for a person to read: ours, so they keep their name and leave a trace."""


class _UnfinishedError(Exception):
    """The thing is there and not finished; the official engine keeps it with the reasons."""

    def __init__(
        self,
        resource_id: str,
        reasons: Sequence[str],
        properties: struct_pb2.Struct,
        inputs: struct_pb2.Struct | None = None,
    ) -> None:
        super().__init__("; ".join(reasons))
        self.resource_id = resource_id
        self.reasons = list(reasons)
        self.properties = properties
        self.inputs = inputs


Answer = Coroutine[Any, Any, Any]


def _answered(call: Callable[..., Answer]) -> Callable[..., Answer]:
    """Errors become a status: what was refused, what nobody answered, what is half made."""

    @wraps(call)
    async def answer(self: Any, request: Any, context: Any) -> Any:
        try:
            return await call(self, request)
        except Exception as error:  # noqa: BLE001 - every error is an answer to the engine
            code, text, details = _status(error, messages.secrets_in(request))
        return await context.abort(code, text, details)

    return answer


def _status(
    error: Exception, secrets: set[str]
) -> tuple[grpc.StatusCode, str, tuple[tuple[str, bytes], ...]]:
    def shown(text: str) -> str:
        for secret in sorted(secrets, key=len, reverse=True):
            text = text.replace(secret, values.MASK)
        return text

    if isinstance(error, _UnfinishedError):
        text = shown(str(error))
        detail = provider_pb2.ErrorResourceInitFailed(
            id=error.resource_id,
            properties=error.properties,
            reasons=[shown(reason) for reason in error.reasons],
            inputs=error.inputs,
        )
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=text)
        status.details.add().Pack(detail)
        packed = status.SerializeToString()
        return grpc.StatusCode.UNKNOWN, text, (("grpc-status-details-bin", packed),)
    if isinstance(error, _UNANSWERED):
        # The engine takes this code for "nobody knows", and keeps the operation as pending.
        return grpc.StatusCode.UNKNOWN, shown(f"the service did not answer: {error}"), ()
    if isinstance(error, NotImplementedError):
        return grpc.StatusCode.UNIMPLEMENTED, str(error), ()
    text = str(error) or type(error).__name__
    if isinstance(error, _MISTAKES):
        text = f"{type(error).__name__}: {text}"
        print(shown("".join(traceback.format_exception(error))), file=sys.stderr)
    return grpc.StatusCode.FAILED_PRECONDITION, shown(text), ()


class Servicer(ResourceProviderServicer):
    """One provider, behind the service's calls."""

    def __init__(self, provider: Provider, version: str) -> None:
        self._provider = provider
        self._version = version

    # -- the plugin -------------------------------------------------------------------------

    @_answered
    async def GetPluginInfo(self, request: Any) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self._version)

    @_answered
    async def Cancel(self, request: Any) -> empty_pb2.Empty:
        await self._provider.cancel()
        return empty_pb2.Empty()

    @_answered
    async def Handshake(self, request: Any) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    @_answered
    async def Attach(self, request: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    @_answered
    async def GetSchema(self, request: Any) -> provider_pb2.GetSchemaResponse:
        # A program in Python has its types from its SDK; whoever asks learns the name.
        return provider_pb2.GetSchemaResponse(
            schema=f'{{"name":"aws","version":"{self._version}"}}'
        )

    @_answered
    async def GetMapping(self, request: Any) -> provider_pb2.GetMappingResponse:
        return provider_pb2.GetMappingResponse()

    @_answered
    async def GetMappings(self, request: Any) -> provider_pb2.GetMappingsResponse:
        return provider_pb2.GetMappingsResponse()

    @_answered
    async def Parameterize(self, request: Any) -> NoReturn:
        raise NotImplementedError("the local provider takes no parameters")

    @_answered
    async def Construct(self, request: Any) -> NoReturn:
        raise NotImplementedError("the local provider has no components")

    @_answered
    async def Call(self, request: Any) -> NoReturn:
        raise NotImplementedError(f"the local provider has no method {request.tok}")

    async def List(self, request: Any, context: Any) -> AsyncIterator[Any]:
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, "the local provider lists nothing")
        yield  # what makes this a stream

    # -- settings ---------------------------------------------------------------------------

    @_answered
    async def CheckConfig(self, request: Any) -> provider_pb2.CheckResponse:
        return messages.check_response(await self._provider.check_config(_check_request(request)))

    @_answered
    async def DiffConfig(self, request: Any) -> provider_pb2.DiffResponse:
        # Other settings are an update of the provider and replace nothing that it made.
        found = messages.differing(request.old_inputs, request.news)
        changes = provider_pb2.DiffResponse.DiffChanges.Value("DIFF_SOME" if found else "DIFF_NONE")
        return provider_pb2.DiffResponse(changes=changes, diffs=found)

    @_answered
    async def Configure(self, request: Any) -> provider_pb2.ConfigureResponse:
        answer = await self._provider.configure(
            ConfigureRequest(
                dict(request.variables),
                received(request.args),
                request.acceptSecrets,
                request.acceptResources,
            )
        )
        return provider_pb2.ConfigureResponse(
            acceptSecrets=answer.accept_secrets,
            acceptResources=answer.accept_resources,
            # Output values would have to be unwrapped again, and say nothing a provider needs.
            acceptOutputs=False,
            supportsPreview=answer.supports_preview,
        )

    @_answered
    async def Invoke(self, request: Any) -> provider_pb2.InvokeResponse:
        answer = await self._provider.invoke(InvokeRequest(request.tok, received(request.args)))
        fields: dict[str, Any] = {
            "return": sent(answer.return_value or {}),
            "failures": messages.failures(answer.failures or ()),
        }
        return provider_pb2.InvokeResponse(**fields)

    # -- resources --------------------------------------------------------------------------

    @_answered
    async def Check(self, request: Any) -> provider_pb2.CheckResponse:
        return messages.check_response(await self._provider.check(_check_request(request)))

    @_answered
    async def Diff(self, request: Any) -> provider_pb2.DiffResponse:
        answer = await self._provider.diff(
            DiffWithInputs(
                request.urn,
                request.id,
                received(request.olds),
                received(request.news),
                list(request.ignoreChanges),
                old_inputs=received(request.old_inputs),
            )
        )
        return messages.diff_response(answer)

    @_answered
    async def Create(self, request: Any) -> provider_pb2.CreateResponse:
        asked = CreateRequest(
            request.urn, received(request.properties), request.timeout, request.preview
        )
        try:
            answer = await self._provider.create(asked)
        except ResourceInitError as error:
            properties = sent(error.properties or asked.properties, unfinished=True)
            raise _UnfinishedError(error.resource_id, error.reasons, properties) from error
        except _UNANSWERED as error:
            # The official engine has no way to ask later; the service may know now.
            if found := await self._found(asked):
                properties = sent(asked.properties, unfinished=True)
                raise _UnfinishedError(
                    found, [f"it did not answer: {error}"], properties
                ) from error
            raise
        return provider_pb2.CreateResponse(
            id=answer.resource_id or "", properties=sent(answer.properties)
        )

    async def _found(self, asked: CreateRequest) -> str | None:
        """What a create without an answer made, if its provider can tell."""
        find = getattr(self._provider, "find", None)
        if find is None:
            return None
        try:
            return await find(FindRequest(urn=asked.urn, inputs=asked.properties))
        except Exception:  # noqa: BLE001 - the answer stays what it was: nobody knows
            return None

    @_answered
    async def Update(self, request: Any) -> provider_pb2.UpdateResponse:
        # An update without a difference is asked for only where an earlier step did not finish.
        unfinished = messages.is_unfinished(request.olds)
        asked = UpdateWithInputs(
            request.urn,
            request.id,
            received(request.olds),
            received(request.news),
            request.timeout,
            list(request.ignoreChanges),
            request.preview,
            old_inputs=received(request.old_inputs),
            incomplete=unfinished or messages.same(request.old_inputs, request.news),
        )
        try:
            answer = await self._provider.update(asked)
        except Exception as error:
            if request.preview:
                raise
            # Several calls may have gone before the one that was refused.
            reason = str(error) or type(error).__name__
            properties = sent(asked.olds, unfinished=True)
            raise _UnfinishedError(request.id, [reason], properties) from error
        return provider_pb2.UpdateResponse(properties=sent(answer.properties))

    @_answered
    async def Delete(self, request: Any) -> empty_pb2.Empty:
        await self._provider.delete(
            DeleteWithInputs(
                request.urn,
                request.id,
                received(request.properties),
                request.timeout,
                old_inputs=received(request.old_inputs),
            )
        )
        return empty_pb2.Empty()

    @_answered
    async def Read(self, request: Any) -> provider_pb2.ReadResponse:
        answer = await self._provider.read(
            ReadRequest(
                request.urn, request.id, received(request.properties), received(request.inputs)
            )
        )
        if not answer.resource_id:
            # Empty properties are a thing without any to the engine: it would import it.
            return provider_pb2.ReadResponse()
        if messages.is_unfinished(request.properties):
            raise _UnfinishedError(
                answer.resource_id,
                ["an earlier step did not finish it; the next `up` does"],
                sent(answer.properties, unfinished=True),
                sent(answer.inputs),
            )
        return provider_pb2.ReadResponse(
            id=answer.resource_id,
            properties=sent(answer.properties),
            inputs=sent(answer.inputs),
        )


def _check_request(request: Any) -> CheckRequest:
    return CheckRequest(
        request.urn, received(request.olds), received(request.news), request.randomSeed
    )
