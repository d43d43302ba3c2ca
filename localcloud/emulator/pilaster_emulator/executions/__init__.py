"""Executions of state machines that outlive the emulator's process.

ministack runs the states; what is here decides when, notes what came of it, and after a restart
hands ministack the notes in place of calling anybody twice (docs/adr/0014).
"""

from __future__ import annotations

from pilaster_emulator.executions import calls, ends, places, walking


def install() -> None:
    """Take over ministack's executions. After the permissions' checks (`machines`), not before."""
    calls.install()
    places.install()
    walking.install()
    ends.install()
