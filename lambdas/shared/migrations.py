"""A schema brought up to date: numbered steps of SQL, each applied once, whole or not at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

# What may hold a semicolon that ends nothing, and a semicolon that ends a statement.
_TOKEN = re.compile(
    r"""
    --[^\n]*                                    # comment
    | /\*.*?\*/                                 # comment
    | '(?:[^']|'')*'                            # string
    | "(?:[^"]|"")*"                            # name
    | (?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?P=tag) # dollar-quoted body
    | (?P<end>;)
    """,
    re.DOTALL | re.VERBOSE,
)

# Held to the end of the transaction: of two deployments at once, one waits and then finds the work
# done. The function's own row type, void, is nothing the Data API can answer.
_ONE_AT_A_TIME = "select 1 from (select pg_advisory_xact_lock(7400312)) as held"

_LEDGER = """
    create table if not exists schema_migrations (
        name text primary key,
        checksum text not null,
        applied_at timestamptz not null default now()
    )
"""


class ChangedMigrationError(Exception):
    """A file was changed after it had been applied; the database knows its first version."""


@dataclass(frozen=True)
class Migration:
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()

    def statements(self) -> list[str]:
        """One by one, as the RDS Data API wants them."""
        found: list[str] = []
        start = 0
        for token in _TOKEN.finditer(self.sql):
            if token["end"]:
                found.append(self.sql[start : token.start()])
                start = token.end()
        found.append(self.sql[start:])
        return [statement.strip() for statement in found if _says_something(statement)]


def _says_something(statement: str) -> bool:
    """Whether anything is left without comments."""
    return bool(re.sub(r"--[^\n]*|/\*.*?\*/", "", statement, flags=re.DOTALL).strip())


class Transaction(Protocol):
    """One transaction; committed when its block ends, rolled back when that raises."""

    def execute(self, statement: str, **values: str) -> list[tuple[str, ...]]:
        """One statement, with `:name` for values; its rows as text."""
        ...


class Schema(Protocol):
    def transaction(self) -> AbstractContextManager[Transaction]: ...


def migrate(migrations: Sequence[Migration], *, schema: Schema) -> list[str]:
    """The names of those that were applied now."""
    return [migration.name for migration in migrations if _apply(migration, schema)]


def _apply(migration: Migration, schema: Schema) -> bool:
    with schema.transaction() as transaction:
        transaction.execute(_ONE_AT_A_TIME)
        transaction.execute(_LEDGER)
        if _is_applied(migration, transaction):
            return False
        for statement in migration.statements():
            transaction.execute(statement)
        transaction.execute(
            "insert into schema_migrations (name, checksum) values (:name, :checksum)",
            name=migration.name,
            checksum=migration.checksum,
        )
        return True


def _is_applied(migration: Migration, transaction: Transaction) -> bool:
    rows = transaction.execute(
        "select checksum from schema_migrations where name = :name", name=migration.name
    )
    if rows and rows[0][0] != migration.checksum:
        raise ChangedMigrationError(
            f"migration {migration.name!r} was changed after it had been applied: restore it, "
            "and put the change into a new file with the next number"
        )
    return bool(rows)
