"""A connection that answers at once, and remembers how long it was given for what was sent."""

from __future__ import annotations

import io
import os
from typing import Any

import pytest


class Line:
    """A socket of no network, for urllib3's connections."""

    def __init__(self, answer: bytes) -> None:
        self._answer = _Left(answer)
        self._readable = open(os.devnull, "rb")  # noqa: SIM115 (as long as the line)
        self.sending_seconds: list[float | None] = []
        """The timeout each piece was sent under."""
        self._timeout: float | None = None

    def connect(self, address: Any, timeout: Any, *_: Any, **__: Any) -> Line:
        self.settimeout(timeout)
        return self

    def install(self, patch: pytest.MonkeyPatch) -> Line:
        patch.setattr("urllib3.util.connection.create_connection", self.connect)
        return self

    def settimeout(self, seconds: float | None) -> None:
        self._timeout = seconds

    def fileno(self) -> int:
        """For who looks whether there is something to read: there always is."""
        return self._readable.fileno()

    def sendall(self, _data: bytes) -> None:
        self.sending_seconds.append(self._timeout)

    def makefile(self, *_: Any, **__: Any) -> io.BytesIO:
        return self._answer

    def close(self) -> None:
        self._readable.close()


class _Left(io.BytesIO):
    """What one reader of the answer leaves is there for the next."""

    def close(self) -> None: ...
