"""Executions of state machines wait, count and go on as if the local cloud had never stopped."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pilaster_local.services import health
from pilaster_local.services import platform as local_cloud

from tests.support.local_cloud import ACCOUNT, REGION, Cloud, allow, eventually

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    local_cloud.purge(tmp_path)


class Machine:
    """A state machine that puts what it says into queues, on a cloud that comes and goes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.cloud = Cloud(local_cloud.start(root, say=lambda _: None))
        self.queues = {
            name: self.cloud.client("sqs").create_queue(QueueName=name)["QueueUrl"]
            for name in ("said", "asked")
        }
        queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:"
        self.role = self.cloud.role(
            "states", [allow("sqs:SendMessage", [f"{queue}said", f"{queue}asked"])]
        )
        self.run = ""
        self.arn = ""

    @property
    def states(self) -> Any:
        return self.cloud.client("stepfunctions")

    def say(self, word: str, **more: Any) -> dict[str, Any]:
        return {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": {"QueueUrl": self.queues["said"], "MessageBody": word},
            "ResultPath": None,
            **more,
        }

    def ask(self, **more: Any) -> dict[str, Any]:
        return {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {
                "QueueUrl": self.queues["asked"],
                "MessageBody": {"token.$": "$$.Task.Token"},
            },
            **more,
        }

    def start(self, states: dict[str, Any], given: Any = None, **more: Any) -> None:
        definition = {"StartAt": next(iter(states)), "States": states, **more}
        made = self.states.create_state_machine(
            name=self.cloud.name("machine"), roleArn=self.role, definition=json.dumps(definition)
        )
        self.arn = made["stateMachineArn"]
        started = self.states.start_execution(
            stateMachineArn=self.arn, input=json.dumps(given or {})
        )
        self.run = started["executionArn"]

    def restart(self, how: str) -> None:
        if how == "killed":
            assert local_cloud.snapshot(self.cloud.platform)
            os.kill(self.cloud.platform.processes["emulator"], signal.SIGKILL)
        else:
            local_cloud.stop(self.root)
        self.cloud = Cloud(local_cloud.start(self.root, say=lambda _: None))

    def received(self, queue: str, wait: float = 0.0) -> list[str]:
        """All that is in the queue, without taking it out for long."""
        sqs, url, found = self.cloud.client("sqs"), self.queues[queue], {}
        time.sleep(wait)
        while messages := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=2
        ).get("Messages"):
            found.update({each["MessageId"]: each["Body"] for each in messages})
        return list(found.values())

    def token(self) -> str:
        found: list[str] = []
        eventually(lambda: found.extend(self.received("asked")) or bool(found))
        assert len(found) == 1
        return json.loads(found[0])["token"]

    def ended(self) -> dict[str, Any]:
        eventually(lambda: self.described()["status"] != "RUNNING")
        return self.described()

    def described(self) -> dict[str, Any]:
        return self.states.describe_execution(executionArn=self.run)

    def history(self) -> list[str]:
        found = self.states.get_execution_history(executionArn=self.run, maxResults=1000)
        return [event["type"] for event in found["events"]]


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_who_is_asked_may_answer_after_a_restart_and_nothing_is_done_twice(root: Path, how: str):
    machine = Machine(root)
    machine.start(
        {
            "Say": machine.say("once", Next="Ask"),
            "Ask": machine.ask(ResultPath="$.answer", TimeoutSeconds=600, Next="Say again"),
            "Say again": machine.say("after", End=True),
        }
    )
    token = machine.token()
    before = machine.history()
    for _ in range(5):  # more often than a call that is interrupted each time may be begun
        machine.restart(how)
    assert machine.described()["status"] == "RUNNING"
    assert machine.history() == before
    machine.states.send_task_success(taskToken=token, output=json.dumps({"by": "somebody"}))
    found = machine.ended()
    assert (found["status"], json.loads(found["output"])) == (
        "SUCCEEDED",
        {"answer": {"by": "somebody"}},
    )
    assert sorted(machine.received("said", wait=2.5)) == ["after", "once"]
    assert len(machine.received("asked")) == 1
    with pytest.raises(ClientError, match=r"TaskTimedOut|TaskDoesNotExist"):
        machine.states.send_task_success(taskToken=token, output="{}")
    port = int(machine.states.meta.endpoint_url.rpartition(":")[2])
    told = (health.ask(port, "/_pilaster/resumed") or {})["executions"]
    noted = told[machine.run.rpartition(":")[2]]
    assert [(each["kept"], each["again"], each["waiting"]) for each in noted] == 5 * [
        (["Say"], [], ["Ask"])
    ], "who asks later is told where it went on"


def test_the_time_to_answer_runs_on_while_the_local_cloud_is_down(root: Path):
    machine = Machine(root)
    late = {"ErrorEquals": ["States.Timeout"], "Next": "Late"}
    machine.start(
        {
            "Ask": machine.ask(TimeoutSeconds=6, Catch=[late], Next="Late"),
            "Late": {"Type": "Pass", "End": True},
        }
    )
    began = time.time()
    token = machine.token()
    local_cloud.stop(root)
    time.sleep(max(0.0, began + 7 - time.time()))
    machine.cloud = Cloud(local_cloud.start(root, say=lambda _: None))
    resumed = time.time()
    assert json.loads(machine.ended()["output"])["Error"] == "States.Timeout"
    assert time.time() - resumed < 5, "it did not begin to count anew"
    with pytest.raises(ClientError, match=r"TaskTimedOut|TaskDoesNotExist"):
        machine.states.send_task_success(taskToken=token, output="{}")


def test_a_pause_ends_when_it_would_have_ended(root: Path):
    machine = Machine(root)
    machine.start(
        {"Wait": {"Type": "Wait", "Seconds": 8, "Next": "Say"}, "Say": machine.say("x", End=True)}
    )
    began = time.time()
    machine.restart("stopped")
    machine.restart("killed")
    again = time.time()
    assert machine.ended()["status"] == "SUCCEEDED"
    assert time.time() - began > 7
    assert time.time() - again < 7.5, "it did not begin to count anew"


def test_who_does_not_show_that_they_are_at_work_is_not_waited_for(root: Path):
    machine = Machine(root)
    machine.start({"Ask": machine.ask(TimeoutSeconds=60, HeartbeatSeconds=2, End=True)})
    token = machine.token()
    for _ in range(3):
        time.sleep(1)
        machine.states.send_task_heartbeat(taskToken=token)
    assert machine.described()["status"] == "RUNNING"
    found = machine.ended()
    assert (found["status"], found["error"]) == ("FAILED", "States.HeartbeatTimeout")


def test_a_run_that_takes_too_long_ends_and_the_bus_hears_of_it(root: Path):
    machine = Machine(root)
    hears(machine)
    machine.start({"Ask": machine.ask(End=True)}, TimeoutSeconds=4)
    token = machine.token()
    machine.restart("stopped")
    assert machine.ended()["status"] == "TIMED_OUT"
    assert machine.history()[-1] == "ExecutionTimedOut"
    with pytest.raises(ClientError, match=r"TaskTimedOut|TaskDoesNotExist"):
        machine.states.send_task_success(taskToken=token, output="{}")
    eventually(lambda: "TIMED_OUT" in heard(machine))


def test_a_stopped_run_stops_and_its_token_is_worth_nothing(root: Path):
    machine = Machine(root)
    hears(machine)
    caught = {"ErrorEquals": ["States.ALL"], "Next": "Say"}
    machine.start(
        {
            "Ask": machine.ask(Catch=[caught], Next="Say"),
            "Say": machine.say("must not be said", End=True),
        }
    )
    token = machine.token()
    machine.states.stop_execution(executionArn=machine.run)
    with pytest.raises(ClientError, match=r"TaskTimedOut|TaskDoesNotExist"):
        machine.states.send_task_success(taskToken=token, output="{}")
    machine.restart("stopped")
    assert machine.described()["status"] == "ABORTED"
    assert "must not be said" not in machine.received("said", wait=1)
    eventually(lambda: "ABORTED" in heard(machine))


def test_the_function_that_asks_may_fail_and_each_attempt_has_its_own_token(root: Path):
    machine = Machine(root)
    function = machine.cloud.function(
        """
        class BusyError(Exception):
            pass

        def handler(event, context):
            print("token", event["token"])
            raise BusyError("not now")
        """
    )
    machine.role = machine.cloud.role("states", [allow("lambda:InvokeFunction", function.arn)])
    machine.start(
        {
            "Ask": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "Parameters": {
                    "FunctionName": function.arn,
                    "Payload": {"token.$": "$$.Task.Token"},
                },
                "Retry": [{"ErrorEquals": ["BusyError"], "IntervalSeconds": 1, "MaxAttempts": 2}],
                "End": True,
            }
        }
    )
    assert machine.ended()["error"] == "BusyError"
    logs = machine.cloud.client("logs")

    def tokens() -> set[str]:
        found = logs.filter_log_events(logGroupName=f"/aws/lambda/{function.name}")["events"]
        lines = [each["message"].split() for each in found]
        return {words[1] for words in lines if words[0] == "token"}

    eventually(lambda: len(tokens()) == 3)


def test_the_items_of_a_map_go_on_each_where_it_was(root: Path):
    machine = Machine(root)
    item = {
        "StartAt": "Say",
        "States": {
            "Say": {
                **machine.say("", Next="Wait"),
                "Parameters": {"QueueUrl": machine.queues["said"], "MessageBody.$": "$"},
            },
            "Wait": {"Type": "Wait", "Seconds": 6, "Next": "Say again"},
            "Say again": {
                **machine.say("", End=True),
                "Parameters": {
                    "QueueUrl": machine.queues["said"],
                    "MessageBody.$": "States.Format('{} again', $)",
                },
            },
        },
    }
    each = {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": item, "End": True}
    machine.start({"Each": each}, {"items": ["a", "b", "c"]})
    eventually(lambda: len(machine.received("said")) == 3)
    machine.restart("killed")
    assert machine.ended()["status"] == "SUCCEEDED"
    found = sorted(machine.received("said", wait=2.5))
    assert found == ["a", "a again", "b", "b again", "c", "c again"]


def test_what_was_begun_goes_on_by_the_definition_it_began_with(root: Path):
    machine = Machine(root)
    machine.start(
        {"Ask": machine.ask(ResultPath=None, Next="Say"), "Say": machine.say("old", End=True)}
    )
    token = machine.token()
    new = {"StartAt": "Other", "States": {"Other": machine.say("new", End=True)}}
    machine.states.update_state_machine(stateMachineArn=machine.arn, definition=json.dumps(new))
    machine.restart("stopped")
    machine.states.send_task_success(taskToken=token, output="{}")
    assert machine.ended()["status"] == "SUCCEEDED"
    assert machine.received("said") == ["old"]


def hears(machine: Machine) -> None:
    """What the bus says of executions goes into a queue."""
    sqs, events = machine.cloud.client("sqs"), machine.cloud.client("events")
    machine.queues["heard"] = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:heard"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
            }
        ],
    }
    sqs.set_queue_attributes(
        QueueUrl=machine.queues["heard"], Attributes={"Policy": json.dumps(policy)}
    )
    events.put_rule(Name="executions", EventPattern=json.dumps({"source": ["aws.states"]}))
    events.put_targets(Rule="executions", Targets=[{"Id": "queue", "Arn": arn}])


def heard(machine: Machine) -> set[str]:
    return {json.loads(each)["detail"]["status"] for each in machine.received("heard")}
