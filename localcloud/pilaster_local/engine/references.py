"""Stack references: the outputs of another stack of this machine, as a provider of their own.

The official engine has them in a provider called `pulumi`, too, so that a reference stands in the
state of both in the same words.
"""

from __future__ import annotations

import asyncio

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    ConfigureRequest,
    ConfigureResponse,
    Provider,
    ReadRequest,
    ReadResponse,
)

from pilaster_local.engine import stored, values
from pilaster_local.engine.config import Project
from pilaster_local.engine.conversion import to_properties
from pilaster_local.engine.errors import EngineError, PassphraseError
from pilaster_local.engine.urn import STACK_TYPE
from pilaster_local.engine.values import Properties

PACKAGE = "pulumi"
TYPE = "pulumi:pulumi:StackReference"
_ORGANIZATION = "organization"


class References(Provider):
    """Reads other stacks of the folder a project is in."""

    def __init__(self, project: Project) -> None:
        self._project = project

    async def configure(self, request: ConfigureRequest) -> ConfigureResponse:
        return ConfigureResponse(accept_secrets=True)

    async def read(self, request: ReadRequest) -> ReadResponse:
        name = request.inputs.get("name")
        asked = name.value if name else None
        if not isinstance(asked, str):
            raise EngineError(f"a stack reference needs the name of a stack, and has {asked!r}")
        outputs = await asyncio.to_thread(outputs_of, self._project, asked)
        hidden = sorted(key for key, value in outputs.items() if values.contains_secret(value))
        found = {"name": asked, "outputs": outputs, "secretOutputNames": hidden}
        inputs = {"name": PropertyValue(asked)}
        return ReadResponse(asked, to_properties(found, secrets=True), inputs)


def outputs_of(project: Project, name: str) -> Properties:
    """The outputs of a stack, by the name the official engine's file backend has for it:
    `stack`, `organization/stack` or `organization/project/stack`.
    """
    of_project, stack = _named(project, name)
    path = stored.path_of(project.folder, of_project, stack)
    if not path.exists() and not path.with_suffix(".journal").exists():
        raise EngineError(
            f"there is no stack {name!r} on this machine: nothing is at {path}; deploy it first, "
            "or correct the name, which is `organization/project/stack`"
        )
    try:
        _, state, _ = stored.read(project, stack, path)
    except PassphraseError as error:
        raise EngineError(
            f"the secrets of the stack {name!r} cannot be opened: {error}. Stacks that refer to "
            "each other need the same passphrase"
        ) from error
    root = next((r for r in state.resources if r.type == STACK_TYPE), None)
    return root.outputs if root else {}


def _named(project: Project, name: str) -> tuple[str, str]:
    parts = name.split("/")
    if not all(parts) or len(parts) > 3 or ".." in parts:
        raise EngineError(
            f"{name!r} is no name of a stack; write `stack` or `organization/project/stack`"
        )
    *front, stack = parts
    if front and front[0] != _ORGANIZATION:
        raise EngineError(
            f"the stack {name!r} belongs to {front[0]!r}; stacks of this machine belong to "
            f"{_ORGANIZATION!r}, as in `{_ORGANIZATION}/project/stack`"
        )
    return (front[1] if len(front) == 2 else project.name), stack
