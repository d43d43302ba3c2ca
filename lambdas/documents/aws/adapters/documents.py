"""The books as owners see them, in PostgreSQL. Role `documents_api`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, LiteralString

from psycopg import Connection
from psycopg.rows import dict_row

from lambdas.documents.model.document import Document, Page, Position, Status, StepDone
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.timetable import Block, Timetable
from lambdas.shared.postgres import Database

_COLUMNS = """
    d.id::text, d.owner_id::text, d.name, d.content_type, d.size, d.created_at, d.upload_until,
    d.status, d.reason, d.route, d.confidence, d.finished_at, d.steps
"""

_WELCOME = "insert into users (id) values (%(user)s) on conflict do nothing"

_ADD = """
    insert into documents (id, owner_id, name, content_type, size, created_at, upload_until)
    values (%(id)s, %(owner)s, %(name)s, %(content_type)s, %(size)s, %(created_at)s,
            %(upload_until)s)
    on conflict (id) do nothing
"""

_GET = f"""
    select {_COLUMNS}, t.title as table_title,
        (select json_agg(json_build_array(
                    b.day, to_char(b.starts, 'HH24:MI'), to_char(b.ends, 'HH24:MI'),
                    b.title, b.notes) order by b.position)
           from timeblocks b where b.timetable_id = t.id) as blocks
      from documents d left join timetables t on t.document_id = d.id
     where d.id = %(id)s and d.owner_id = %(owner)s and d.deleted_at is null
"""

_PAGE = f"""
    select {_COLUMNS}
      from documents d
     where d.owner_id = %(owner)s and d.deleted_at is null
       and (%(created_at)s::timestamptz is null
            or (d.created_at, d.id) < (%(created_at)s, %(id)s::uuid))
     order by d.created_at desc, d.id desc
     limit %(rows)s
"""

_HIDE = """
    update documents set deleted_at = %(at)s
     where id = %(id)s and owner_id = %(owner)s and deleted_at is null
"""


class PostgresDocuments:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._welcomed: UserId | None = None

    def welcome(self, user: UserId) -> None:
        if user == self._welcomed:
            return
        self._database.run(lambda connection: connection.execute(_WELCOME, {"user": user}))
        self._welcomed = user

    def add(self, document: Document) -> None:
        row = {
            "id": document.id,
            "owner": document.owner,
            "name": document.name,
            "content_type": document.content_type,
            "size": document.size,
            "created_at": document.created_at,
            "upload_until": document.upload_until,
        }
        self._database.run(lambda connection: connection.execute(_ADD, row))

    def get(self, document: DocumentId, owner: UserId) -> Document | None:
        rows = self._rows(_GET, {"id": document, "owner": owner})
        return _document(rows[0]) if rows else None

    def page(self, owner: UserId, after: Position | None, limit: int) -> Page:
        rows = self._rows(
            _PAGE,
            {
                "owner": owner,
                "created_at": after.created_at if after else None,
                "id": after.id if after else None,
                "rows": limit + 1,  # one more than asked tells whether there is a next page
            },
        )
        documents = tuple(_document(row) for row in rows[:limit])
        last = documents[-1] if len(rows) > limit else None
        return Page(documents, Position(last.created_at, last.id) if last else None)

    def hide(self, document: DocumentId, owner: UserId, *, at: datetime) -> None:
        row = {"id": document, "owner": owner, "at": at}
        self._database.run(lambda connection: connection.execute(_HIDE, row))

    def _rows(self, query: LiteralString, values: dict[str, object]) -> list[dict[str, Any]]:
        def work(connection: Connection) -> list[dict[str, Any]]:
            return connection.cursor(row_factory=dict_row).execute(query, values).fetchall()

        return self._database.run(work)


def _document(row: dict[str, Any]) -> Document:
    return Document(
        id=DocumentId(row["id"]),
        owner=UserId(row["owner_id"]),
        name=row["name"],
        content_type=row["content_type"],
        size=row["size"],
        created_at=row["created_at"],
        upload_until=row["upload_until"],
        status=Status(row["status"]),
        reason=row["reason"],
        route=tuple(row["route"]),
        confidence=row["confidence"],
        finished_at=row["finished_at"],
        steps=tuple(StepDone(**each) for each in row["steps"]),
        timetable=_timetable(row) if row.get("table_title") is not None else None,
    )


def _timetable(row: dict[str, Any]) -> Timetable:
    return Timetable(
        title=row["table_title"],
        blocks=tuple(
            Block(day=day, start=start, end=end, title=title, notes=notes)
            for day, start, end, title, notes in row["blocks"] or ()
        ),
    )
