"""What can go wrong, by name; `lambdas/service/problems.py` says it in the words of HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field, in words for who sent it."""

    field: str
    message: str


class InvalidInputError(Exception):
    """What was sent breaks a rule; every fault is said at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(", ".join(fault.field for fault in faults))
        self.faults = tuple(faults)


class InvalidQueryError(InvalidInputError):
    """The same of a query string."""


class NoteNotFoundError(Exception):
    """There is no such note for this user; somebody else's is one that is not there."""


class NoteChangedError(Exception):
    """The note is not the version that was to be changed."""
