"""The bus, in EventBridge."""

from __future__ import annotations

import json
from typing import Any

from lambdas.documents.aws.entries import entry
from lambdas.documents.model.errors import BusUnavailableError
from lambdas.documents.model.event import Event
from lambdas.shared.aws.clients import AWS_ERRORS, client, passes

_PASSING = frozenset({"InternalException", "InternalFailure", "ThrottlingException"})


class EntryRefusedError(Exception):
    """EventBridge does not take what was said, and will not take it later."""


class EventBridgeBus:
    def __init__(self, name: str, events: Any = None) -> None:
        self._name = name
        self._events = events or client("events")

    def say(self, event: Event) -> None:
        put = entry(event, self._name)
        try:
            answer = self._events.put_events(
                Entries=[{**put, "Detail": json.dumps(put["Detail"], separators=(",", ":"))}]
            )
        except AWS_ERRORS as error:
            if passes(error):
                raise BusUnavailableError(f"could not say {event.type.value}") from error
            raise
        # A refusal comes with status 200.
        if answer.get("FailedEntryCount"):
            code = answer["Entries"][0].get("ErrorCode", "")
            if code in _PASSING:
                raise BusUnavailableError(f"could not say {event.type.value}: {code}")
            raise EntryRefusedError(f"{event.type.value} was refused: {code}")
