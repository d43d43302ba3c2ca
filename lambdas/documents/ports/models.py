"""The model, what it may cost, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from lambdas.documents.extracting.circuit import Circuit
from lambdas.documents.model.identity import DocumentId
from lambdas.documents.model.outcome import Run


class ModelUnavailableError(Exception):
    """The model's service does not answer, or says that it is overloaded. It passes."""

    def __init__(self, message: str, *, perhaps_charged: bool = False) -> None:
        super().__init__(message)
        self.perhaps_charged = perhaps_charged
        """Whether an answer may have been made that did not arrive."""


class ModelRefusedError(Exception):
    """The model's service will not answer this: no key, a wrong one, or a request it does not take.
    The message names the kind of refusal, never what was sent."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One call of the model."""

    system: str
    content: Sequence[Mapping[str, Any]]
    tool: Mapping[str, Any]
    most_tokens: int
    """Of the answer."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back, unchecked."""

    given: object
    """The tool's input; None where the tool was not used or the answer was cut off."""
    input_tokens: int
    output_tokens: int


class Model(Protocol):
    @property
    def name(self) -> str: ...

    def ready(self) -> bool:
        """Whether there is a key. May raise ModelUnavailableError."""
        ...

    def ask(self, question: Question, *, seconds: float) -> Reply:
        """Tries for so many seconds at the most.

        Raises ModelUnavailableError and ModelRefusedError.
        """
        ...


class Pictures(Protocol):
    def of(self, run: Run, *, kind: str, prepared: str | None) -> list[tuple[str, str]]:
        """Media type and base64 of each page; `prepared`: the list preprocessing left, if any.
        Raises DocumentGoneError, UnreadableError, StorageUnavailableError."""
        ...


class Ledger(Protocol):
    """Each may raise ModelUnavailableError: without the books nothing is spent."""

    def reserve(self, document: DocumentId, micro_dollars: int) -> bool:
        """Sets money aside; False where the document's or the day's budget does not have it."""
        ...

    def settle(self, document: DocumentId, *, reserved: int, spent: int) -> None:
        """Gives back what was not spent."""
        ...


class Breaker(Protocol):
    """Each may raise ModelUnavailableError."""

    def look(self) -> Circuit: ...

    def claim_try(self, seen: Circuit, now: int) -> bool:
        """Of all who find the pause over, one gets True."""
        ...

    def failed(self, now: int) -> None: ...

    def worked(self) -> None: ...


class Answers(Protocol):
    """Each may raise ModelUnavailableError. Only what has the shape of an answer is kept."""

    def get(self, key: str) -> object | None: ...

    def keep(self, key: str, given: object) -> None: ...
