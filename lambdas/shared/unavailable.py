"""What passes by itself: an edge answers 503 with Retry-After, a workflow tries again."""

from __future__ import annotations


class DatabaseUnavailableError(Exception):
    """The database does not answer: paused, resuming, full or busy. It passes."""
