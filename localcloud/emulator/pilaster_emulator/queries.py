"""Queries over JSON files as Athena answers them.

ministack runs a query for real, in DuckDB, but takes a JSON table's columns from what its files
happen to hold (one that no row has yet is an error there, and a null on AWS), reads every folder
below a table whatever its partitions are, knows no parameters, and no limit of what may be read.
Where DuckDB calls a function of Athena's by another name, the name is made known.
"""

from __future__ import annotations

import os
import re
from contextvars import ContextVar
from typing import Any

from pilaster_emulator import partitions

_LIST = re.compile(r"array<(.+)>")
_OTHER_NAMES = """
CREATE TEMP MACRO array_join(list, separator) AS array_to_string(list, separator);
CREATE TEMP MACRO approx_percentile(x, share) AS approx_quantile(x, share);
"""
_TOO_MUCH = "Bytes scanned limit was exceeded"
_asked: ContextVar[dict[str, Any]] = ContextVar("asked")
"""The execution that the running task belongs to."""


class _TooMuchError(Exception):
    """A query would read more than its workgroup lets it."""


def install() -> None:
    """Put these in the place of ministack's own functions."""
    from ministack.services import athena

    stock, empty, rewrite, execute, start = (
        athena._table_relation,
        athena._empty_relation,
        athena._rewrite_data_paths,
        athena._execute_query,
        athena._start_query_execution,
    )

    def relation(table: dict[str, Any], files: list[str]) -> str:
        columns = (table.get("StorageDescriptor") or {}).get("Columns") or []
        if athena._data_format(table) != "json" or not columns:
            _count(athena, files)
            return stock(table, files) if files else empty(table)
        there = partitions.read(table, files)
        _count(athena, there)
        if not there:
            return _nothing(athena, table, columns)
        types = {str(each["Name"]): _type(athena, str(each.get("Type", ""))) for each in columns}
        keys = athena._path_partition_keys(table, there)
        declared = ", ".join(f"{_text(name)}: {_text(kind)}" for name, kind in types.items())
        names = [*types, *(str(key["Name"]) for key in keys)]
        chosen = ", ".join(map(_name, names))
        return (
            f"(SELECT {chosen} FROM read_json({athena._sql_list(there)}, "
            f"format = 'newline_delimited', columns = {{{declared}}}, "
            f"{athena._hive_options(keys)}))"
        )

    async def rewritten(query: str, *more: Any) -> tuple[Any, ...]:
        ready, *rest = await rewrite(query, *more)
        return f"{_OTHER_NAMES}{ready}", *rest

    async def executed(query_id: str, *more: Any) -> None:
        execution = athena._executions.get(query_id)
        if not execution:
            return
        _asked.set(execution)
        await execute(query_id, *more)
        if _TOO_MUCH in (execution.get("_error") or ""):
            execution["Status"]["State"] = "CANCELLED"
        elif "_read" in execution:
            execution["Statistics"]["DataScannedInBytes"] = execution["_read"]

    def started(data: dict[str, Any]) -> Any:
        values = data.get("ExecutionParameters") or []
        query = str(data.get("QueryString", ""))
        asked = [t for t in athena._sql_tokens(query) if t[:2] == ("punct", "?")]
        if len(asked) != len(values):
            return athena.error_response_json(
                "InvalidRequestException",
                f"Incorrect number of parameters: expected {len(asked)} but found {len(values)}",
                400,
            )
        for (_, _, begin, end), value in reversed(list(zip(asked, values, strict=True))):
            query = f"{query[:begin]}{value}{query[end:]}"
        return start({**data, "QueryString": query})

    athena._table_relation = relation
    athena._empty_relation = lambda table: relation(table, [])
    athena._rewrite_data_paths = rewritten
    athena._execute_query = executed
    athena._start_query_execution = started


def _count(athena: Any, files: list[str]) -> None:
    """Count what is read, and stop at the workgroup's limit."""
    execution = _asked.get(None)
    if execution is None:
        return
    execution["_read"] = execution.get("_read", 0) + sum(map(os.path.getsize, files))
    group = athena._workgroups.get(execution["WorkGroup"]) or {}
    limit = (group.get("Configuration") or {}).get("BytesScannedCutoffPerQuery")
    if limit and execution["_read"] > int(limit):
        raise _TooMuchError(_TOO_MUCH)


def _nothing(athena: Any, table: dict[str, Any], columns: list[dict[str, Any]]) -> str:
    """No rows, of the columns' own types: a list of none is not a text of none."""
    chosen = ", ".join(
        f"CAST(NULL AS {_type(athena, str(each.get('Type', '')))}) AS {_name(str(each['Name']))}"
        for each in [*columns, *(table.get("PartitionKeys") or [])]
    )
    return f"(SELECT {chosen} WHERE FALSE)"


def _type(athena: Any, declared: str) -> str:
    """DuckDB's word for a type of a Glue table."""
    wanted = declared.strip().lower()
    if listed := _LIST.fullmatch(wanted):
        return f"{_type(athena, listed[1])}[]"
    return athena._duckdb_type({"Type": wanted})


def _name(value: str) -> str:
    return '"{}"'.format(value.replace('"', '""'))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
