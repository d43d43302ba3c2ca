"""The layout families. A family is a way to lay a week out on paper; its `draw` picks everything else by chance.

Families marked held out are drawn for the held-out set only: a reader tuned on the development set has never met them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from samples.generator.families import (
    class_grid,
    flat_list,
    period_columns,
    start_end_columns,
    time_in_cell,
)
from samples.generator.page import Drawing
from samples.generator.stock import Stock


@dataclass(frozen=True)
class Family:
    """A layout and who may see it."""

    draw: Callable[[Stock], Drawing]
    held_out: bool = False
    pages: int = 1


FAMILIES: dict[str, Family] = {
    "class-grid": Family(class_grid.draw),
    "period-columns": Family(period_columns.draw),
    "start-end-columns": Family(start_end_columns.draw),
    "flat-list": Family(flat_list.draw),
    "time-in-cell": Family(time_in_cell.draw),
}


def of_set(set_name: str) -> tuple[str, ...]:
    """The families a set may draw: the development set never sees the reserved ones."""
    return tuple(
        name for name, family in FAMILIES.items() if set_name == "held-out" or not family.held_out
    )
