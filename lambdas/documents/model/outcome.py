"""What became of an upload. The first outcome of a document is the only one, but that a person who
was asked may still answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from lambdas.documents.model.document import Status, StepDone
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.timetable import Timetable


@dataclass(frozen=True, kw_only=True)
class Run:
    """One upload of one document under way: what every step of the workflow is told."""

    document: DocumentId
    user: UserId
    bucket: str
    key: str
    version: str
    """Which upload to that key; one run per version."""

    @property
    def name(self) -> str:
        """What its execution is called: a second one of that name is never started."""
        return run_name(self.document, self.version)


def run_name(document: DocumentId, version: str) -> str:
    """What an execution is called: a second one of that name is never started."""
    return f"{document}-{version}"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    run: Run
    status: Status
    reason: str | None = None
    route: tuple[str, ...] = ()
    confidence: float | None = None
    timetable: Timetable | None = None
    steps: tuple[StepDone, ...] = ()
    """What was done for it so far."""
    content: str | None = None
    """SHA-256 of the upload, as 64 hexadecimal digits."""

    def __post_init__(self) -> None:
        if self.status is Status.PENDING:
            raise ValueError(f"{self.status.value!r} is not an outcome")
        if (self.status is Status.COMPLETED) != (self.timetable is not None):
            raise ValueError("a completed document has a timetable, and no other has one")
        if (self.status is Status.COMPLETED) == bool(self.reason):
            raise ValueError("a document that is not completed says why, and no other does")


@dataclass(frozen=True)
class Settled:
    """What stands in the books after an outcome was handed in: perhaps an earlier one."""

    status: Status
    confidence: float | None
    version: str | None = None
    """Of the upload that was settled; None while none is."""
    created_at: datetime | None = field(default=None, compare=False)
    """When the document was made: by that month it is archived. None where it is not told."""

    def gives_way_to(self, outcome: Outcome) -> bool:
        """Whether that outcome may be written over what stands."""
        if self.status is Status.NEEDS_REVIEW:
            return outcome.status.is_final and outcome.run.version == self.version
        return self.status is Status.PENDING
