"""Words that head the columns of lists."""

from __future__ import annotations

import re

ROLES = {
    "day": {"day", "days", "weekday"},
    "time": {"time", "times", "when"},
    "start": {"start", "starts", "from", "begins", "begin", "start time"},
    "end": {"finish", "finishes", "end", "ends", "to", "until", "end time", "finish time"},
    "title": {
        "lesson", "subject", "activity", "session", "event", "what", "course", "module", "title",
        "lessons", "subjects", "activities", "class / subject", "lesson / activity",
    },
    "notes": {
        "staff", "teacher", "room", "where", "notes", "note", "location", "place", "set", "group",
        "where / notes", "where/notes", "details", "remarks", "tutor", "code", "with", "rm",
        "teacher / room", "room / teacher", "comments", "equipment", "bring",
    },
    "period": {"period", "no", "no.", "pd", "lesson no", "slot", "#", "p"},
    "class": {"class", "name", "form"},
}  # fmt: skip


def role_of(text: str) -> str | None:
    text = re.sub(r"\s+", " ", text.casefold()).strip(" :.")
    for role, words in ROLES.items():
        if text in words:
            return role
    return None
