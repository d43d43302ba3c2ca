"""Migrations and the books against a real PostgreSQL, each as the role that will use them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from lambdas.documents.aws.adapters.documents import PostgresDocuments
from lambdas.documents.aws.adapters.erasure import PostgresErasure
from lambdas.documents.aws.adapters.outcomes import PostgresOutcomes
from lambdas.documents.migrations import migrations
from lambdas.documents.model.document import Document, Status, StepDone
from lambdas.documents.model.outcome import Outcome, Settled
from lambdas.shared.aws.database import DatabaseSettings, server_of
from lambdas.shared.deadline import OutOfTimeError, ends_after
from lambdas.shared.direct_schema import DirectSchema
from lambdas.shared.migrations import ChangedMigrationError, Migration, migrate
from lambdas.shared.postgres import Database
from tests.support.documents_examples import NOON, TIMETABLE, a_document, a_run, a_user
from tests.support.documents_postgres import Postgres, can_run, postgres

pytestmark = [
    pytest.mark.integration,
    pytest.mark.enable_socket,
    pytest.mark.skipif(not can_run(), reason="PostgreSQL refuses root, and bwrap is not there"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        migrate(migrations(), schema=DirectSchema(running.connect))
        yield running


def database(server: Postgres, user: str) -> Database:
    settings = DatabaseSettings(
        database_host="ignored",
        database_port=1,
        database_name="documents",
        database_user=user,
        database_proxied=False,
        database_idle_seconds=240,
    )

    def connect(**options: Any) -> psycopg.Connection:
        return server.connect(options["user"], options="-c statement_timeout=8s")

    return Database(server_of(settings), lambda: "", connect)


@pytest.fixture
def books(server: Postgres) -> PostgresDocuments:
    return PostgresDocuments(database(server, "documents_api"))


@pytest.fixture
def outcomes(server: Postgres) -> PostgresOutcomes:
    return PostgresOutcomes(database(server, "documents_writer"))


@pytest.fixture
def eraser(server: Postgres) -> PostgresErasure:
    return PostgresErasure(database(server, "documents_eraser"))


def kept(books: PostgresDocuments, **changes: Any) -> Document:
    document = a_document(**changes)
    books.welcome(document.owner)
    books.add(document)
    return document


def completed(document: Document, version: str = "v1") -> Outcome:
    return Outcome(
        run=a_run(document, version),
        status=Status.COMPLETED,
        route=("ocr",),
        confidence=99.5,
        timetable=TIMETABLE,
    )


def test_migrations_are_applied_once(server: Postgres):
    assert migrate(migrations(), schema=DirectSchema(server.connect)) == []


def test_two_deployments_at_once_apply_each_migration_once():
    with postgres() as fresh, ThreadPoolExecutor(2) as pool:
        schema = DirectSchema(fresh.connect)
        both = list(pool.map(lambda _: migrate(migrations(), schema=schema), range(2)))
        names = [row[0] for row in fresh.connect().execute("select name from schema_migrations")]
    assert sorted(both[0] + both[1]) == sorted(names) == [each.name for each in migrations()]


def test_a_migration_changed_after_it_was_applied_is_named(server: Postgres):
    first, *rest = migrations()
    changed = [replace(first, sql=first.sql + "\n-- one more line"), *rest]
    with pytest.raises(ChangedMigrationError, match=f"{first.name!r} was changed"):
        migrate(changed, schema=DirectSchema(server.connect))


def test_a_migration_that_fails_leaves_nothing(server: Postgres):
    broken = Migration("900_broken.sql", "create table half (id int); select 1/0;")
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate([broken], schema=DirectSchema(server.connect))
    left = server.connect().execute(
        "select to_regclass('half')::text,"
        " (select count(*) from schema_migrations where name like '900%')"
    )
    assert left.fetchone() == (None, 0)


def test_a_document_comes_back_as_it_was_put_in(books: PostgresDocuments):
    document = kept(books, name="../../<b>Stundenplan\u200d ünïcödé 📅.png")
    assert books.get(document.id, document.owner) == document


def test_a_document_added_twice_is_one(books: PostgresDocuments):
    document = kept(books)
    books.add(document)  # as after a connection that ended at the commit
    assert len(books.page(document.owner, None, 10).documents) == 1


def test_somebody_elses_document_is_not_there(books: PostgresDocuments):
    document, other = kept(books), kept(books)
    assert books.get(document.id, other.owner) is None
    books.hide(document.id, other.owner, at=NOON)
    assert books.get(document.id, document.owner) is not None


def test_a_list_is_paged_newest_first_without_gap_or_repeat(books: PostgresDocuments):
    owner = a_user()
    made = [kept(books, owner=owner, created_at=NOON + timedelta(hours=n // 2)) for n in range(7)]
    expected = sorted(made, key=lambda d: (d.created_at, d.id), reverse=True)
    seen: list[Document] = []
    after = None
    for _ in range(4):
        page = books.page(owner, after, 2)
        seen += page.documents
        after = page.next
    assert [each.id for each in seen] == [each.id for each in expected]
    assert after is None


def test_a_completed_document_shows_its_timetable(
    books: PostgresDocuments, outcomes: PostgresOutcomes
):
    document = kept(books)
    assert outcomes.settle(completed(document)) == Settled(Status.COMPLETED, 99.5, "v1")
    shown = books.get(document.id, document.owner)
    assert shown is not None
    assert (shown.status, shown.route, shown.timetable) == (Status.COMPLETED, ("ocr",), TIMETABLE)
    assert shown.finished_at is not None


def test_the_first_outcome_stands(
    server: Postgres, books: PostgresDocuments, outcomes: PostgresOutcomes
):
    document = kept(books)
    outcomes.settle(completed(document))
    failed = Outcome(run=a_run(document, "v2"), status=Status.FAILED, reason="late")
    assert outcomes.settle(failed) == Settled(Status.COMPLETED, 99.5, "v1")
    assert outcomes.settle(completed(document, "v2")) == Settled(Status.COMPLETED, 99.5, "v1")
    shown = books.get(document.id, document.owner)
    assert shown is not None
    assert shown.timetable == TIMETABLE
    assert timetables_of(server, document) == 1


def waiting(document: Document, version: str = "v1") -> Outcome:
    return Outcome(run=a_run(document, version), status=Status.NEEDS_REVIEW, reason="two doubts")


def test_what_waits_for_a_person_is_answered_once_and_for_its_own_upload(
    server: Postgres, books: PostgresDocuments, outcomes: PostgresOutcomes
):
    document = kept(books)
    stands = Settled(Status.NEEDS_REVIEW, None, "v1")
    assert outcomes.settle(waiting(document)) == stands
    shown = books.get(document.id, document.owner)
    assert shown is not None
    assert (shown.status, shown.finished_at) == (Status.NEEDS_REVIEW, None)
    assert outcomes.settle(completed(document, "v2")) == stands
    assert outcomes.settle(completed(document)) == Settled(Status.COMPLETED, 99.5, "v1")
    expired = Outcome(run=a_run(document), status=Status.EXPIRED, reason="nobody came")
    assert outcomes.settle(expired) == Settled(Status.COMPLETED, 99.5, "v1")
    assert timetables_of(server, document) == 1


def test_a_document_nobody_answered_in_time_has_expired(
    books: PostgresDocuments, outcomes: PostgresOutcomes
):
    document = kept(books)
    outcomes.settle(waiting(document))
    expired = Outcome(run=a_run(document), status=Status.EXPIRED, reason="nobody came")
    outcomes.settle(expired)
    shown = books.get(document.id, document.owner)
    assert shown is not None
    assert (shown.status, shown.reason) == (Status.EXPIRED, "nobody came")
    assert shown.finished_at is not None


def test_the_steps_and_the_digest_are_kept(
    server: Postgres, books: PostgresDocuments, outcomes: PostgresOutcomes
):
    document = kept(books)
    steps = (StepDone(name="classify", seconds=0.25, cached=True), StepDone(name="read", seconds=2))
    outcomes.settle(replace(completed(document), steps=steps, content="ab" * 32))
    shown = books.get(document.id, document.owner)
    assert shown is not None
    assert shown.steps == steps
    found = server.connect().execute("select content from documents where id = %s", (document.id,))
    assert found.fetchone() == ("ab" * 32,)


def test_documents_set_aside_before_there_were_reviews_say_so():
    before = [each for each in migrations() if each.name < "003"]
    with postgres() as old:
        migrate(before, schema=DirectSchema(old.connect))
        connection = old.connect()
        document = a_document()
        connection.execute("insert into users (id) values (%s)", (document.owner,))
        connection.execute(
            "insert into documents (id, owner_id, name, content_type, size, created_at,"
            " upload_until, status, reason, version, finished_at) values"
            " (%s, %s, 'x', 'image/png', 1, now(), now(), 'needs_review', 'doubts', 'v1', now())",
            (document.id, document.owner),
        )
        migrate(migrations(), schema=DirectSchema(old.connect))
        found = old.connect().execute("select status, reason from documents").fetchone()
    assert found is not None
    assert found[0] == "expired"
    assert "before there were reviews" in found[1]


def timetables_of(server: Postgres, document: Document) -> int:
    row = (
        server.connect()
        .execute("select count(*) from timetables where document_id = %s", (document.id,))
        .fetchone()
    )
    assert row is not None
    return int(row[0])


def test_eight_saves_at_once_make_one_timetable(server: Postgres, books: PostgresDocuments):
    document = kept(books)
    writers = [PostgresOutcomes(database(server, "documents_writer")) for _ in range(8)]
    gate = threading.Barrier(len(writers))

    def save(writer: PostgresOutcomes) -> Settled | None:
        gate.wait()
        return writer.settle(completed(document))

    with ThreadPoolExecutor(len(writers)) as pool:
        settled = list(pool.map(save, writers))
    assert settled == [Settled(Status.COMPLETED, 99.5, "v1")] * len(writers)
    assert timetables_of(server, document) == 1


@pytest.mark.parametrize("_", range(10))
def test_a_save_and_a_delete_at_once_leave_nothing(
    server: Postgres,
    books: PostgresDocuments,
    outcomes: PostgresOutcomes,
    eraser: PostgresErasure,
    _: int,
):
    document = kept(books)
    books.get(document.id, document.owner)
    outcomes.standing(a_run(document))  # both connected: what follows is a race
    gate = threading.Barrier(2)

    def save() -> None:
        gate.wait()
        outcomes.settle(completed(document))

    def delete() -> None:
        gate.wait()
        books.hide(document.id, document.owner, at=NOON)
        eraser.erase(document.id, document.owner)

    with ThreadPoolExecutor(2) as pool:
        for done in (pool.submit(save), pool.submit(delete)):
            done.result()
    assert books.get(document.id, document.owner) is None
    assert timetables_of(server, document) == 0


def test_what_breaks_in_the_middle_of_a_save_leaves_the_document_pending(
    server: Postgres, books: PostgresDocuments, outcomes: PostgresOutcomes
):
    document = kept(books)
    broken = completed(document)
    nul = replace(TIMETABLE.blocks[2], title="no\x00bytes")  # the last block cannot be stored
    timetable = replace(TIMETABLE, blocks=(*TIMETABLE.blocks[:2], nul))
    with pytest.raises(psycopg.DataError):
        outcomes.settle(replace(broken, timetable=timetable))
    assert outcomes.standing(broken.run) == Settled(Status.PENDING, None)
    assert timetables_of(server, document) == 0
    assert outcomes.settle(broken) == Settled(Status.COMPLETED, 99.5, "v1")


def test_the_outcome_of_a_deleted_document_settles_nothing(
    books: PostgresDocuments, outcomes: PostgresOutcomes
):
    document = kept(books)
    books.hide(document.id, document.owner, at=NOON)
    assert outcomes.settle(completed(document)) is None
    assert outcomes.standing(a_run(document)) is None
    assert books.get(document.id, document.owner) is None
    assert document.id not in [e.id for e in books.page(document.owner, None, 9).documents]


def test_only_its_owner_hides_a_document_and_only_under_its_owners_name_is_it_erased(
    server: Postgres,
    books: PostgresDocuments,
    outcomes: PostgresOutcomes,
    eraser: PostgresErasure,
):
    document, stranger = kept(books), a_user()
    assert outcomes.settle(completed(document))
    books.hide(document.id, stranger, at=NOON)
    eraser.erase(document.id, stranger)
    assert books.get(document.id, document.owner) is not None
    for _ in range(2):
        eraser.erase(document.id, document.owner)
    assert books.get(document.id, document.owner) is None
    assert timetables_of(server, document) == 0


def test_an_upload_in_another_users_folder_settles_nothing(
    books: PostgresDocuments, outcomes: PostgresOutcomes
):
    document = kept(books)
    foreign = replace(a_run(document), user=a_user())
    assert outcomes.settle(replace(completed(document), run=foreign)) is None
    assert outcomes.standing(a_run(document)) == Settled(Status.PENDING, None)


@pytest.mark.parametrize(
    ("user", "statement"),
    [
        ("documents_api", "update documents set status = 'completed'"),
        (
            "documents_api",
            "insert into timetables (document_id, version, title)"
            " select id, 'v', 't' from documents",
        ),
        ("documents_api", "delete from users"),
        ("documents_api", "delete from documents"),
        ("documents_api", "update documents set owner_id = gen_random_uuid()"),
        ("documents_eraser", "update documents set deleted_at = null"),
        ("documents_eraser", "select name from documents"),
        ("documents_eraser", "select * from timetables"),
        ("documents_api", "select * from schema_migrations"),
        ("documents_api", "create table mine (id int)"),
        ("documents_writer", "delete from documents"),
        ("documents_writer", "update documents set owner_id = gen_random_uuid()"),
        ("documents_writer", "update timeblocks set title = 'other'"),
        ("documents_writer", "select * from users"),
    ],
)
def test_a_role_may_do_its_work_and_nothing_else(server: Postgres, user: str, statement: str):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        server.connect(user).execute(statement.encode())


def test_every_role_logs_in_by_iam(server: Postgres):
    rows = server.connect().execute(
        "select m.rolname from pg_auth_members a join pg_roles m on m.oid = a.member"
        " join pg_roles g on g.oid = a.roleid where g.rolname = 'rds_iam' order by 1"
    )
    assert [row[0] for row in rows] == ["documents_api", "documents_eraser", "documents_writer"]


def test_a_connection_that_was_closed_meanwhile_is_made_anew(server: Postgres):
    used = database(server, "documents_api")
    first = used.run(lambda connection: connection.info.backend_pid)
    server.connect().execute("select pg_terminate_backend(%s)", (first,))
    second = used.run(lambda connection: connection.info.backend_pid)
    assert second != first
    assert used.run(lambda connection: connection.info.backend_pid) == second


def test_an_idle_session_that_timed_out_is_made_anew(server: Postgres):
    used = database(server, "documents_api")

    def work(connection: psycopg.Connection) -> int:
        connection.execute("set idle_session_timeout = '50ms'")
        return connection.info.backend_pid

    first = used.run(work)
    gone = server.connect()
    for _ in range(100):
        row = gone.execute("select 1 from pg_stat_activity where pid = %s", (first,)).fetchone()
        if row is None:
            break
        gone.execute("select pg_sleep(0.02)")
    assert used.run(lambda connection: connection.info.backend_pid) != first


def test_a_statement_that_takes_too_long_for_its_call_is_left_and_the_next_call_gets_its_own(
    server: Postgres,
):
    """As a function does that would run out of time: at once, and without the other's answer."""
    books = database(server, "documents_api")
    assert books.run(lambda line: line.execute("select 1").fetchone()) == (1,)
    started = time.monotonic()
    with pytest.raises(OutOfTimeError), ends_after(0.2):
        books.run(lambda line: line.execute("select pg_sleep(40), 2").fetchone())
    assert time.monotonic() - started < 20
    assert books.run(lambda line: line.execute("select 3").fetchone()) == (3,)
