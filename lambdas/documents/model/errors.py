"""What can go wrong, by name: the workflow retries and catches by these names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lambdas.shared.unavailable import DatabaseUnavailableError as DatabaseUnavailableError


class DocumentNotFoundError(Exception):
    """There is no such document for this user; somebody else's is one that is not there."""


class DocumentGoneError(Exception):
    """The document or its upload was deleted while it was being worked on."""


class ReviewNotFoundError(Exception):
    """There is no such review: nobody asked for one, or its document was deleted."""


class ReviewTakenError(Exception):
    """Another reviewer has the review; the moment that claim ends is its argument."""


class ReviewNotClaimedError(Exception):
    """Who decides has not claimed the review, or the claim ran out."""


class ReviewEndedError(Exception):
    """The review ended otherwise: by another decision or by its timeout; how is its argument."""


class NotAReviewerError(Exception):
    """Only reviewers may see other people's documents."""


class OtherUploadError(Exception):
    """Another upload of the same document has a review, and a document has one at most."""


class OvertakenError(Exception):
    """Another upload of the same document was settled before this one."""


class ReaderUnavailableError(Exception):
    """The service that reads words does not answer, or is busy. It passes."""


class StorageUnavailableError(Exception):
    """The object store does not answer. It passes."""


class PushUnavailableError(Exception):
    """The sockets, or what is kept of them, do not answer. It passes."""


class AdmissionUnavailableError(Exception):
    """Who waits and who may run cannot be read or written now. It passes."""


class BusyError(Exception):
    """Somebody else is at it, and whether they get through is not known yet. It passes."""


class MailUnavailableError(Exception):
    """The post does not answer. It passes."""


class MailRefusedError(Exception):
    """The post does not take this letter; its name for why is what it says."""


class AccountsUnavailableError(Exception):
    """The user directory does not answer. It passes."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field of what somebody sent."""

    field: str
    message: str


class InvalidInputError(Exception):
    """What was sent breaks a rule; each fault names its field."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.message}" for fault in faults))
        self.faults = tuple(faults)


class InvalidQueryError(InvalidInputError):
    """The question itself cannot be understood: a page size or a cursor that is none."""


class BusUnavailableError(Exception):
    """The event bus does not answer. It passes."""


class RunsUnavailableError(Exception):
    """The workflow service does not answer. It passes."""


class WorkLostError(Exception):
    """A step's result is not where the step put it, and no outcome stands that would explain it."""


class WrongCredentialsError(Exception):
    """The e-mail or the password is wrong, or the account not confirmed; which is not said."""


class TooManyAttemptsError(Exception):
    """Too many attempts were made, here or as the user directory counts them."""

    def __init__(self, seconds: int = 60) -> None:
        super().__init__(f"again in {seconds} seconds")
        self.seconds = seconds


class SessionEndedError(Exception):
    """The refresh token is good no more: used before, revoked, too old or never ours."""


class TooManyRequestsError(Exception):
    """This user asks more often than anybody needs to."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"one request more is let through in {seconds:g} seconds")
        self.seconds = seconds


class ObjectTooLargeError(Exception):
    """What lies in the object store is larger than anything we let in."""
