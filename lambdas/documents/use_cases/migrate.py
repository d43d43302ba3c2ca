"""Bring the schema up to date: each migration once, each whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from lambdas.documents.model.migration import ChangedMigrationError, Migration
from lambdas.documents.ports.migrations import Schema, Transaction

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
