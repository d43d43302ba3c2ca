"""Events from an archive, and messages that were put aside."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from pilaster_local.services import dead_letters, replays
from pilaster_local.services.errors import PlatformError

from tests.support.local_cloud import ACCOUNT, REGION, Cloud, eventually

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

MINUTE = timedelta(minutes=1)


def queue(cloud: Cloud, *, source: str = "*", **attributes: str) -> tuple[str, str]:
    """As ours are: nobody without TLS, and rules by their ARN."""
    name = cloud.name("queue")
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
    statements = [
        {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnLike": {"aws:SourceArn": source}},
        },
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sqs:*",
            "Resource": arn,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    url = cloud.client("sqs").create_queue(
        QueueName=name, Attributes={"Policy": policy, **attributes}
    )["QueueUrl"]
    return url, arn


def bodies(cloud: Cloud, url: str, *, wait: int = 3) -> list[str]:
    """What comes, and it is deleted."""
    sqs = cloud.client("sqs")
    got = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=wait, MaxNumberOfMessages=10)
    for each in got.get("Messages", ()):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return [each["Body"] for each in got.get("Messages", ())]


def put_aside(cloud: Cloud, *said: str) -> tuple[str, str]:
    """A queue and its dead letters' ARN; the messages were looked at once, and in vain."""
    dead_url, dead_arn = queue(cloud)
    redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1})
    url, _ = queue(cloud, RedrivePolicy=redrive)
    sqs = cloud.client("sqs")
    for body in said:
        sqs.send_message(QueueUrl=url, MessageBody=body)
    for _ in said:
        sqs.receive_message(QueueUrl=url, VisibilityTimeout=0, WaitTimeSeconds=1)

    def lie_aside() -> bool:
        sqs.receive_message(QueueUrl=url)  # moves what was looked at too often
        told = sqs.get_queue_attributes(QueueUrl=dead_url, AttributeNames=["All"])["Attributes"]
        return int(told["ApproximateNumberOfMessages"]) == len(said)

    eventually(lie_aside)
    return url, dead_arn


def test_a_bus_says_again_what_its_archive_holds_of_a_stretch(cloud: Cloud):
    events, name = cloud.client("events"), cloud.name("bus")
    bus = events.create_event_bus(Name=name)["EventBusArn"]
    archive = events.create_archive(ArchiveName=name, EventSourceArn=bus)["ArchiveArn"]
    pattern = json.dumps({"source": ["us"]})
    rule = events.put_rule(Name=name, EventBusName=name, EventPattern=pattern)["RuleArn"]
    url, arn = queue(cloud, source=rule)
    events.put_targets(Rule=name, EventBusName=name, Targets=[{"Id": "queue", "Arn": arn}])
    entry = {"EventBusName": name, "Source": "us", "DetailType": "told", "Detail": '{"n": 1}'}
    events.put_events(Entries=[entry])
    assert len(bodies(cloud, url)) == 1

    # A replay has no request that came by TLS or not: the queue takes what it says all the same.
    now = datetime.now(UTC)
    replays.replay(cloud.platform, archive, since=now - MINUTE, until=now + MINUTE, region=REGION)
    again = [json.loads(each) for each in bodies(cloud, url)]
    assert [each["detail"] for each in again] == [{"n": 1}]
    assert again[0]["replay-name"], "who hears it can tell it from what is said now"

    early = now - 60 * MINUTE
    replays.replay(cloud.platform, archive, since=early, until=early + MINUTE, region=REGION)
    assert bodies(cloud, url, wait=1) == []
    told = events.describe_archive(ArchiveName=name)
    assert told["EventCount"] == 1, "what is said again is not kept again"


def test_a_replay_of_an_archive_that_is_not_there_says_so(cloud: Cloud):
    now = datetime.now(UTC)
    with pytest.raises(PlatformError, match="does not exist"):
        replays.replay(
            cloud.platform, f"arn:aws:events:{REGION}:{ACCOUNT}:archive/none",
            since=now - MINUTE, until=now, region=REGION,
        )  # fmt: skip


def test_what_was_put_aside_goes_back_as_new(cloud: Cloud):
    url, dead = put_aside(cloud, "one", "two")
    known = {each.dead_letter_arn: each for each in dead_letters.queues(
        cloud.platform, region=REGION)}  # fmt: skip
    assert known[dead].messages == 2
    assert known[dead].queue == url.rpartition("/")[2]
    assert dead_letters.redrive(cloud.platform, known[dead], region=REGION) == 2
    got = cloud.client("sqs").receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=2, AttributeNames=["All"]
    )["Messages"]
    assert sorted(each["Body"] for each in got) == ["one", "two"]
    assert {each["Attributes"]["ApproximateReceiveCount"] for each in got} == {"1"}
    after = {e.dead_letter_arn: e for e in dead_letters.queues(cloud.platform, region=REGION)}
    assert after[dead].messages == 0
    assert dead_letters.redrive(cloud.platform, after[dead], region=REGION) == 0


def test_only_dead_letters_are_moved(cloud: Cloud):
    sqs = cloud.client("sqs")
    _, plain = queue(cloud)
    with pytest.raises(ClientError, match="Dead Letter Queue"):
        sqs.start_message_move_task(SourceArn=plain)
    with pytest.raises(ClientError, match="SourceArn"):
        sqs.start_message_move_task(SourceArn=f"{plain}-none")
