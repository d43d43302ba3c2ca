"""A model that says what it was told to, its books, and what it was shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from lambdas.documents.extracting.circuit import Circuit
from lambdas.documents.model.identity import DocumentId
from lambdas.documents.model.outcome import Run
from lambdas.documents.ports.models import ModelRefusedError, ModelUnavailableError, Question, Reply


@dataclass
class Parrot:
    """Says `given` to every question, or raises it."""

    given: object = None
    key: bool = True
    name: str = "claude-sonnet-4-5"
    asked: list[Question] = field(default_factory=list[Question])

    def ready(self) -> bool:
        return self.key

    def ask(self, question: Question, *, seconds: float) -> Reply:
        self.asked.append(question)
        if isinstance(self.given, (ModelUnavailableError, ModelRefusedError)):
            raise self.given
        return Reply(given=self.given, input_tokens=1000, output_tokens=100)


class Album:
    def of(self, run: Run, *, kind: str, prepared: str | None) -> list[tuple[str, str]]:
        return [("image/jpeg", "AAAA")]


@dataclass
class Purse:
    """Money in micro-dollars."""

    left: int = 1_000_000

    def reserve(self, document: DocumentId, micro_dollars: int) -> bool:
        if micro_dollars > self.left:
            return False
        self.left -= micro_dollars
        return True

    def settle(self, document: DocumentId, *, reserved: int, spent: int) -> None:
        self.left += reserved - spent


@dataclass
class Fuse:
    circuit: Circuit = field(default_factory=Circuit)
    taken: bool = False

    def look(self) -> Circuit:
        return self.circuit

    def claim_try(self, seen: Circuit, now: int) -> bool:
        self.taken, first = True, not self.taken
        return first

    def failed(self, now: int) -> None:
        self.circuit = Circuit(failures=self.circuit.failures + 1, opened_at=now)

    def worked(self) -> None:
        self.circuit = Circuit()


class Memory(dict[str, object]):
    def keep(self, key: str, given: object) -> None:
        self[key] = given
