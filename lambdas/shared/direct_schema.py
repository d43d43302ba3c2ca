"""The schema of a PostgreSQL that can be connected to, by its owner."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg


class DirectSchema:
    def __init__(self, connect: Callable[[], psycopg.Connection]) -> None:
        """`connect` opens a connection in autocommit mode, as who owns the tables."""
        self._connect = connect

    @contextmanager
    def transaction(self) -> Iterator[DirectTransaction]:
        with self._connect() as connection, connection.transaction():
            yield DirectTransaction(connection)


class DirectTransaction:
    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, **values: str) -> list[tuple[str, ...]]:
        named = re.sub(r"(?<!:):(\w+)", r"%(\1)s", statement) if values else statement
        cursor = self._connection.execute(named.encode(), values or None)
        rows = cursor.fetchall() if cursor.description else []
        return [tuple(str(column) for column in row) for row in rows]
