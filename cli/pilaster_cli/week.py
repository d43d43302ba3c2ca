"""A timetable as a person reads one: the week as a table in the terminal."""

from __future__ import annotations

from typing import Any

from rich.markup import escape
from rich.table import Table

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def week(timetable: dict[str, Any]) -> Table:
    """A row for each time that some day prints, a column for each day that has blocks."""
    blocks = timetable["blocks"]
    days = [day for day in DAYS if any(block["day"] == day for block in blocks)]
    table = Table(title=escape(timetable["title"] or "Timetable"), show_lines=True)
    table.add_column("", no_wrap=True)
    for day in days:
        table.add_column(day.capitalize(), overflow="fold")
    for start, end in sorted({(block["start"], block["end"]) for block in blocks}):
        cells = [
            "\n".join(
                escape(block["title"])
                for block in blocks
                if (block["day"], block["start"], block["end"]) == (day, start, end)
            )
            for day in days
        ]
        table.add_row(f"{start}-{end}", *cells)
    return table
