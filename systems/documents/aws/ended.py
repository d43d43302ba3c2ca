"""Runs that ended badly: their documents get an answer all the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pilaster.aws import Bucket, Consumer, ConsumerArgs, FunctionArgs, Grant, Table
from pilaster.aws.pipeline import ENDED_BADLY
from pulumi import Input

from systems.documents.aws.events import OutboxRef
from systems.documents.aws.functions import Base, DatabaseRef, function

SETTLE_SECONDS = 30


def ended_part(
    name: str,
    base: Base,
    *,
    database: DatabaseRef,
    files: Bucket,
    outbox: OutboxRef,
    reviews: Table,
    state_machine: Input[str],
) -> Mapping[str, Input[Any]]:
    """aws.states -> queue -> settle. The queue's URLs."""
    consumer = Consumer(
        f"{name}-ended",
        ConsumerArgs(
            place=base.place,
            source="aws.states",
            types=["Step Functions Execution Status Change"],
            detail={"stateMachineArn": [state_machine], "status": list(ENDED_BADLY)},
            function=ended(
                base,
                database=database,
                bucket=files.name,
                outbox=outbox.table,
                reviews=reviews.name,
                grants=[
                    outbox.put,
                    reviews.get_items(),
                    reviews.update_items(),
                    files.erase_objects("work/"),
                    files.erase_objects("uploads/"),
                    files.erase_objects("preprocessed/"),
                    files.read_objects("uploads/"),
                    files.write_objects("archive/"),
                    files.write_objects("uploads/"),  # what stays where one was moved away
                    files.list_versions(),
                    files.list_objects(),  # without it S3 calls what is missing forbidden
                ],
            ),
        ),
    )
    return {
        "ended_queue_url": consumer.queue_url,
        "ended_dead_letter_url": consumer.dead_letter_url,
    }


def ended(
    base: Base,
    *,
    database: DatabaseRef,
    bucket: Input[str],
    outbox: Input[str],
    reviews: Input[str],
    grants: Sequence[Grant],
) -> FunctionArgs:
    """The queue of runs that ended badly. Grants: closing reviews, writing the outbox, clearing
    work/ and uploads/, moving what is completed to archive/."""
    return function(
        base,
        "ended",
        dependencies="database",
        environment={
            **database.environment(),
            "DOCUMENTS_BUCKET": bucket,
            "OUTBOX_TABLE": outbox,
            "REVIEWS_TABLE": reviews,
        },
        grants=[database.connect, *grants],
        network=database.network,
        memory_mib=1024,
        timeout_seconds=SETTLE_SECONDS,
    )
