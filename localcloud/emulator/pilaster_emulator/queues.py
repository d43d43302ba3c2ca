"""Messages that were put aside and go back: StartMessageMoveTask and ListMessageMoveTasks of SQS.

ministack does not know them. Here a move is done when the call answers.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

KEPT = 10
"""Moves that are listed of a queue, at most; as SQS does."""


def install() -> None:
    """Add these to what ministack's queues do."""
    from ministack.services import sqs

    moves: dict[str, list[dict[str, Any]]] = {}

    def start(data: dict[str, Any], _url: str) -> dict[str, Any]:
        source = str(data.get("SourceArn", ""))
        queue = sqs._queue_by_arn(source)
        if queue is None:
            raise sqs._Err("ResourceNotFoundException", "The resource that you specified for the "
                           "SourceArn parameter doesn't exist.", 404)  # fmt: skip
        if source not in _dead_letter_arns(sqs):
            raise sqs._Err(
                "InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue."
            )
        wanted = data.get("DestinationArn")
        if wanted and sqs._queue_by_arn(wanted) is None:
            raise sqs._Err("ResourceNotFoundException", "The resource that you specified for the "
                           "DestinationArn parameter doesn't exist.", 404)  # fmt: skip
        now = time.time()
        # What somebody looks at now is hidden, and stays.
        found = [each for each in queue["messages"] if each["visible_at"] <= now]
        moved = [each for each in found if _moved(sqs, each, wanted, now)]
        gone = {id(each) for each in moved}
        queue["messages"] = [each for each in queue["messages"] if id(each) not in gone]
        task = {
            "TaskHandle": uuid.uuid4().hex,
            "Status": "COMPLETED" if len(moved) == len(found) else "FAILED",
            "SourceArn": source,
            "ApproximateNumberOfMessagesMoved": len(moved),
            "ApproximateNumberOfMessagesToMove": len(found),
            "StartedTimestamp": int(now * 1000),
            **({"DestinationArn": wanted} if wanted else {}),
        }
        if len(moved) != len(found):
            task["FailureReason"] = "CouldNotDetermineMessageSource"
        moves[source] = [task, *moves.get(source, [])][:KEPT]
        sqs.esm_wake.set()
        return {"TaskHandle": task["TaskHandle"]}

    def listed(data: dict[str, Any], _url: str) -> dict[str, Any]:
        most = int(data.get("MaxResults") or 1)
        return {"Results": moves.get(str(data.get("SourceArn", "")), [])[:most]}

    sqs._HANDLERS |= {"StartMessageMoveTask": start, "ListMessageMoveTasks": listed}


def _moved(sqs: Any, message: dict[str, Any], wanted: str | None, now: float) -> bool:
    """Whether it went to its destination, where it is a new message; without one it stays."""
    into = sqs._queue_by_arn(wanted or message.get("sys", {}).get("DeadLetterQueueSourceArn", ""))
    if into is None:
        return False
    known = {k: v for k, v in message.get("sys", {}).items() if k != "DeadLetterQueueSourceArn"}
    into["messages"].append(
        {
            **message,
            "id": str(uuid.uuid4()),
            "receipt_handle": None,
            "receive_count": 0,
            "first_receive_at": None,
            "sent_at": now,
            "visible_at": now + int(into["attributes"].get("DelaySeconds", 0)),
            "sys": {**known, "SentTimestamp": str(int(now * 1000))},
        }
    )
    return True


def _dead_letter_arns(sqs: Any) -> set[str]:
    """Queues in which another puts its messages aside."""
    return {arn for queue in list(sqs._queues.values()) for arn in _dead_letters_of(queue)}


def _dead_letters_of(queue: dict[str, Any]) -> Iterator[str]:
    try:
        policy = json.loads(queue["attributes"].get("RedrivePolicy") or "{}")
    except ValueError:
        return
    if isinstance(policy, dict) and isinstance(arn := policy.get("deadLetterTargetArn"), str):
        yield arn
