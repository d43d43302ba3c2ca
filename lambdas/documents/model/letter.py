"""What is written to a user. Nothing of the document is in it: mail is read by many on its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lambdas.documents.model.event import Event

_ABOUT: Mapping[object, tuple[str, str]] = MappingProxyType(
    {
        "completed": ("Your timetable is ready", "It was read and can be fetched."),
        "rejected": (
            "Your timetable could not be used",
            "The document says why, and another file can be sent.",
        ),
        "expired": (
            "Nobody looked at your timetable in time",
            "It was not sure enough to be taken as it was. It can be sent again.",
        ),
        "failed": (
            "Your timetable could not be read",
            "Something went wrong on our side. It can be sent again.",
        ),
    }
)


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str


def letter(event: Event) -> Letter | None:
    """About a document that got its answer, or will get none; None for what is not worth a mail."""
    about = _ABOUT.get(event.facts.get("status"))
    if about is None:
        return None
    subject, what = about
    return Letter(
        subject,
        f"{what}\n\nDocument: {event.document}\n\n"
        "You get this because you sent it. No more of these: "
        'PUT /api/v1/mail/wishes {"mail": false}\n',
    )
