"""What this engine asks of a provider beyond the standard interface, and what it may be told.

A provider is a `pulumi.provider.experimental.Provider`, called in process. All of this is optional:
a provider without it runs too, but an interrupted create can then not be resolved and is refused
by name.

The protocol for a create that was interrupted (the process died between the service's answer and
the journal):

1. Before every create the engine journals the *checked* inputs, physical name included.
2. The next `up` sees that entry without an answer and calls `find` with exactly those inputs.
3. `find` returns None: nothing was made; the entry is dropped, the resource is created as usual.
   `find` returns an id: the engine calls `read(id)`, takes the thing into the state as
   *incomplete*, and when the program registers it calls `update` with `incomplete=True`, even if
   no input differs. If the program no longer wants it, it is deleted like any other resource.

Interrupted updates and deletes are repeated with what was journalled, so both must be idempotent,
and deleting what is gone is success.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    DeleteRequest,
    DiffRequest,
    Provider,
    UpdateRequest,
)

Properties = dict[str, PropertyValue]


@dataclass(frozen=True)
class FindRequest:
    """A create was begun with these inputs and its answer is not known. Did it make anything?"""

    urn: str
    inputs: Properties
    """The checked inputs of the interrupted create; secrets wrapped or not, as configured."""

    @property
    def type(self) -> str:
        """The type token, without the chain of parents."""
        return self.urn.split("::")[2].rsplit("$", 1)[-1]


@runtime_checkable
class FindsPending(Protocol):
    """A provider that can find the thing an interrupted create may have made."""

    async def find(self, request: FindRequest) -> str | None:
        """The id of the thing these inputs made, or None if there is none.

        Match on what identifies the thing (its physical name; the parent's id and the key for
        children such as routes or rules; a tag with the urn where a thing has no unique name),
        never on likeness alone.
        """
        ...


@runtime_checkable
class AnswersAtOnce(Protocol):
    """A provider whose `check`, `diff` and previews call nobody and wait for nothing.

    They are then answered in the thread that asks, several at a time; the way to the providers'
    loop and back costs more than most of these answers.
    """

    answers_at_once: bool


@runtime_checkable
class ConfiguresApart(Protocol):
    """A provider of which a program may declare several, with different settings."""

    def configured(self, settings: Mapping[str, PropertyValue]) -> Provider:
        """A provider of its own for an explicit provider resource with these inputs."""
        ...


class DiffWithInputs(DiffRequest):
    """A diff that also carries the old inputs, so that a removed input is visible."""

    def __init__(
        self,
        urn: str,
        resource_id: str,
        old_state: Properties,
        new_inputs: Properties,
        ignore_changes: list[str],
        *,
        old_inputs: Properties,
    ) -> None:
        super().__init__(urn, resource_id, old_state, new_inputs, ignore_changes)
        self.old_inputs = old_inputs


class UpdateWithInputs(UpdateRequest):
    """An update that also carries the old inputs, and whether the thing was left incomplete."""

    def __init__(
        self,
        urn: str,
        resource_id: str,
        olds: Properties,
        news: Properties,
        timeout: float,
        ignore_changes: list[str],
        preview: bool,
        *,
        old_inputs: Properties,
        incomplete: bool = False,
    ) -> None:
        super().__init__(urn, resource_id, olds, news, timeout, ignore_changes, preview)
        self.old_inputs = old_inputs
        self.incomplete = incomplete
        """An earlier create did not finish: apply every input that can be, changed or not."""


class DeleteWithInputs(DeleteRequest):
    """A delete that also carries the inputs of what is deleted."""

    def __init__(
        self,
        urn: str,
        resource_id: str,
        properties: Properties,
        timeout: float,
        *,
        old_inputs: Properties,
    ) -> None:
        super().__init__(urn, resource_id, properties, timeout)
        self.old_inputs = old_inputs


class ResourceInitError(Exception):
    """Raised by `create` or `update`: the thing exists, but it is not finished.

    The engine keeps it in the state with the reasons, fails the run, and the next `up` calls
    `update` with `incomplete=True`. (Over gRPC the same is `ErrorResourceInitFailed` in the status
    details.)
    """

    def __init__(
        self,
        resource_id: str,
        reasons: Sequence[str],
        properties: Properties | None = None,
        inputs: Properties | None = None,
    ) -> None:
        super().__init__("; ".join(reasons))
        self.resource_id = resource_id
        self.reasons = list(reasons)
        self.properties = properties or {}
        self.inputs = inputs


class NobodyToAskError(Exception):
    """Raised by `read`: this provider was given nothing to reach its service by.

    A preview then takes what would be read as unknown; everything else fails with this text.
    """


class NoAnswerError(Exception):
    """Raised by `create`, `update` or `delete`: the service did not answer; what it did is unknown.

    The engine keeps the operation pending and the next `up` resolves it as if the process had died
    there. (`OSError` and `TimeoutError` mean the same. Any other exception means: refused, nothing
    was made.)
    """
