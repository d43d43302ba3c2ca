"""What is said on a bus of the deployed system, heard by a rule and a queue of a test's own."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.deployed import Deployed
from tests.support.local_cloud import ACCOUNT

REGION = "eu-west-2"
SOURCE = "pilaster.documents"


class Ear:
    """Remembers all it hears. What is delivered twice counts twice: ids of messages differ."""

    def __init__(self, system: Deployed, name: str) -> None:
        self._system = system
        self._name = name
        self._heard: dict[str, dict[str, Any]] = {}

    def of(self, document: str) -> list[dict[str, Any]]:
        """What was said of the document so far: details, each with its `type`, in order of time."""
        sqs = self._system.client("sqs")
        url = sqs.get_queue_url(QueueName=self._name)["QueueUrl"]
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for each in messages:
                event = json.loads(each["Body"])
                said = {"type": event["detail-type"], **event["detail"]}
                self._heard[each["MessageId"]] = said
                sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        found = [said for said in self._heard.values() if said["document"] == document]
        return sorted(found, key=lambda said: said["at"])

    def types(self, document: str) -> list[str]:
        return [said["type"] for said in self.of(document)]


@contextmanager
def listening(system: Deployed, *types: str) -> Iterator[Ear]:
    """An ear for events of these types, which may begin with the same word: `hitl.`."""
    name = f"ear-{uuid.uuid4().hex[:8]}"
    bus = system.outputs["event_bus_name"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    pattern = {"source": [SOURCE], "detail-type": [{"prefix": each} for each in types]}
    url = system.client("sqs").create_queue(QueueName=name, Attributes={"Policy": policy})
    events = system.client("events")
    events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "ear", "Arn": arn}])
    try:
        yield Ear(system, name)
    finally:
        events = system.client("events")
        events.remove_targets(Rule=name, EventBusName=bus, Ids=["ear"])
        events.delete_rule(Name=name, EventBusName=bus)
        system.client("sqs").delete_queue(QueueUrl=url["QueueUrl"])
