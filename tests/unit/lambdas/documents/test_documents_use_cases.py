"""Announcing, showing, listing and deleting documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from lambdas.documents.model.document import NEVER_CAME, WORK_ALLOWANCE, Status
from lambdas.documents.model.errors import DocumentNotFoundError, StorageUnavailableError
from lambdas.documents.model.upload import Upload
from lambdas.documents.ports.uploads import UploadLink
from lambdas.documents.use_cases.browse import browse, show
from lambdas.documents.use_cases.create import create
from lambdas.documents.use_cases.delete import delete
from tests.support.documents_books import Books
from tests.support.documents_examples import NOON, a_document, a_user
from tests.support.documents_pillar_box import PillarBox

UPLOAD = Upload(name="../week.png", content_type="image/png", size=99)


@dataclass
class Links:
    works: bool = True

    def sign(self, key: str, *, content_type: str, size: int, until: datetime) -> UploadLink:
        if not self.works:
            raise StorageUnavailableError(key)
        headers: Mapping[str, str] = {"Content-Type": content_type, "Content-Length": str(size)}
        return UploadLink(url=f"https://s3/{key}", headers=headers, expires_at=until)


def created(books: Books, links: Links):
    document = a_document()
    return create(
        UPLOAD,
        id=document.id,
        owner=document.owner,
        now=NOON,
        valid_for=timedelta(minutes=15),
        documents=books,
        links=links,
    )


def test_an_announced_document_is_pending_and_belongs_to_who_announced_it():
    books = Books()
    document, link = created(books, Links())
    assert books.documents == {document.id: document}
    assert (document.status, document.name, document.size) == (Status.PENDING, "../week.png", 99)
    assert document.upload_until == link.expires_at == NOON + timedelta(minutes=15)


def test_the_link_leads_to_a_key_of_ours():
    document, link = created(Books(), Links())
    assert link.url == f"https://s3/uploads/{document.owner}/{document.id}.png"


def test_without_a_link_there_is_no_document():
    books = Books()
    with pytest.raises(StorageUnavailableError):
        created(books, Links(works=False))
    assert books.documents == {}


def test_a_user_has_a_row_from_the_first_call_whichever_it_is():
    user, nothing = a_user(), a_document().id
    books = Books()
    browse(user, after=None, limit=1, now=NOON, documents=books)
    assert books.users == {user}
    books = Books()
    with pytest.raises(DocumentNotFoundError):
        show(nothing, owner=user, now=NOON, documents=books)
    assert books.users == {user}
    books = Books()
    with pytest.raises(DocumentNotFoundError):
        delete(nothing, owner=user, now=NOON, documents=books, outbox=PillarBox())
    assert books.users == {user}


def test_somebody_elses_document_is_one_that_is_not_there():
    document = a_document()
    books, outbox = Books(document), PillarBox()
    with pytest.raises(DocumentNotFoundError):
        show(document.id, owner=a_user(), now=NOON, documents=books)
    with pytest.raises(DocumentNotFoundError):
        delete(document.id, owner=a_user(), now=NOON, documents=books, outbox=outbox)
    assert browse(a_user(), after=None, limit=9, now=NOON, documents=books).documents == ()
    assert (books.hidden, outbox.waiting) == (set(), {})


@pytest.mark.parametrize(
    ("late", "status"),
    [
        (timedelta(0), Status.PENDING),
        (WORK_ALLOWANCE, Status.PENDING),
        (WORK_ALLOWANCE + timedelta(seconds=1), Status.EXPIRED),
    ],
)
def test_an_upload_that_never_came_shows_as_expired(late: timedelta, status: Status):
    document = a_document()
    now = document.upload_until + late
    shown = show(document.id, owner=document.owner, now=now, documents=Books(document))
    assert shown.status is status
    assert shown.reason == (NEVER_CAME if status is Status.EXPIRED else None)
    listed = browse(document.owner, after=None, limit=1, now=now, documents=Books(document))
    assert [each.status for each in listed.documents] == [status]


def test_what_is_finished_never_expires():
    document = a_document(status=Status.REJECTED, reason="no")
    later = NOON + timedelta(days=400)
    assert document.seen_at(later) is document


def test_a_page_says_where_the_next_one_starts():
    owner = a_user()
    made = [a_document(owner, created_at=NOON + timedelta(hours=n)) for n in range(3)]
    page = browse(owner, after=None, limit=2, now=NOON, documents=Books(*made))
    rest = browse(owner, after=page.next, limit=2, now=NOON, documents=Books(*made))
    assert page.documents + rest.documents == tuple(reversed(made))
    assert rest.next is None


def test_a_document_can_not_change_hands():
    document = a_document()
    with pytest.raises(AttributeError):
        document.owner = a_user()  # type: ignore[misc]
    assert replace(document).owner == document.owner
