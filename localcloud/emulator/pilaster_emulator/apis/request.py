"""One request to an HTTP API, as its parts learn of it."""

from __future__ import annotations

import base64
import os
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

Answer = tuple[int, dict[str, Any], bytes]


def new_id() -> str:
    """As API Gateway draws them: 16 characters, the last of which is `=`."""
    return base64.urlsafe_b64encode(os.urandom(11)).decode()


@dataclass
class Request:
    api: str
    stage: str
    method: str
    path: str
    account: str
    region: str
    protocol: str = "HTTP/1.1"
    user_agent: str = ""
    id: str = field(default_factory=new_id)
    epoch: float = field(default_factory=time.time)
    started: float = field(default_factory=time.perf_counter)
    route: str = ""
    """The key of the route it fits; empty if there is none."""
    authorizer_error: str = ""
    """Why its token was not taken."""
    integration_error: str = ""
    """Why its function gave no answer."""
    integration_status: int | None = None
    """What its function answered; None if it was not called or did not answer."""
    integration_seconds: float | None = None
    """How long its function took, the start of a process included; None if it was not called."""


current: ContextVar[Request | None] = ContextVar("request to an HTTP API", default=None)


def said(status: int, message: str) -> Answer:
    """What the gateway says by itself: fixed, and no problem document."""
    content = f'{{"message":"{message}"}}'.encode()
    return status, {"Content-Type": "application/json"}, content
