"""What an engine does with a provider, step by step, so that a test can stand in for one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from pilaster_local.engine.capabilities import (
    DeleteWithInputs,
    DiffWithInputs,
    FindRequest,
    UpdateWithInputs,
)
from pilaster_local.providers.aws.provider import AwsProvider
from pilaster_local.providers.aws.values import plain_map, wrap
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    CheckRequest,
    CreateRequest,
    DiffResponse,
    ReadRequest,
)


class CheckFailedError(Exception):
    """The provider refused the inputs."""


@dataclass
class Thing:
    """One resource as the engine keeps it."""

    urn: str
    id: str
    inputs: dict[str, PropertyValue]
    state: dict[str, PropertyValue]

    def __getitem__(self, name: str) -> Any:
        return self.id if name == "id" else plain_map(self.state)[name]


@dataclass
class Desk:
    """Takes resources through their lives with one provider."""

    provider: AwsProvider
    project: str = "test"
    made: list[Thing] = field(default_factory=list)

    def urn(self, token: str, name: str) -> str:
        return f"urn:pulumi:local::{self.project}::pilaster:aws:Thing${token}::{name}"

    def check(
        self, token: str, name: str, inputs: dict[str, Any], old: Thing | None = None
    ) -> dict[str, PropertyValue]:
        wrapped = {key: wrap(value) for key, value in inputs.items()}
        olds = old.inputs if old else {}
        request = CheckRequest(self.urn(token, name), olds, wrapped, b"")
        response = asyncio.run(self.provider.check(request))
        if response.failures:
            told = "; ".join(
                f"{failure.property}: {failure.reason}" for failure in response.failures
            )
            raise CheckFailedError(told)
        return response.inputs or {}

    def create(self, token: str, name: str, inputs: dict[str, Any]) -> Thing:
        checked = self.check(token, name, inputs)
        return self.create_checked(token, name, checked)

    def create_checked(self, token: str, name: str, checked: dict[str, PropertyValue]) -> Thing:
        urn = self.urn(token, name)
        answer = asyncio.run(self.provider.create(CreateRequest(urn, checked, 60, False)))
        assert answer.resource_id
        thing = Thing(urn, answer.resource_id, checked, answer.properties)
        self.made.append(thing)
        return thing

    def diff(self, thing: Thing, inputs: dict[str, Any]) -> DiffResponse:
        token, name = _named(thing.urn)
        new = self.check(token, name, inputs, thing)
        request = DiffWithInputs(thing.urn, thing.id, thing.state, new, [], old_inputs=thing.inputs)
        return asyncio.run(self.provider.diff(request))

    def update(self, thing: Thing, inputs: dict[str, Any], *, incomplete: bool = False) -> None:
        token, name = _named(thing.urn)
        new = self.check(token, name, inputs, thing)
        request = UpdateWithInputs(
            thing.urn, thing.id, thing.state, new, 60, [], False,
            old_inputs=thing.inputs, incomplete=incomplete,
        )  # fmt: skip
        thing.state = asyncio.run(self.provider.update(request)).properties
        thing.inputs = new

    def is_there(self, thing: Thing) -> bool:
        request = ReadRequest(thing.urn, thing.id, thing.state, thing.inputs)
        return bool(asyncio.run(self.provider.read(request)).resource_id)

    def read(self, thing: Thing) -> dict[str, Any]:
        request = ReadRequest(thing.urn, thing.id, thing.state, thing.inputs)
        return plain_map(asyncio.run(self.provider.read(request)).properties)

    def seen(self, thing: Thing, inputs: dict[str, PropertyValue]) -> DiffResponse:
        """What a program with these inputs has to change of the thing, after a look at it."""
        request = ReadRequest(thing.urn, thing.id, thing.state, inputs)
        now = asyncio.run(self.provider.read(request))
        diff = DiffWithInputs(
            thing.urn, thing.id, now.properties, inputs, [], old_inputs=now.inputs
        )
        return asyncio.run(self.provider.diff(diff))

    def delete(self, thing: Thing) -> None:
        request = DeleteWithInputs(thing.urn, thing.id, thing.state, 60, old_inputs=thing.inputs)
        asyncio.run(self.provider.delete(request))
        if thing in self.made:
            self.made.remove(thing)

    def find(self, token: str, name: str, checked: dict[str, PropertyValue]) -> str | None:
        return asyncio.run(self.provider.find(FindRequest(self.urn(token, name), checked)))

    def clear(self) -> None:
        for thing in reversed(self.made[:]):
            self.delete(thing)


def _named(urn: str) -> tuple[str, str]:
    _, _, _, types, name = urn.split("::", 4) if urn.count("::") > 3 else ("", *urn.split("::"))
    return types.rsplit("$", 1)[-1], name
