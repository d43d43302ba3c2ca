"""Events of the bus as a queue hands them over: one by one, and the answer names those that failed.

What failed comes again; what fails every time ends in the dead-letter queue.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from lambdas.documents.aws.entries import event_of
from lambdas.documents.model.event import Event
from lambdas.shared.logging import Context, Log

Handler = Callable[[Mapping[str, Any], Context], dict[str, Any]]


def consumer(call: Callable[[Event, Log], None]) -> Handler:
    """A handler for a queue that a rule fills."""

    def handler(batch: Mapping[str, Any], context: Context) -> dict[str, Any]:
        log = Log(context)
        failed: list[str] = []
        for message in batch["Records"]:
            try:
                call(event_of(json.loads(message["body"])), log)
            except Exception as error:  # noqa: BLE001 - one message must not take the others along
                log.failure("event failed", error)
                failed.append(message["messageId"])
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}

    return handler
