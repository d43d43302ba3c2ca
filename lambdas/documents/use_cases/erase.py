"""A document was deleted: every copy, every version and every row of it goes.

Safe to repeat, and the row goes last: while it is there, what failed half way is not forgotten.
It comes after a delay, when whatever still ran as the document was deleted has ended; what starts
later than that finds the document gone when it settles, and erases what it made
(`use_cases/save.py`).
"""

from __future__ import annotations

from lambdas.documents.model.event import Event
from lambdas.documents.model.keys import copies
from lambdas.documents.ports.books import Erasure
from lambdas.documents.ports.objects import Shelves


def erase(event: Event, *, books: Erasure, shelves: Shelves) -> None:
    for prefix in copies(event.user, event.document, month=str(event.facts["month"])):
        shelves.erase(prefix)
    books.erase(event.document, event.user)
