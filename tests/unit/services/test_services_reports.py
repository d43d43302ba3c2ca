"""Kept queries: started in their workgroup, waited for, stopped, read page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pilaster_local.services import reports
from pilaster_local.services.errors import PlatformError

QUERY = {"Name": "per-day", "QueryString": "SELECT 1", "Database": "shop"}


class Library:
    """Athena, as far as a kept query goes: it answers these states, one each time it is asked."""

    def __init__(self, *states: dict[str, str], pages: tuple[list[list[str | None]], ...] = ()):
        self.states: Iterator[dict[str, str]] = iter(states)
        self.pages = pages
        self.started: dict[str, Any] = {}
        self.stopped: list[str] = []

    def get_named_query(self, *, NamedQueryId: str) -> Any:
        if NamedQueryId != "kept":
            error = {"Code": "InvalidRequestException", "Message": "Named query none not found"}
            raise ClientError({"Error": error}, "GetNamedQuery")
        return {"NamedQuery": QUERY}

    def start_query_execution(self, **given: Any) -> Any:
        self.started = given
        return {"QueryExecutionId": "run"}

    def get_query_execution(self, *, QueryExecutionId: str) -> Any:
        return {"QueryExecution": {"Status": next(self.states)}}

    def stop_query_execution(self, *, QueryExecutionId: str) -> None:
        self.stopped.append(QueryExecutionId)

    def get_paginator(self, operation: str) -> Library:
        assert operation == "get_query_results"
        return self

    def paginate(self, *, QueryExecutionId: str) -> Iterator[Any]:
        for page in self.pages:
            lines = [[{} if v is None else {"VarCharValue": v} for v in line] for line in page]
            yield {"ResultSet": {"Rows": [{"Data": line} for line in lines]}}


DONE = {"State": "SUCCEEDED"}


def asked(library: Library, query: str = "kept", **more: Any) -> list[reports.Row]:
    slept = more.pop("sleep", lambda _: None)
    return reports.ask(library, query, ["'2026-11-21'"], workgroup="us", sleep=slept, **more)


def test_all_pages_are_read_and_only_the_first_line_is_a_heading():
    library = Library(
        {"State": "QUEUED"},
        {"State": "RUNNING"},
        DONE,
        pages=([["day", "route"], ["day", "text"]], [["2026-11-21", None]]),
    )
    assert asked(library) == [
        {"day": "day", "route": "text"},
        {"day": "2026-11-21", "route": None},
    ]
    assert library.started == {
        "QueryString": "SELECT 1",
        "QueryExecutionContext": {"Database": "shop"},
        "WorkGroup": "us",
        "ExecutionParameters": ["'2026-11-21'"],
    }
    assert library.stopped == []


def test_a_query_that_is_not_there_says_how_it_comes():
    with pytest.raises(PlatformError, match=r"'none' is not there.*`pilaster up`"):
        asked(Library(), "none")


def test_a_query_that_fails_says_why():
    with pytest.raises(PlatformError, match="'per-day' was failed: COLUMN_NOT_FOUND: line 3"):
        asked(Library({"State": "FAILED", "StateChangeReason": "COLUMN_NOT_FOUND: line 3"}))


@pytest.mark.parametrize("state", ["CANCELLED", "FAILED"])
def test_a_query_at_its_limit_says_what_to_do(state: str):
    library = Library({"State": state, "StateChangeReason": "Bytes scanned limit was exceeded"})
    with pytest.raises(PlatformError, match=r"workgroup 'us' lets one query read.*fewer days"):
        asked(library)
    assert library.stopped == []


def test_a_query_that_does_not_end_is_stopped():
    library = Library(*({"State": "RUNNING"} for _ in range(99)))
    with pytest.raises(PlatformError, match="running after 5 s, and was stopped"):
        asked(library, patience_seconds=5)
    assert library.stopped == ["run"]


def test_a_query_nobody_waits_for_any_more_is_stopped():
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    library = Library({"State": "RUNNING"})
    with pytest.raises(KeyboardInterrupt):
        asked(library, sleep=interrupted)
    assert library.stopped == ["run"]


def test_what_athena_refuses_is_said_in_its_words():
    class Closed(Library):
        def start_query_execution(self, **given: Any) -> Any:
            error = {"Code": "InvalidRequestException", "Message": "WorkGroup us is disabled"}
            raise ClientError({"Error": error}, "StartQueryExecution")

    with pytest.raises(PlatformError, match="Athena refused the query: WorkGroup us is disabled"):
        asked(Closed())
