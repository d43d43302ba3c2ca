"""Which of a table's files Athena reads: those of its partitions.

A partition is one that the catalog was told of, or one that the table's projection comes to. A
folder that is neither is not read, on AWS without a word: a table whose projection was forgotten is
empty there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

_MOMENT = re.compile(r"NOW(?:\s*([+-])\s*(\d+)\s*([A-Z]+))?")
_UNITS = {"DAY": "days", "HOUR": "hours", "MINUTE": "minutes", "SECOND": "seconds", "WEEK": "weeks"}
_SPELLED = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
_FREE = ("enum", "integer", "injected")


class ProjectionError(Exception):
    """A table's projection says nothing that can be followed."""


def read(table: dict[str, Any], files: list[str]) -> list[str]:
    """Those of the files that lie in a partition. Raises ProjectionError."""
    keys = [str(each["Name"]) for each in table.get("PartitionKeys") or []]
    if not keys:
        return files
    said = {str(k): str(v) for k, v in (table.get("Parameters") or {}).items()}
    if said.get("projection.enabled", "").lower() == "true":
        tests = {key: _projected(key, said) for key in keys}
        return [file for file in files if _holds(_values(file), tests)]
    known = _told(table, keys)
    return [file for file in files if tuple(map(_values(file).get, keys)) in known]


def _holds(values: dict[str, str], tests: dict[str, Callable[[str], bool]]) -> bool:
    return all(key in values and test(values[key]) for key, test in tests.items())


def _values(file: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in file.split("/")[:-1] if "=" in part)


def _told(table: dict[str, Any], keys: list[str]) -> set[tuple[str, ...]]:
    from ministack.services import glue

    there = glue._partitions.get(f"{table['DatabaseName']}/{table['Name']}") or []
    return {tuple(map(str, each.get("Values", [])))[: len(keys)] for each in there}


def _projected(key: str, said: dict[str, str]) -> Callable[[str], bool]:
    kind = said.get(f"projection.{key}.type")
    if kind in _FREE:  # their ranges are not held here: what lies there is read
        return lambda _: True
    if kind != "date":
        raise ProjectionError(f"projection.{key}.type is {kind!r}: INVALID_TABLE_PROPERTY")
    spelled = _format(said.get(f"projection.{key}.format", ""))
    bounds = said.get(f"projection.{key}.range", "").split(",")
    if len(bounds) != 2:
        raise ProjectionError(f"projection.{key}.range has no two ends: INVALID_TABLE_PROPERTY")
    first, last = (_moment(each.strip(), spelled) for each in bounds)

    def between(value: str) -> bool:
        try:
            there = datetime.strptime(value, spelled)
        except ValueError:
            return False
        return first <= there.strftime(spelled) <= last

    return between


def _moment(text: str, spelled: str) -> str:
    """An end of a range, in the partition's own words; they are compared as such."""
    if (found := _MOMENT.fullmatch(text)) is None:
        try:
            return datetime.strptime(text, spelled).strftime(spelled)
        except ValueError as error:
            raise ProjectionError(f"a range ends at {text!r}: INVALID_TABLE_PROPERTY") from error
    now = datetime.now(UTC)
    sign, number, unit = found.groups()
    if number is None:
        return now.strftime(spelled)
    if unit.removesuffix("S") in ("MONTH", "YEAR"):
        days = int(number) * (31 if unit.startswith("MONTH") else 366)
    else:
        days = 0
    try:
        away = (
            timedelta(days=days)
            if days
            else timedelta(**{_UNITS[unit.removesuffix("S")]: int(number)})
        )
    except KeyError as error:
        raise ProjectionError(f"{unit!r} is no unit of a range: INVALID_TABLE_PROPERTY") from error
    return (now + away if sign == "+" else now - away).strftime(spelled)


def _format(java: str) -> str:
    """Java's date format as Python's; only such as are in order when read as text."""
    spelled = re.sub("yyyy|MM|dd|HH|mm|ss", lambda word: _SPELLED[word[0]], java)
    if not java or re.search(r"(?<!%)[A-Za-z]", spelled) or not java.startswith("yyyy"):
        raise ProjectionError(f"the date format {java!r} is not one that is known here")
    return spelled
