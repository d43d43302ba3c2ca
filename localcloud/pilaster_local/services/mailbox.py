"""The mail this cloud sent: confirmation codes of new users, and whatever was sent with SES."""

from __future__ import annotations

from dataclasses import dataclass

from pilaster_local.services import health
from pilaster_local.services.platform import Platform


@dataclass(frozen=True, kw_only=True)
class Message:
    """One mail as it was sent."""

    to: str
    subject: str
    body: str
    code: str | None = None
    """The code in it, if it is a confirmation."""


def messages(platform: Platform) -> list[Message]:
    """Every mail, the newest first."""
    port = int(platform.endpoint.rpartition(":")[2])
    answer = health.ask(port, "/_pilaster/mailbox") or {}
    return [Message(**message) for message in answer.get("messages", [])]


def confirmation_code(platform: Platform, email: str) -> str | None:
    """The newest code sent to this address."""
    found = (one.code for one in messages(platform) if one.to == email and one.code)
    return next(found, None)
