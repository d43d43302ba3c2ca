"""Messages of a queue, as Lambda hands them over: a few at a time, each by itself.

The answer names the messages that failed, so that the others do not come again; what fails every
time ends in the dead-letter queue.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from lambdas.shared.logging import Context, Log

Message = Mapping[str, Any]
Batch = Callable[[Mapping[str, Any], Context], dict[str, Any]]


def each_message(call: Callable[[Message, Log], None]) -> Batch:
    """A handler: `call` is given each message's body, which is JSON, and raises what fails."""

    def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
        log = Log(context)
        failed: list[str] = []
        for message in event["Records"]:
            try:
                call(json.loads(message["body"]), log)
            except Exception as error:  # noqa: BLE001 - one message must not take the others along
                log.failure("message failed", error)
                failed.append(message["messageId"])
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}

    return handler
