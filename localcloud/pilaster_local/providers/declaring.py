"""A provider for this machine of a cloud that is known by its SDK alone: previews every type in it.

With a `Machine` things are recorded, with the outputs the machine says they have; what runs, and
what is stood in for, is the machine's to say. What a cloud refuses beyond its SDK it says itself.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, Protocol

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
    Provider,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)

from pilaster_local.engine.capabilities import FindRequest
from pilaster_local.providers.aws import checking
from pilaster_local.providers.aws.cloud import OfflineError
from pilaster_local.providers.aws.values import Plain, plain_map, secret_names, wrap_map
from pilaster_local.providers.declared import Sdk


class Machine(Protocol):
    """What stands in for the cloud where something is made."""

    def made(self, token: str, inputs: Plain) -> tuple[str, Plain]:
        """The id and the outputs of a thing with these inputs."""
        ...


class DeclaredProvider(Provider):
    """Without a machine it checks and compares, and calls nobody."""

    sdk: Sdk
    cloud: str
    """What people call it."""

    answers_at_once = True
    """For the stand-in engine: nothing is called to check, to compare or to preview."""

    def __init__(self, machine: Machine | None = None) -> None:
        self._machine = machine

    async def configure(self, request: ConfigureRequest) -> ConfigureResponse:
        return ConfigureResponse(accept_secrets=True, supports_preview=True)

    async def check(self, request: CheckRequest) -> CheckResponse:
        token = token_of(request.urn)
        if token not in self.sdk.types:
            return CheckResponse(failures=[CheckFailure("", self.unknown_type(token))])
        inputs = {name: v for name, v in request.new_inputs.items() if v.value is not None}
        found = checking.without_secrets(
            self._refused(token, plain_map(inputs)), secret_names(request.new_inputs)
        )
        return CheckResponse(inputs, [CheckFailure(name, why) for name, why in found])

    async def diff(self, request: DiffRequest) -> DiffResponse:
        token = token_of(request.urn)
        old = plain_map(getattr(request, "old_inputs", None) or request.old_state)
        new = plain_map(request.new_inputs)
        ignored = set(request.ignore_changes)
        differing = sorted(
            name
            for name in old.keys() | new.keys()
            if name not in ignored and _text(old.get(name)) != _text(new.get(name))
        )
        replaces = sorted(self.replacing(token) & set(differing))
        return DiffResponse(changes=bool(differing), replaces=replaces, diffs=differing)

    async def create(self, request: CreateRequest) -> CreateResponse:
        if request.preview:
            return CreateResponse(properties=self.outputs(request.properties))
        made, properties = self._made(request.urn, request.properties)
        return CreateResponse(made, properties)

    async def update(self, request: UpdateRequest) -> UpdateResponse:
        if request.preview:
            return UpdateResponse(self.outputs(request.news))
        return UpdateResponse(self._made(request.urn, request.news)[1])

    async def read(self, request: ReadRequest) -> ReadResponse:
        # What was recorded is there for as long as the state says so: nobody else can take it away.
        return ReadResponse(request.resource_id, request.properties, request.inputs)

    async def delete(self, request: DeleteRequest) -> None:
        return None

    async def find(self, request: FindRequest) -> str | None:
        """Nothing was made that is not in the state."""
        return None

    def _made(self, urn: str, given: Mapping[str, PropertyValue]) -> tuple[str, Any]:
        if self._machine is None:
            raise OfflineError(f"{urn}: this provider has no machine, so it can only preview")
        inputs = plain_map(given)
        thing_id, outputs = self._machine.made(token_of(urn), inputs)
        return thing_id, {**self.outputs(given), **wrap_map(outputs)}

    def outputs(self, given: Mapping[str, PropertyValue]) -> dict[str, PropertyValue]:
        """The inputs as the SDK wants to have them back."""
        return dict(given)

    def replacing(self, token: str) -> frozenset[str]:
        """The inputs that make a thing anew."""
        return frozenset()

    def failures(self, token: str, inputs: Plain) -> list[tuple[str, str]]:
        """What the cloud refuses of inputs that the SDK takes."""
        return []

    def _refused(self, token: str, inputs: Plain) -> list[tuple[str, str]]:
        given = {name: value for name, value in inputs.items() if not name.startswith("__")}
        # A description has nothing to say of what is not even an input.
        return list(self.sdk.failures(token, given)) or self.failures(token, given)

    def unknown_type(self, token: str) -> str:
        """Why a type cannot be previewed, and what to do."""
        if not self.sdk.types:
            return (
                f"{token}: {self.sdk.name} is not installed, which knows {self.cloud}'s types: "
                "`cli/setup.sh clouds` installs it"
            )
        near = difflib.get_close_matches(token, self.sdk.types, 1, 0.5)
        hint = f"; the nearest it knows is {near[0]}" if near else ""
        return f"{self.sdk.name} does not know the resource type {token!r}{hint}"


def token_of(urn: str) -> str:
    """The type; a URN carries those of the parents too, divided by `$`."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def _text(value: object) -> str:
    """For comparison: an archive says what it is of, and not where it lay in memory."""
    return repr(getattr(value, "path", value))
