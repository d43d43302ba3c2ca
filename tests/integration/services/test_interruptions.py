"""What is in work when the local cloud stops or is killed goes on at the next start."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from pilaster_local.services import platform as local_cloud

from tests.support.local_cloud import Cloud, allow, eventually

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

SLEEPER = """
    import time

    def handler(event, context):
        print("began", event["run"])
        time.sleep(max(0, event["until"] - time.time()))
        return {"done": event["run"]}
"""


@pytest.fixture
def root(tmp_path: Path):
    yield tmp_path
    local_cloud.purge(tmp_path)


def start(root: Path) -> Cloud:
    return Cloud(local_cloud.start(root, say=lambda _: None))


def machine(cloud: Cloud, definition: dict[str, Any], statements: list[dict[str, Any]]) -> str:
    made = cloud.client("stepfunctions").create_state_machine(
        name=cloud.name("machine"),
        roleArn=cloud.role("states", statements),
        definition=json.dumps(definition),
    )
    return made["stateMachineArn"]


def end(cloud: Cloud, how: str) -> None:
    if how == "killed":
        assert local_cloud.snapshot(cloud.platform)
        os.kill(cloud.platform.processes["emulator"], signal.SIGKILL)
    else:
        local_cloud.stop(cloud.platform.root)


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_a_call_under_way_is_made_again_and_the_execution_ends(root: Path, how: str):
    cloud = start(root)
    function = cloud.function(SLEEPER, Timeout=60)
    function.call({"run": "warm", "until": 0})
    definition = {
        "StartAt": "Sleep",
        "States": {"Sleep": {"Type": "Task", "Resource": function.arn, "End": True}},
    }
    arn = machine(cloud, definition, [allow("lambda:InvokeFunction", function.arn)])
    run = cloud.client("stepfunctions").start_execution(
        stateMachineArn=arn, input=json.dumps({"run": "first", "until": time.time() + 6})
    )["executionArn"]
    time.sleep(1)
    end(cloud, how)

    states = start(root).client("stepfunctions")
    assert states.describe_execution(executionArn=run)["status"] == "RUNNING"
    eventually(lambda: states.describe_execution(executionArn=run)["status"] != "RUNNING")
    found = states.describe_execution(executionArn=run)
    assert (found["status"], json.loads(found["output"])) == ("SUCCEEDED", {"done": "first"})
    history = states.get_execution_history(executionArn=run)["events"]
    kinds = [event["type"] for event in history]
    assert (kinds[0], kinds[-1]) == ("ExecutionStarted", "ExecutionSucceeded")
    assert kinds.count("TaskStateEntered") == 1, "a replay adds nothing that is there"


def test_a_call_that_never_outlives_the_local_cloud_fails_in_the_end(root: Path):
    cloud = start(root)
    function = cloud.function(SLEEPER, Timeout=600)
    state = {"Type": "Task", "Resource": function.arn, "End": True}
    definition = {"StartAt": "Sleep", "States": {"Sleep": state}}
    arn = machine(cloud, definition, [allow("lambda:InvokeFunction", function.arn)])
    states = cloud.client("stepfunctions")
    given = json.dumps({"run": "first", "until": time.time() + 500})
    run = states.start_execution(stateMachineArn=arn, input=given)["executionArn"]
    for _ in range(4):
        time.sleep(0.5)
        assert states.describe_execution(executionArn=run)["status"] == "RUNNING"
        local_cloud.stop(root)
        states = start(root).client("stepfunctions")
    eventually(lambda: states.describe_execution(executionArn=run)["status"] == "FAILED")
    assert states.describe_execution(executionArn=run)["error"] == "States.Interrupted"


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_a_message_in_work_is_seen_again_at_once(root: Path, how: str):
    cloud = start(root)
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="work", Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="in work")
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=600)
    assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    end(cloud, how)

    sqs = start(root).client("sqs")
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert [message["Body"] for message in found] == ["in work"]


def test_a_stopped_database_shuts_down_and_is_not_killed(root: Path):
    cloud = start(root)
    cloud.client("rds").create_db_cluster(
        DBClusterIdentifier="kept",
        Engine="aurora-postgresql",
        MasterUsername="master",
        ManageMasterUserPassword=True,
    )
    local_cloud.stop(root)
    log = (root / ".pilaster/local/logs/postgres-kept.log").read_text()
    assert "received fast shutdown request" in log
    assert log.rstrip().endswith("database system is shut down")


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_a_tables_changes_are_seen_after_a_restart_each_once(root: Path, how: str):
    """A reader's place in a stream comes back with the stream: no change is passed over."""
    cloud = start(root)
    made = cloud.client("dynamodb").create_table(
        TableName="told",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    stream = made["TableDescription"]["LatestStreamArn"]
    read = [f"dynamodb:{each}" for each in ("GetRecords", "GetShardIterator", "DescribeStream")]
    function = cloud.function(READER, grants=[allow([*read, "dynamodb:ListStreams"], stream)])
    cloud.client("lambda").create_event_source_mapping(
        FunctionName=function.name, EventSourceArn=stream, StartingPosition="TRIM_HORIZON"
    )
    log = root / f".pilaster/local/logs/functions/{function.name}.log"

    def seen() -> list[str]:
        lines = log.read_text().splitlines() if log.exists() else []
        return [line.removeprefix("saw ") for line in lines if line.startswith("saw ")]

    def put(*names: str) -> None:
        for name in names:
            cloud.client("dynamodb").put_item(TableName="told", Item={"id": {"S": name}})

    put("one", "two", "three")
    eventually(lambda: len(seen()) == 3, 30)
    end(cloud, how)
    cloud = start(root)
    put("four")
    eventually(lambda: "four" in seen(), 30)
    assert seen() == ["one", "two", "three", "four"]


READER = """
    def handler(event, context):
        for record in event["Records"]:
            print("saw", record["dynamodb"]["Keys"]["id"]["S"])
"""
