"""Admission in DynamoDB: one table, four kinds of items, every change one conditional write.

| partition | sort | holds |
|---|---|---|
| `slots` | `slots` | all leases, the turn, and a version every replacement asks for |
| `waiting` | turn, arrival, run | one per run that waits, sorted as they are served |
| `run#<name>` | `run` | every run that came, so that a second notice of it adds nothing |
| `user#<id>` | `turn` | the last turn the user was given |
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from botocore.exceptions import ClientError

from lambdas.documents.aws.entries import detail, event_of
from lambdas.documents.model.admission import Job, Lease, Slots, Waiting
from lambdas.documents.model.errors import AdmissionUnavailableError
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.outcome import Run
from lambdas.shared.aws.clients import AWS_ERRORS, client, code_of, passes

KEPT_SECONDS = 30 * 24 * 3600
"""Longer than any queue keeps a notice (14 days), and than anybody waits. After that the workflow
itself refuses a second run of a name, for 90 days."""

_LOST = frozenset({"ConditionalCheckFailed", "TransactionConflict"})
_SLOTS = {"part": {"S": "slots"}, "place": {"S": "slots"}}

Item = Mapping[str, Any]


class DynamoAdmission:
    def __init__(self, table: str, dynamodb: Any = None) -> None:
        self._table = table
        self._dynamodb = dynamodb or client("dynamodb")

    def slots(self) -> Slots:
        item = self._get(_SLOTS)
        if item is None:
            return Slots()
        return Slots(
            leases={
                name: Lease(
                    since=int(lease["M"]["since"]["N"]), until=int(lease["M"]["until"]["N"])
                )
                for name, lease in item["leases"]["M"].items()
            },
            turn=int(item["turn"]["N"]),
            version=int(item["version"]["N"]),
        )

    def last_turn(self, user: UserId) -> int | None:
        item = self._get(_user_key(user))
        return int(item["turn"]["N"]) if item else None

    def known(self, name: str) -> Job | None:
        item = self._get(_run_key(name))
        return _job(item) if item else None

    def next(self, most: int) -> Sequence[Waiting]:
        answer = self._asked(
            lambda: self._dynamodb.query(
                TableName=self._table,
                KeyConditionExpression="part = :waiting",
                ExpressionAttributeValues={":waiting": {"S": "waiting"}},
                ConsistentRead=True,
                Limit=most,
            )
        )
        return [
            Waiting(job=_job(item), turn=int(item["turn"]["N"]), arrived=int(item["arrived"]["N"]))
            for item in answer["Items"]
        ]

    def enter(self, waiting: Waiting, *, after: int | None) -> bool:
        run = waiting.job.run
        gone_at = {"N": str(int(time.time()) + KEPT_SECONDS)}
        turn = {"N": str(waiting.turn)}
        text = {"S": _written(waiting.job)}
        return self._write(
            [
                self._put({**_run_key(run.name), "job": text, "expires": gone_at}, _NEW),
                self._put(
                    {**_user_key(run.user), "turn": turn, "expires": gone_at},
                    _NEW if after is None else _unchanged("turn", after),
                ),
                self._put(
                    {
                        **_waiting_key(waiting),
                        "job": text,
                        "turn": turn,
                        "arrived": {"N": str(waiting.arrived)},
                    },
                    _NEW,
                ),
            ]
        )

    def replace(self, before: Slots, after: Slots, *, admitted: Sequence[Waiting] = ()) -> bool:
        leases = {
            name: {"M": {"since": {"N": str(lease.since)}, "until": {"N": str(lease.until)}}}
            for name, lease in after.leases.items()
        }
        item = {
            **_SLOTS,
            "leases": {"M": leases},
            "turn": {"N": str(after.turn)},
            "version": {"N": str(after.version)},
        }
        stands = _NEW if before.version == 0 else _unchanged("version", before.version)
        return self._write(
            [self._put(item, stands), *(self._delete(_waiting_key(each)) for each in admitted)]
        )

    def _get(self, key: Item) -> Item | None:
        return self._asked(
            lambda: self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        ).get("Item")

    def _put(self, item: Item, condition: Item) -> Item:
        return {"Put": {"TableName": self._table, "Item": item, **condition}}

    def _delete(self, key: Item) -> Item:
        return {"Delete": {"TableName": self._table, "Key": key, **_THERE}}

    def _write(self, items: Sequence[Item]) -> bool:
        """All of it or nothing; False where a condition does not hold or somebody writes it now."""
        try:
            self._asked(lambda: self._dynamodb.transact_write_items(TransactItems=items))
        except ClientError as error:
            reasons = {each.get("Code") for each in error.response.get("CancellationReasons", [])}
            if reasons & _LOST:
                return False
            raise
        return True

    def _asked(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except AWS_ERRORS as error:
            if passes(error) or (isinstance(error, ClientError) and code_of(error) in _SLOW_DOWN):
                raise AdmissionUnavailableError("DynamoDB does not answer") from error
            raise


_SLOW_DOWN = frozenset({"ProvisionedThroughputExceededException", "RequestLimitExceeded"})
_NEW: Item = {"ConditionExpression": "attribute_not_exists(part)"}
_THERE: Item = {"ConditionExpression": "attribute_exists(part)"}


def _unchanged(attribute: str, value: int) -> Item:
    return {
        "ConditionExpression": "#it = :it",
        "ExpressionAttributeNames": {"#it": attribute},
        "ExpressionAttributeValues": {":it": {"N": str(value)}},
    }


def _run_key(name: str) -> Item:
    return {"part": {"S": f"run#{name}"}, "place": {"S": "run"}}


def _user_key(user: UserId) -> Item:
    return {"part": {"S": f"user#{user}"}, "place": {"S": "turn"}}


def _waiting_key(waiting: Waiting) -> Item:
    return {"part": {"S": "waiting"}, "place": {"S": waiting.place}}


def _lease(item: Item) -> Lease:
    return Lease(since=int(item["since"]["N"]), until=int(item["until"]["N"]))


def _written(job: Job) -> str:
    uploaded = {"detail-type": job.uploaded.type.value, "detail": detail(job.uploaded)}
    return json.dumps({"run": asdict(job.run), "uploaded": uploaded})


def _job(item: Item) -> Job:
    said = json.loads(item["job"]["S"])
    run = said["run"]
    return Job(
        run=Run(
            document=DocumentId(run["document"]),
            user=UserId(run["user"]),
            bucket=run["bucket"],
            key=run["key"],
            version=run["version"],
        ),
        uploaded=event_of(said["uploaded"]),
    )
