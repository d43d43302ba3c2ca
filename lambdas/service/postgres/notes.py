"""The notes of all users, each seen by its owner alone. Role `service_api`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from lambdas.service.model.note import Draft, Note, NoteId, Page, Position, Summary, UserId
from lambdas.shared.postgres import Database

_SUMMARY = "id::text, title, tags, created_at, updated_at, version"
_WORDS = """to_tsvector(
    'simple', %(title)s::text || ' ' || %(body)s::text || ' ' || %(tag_words)s::text)"""

_ADD = f"""
    insert into notes (id, owner, title, body, tags, created_at, updated_at, version, words)
    values (%(id)s, %(owner)s, %(title)s, %(body)s, %(tags)s, %(created_at)s, %(updated_at)s,
            %(version)s, {_WORDS})
    on conflict (id) do nothing
"""

_GET = f"select {_SUMMARY}, body from notes where id = %(id)s and owner = %(owner)s"

_PAGE = f"""
    select {_SUMMARY}
      from notes
     where owner = %(owner)s
       and (%(words)s::text is null or words @@ websearch_to_tsquery('simple', %(words)s))
       and (%(tag)s::text is null or tags @> array[%(tag)s]::text[])
       and (%(created_at)s::timestamptz is null
            or (created_at, id) < (%(created_at)s, %(after)s::uuid))
     order by created_at desc, id desc
     limit %(rows)s
"""

_REPLACE = f"""
    update notes
       set title = %(title)s, body = %(body)s, tags = %(tags)s, updated_at = %(at)s,
           version = version + 1, words = {_WORDS}
     where id = %(id)s and owner = %(owner)s
       and (%(version)s::integer is null or version = %(version)s)
    returning {_SUMMARY}, body
"""

_REMOVE = """
    delete from notes
     where id = %(id)s and owner = %(owner)s
       and (%(version)s::integer is null or version = %(version)s)
"""


class PostgresNotes:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, note: Note, *, owner: UserId) -> None:
        values = {**asdict(note), "owner": owner, **_tags(note.tags)}
        self._database.run(lambda connection: connection.execute(_ADD, values))

    def get(self, id: NoteId, *, owner: UserId) -> Note | None:
        return self._one(_GET, {"id": id, "owner": owner})

    def page(
        self,
        owner: UserId,
        *,
        words: str | None,
        tag: str | None,
        after: Position | None,
        limit: int,
    ) -> Page:
        values = {
            "owner": owner,
            "words": words,
            "tag": tag,
            "created_at": after.created_at if after else None,
            "after": after.id if after else None,
            "rows": limit + 1,
        }
        rows = self._database.run(lambda connection: _rows(connection, _PAGE, values))
        found = [_summary(row) for row in rows]
        more = len(found) > limit
        return Page(found[:limit], found[limit - 1].position if more else None)

    def replace(
        self, id: NoteId, draft: Draft, *, owner: UserId, version: int | None, at: datetime
    ) -> Note | None:
        values = {**asdict(draft), **_tags(draft.tags), "id": id, "owner": owner, "at": at}
        return self._one(_REPLACE, {**values, "version": version})

    def remove(self, id: NoteId, *, owner: UserId, version: int | None) -> bool:
        values = {"id": id, "owner": owner, "version": version}
        gone = self._database.run(lambda connection: connection.execute(_REMOVE, values).rowcount)
        return gone == 1

    def _one(self, statement: str, values: dict[str, Any]) -> Note | None:
        rows = self._database.run(lambda connection: _rows(connection, statement, values))
        return _note(rows[0]) if rows else None


def _tags(tags: tuple[str, ...]) -> dict[str, Any]:
    return {"tags": list(tags), "tag_words": " ".join(tags)}


def _rows(connection: Connection, statement: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    return connection.cursor(row_factory=dict_row).execute(statement.encode(), values).fetchall()


def _summary(row: dict[str, Any]) -> Summary:
    return Summary(**{**row, "tags": tuple(row["tags"])})


def _note(row: dict[str, Any]) -> Note:
    return Note(**{**row, "tags": tuple(row["tags"])})
