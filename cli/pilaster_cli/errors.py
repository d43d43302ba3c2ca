"""What ends a command with a sentence and a non-zero exit."""

from __future__ import annotations

from pilaster_local.engine.errors import EngineError
from pilaster_local.services.environment import EmulatorEnvironmentError
from pilaster_local.services.platform import PlatformError


class CommandError(Exception):
    """What happened, to what, why, and what to do: printed as it stands, without a traceback."""


KNOWN = (CommandError, EngineError, PlatformError, EmulatorEnvironmentError)
"""Errors made for the person at the keyboard. Any other is our mistake and keeps its trace."""
