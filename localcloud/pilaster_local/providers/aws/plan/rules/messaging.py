"""SQS queues and SNS topics.

Sources: SQS developer guide, "Message quotas", "Configuring a dead-letter queue redrive"; SNS
developer guide, "Amazon SNS quotas"; API references, SetQueueAttributes and CreateTopic.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan.bounds import (
    Table,
    arn,
    json_text,
    number,
    one_of,
    policy,
    text,
)
from pilaster_local.providers.aws.plan.finding import Said, shown
from pilaster_local.providers.aws.plan.grammars import arns, policies
from pilaster_local.providers.aws.values import UNKNOWN


def _form(inputs: Mapping[str, Any]) -> Said:
    """FIFO is a matter of the name, and some settings are for FIFO queues only."""
    name, is_fifo = inputs.get("name"), inputs.get("fifoQueue", inputs.get("fifoTopic", False))
    if isinstance(name, str) and isinstance(is_fifo, bool):
        if is_fifo and not name.endswith(".fifo"):
            yield "name", f"{shown(name)}: what is FIFO has a name that ends in '.fifo'"
        if not is_fifo and name.endswith(".fifo"):
            yield "name", f"{shown(name)}: only what is FIFO has a name that ends in '.fifo'"
    if is_fifo is False:
        for setting in ("contentBasedDeduplication", "deduplicationScope", "fifoThroughputLimit",
                        "fifoThroughputScope"):  # fmt: skip
            if inputs.get(setting) not in (None, False, UNKNOWN):
                yield setting, "it is for FIFO only"


def _encryption(inputs: Mapping[str, Any]) -> Said:
    if inputs.get("sqsManagedSseEnabled") is True and inputs.get("kmsMasterKeyId"):
        yield "kmsMasterKeyId", "either a key of KMS or sqsManagedSseEnabled"
    if inputs.get("fifoThroughputLimit") == "perMessageGroupId" and (
        inputs.get("deduplicationScope") not in ("messageGroup", UNKNOWN)
    ):
        yield "deduplicationScope", "perMessageGroupId goes with deduplicationScope 'messageGroup'"


def _redrive(inputs: Mapping[str, Any]) -> Said:
    said = _parsed(inputs.get("redrivePolicy"))
    if said is None:
        return
    here = "redrivePolicy"
    if not isinstance(said, Mapping):
        yield here, "it is a JSON object with deadLetterTargetArn and maxReceiveCount"
        return
    for name in said.keys() - {"deadLetterTargetArn", "maxReceiveCount"}:
        yield here, f"there is no {shown(name)} in it"
    target, most = said.get("deadLetterTargetArn"), said.get("maxReceiveCount")
    if not isinstance(target, str):
        yield here, "it needs deadLetterTargetArn"
    elif wrong := arns.problem(target, ("sqs",)):
        yield here, f"deadLetterTargetArn {wrong}"
    elif isinstance(inputs.get("fifoQueue", False), bool) and (
        target.endswith(".fifo") != inputs.get("fifoQueue", False)
    ):
        yield here, "the dead-letter queue of a FIFO queue is FIFO too, and of a standard one not"
    is_number = isinstance(most, int | str) and not isinstance(most, bool) and str(most).isdigit()
    if not is_number or not 1 <= int(str(most)) <= 1_000:
        yield here, f"maxReceiveCount is a number from 1 to 1,000, not {shown(most)}"


def _redrive_allow(inputs: Mapping[str, Any]) -> Said:
    said = _parsed(inputs.get("redriveAllowPolicy"))
    if said is None:
        return
    here = "redriveAllowPolicy"
    if not isinstance(said, Mapping):
        yield here, "it is a JSON object with redrivePermission"
        return
    permission, sources = said.get("redrivePermission"), said.get("sourceQueueArns")
    if permission not in ("allowAll", "denyAll", "byQueue"):
        yield here, f"redrivePermission is allowAll, denyAll or byQueue, not {shown(permission)}"
    if (permission == "byQueue") != (sources is not None):
        yield here, "sourceQueueArns goes with redrivePermission 'byQueue', and only with it"
    if sources is not None:
        if not isinstance(sources, list) or not 1 <= len(sources) <= 10:
            yield here, "sourceQueueArns is a list of 1 to 10 ARNs"
            return
        for source in sources:
            wrong = arns.problem(source, ("sqs",)) if isinstance(source, str) else "no string"
            if wrong:
                yield here, f"sourceQueueArns: {wrong}"


def _parsed(text: Any) -> Any:
    """The object, None where there is no text or it is not known; the text where it is no JSON."""
    if not isinstance(text, str) or not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


_KEY = text(
    r"|alias/[\w/-]+|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)/.+|"
    r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|mrk-[0-9a-f]{32}",
    "a key's id, ARN or alias",
)

BOUNDS: Mapping[str, Table] = {
    "aws:sqs/queue:Queue": {
        "visibilityTimeoutSeconds": number(0, 43_200),
        "messageRetentionSeconds": number(60, 1_209_600),
        "delaySeconds": number(0, 900),
        "receiveWaitTimeSeconds": number(0, 20),
        "maxMessageSize": number(1_024, 1_048_576),
        "kmsDataKeyReusePeriodSeconds": number(60, 86_400),
        "kmsMasterKeyId": _KEY,
        "deduplicationScope": one_of("queue", "messageGroup"),
        "fifoThroughputLimit": one_of("perQueue", "perMessageGroupId"),
        "policy": policy(policies.QUEUE),
    },
    "aws:sqs/queuePolicy:QueuePolicy": {
        "policy": policy(policies.QUEUE),
        "queueUrl": text(
            r"https?://[^\s/]+/(.+/)?\d{12}/[\w-]+(\.fifo)?", "a queue's URL (not its ARN)"
        ),
    },
    "aws:sns/topic:Topic": {
        "policy": policy(policies.TOPIC),
        "deliveryPolicy": json_text,
        "archivePolicy": json_text,
        "kmsMasterKeyId": _KEY,
        "signatureVersion": number(1, 2, step=1),
        "tracingConfig": one_of("PassThrough", "Active"),
        "displayName": text(r"[^\n]*", "a name on one line", most=100),
        "applicationSuccessFeedbackRoleArn": arn("iam", resource=r"role/.+"),
        "applicationFailureFeedbackRoleArn": arn("iam", resource=r"role/.+"),
        "applicationSuccessFeedbackSampleRate": number(0, 100),
        "fifoThroughputScope": one_of("Topic", "MessageGroup"),
    },
}

RULES = {
    "aws:sqs/queue:Queue": (_form, _encryption, _redrive, _redrive_allow),
    "aws:sns/topic:Topic": (_form,),
}
