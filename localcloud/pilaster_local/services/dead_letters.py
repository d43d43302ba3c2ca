"""Messages that were put aside after too many tries, and their way back."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from pilaster_local.services.clients import client
from pilaster_local.services.errors import PlatformError
from pilaster_local.services.platform import Platform

_PAUSE_SECONDS = 0.2
_PATIENCE_SECONDS = 300.0


@dataclass(frozen=True, kw_only=True)
class PutAside:
    """A queue that puts messages aside, and what lies there."""

    queue: str
    """Its name."""
    dead_letter_arn: str
    messages: int
    """How many lie aside."""


def queues(platform: Platform, *, region: str) -> list[PutAside]:
    """Every queue that has a place to put messages aside, by name."""
    sqs = client(platform, "sqs", region=region)
    with _named():
        pages = sqs.get_paginator("list_queues").paginate()
        urls = [url for page in pages for url in page.get("QueueUrls", ())]
        told = {url: _attributes(sqs, url) for url in urls}
    aside = {each["QueueArn"]: _count(each) for each in told.values()}
    found: list[PutAside] = []
    for url, attributes in told.items():
        arn = json.loads(attributes.get("RedrivePolicy") or "{}").get("deadLetterTargetArn")
        if arn in aside:
            name = url.rpartition("/")[2]
            found.append(PutAside(queue=name, dead_letter_arn=arn, messages=aside[arn]))
    return sorted(found, key=lambda each: each.queue)


def redrive(platform: Platform, queue: PutAside, *, region: str) -> int:
    """Gives the queue its messages back, as new ones; how many. Raises PlatformError where some
    could not go."""
    sqs = client(platform, "sqs", region=region)
    with _named():
        handle = sqs.start_message_move_task(SourceArn=queue.dead_letter_arn)["TaskHandle"]
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            tasks = sqs.list_message_move_tasks(SourceArn=queue.dead_letter_arn, MaxResults=10)
            # SQS tells the handle only of a move that goes on; the newest stands first.
            task = next(
                (each for each in tasks["Results"] if each.get("TaskHandle") == handle),
                tasks["Results"][0],
            )
            if task["Status"] not in ("RUNNING", "CANCELLING"):
                break
            if time.monotonic() > deadline:
                raise PlatformError(
                    f"{queue.queue!r}: the move goes on after {_PATIENCE_SECONDS:.0f} s"
                )
            time.sleep(_PAUSE_SECONDS)
    moved = int(task.get("ApproximateNumberOfMessagesMoved", 0))
    if task["Status"] != "COMPLETED":
        raise PlatformError(
            f"{queue.queue!r}: {moved} messages went back, then the move was {task['Status']}: "
            f"{task.get('FailureReason', 'no reason given')}"
        )
    return moved


def _attributes(sqs: Any, url: str) -> dict[str, str]:
    names = ["QueueArn", "RedrivePolicy", *_COUNTS]
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]


_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


def _count(attributes: dict[str, str]) -> int:
    return sum(int(attributes.get(name, 0)) for name in _COUNTS)


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise PlatformError(f"the queues do not answer: {error}") from error
