"""Queues. Their settings are one map of strings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.documents import check_resource_policy, parsed
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Failures, Named, Row
from pilaster_local.providers.aws.values import Plain

_ATTRIBUTES = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deduplicationScope": "DeduplicationScope",
    "delaySeconds": "DelaySeconds",
    "fifoQueue": "FifoQueue",
    "fifoThroughputLimit": "FifoThroughputLimit",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "policy": "Policy",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "redriveAllowPolicy": "RedriveAllowPolicy",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}
_DEFAULTS = {
    "delaySeconds": 0,
    "kmsDataKeyReusePeriodSeconds": 300,
    "kmsMasterKeyId": "",
    "maxMessageSize": 262144,
    "messageRetentionSeconds": 345600,
    "policy": "",
    "receiveWaitTimeSeconds": 0,
    "redriveAllowPolicy": "",
    "redrivePolicy": "",
    "visibilityTimeoutSeconds": 30,
}
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")


class Queue(Kind):
    def translate(self, inputs: Plain) -> Plain:
        rest = {name: value for name, value in inputs.items() if name not in _ATTRIBUTES}
        # A standard queue is one that says nothing: AWS refuses FifoQueue=false.
        given = {n: v for n, v in inputs.items() if n in _ATTRIBUTES and not _is_standard(n, v)}
        attributes = {_ATTRIBUTES[name]: value for name, value in given.items()}
        return {**rest, "attributes": attributes} if attributes else rest

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        return _attributes(self, scope, thing_id, state)

    def find(self, scope: Scope, inputs: Plain) -> str | None:
        named = {"QueueNamePrefix": inputs["name"]}
        urls = scope.call("sqs", "ListQueues", named).get("QueueUrls", [])
        return next((url for url in urls if url.rsplit("/", 1)[-1] == inputs["name"]), None)


class QueuePolicy(Kind):
    def creation(self, scope: Scope, inputs: Plain) -> Plain:
        return {"QueueUrl": inputs["queueUrl"], "Attributes": {"Policy": inputs["policy"]}}

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        found = _attributes(self, scope, thing_id, state)
        return found if found and found.get("Policy") else None

    def update(
        self, scope: Scope, thing_id: str, state: Plain, inputs: Plain, changed: set[str]
    ) -> None:
        scope.call("sqs", "SetQueueAttributes", self.creation(scope, inputs))

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        none = {"QueueUrl": thing_id, "Attributes": {"Policy": ""}}
        self.forget(scope, "SetQueueAttributes", none)


def _attributes(kind: Kind, scope: Scope, url: str, state: Plain) -> Any:
    from pilaster_local.providers.aws.cloud import ServiceError

    asked = {"QueueUrl": url, "AttributeNames": ["All"]}
    try:
        return scope.call("sqs", "GetQueueAttributes", asked).get("Attributes", {})
    except ServiceError as error:
        if error.is_gone:
            return None
        raise


def _is_standard(name: str, value: Any) -> bool:
    return name in {"fifoQueue", "contentBasedDeduplication"} and value is False


def _queue_name(inputs: Mapping[str, Any]) -> Failures:
    name = inputs.get("name")
    if not isinstance(name, str):
        return
    is_fifo = inputs.get("fifoQueue") is True
    stem = name.removesuffix(".fifo") if is_fifo else name
    if not _NAME.fullmatch(stem) or len(name) > 80:
        yield "name", f"{name!r} is no queue name: at most 80 of A-Z, a-z, 0-9, '_' and '-'"
    if is_fifo and not name.endswith(".fifo"):
        yield "name", f"{name!r}: the name of a FIFO queue ends in '.fifo'"


def _redrive(inputs: Mapping[str, Any]) -> Failures:
    policy = inputs.get("redrivePolicy")
    if not isinstance(policy, str):
        return
    said = parsed(policy)
    if not isinstance(said, Mapping) or not {"deadLetterTargetArn", "maxReceiveCount"} <= {*said}:
        yield "redrivePolicy", "a redrive policy has deadLetterTargetArn and maxReceiveCount"
    elif not 1 <= int(said["maxReceiveCount"]) <= 1000:
        yield "redrivePolicy", f"maxReceiveCount {said['maxReceiveCount']} is not from 1 to 1000"


def _ranges(inputs: Mapping[str, Any]) -> Failures:
    limits = {
        "visibilityTimeoutSeconds": (0, 43_200),
        "messageRetentionSeconds": (60, 1_209_600),
        "delaySeconds": (0, 900),
        "receiveWaitTimeSeconds": (0, 20),
        "maxMessageSize": (1_024, 1_048_576),
    }
    for name, (low, high) in limits.items():
        value = inputs.get(name)
        if isinstance(value, int) and not low <= value <= high:
            yield name, f"{value} is out of SQS's range of {low} to {high}"


# fmt: off
TYPES = {
    "aws:sqs/queue:Queue": Row(
        service="sqs", create="CreateQueue", read="GetQueueAttributes", update="SetQueueAttributes",
        delete="DeleteQueue", id="QueueUrl", key="QueueUrl={id}", rename={"name": "QueueName"},
        replace="fifoQueue", documents="policy redrivePolicy redriveAllowPolicy",
        outputs="arn=QueueArn url={id} visibilityTimeoutSeconds=to_number(VisibilityTimeout)",
        named=Named(limit=80, ending="fifoQueue.fifo"), tagged=True, kind=Queue, unset=_DEFAULTS,
        checks=(_queue_name, _redrive, _ranges, check_resource_policy),
    ),
    "aws:sqs/queuePolicy:QueuePolicy": Row(
        service="sqs", create="SetQueueAttributes", read="GetQueueAttributes", id="{queueUrl}",
        key="QueueUrl={id}", replace="queueUrl", identity="queueUrl", aside="policy",
        required="queueUrl policy", kind=QueuePolicy, checks=(check_resource_policy,),
    ),
}
