"""The schema by way of the RDS Data API: for who is outside the network and owns the tables."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from lambdas.documents.model.errors import DatabaseUnavailableError
from lambdas.shared.aws.clients import client, code_of, passes

_RESUMING = frozenset({"DatabaseResumingException", "DatabaseUnavailableException"})
_PATIENCE_SECONDS = 120
"""A paused Aurora takes 15 seconds to wake, and over 30 after a day."""


class DataApiSchema:
    def __init__(
        self, cluster: str, secret: str, database: str, *, rds_data: Any = None, sleep: Any = None
    ) -> None:
        self._where = {"resourceArn": cluster, "secretArn": secret}
        self._database = database
        # A statement may wait for another deployment's migrations; the service ends it at 45 s.
        self._client = rds_data or client("rds-data", read_timeout=50)
        self._sleep = sleep or time.sleep

    @contextmanager
    def transaction(self) -> Iterator[DataApiTransaction]:
        where = {**self._where, "transactionId": self._begin()}
        try:
            transaction = DataApiTransaction(self._client, {**where, "database": self._database})
            # The server ends what functions would wait for; an index takes the time it takes.
            transaction.execute("SET LOCAL statement_timeout = 0")
            yield transaction
        except BaseException:
            self._client.rollback_transaction(**where)
            raise
        self._client.commit_transaction(**where)

    def _begin(self) -> str:
        waited = 0
        while True:
            try:
                answer = self._client.begin_transaction(**self._where, database=self._database)
            except ClientError as error:
                if not (code_of(error) in _RESUMING or passes(error)):
                    raise
                if waited >= _PATIENCE_SECONDS:
                    raise DatabaseUnavailableError(
                        f"the database did not wake within {waited} seconds"
                    ) from error
                self._sleep(2)
                waited += 2
            else:
                return str(answer["transactionId"])


class DataApiTransaction:
    def __init__(self, client: Any, where: dict[str, str]) -> None:
        self._client = client
        self._where = where

    def execute(self, statement: str, **values: str) -> list[tuple[str, ...]]:
        answer = self._client.execute_statement(
            **self._where,
            sql=statement,
            parameters=[
                {"name": name, "value": {"stringValue": value}} for name, value in values.items()
            ],
        )
        return [
            tuple(str(next(iter(column.values()))) for column in record)
            for record in answer.get("records", ())
        ]
