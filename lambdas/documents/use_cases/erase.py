"""A document was deleted: every copy, every version and every row of it goes, and what was kept by
its content.

Safe to repeat, and the row goes last: while it is there, what failed half way is not forgotten.
It comes after a delay, when whatever still ran as the document was deleted has ended; what starts
later than that finds the document gone when it settles, and erases what it made
(`use_cases/save.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from lambdas.documents.model.errors import ObjectTooLargeError
from lambdas.documents.model.event import Event
from lambdas.documents.model.keys import copies, upload_prefix
from lambdas.documents.model.upload import EXTENSIONS
from lambdas.documents.ports.books import Erasure
from lambdas.documents.ports.memory import Memory
from lambdas.documents.ports.objects import Objects, Shelves


def erase(
    event: Event,
    *,
    books: Erasure,
    objects: Objects,
    shelves: Shelves,
    memories: Sequence[Memory],
    limit: int,
) -> None:
    """`limit`: bytes an upload may have; more was never read."""
    contents = {books.content(event.document, event.user), *_uploads(event, objects, limit)}
    for content in contents - {None}:
        for memory in memories:
            memory.forget(content)
    for prefix in copies(event.user, event.document, month=str(event.facts["month"])):
        shelves.erase(prefix)
    books.erase(event.document, event.user)


def _uploads(event: Event, objects: Objects, limit: int) -> Iterator[str]:
    """The content of what was read, and deleted before the books knew it."""
    for extension in EXTENSIONS.values():
        key = f"{upload_prefix(event.user, event.document)}{extension}"
        try:
            data = objects.read(key, limit=limit)
        except ObjectTooLargeError:
            continue
        if data:
            yield hashlib.sha256(data).hexdigest()
