"""What ends a command with a sentence and a non-zero exit."""

from __future__ import annotations


class CommandError(Exception):
    """What happened, to what, why, and what to do: printed as it stands, without a traceback."""
