"""Migrations: in order, once, and statement by statement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lambdas.documents.migrations import migrations
from lambdas.documents.model.errors import DatabaseUnavailableError
from lambdas.shared.aws.data_api import DataApiSchema
from lambdas.shared.migrations import ChangedMigrationError, Migration, migrate
from tests.support.documents_aws import Service, client_error

FIRST, SECOND = Migration("001_a.sql", "create table a ();"), Migration("002_b.sql", "select 2")


class Ledger:
    """A database that knows its migrations and refuses one statement."""

    def __init__(self, *, refuses: str = "nothing") -> None:
        self.refuses = refuses
        self.applied: dict[str, str] = {}
        self.said: list[str] = []

    @contextmanager
    def transaction(self) -> Iterator[Ledger]:
        before = dict(self.applied), list(self.said)
        try:
            yield self
        except BaseException:
            self.applied, self.said = before
            raise

    def execute(self, statement: str, **values: str) -> list[tuple[str, ...]]:
        if self.refuses in statement:
            raise RuntimeError(statement)
        if statement.startswith("select checksum"):
            checksum = self.applied.get(values["name"])
            return [(checksum,)] if checksum else []
        if statement.startswith("insert into schema_migrations"):
            self.applied[values["name"]] = values["checksum"]
        elif "schema_migrations" not in statement and "advisory" not in statement:
            self.said.append(statement)
        return []


def test_each_migration_is_applied_once_and_in_order():
    ledger = Ledger()
    assert migrate([FIRST, SECOND], schema=ledger) == ["001_a.sql", "002_b.sql"]
    assert migrate([FIRST, SECOND], schema=ledger) == []
    assert ledger.said == ["create table a ()", "select 2"]


def test_one_that_fails_leaves_those_before_it_and_nothing_of_itself():
    ledger = Ledger(refuses="select 2")
    with pytest.raises(RuntimeError):
        migrate([FIRST, SECOND], schema=ledger)
    assert list(ledger.applied) == ["001_a.sql"]


def test_one_that_was_changed_later_is_named_and_nothing_more_is_applied():
    ledger = Ledger()
    migrate([FIRST], schema=ledger)
    with pytest.raises(ChangedMigrationError, match=r"001_a\.sql"):
        migrate([Migration("001_a.sql", "create table b ();"), SECOND], schema=ledger)
    assert list(ledger.applied) == ["001_a.sql"]


@pytest.mark.parametrize(
    ("sql", "statements"),
    [
        ("", []),
        (";; -- nothing;\n/* ; */", []),
        ("a; b", ["a", "b"]),
        ("select ';'; select 'it''s;'", ["select ';'", "select 'it''s;'"]),
        ('select "a;b"; c', ['select "a;b"', "c"]),
        ("do $$ begin x; end $$; y", ["do $$ begin x; end $$", "y"]),
        ("do $tag$ a; $$ b; $tag$; c", ["do $tag$ a; $$ b; $tag$", "c"]),
        ("a -- not ; here\n; b /* nor ; here */;", ["a -- not ; here", "b /* nor ; here */"]),
    ],
)
def test_a_file_is_taken_apart_where_its_statements_end(sql: str, statements: list[str]):
    assert Migration("x", sql).statements() == statements


def test_our_own_migrations_are_numbered_without_gap():
    numbers = [int(each.name.split("_")[0]) for each in migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def schema(**answers: Any) -> tuple[DataApiSchema, Service]:
    service = Service(**{"begin_transaction": {"transactionId": "t1"}, **answers})
    where = ("arn:cluster", "arn:secret", "documents")
    return DataApiSchema(*where, rds_data=service, sleep=lambda seconds: None), service


def test_a_transaction_of_the_data_api_is_committed():
    found, service = schema(
        execute_statement={"records": [[{"stringValue": "a"}, {"longValue": 2}]]}
    )
    with found.transaction() as transaction:
        assert transaction.execute("select :x", x="1") == [("a", "2")]
    assert [call for call, _ in service.calls] == [
        "begin_transaction",
        "execute_statement",
        "execute_statement",
        "commit_transaction",
    ]
    assert service.calls[1][1]["sql"] == "SET LOCAL statement_timeout = 0"
    statement = service.calls[2][1]
    assert statement["transactionId"] == "t1"
    assert statement["database"] == "documents"
    assert statement["parameters"] == [{"name": "x", "value": {"stringValue": "1"}}]


def test_a_transaction_of_the_data_api_that_fails_is_rolled_back():
    found, service = schema(execute_statement=client_error("BadRequestException", "syntax"))
    with pytest.raises(Exception, match="syntax"), found.transaction() as transaction:
        transaction.execute("selct")
    assert service.calls[-1][0] == "rollback_transaction"


def test_a_database_that_wakes_up_is_waited_for():
    resuming = client_error("DatabaseResumingException")
    found, service = schema(begin_transaction=[resuming, resuming, {"transactionId": "t2"}])
    with found.transaction():
        pass
    assert [name for name, _ in service.calls] == [
        *["begin_transaction"] * 3,
        "execute_statement",
        "commit_transaction",
    ]


def test_a_database_that_does_not_wake_up_is_given_up():
    found, _ = schema(begin_transaction=client_error("DatabaseResumingException"))
    with pytest.raises(DatabaseUnavailableError, match="120 seconds"), found.transaction():
        pass


def test_a_refused_secret_is_not_waited_for():
    found, service = schema(begin_transaction=client_error("AccessDeniedException"))
    with pytest.raises(Exception, match="AccessDenied"), found.transaction():
        pass
    assert len(service.calls) == 1
