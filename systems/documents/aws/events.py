"""What is said and done about documents besides their workflow: the outbox, and erasing.

Inside functions reach no bus: they write what they have to say into the outbox, a table, and the
publisher, outside, says it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pulumi
from pilaster.aws import (
    Bucket,
    BucketArgs,
    Bus,
    Consumer,
    ConsumerArgs,
    Expiry,
    Function,
    FunctionArgs,
    Grant,
    Queue,
    QueueArgs,
    QueueSource,
    StreamSource,
    Table,
    TableArgs,
)
from pulumi import Input

from systems.documents.aws.functions import Base, CacheRef, DatabaseRef, function

ERASER_ROLE = "documents_eraser"
"""The database user of `erase` (lambdas/documents/migrations/004_deletion.sql)."""

SOURCE = "pilaster.documents"
"""Who our events are from (lambdas/documents/model/event.py)."""

PUBLISH_SECONDS = 30
ERASE_SECONDS = 60
"""The rows of a paused database are back after some fifteen seconds."""


@dataclass(frozen=True, kw_only=True)
class OutboxRef:
    """The outbox, as who has something to say sees it."""

    table: Input[str]
    """Its name."""
    put: Grant
    """Writing into it."""


@dataclass(frozen=True, kw_only=True)
class Outbox:
    """The outbox and those who write into it."""

    table: Table

    @property
    def ref(self) -> OutboxRef:
        return OutboxRef(table=self.table.name, put=self.table.put_items())


def outbox(name: str, base: Base, *, protect: bool) -> Outbox:
    """What was not said yet. Its stream tells the publisher."""
    args = TableArgs(place=base.place, partition_key="id", told=True, protect=protect)
    return Outbox(table=Table(f"{name}-outbox", args))


def publishing(
    name: str,
    base: Base,
    *,
    outbox: Outbox,
    bus: Bus,
    reviews: Table,
    state_machine: Input[str],
    stop_executions: Sequence[Grant],
) -> Mapping[str, pulumi.Input[Any]]:
    """Outbox -> publisher -> bus, and a queue for what could not be said. The queue's URLs."""
    queue = Queue(
        f"{name}-unsaid",
        QueueArgs(place=base.place, consumer_timeout_seconds=PUBLISH_SECONDS),
    )
    said = publisher(
        base,
        outbox=outbox.table.name,
        bus=bus.name,
        unsaid_queue=queue.url,
        reviews=reviews.name,
        state_machine=state_machine,
        grants=[
            outbox.table.delete_items(),
            outbox.table.scan_items(),
            bus.publish(),
            queue.send(),
            reviews.update_items(),
            *stop_executions,
        ],
    )
    Function(
        f"{name}-publisher",
        replace(
            said,
            stream=StreamSource(
                arn=outbox.table.stream_arn,
                table_arn=outbox.table.arn,
                failures_arn=queue.arn,
            ),
            queue=QueueSource(arn=queue.arn, batch_size=1),
        ),
    )
    return {
        "outbox_table": outbox.table.name,
        "unsaid_queue_url": queue.url,
        "unsaid_dead_letter_url": queue.dead_letter_url,
    }


def erasing(
    name: str,
    base: Base,
    *,
    bus: Bus,
    files: Bucket,
    database: DatabaseRef,
    cache: CacheRef,
    answers: Table | None,
    upload_limit_mib: int,
    after_seconds: int,
    longest_seconds: int,
) -> Mapping[str, pulumi.Input[Any]]:
    """document.deleted -> erase, once whatever still ran has ended. The queue's URLs.

    A stopped run's function goes on to its end: erased before that, its last file would stay.
    """
    if after_seconds < longest_seconds:
        raise pulumi.RunError(
            f"pilaster:storage.erase_after_seconds {after_seconds} is less than the "
            f"{longest_seconds} seconds a step may take: what it writes last would not be erased; "
            "raise it (in Pulumi.<stack>.yaml)"
        )
    consumer = Consumer(
        f"{name}-erase",
        ConsumerArgs(
            place=base.place,
            bus_name=bus.name,
            source=SOURCE,
            types=["document.deleted"],
            delay_seconds=after_seconds,
            function=erase(
                base,
                database=database,
                cache=cache,
                bucket=files.name,
                upload_limit_mib=upload_limit_mib,
                answers=answers.name if answers else None,
                grants=[
                    *([answers.delete_items()] if answers else []),
                    files.read_objects("uploads/"),
                    files.list_objects(),  # without it S3 calls what is missing forbidden
                    *(files.erase_objects(prefix) for prefix in PREFIXES),
                    files.list_versions(),
                ],
            ),
        ),
    )
    return {
        "erase_queue_url": consumer.queue_url,
        "erase_dead_letter_url": consumer.dead_letter_url,
    }


def recording(
    name: str, base: Base, *, bus: Bus, days: int, protect: bool
) -> Mapping[str, pulumi.Input[Any]]:
    """job.* -> a file each in a bucket of their own, by day: who counts sees no document."""
    records = Bucket(
        f"{name}-records",
        BucketArgs(
            place=base.place,
            protect=protect,
            versioned=False,  # nothing in it is ever written twice
            expire=[Expiry(prefix="events/", days=days)],
        ),
    )
    consumer = Consumer(
        f"{name}-record",
        ConsumerArgs(
            place=base.place,
            bus_name=bus.name,
            source=SOURCE,
            types=["job.completed", "job.failed"],
            function=record(base, bucket=records.name, grants=[records.write_objects("events/")]),
        ),
    )
    return {
        "records_bucket": records.name,
        "record_queue_url": consumer.queue_url,
        "record_dead_letter_url": consumer.dead_letter_url,
    }


PREFIXES = ("uploads/", "preprocessed/", "archive/", "work/")
"""Where copies of a document lie (lambdas/documents/model/keys.py)."""


def publisher(
    base: Base,
    *,
    outbox: Input[str],
    bus: Input[str],
    unsaid_queue: Input[str],
    reviews: Input[str],
    state_machine: Input[str],
    grants: Sequence[Grant],
) -> FunctionArgs:
    """The outbox's stream. Grants: emptying it, saying, stopping runs, withdrawing reviews."""
    return function(
        base,
        "publisher",
        dependencies="edge",
        environment={
            "OUTBOX_TABLE": outbox,
            "EVENT_BUS": bus,
            "UNSAID_QUEUE_URL": unsaid_queue,
            "REVIEWS_TABLE": reviews,
            "STATE_MACHINE_ARN": state_machine,
        },
        grants=grants,
        memory_mib=512,
        timeout_seconds=PUBLISH_SECONDS,
    )


def record(base: Base, *, bucket: Input[str], grants: Sequence[Grant]) -> FunctionArgs:
    """The queue of finished jobs. Grants: writing events/."""
    return function(
        base,
        "record",
        dependencies="edge",
        environment={"RECORDS_BUCKET": bucket},
        grants=grants,
        memory_mib=256,
        timeout_seconds=20,
    )


def erase(
    base: Base,
    *,
    database: DatabaseRef,
    cache: CacheRef,
    bucket: Input[str],
    upload_limit_mib: int,
    answers: Input[str] | None,
    grants: Sequence[Grant],
) -> FunctionArgs:
    """The queue of deleted documents. Grants: reading uploads/, erasing every prefix, listing the
    bucket and its versions, deleting a model's answers where there is one."""
    return function(
        base,
        "erase",
        dependencies="database",
        environment={
            **database.environment(),
            **cache.environment(),
            "DOCUMENTS_BUCKET": bucket,
            "UPLOAD_LIMIT_MIB": str(upload_limit_mib),
            **({"MODEL_TABLE": answers} if answers is not None else {}),
        },
        grants=[database.connect, cache.connect, *grants],
        network=database.network,
        memory_mib=512,
        timeout_seconds=ERASE_SECONDS,
    )
