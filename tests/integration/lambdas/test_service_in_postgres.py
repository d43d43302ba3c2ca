"""The notes service against a real PostgreSQL, as the role that will use it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from lambdas.service.aws.logins import logins
from lambdas.service.migrations import migrations
from lambdas.service.model.note import MAX_TAG, MAX_TAGS, MAX_TITLE, Note, NoteId, UserId, draft
from lambdas.service.postgres.notes import PostgresNotes
from lambdas.shared.direct_schema import DirectSchema
from lambdas.shared.migrations import migrate
from lambdas.shared.postgres import Database, Server
from tests.support.documents_postgres import Postgres, can_run, postgres

pytestmark = [
    pytest.mark.integration,
    pytest.mark.enable_socket,
    pytest.mark.skipif(not can_run(), reason="PostgreSQL refuses root, and bwrap is not there"),
]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        schema = DirectSchema(running.connect)
        assert migrate([*migrations(), *logins()], schema=schema) != []
        assert migrate([*migrations(), *logins()], schema=schema) == []
        yield running


@pytest.fixture
def notes(server: Postgres) -> PostgresNotes:
    def connect(**options: Any) -> psycopg.Connection:
        return server.connect(options["user"])

    settings = Server(
        host="ignored",
        port=1,
        database="documents",
        user="service_api",
        application="test",
        idle_seconds=240,
        roots=None,
    )
    return PostgresNotes(Database(settings, lambda: "", connect))


@pytest.fixture
def owner() -> UserId:
    return UserId(str(uuid.uuid4()))


def a_note(title: str = "a title", *, minutes: int = 0, **more: Any) -> Note:
    wanted = draft({"title": title, **more})
    at = NOON + timedelta(minutes=minutes)
    return Note(
        id=NoteId(str(uuid.uuid4())),
        title=wanted.title,
        body=wanted.body,
        tags=wanted.tags,
        created_at=at,
        updated_at=at,
        version=1,
    )


def found(notes: PostgresNotes, owner: UserId, **asked: Any) -> list[str]:
    page = notes.page(owner, **{"words": None, "tag": None, "after": None, "limit": 100, **asked})
    return [note.title for note in page.notes]


def test_a_note_is_kept_once_and_as_it_was_written(notes: PostgresNotes, owner: UserId):
    note = a_note("Milk", body="two\nlitres ☕ %s {x} 'q'", tags=["home", "b"])
    notes.add(note, owner=owner)
    notes.add(note, owner=owner)  # work that met a dead connection runs again
    assert notes.get(note.id, owner=owner) == note
    assert found(notes, owner) == ["Milk"]


def test_the_largest_note_is_kept(notes: PostgresNotes, owner: UserId):
    words = " ".join(f"{n:05x}" for n in range(65536 // 6))
    tags = [f"{n:02}" + "x" * (MAX_TAG - 2) for n in range(MAX_TAGS)]
    note = a_note("ß" * MAX_TITLE, body=words, tags=tags)
    notes.add(note, owner=owner)
    assert notes.get(note.id, owner=owner) == note
    assert found(notes, owner, words="002a0") == [note.title]


def test_nobody_reads_changes_or_deletes_anothers_note(notes: PostgresNotes, owner: UserId):
    note = a_note("secret", tags=["t"])
    notes.add(note, owner=owner)
    other = UserId("auth0|other")
    assert notes.get(note.id, owner=other) is None
    assert notes.replace(note.id, draft({"title": "x"}), owner=other, version=None, at=NOON) is None
    assert not notes.remove(note.id, owner=other, version=None)
    assert found(notes, other) == found(notes, other, words="secret") == []
    assert notes.get(note.id, owner=owner) == note


def test_pages_walk_the_whole_list_newest_first(notes: PostgresNotes, owner: UserId):
    for minute in (0, 1, 1, 2, 3):  # two of one moment: the id decides
        notes.add(a_note(f"at {minute}", minutes=minute), owner=owner)
    titles: list[str] = []
    after, more = None, True
    while more:
        page = notes.page(owner, words=None, tag=None, after=after, limit=2)
        titles += [note.title for note in page.notes]
        after, more = page.next, page.next is not None
    assert titles == ["at 3", "at 2", "at 1", "at 1", "at 0"]


def test_words_are_looked_for_in_title_text_and_tags(notes: PostgresNotes, owner: UserId):
    notes.add(a_note("Shopping", body="two litres of Milch", tags=["home-made"]), owner=owner)
    notes.add(a_note("Work"), owner=owner)
    for words in ("shopping", "MILCH", "milch shopping", '"litres of"', "home-made", "-work"):
        assert found(notes, owner, words=words) == ["Shopping"], words
    for words in ("milch work", "mil", "' or 1=1 --", "!!", '"', "&|<->"):
        assert found(notes, owner, words=words) == [], words
    assert found(notes, owner, tag="home-made") == ["Shopping"]
    assert found(notes, owner, tag="home") == []


def test_a_change_counts_the_version_and_is_found_anew(notes: PostgresNotes, owner: UserId):
    note = a_note("first", body="old")
    notes.add(note, owner=owner)
    wanted = draft({"title": "second", "body": "fresh"})
    later = NOON + timedelta(hours=1)
    changed = notes.replace(note.id, wanted, owner=owner, version=1, at=later)
    assert changed is not None
    assert (changed.version, changed.updated_at, changed.created_at) == (2, later, NOON)
    assert notes.replace(note.id, wanted, owner=owner, version=1, at=later) is None
    assert found(notes, owner, words="fresh") == ["second"]
    assert found(notes, owner, words="old") == []
    assert not notes.remove(note.id, owner=owner, version=1)
    assert notes.remove(note.id, owner=owner, version=2)


def test_the_services_role_may_do_nothing_else(server: Postgres):
    with server.connect("service_api") as connection:
        for statement in ("drop table notes", "select * from schema_migrations", "truncate notes"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)  # type: ignore[call-overload]
