"""The layout families. A family is a way to lay a week out on paper; its `draw` picks everything
else by chance.

Families marked held out are drawn for the held-out set only: a reader tuned on the development set
has never met them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from samples.generator.families import (
    bell_key,
    bell_table,
    class_grid,
    day_cards,
    day_strips,
    day_tables,
    flat_list,
    friday_times,
    half_days,
    open_rows,
    period_columns,
    poster,
    proportional,
    soft_tiles,
    stacked_times,
    start_end_columns,
    start_only,
    time_in_cell,
    typed_list,
)
from samples.generator.page import Drawing
from samples.generator.stock import Stock


@dataclass(frozen=True)
class Family:
    """A layout and who may see it."""

    draw: Callable[[Stock], Drawing]
    held_out: bool = False


FAMILIES: dict[str, Family] = {
    "class-grid": Family(class_grid.draw),
    "period-columns": Family(period_columns.draw),
    "start-end-columns": Family(start_end_columns.draw),
    "flat-list": Family(flat_list.draw),
    "time-in-cell": Family(time_in_cell.draw),
    "day-tables": Family(day_tables.draw),
    "proportional": Family(proportional.draw),
    "soft-tiles": Family(soft_tiles.draw),
    "start-only": Family(start_only.draw),
    "bell-key": Family(bell_key.draw),
    "friday-times": Family(friday_times.draw),
    "poster": Family(poster.draw),
    "open-rows": Family(open_rows.draw),
    "bell-table": Family(bell_table.draw, held_out=True),
    "day-cards": Family(day_cards.draw, held_out=True),
    "day-strips": Family(day_strips.draw, held_out=True),
    "typed-list": Family(typed_list.draw, held_out=True),
    "stacked-times": Family(stacked_times.draw, held_out=True),
    "half-days": Family(half_days.draw, held_out=True),
}


def of_set(set_name: str) -> tuple[str, ...]:
    """The families a set may draw: the development set never sees the reserved ones."""
    return tuple(
        name for name, family in FAMILIES.items() if set_name == "held-out" or not family.held_out
    )
