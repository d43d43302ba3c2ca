"""Queries over JSON files as Athena answers them: a table's columns are those it declares.

ministack runs a query for real, in DuckDB, but takes a JSON table's columns from what its files
happen to hold: one that no row has yet is an error there, and a null on AWS. Where DuckDB calls a
function of Athena's by another name, the name is made known.
"""

from __future__ import annotations

import re
from typing import Any

_LIST = re.compile(r"array<(.+)>")
_OTHER_NAMES = """
CREATE TEMP MACRO array_join(list, separator) AS array_to_string(list, separator);
CREATE TEMP MACRO approx_percentile(x, share) AS approx_quantile(x, share);
"""


def install() -> None:
    """Put these in the place of ministack's own functions."""
    from ministack.services import athena

    stock, rewrite = athena._table_relation, athena._rewrite_data_paths

    def relation(table: dict[str, Any], files: list[str]) -> str:
        columns = (table.get("StorageDescriptor") or {}).get("Columns") or []
        if athena._data_format(table) != "json" or not columns:
            return stock(table, files)
        types = {str(each["Name"]): _type(athena, str(each.get("Type", ""))) for each in columns}
        keys = athena._path_partition_keys(table, files)
        declared = ", ".join(f"{_text(name)}: {_text(kind)}" for name, kind in types.items())
        names = [*types, *(str(key["Name"]) for key in keys)]
        chosen = ", ".join('"{}"'.format(name.replace('"', '""')) for name in names)
        return (
            f"(SELECT {chosen} FROM read_json({athena._sql_list(files)}, "
            f"format = 'newline_delimited', columns = {{{declared}}}, "
            f"{athena._hive_options(keys)}))"
        )

    async def rewritten(query: str, *more: Any) -> tuple[Any, ...]:
        ready, *rest = await rewrite(query, *more)
        return f"{_OTHER_NAMES}{ready}", *rest

    athena._table_relation = relation
    athena._rewrite_data_paths = rewritten


def _type(athena: Any, declared: str) -> str:
    """DuckDB's word for a type of a Glue table."""
    wanted = declared.strip().lower()
    if listed := _LIST.fullmatch(wanted):
        return f"{_type(athena, listed[1])}[]"
    return athena._duckdb_type({"Type": wanted})


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
