"""Asking the emulator whether it is up, and talking to the part of it that is ours."""

from __future__ import annotations

import http.client
import json
from typing import Any

from pilaster_local.services.ports import LOOPBACK


def ask(
    port: int, path: str, *, method: str = "GET", timeout: float = 5.0
) -> dict[str, Any] | None:
    """The emulator's answer, or None when nobody (or nobody we know) answers there."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=timeout)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read()
        return json.loads(body) if answer.status == 200 else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
