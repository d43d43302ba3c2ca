"""Kept queries, run by Athena: started, waited for, and their answers read to the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from pilaster_local.services.clients import client
from pilaster_local.services.errors import PlatformError
from pilaster_local.services.platform import Platform

PATIENCE_SECONDS = 300.0
_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 2.0
_TOO_MUCH = "bytes scanned limit"
_GONE = ("not found", "does not exist")

Row = Mapping[str, str | None]
"""A line of the answer, by column; None where there is no value."""


def answers(
    platform: Platform,
    query_id: str,
    parameters: list[str],
    *,
    workgroup: str,
    region: str,
    patience_seconds: float = PATIENCE_SECONDS,
) -> list[Row]:
    """Runs a kept query of a workgroup with literals for its parameters (texts in quotes).

    Raises PlatformError where it is not there, fails, reads more than the workgroup lets it, or
    does not end in time; it is stopped then."""
    return ask(
        client(platform, "athena", region=region),
        query_id,
        parameters,
        workgroup=workgroup,
        patience_seconds=patience_seconds,
    )


def ask(
    athena: Any,
    query_id: str,
    parameters: list[str],
    *,
    workgroup: str,
    patience_seconds: float = PATIENCE_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Row]:
    """As `answers`, of a client of Athena's."""
    with _named(query_id):
        query = athena.get_named_query(NamedQueryId=query_id)["NamedQuery"]
        started = athena.start_query_execution(
            QueryString=query["QueryString"],
            QueryExecutionContext={"Database": query["Database"]},
            WorkGroup=workgroup,
            **({"ExecutionParameters": parameters} if parameters else {}),
        )["QueryExecutionId"]
        told = _ended(athena, started, query["Name"], patience_seconds, sleep)
        if told["State"] == "SUCCEEDED":
            return list(_rows(athena, started))
    why = told.get("StateChangeReason") or "no reason given"
    if _TOO_MUCH in why.lower():
        raise PlatformError(
            f"the query {query['Name']!r} would have read more than the workgroup {workgroup!r} "
            "lets one query read, and was cancelled: ask for fewer days"
        )
    raise PlatformError(f"the query {query['Name']!r} was {told['State'].lower()}: {why}")


def _ended(
    athena: Any,
    execution: str,
    name: str,
    patience_seconds: float,
    sleep: Callable[[float], None],
) -> Mapping[str, Any]:
    """The execution's status once it is over. One that nobody waits for any more is stopped, since
    it would go on and cost."""
    pause, waited = _PAUSE_SECONDS, 0.0
    try:
        while True:
            told = athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]
            if told["Status"]["State"] not in ("QUEUED", "RUNNING"):
                return told["Status"]
            if waited >= patience_seconds:
                raise PlatformError(
                    f"the query {name!r} is {told['Status']['State'].lower()} after "
                    f"{patience_seconds:.0f} s, and was stopped: ask for fewer days, or again"
                )
            sleep(pause)
            waited += pause
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
    except BaseException:  # Ctrl-C too
        athena.stop_query_execution(QueryExecutionId=execution)
        raise


def _rows(athena: Any, execution: str) -> Iterator[Row]:
    """The answer, page by page. The first line of the first page is the columns' names."""
    names: list[str] = []
    for page in athena.get_paginator("get_query_results").paginate(QueryExecutionId=execution):
        for line in page["ResultSet"]["Rows"]:
            values = [cell.get("VarCharValue") for cell in line["Data"]]
            if names:
                yield dict(zip(names, values, strict=True))
            else:
                names = [str(each) for each in values]


@contextmanager
def _named(query_id: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        said = error.response["Error"].get("Message", str(error))
        if any(each in said.lower() for each in _GONE):
            raise PlatformError(
                f"the kept query {query_id!r} is not there ({said}): `pilaster up` makes it"
            ) from error
        raise PlatformError(f"Athena refused the query: {said}") from error
    except BotoCoreError as error:
        raise PlatformError(f"Athena does not answer: {error}") from error
