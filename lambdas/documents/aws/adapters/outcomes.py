"""The books as the workflow writes them, in PostgreSQL. Role `documents_writer`."""

from __future__ import annotations

from dataclasses import asdict
from typing import LiteralString

from psycopg import Connection
from psycopg.types.json import Jsonb

from lambdas.documents.model.document import Status
from lambdas.documents.model.outcome import Outcome, Run, Settled
from lambdas.documents.model.timetable import Timetable
from lambdas.shared.postgres import Database

_STANDING = """
    select status, confidence, version, created_at from documents
     where id = %(document)s and owner_id = %(user)s and deleted_at is null
"""

_SETTLE = """
    update documents
       set status = %(status)s, reason = %(reason)s, route = %(route)s,
           confidence = %(confidence)s, version = %(version)s, steps = %(steps)s,
           content = %(content)s,
           finished_at = case when %(final)s then now() end
     where id = %(document)s and owner_id = %(user)s
"""

_TIMETABLE = """
    insert into timetables (document_id, version, title)
    values (%(document)s, %(version)s, %(title)s)
    returning id
"""

_BLOCK = """
    insert into timeblocks (timetable_id, position, day, starts, ends, title, notes)
    values (%s, %s, %s, %s, %s, %s, %s)
"""


class PostgresOutcomes:
    def __init__(self, database: Database) -> None:
        self._database = database

    def standing(self, run: Run) -> Settled | None:
        return self._database.run(lambda connection: _standing(connection, run))

    def settle(self, outcome: Outcome) -> Settled | None:
        """One transaction. The lock on the row lets in one settle or delete at a time."""
        return self._database.run(lambda connection: _settle(connection, outcome))


def _standing(connection: Connection, run: Run, lock: LiteralString = "") -> Settled | None:
    row = connection.execute(
        _STANDING + lock, {"document": run.document, "user": run.user}
    ).fetchone()
    return Settled(Status(row[0]), *row[1:]) if row else None


def _settle(connection: Connection, outcome: Outcome) -> Settled | None:
    run = outcome.run
    standing = _standing(connection, run, lock="for update")
    if standing is None or not standing.gives_way_to(outcome):
        return standing
    connection.execute(
        _SETTLE,
        {
            "document": run.document,
            "user": run.user,
            "version": run.version,
            "status": outcome.status.value,
            "reason": outcome.reason,
            "route": list(outcome.route),
            "confidence": outcome.confidence,
            "steps": Jsonb([asdict(each) for each in outcome.steps]),
            "content": outcome.content,
            "final": outcome.status.is_final,
        },
    )
    if outcome.timetable is not None:
        _insert(connection, run, outcome.timetable)
    return Settled(outcome.status, outcome.confidence, run.version, standing.created_at)


def _insert(connection: Connection, run: Run, timetable: Timetable) -> None:
    row = connection.execute(
        _TIMETABLE, {"document": run.document, "version": run.version, "title": timetable.title}
    ).fetchone()
    assert row is not None, "an insert that returns gives a row"
    with connection.cursor() as cursor:
        cursor.executemany(
            _BLOCK,
            [
                (row[0], position, block.day, block.start, block.end, block.title, block.notes)
                for position, block in enumerate(timetable.blocks)
            ],
        )
