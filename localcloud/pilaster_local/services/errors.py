"""What goes wrong with the local cloud itself."""

from __future__ import annotations


class PlatformError(RuntimeError):
    """The local cloud could not be started or stopped."""
