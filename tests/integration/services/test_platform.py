from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from pilaster_local.services import health, process
from pilaster_local.services import platform as local_cloud
from pilaster_local.services.platform import Platform

from tests.support.local_cloud import ACCOUNT, REGION, Cloud, Function, allow, eventually

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


def client(platform: Platform, service: str):
    return boto3.client(
        service,
        endpoint_url=platform.endpoint,
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def start(root: Path) -> Platform:
    return local_cloud.start(root, say=lambda _: None)


@pytest.fixture
def root(tmp_path: Path):
    yield tmp_path
    local_cloud.purge(tmp_path)


def test_a_second_start_finds_the_first(root: Path):
    first = start(root)
    assert start(root) == first
    assert local_cloud.running(root) == first


def test_a_connection_that_its_client_closed_is_held_no_longer(platform: Platform):
    status = health.ask(int(platform.endpoint.rpartition(":")[2]), "/_pilaster/status")
    assert status is not None
    held = Path(f"/proc/{status['pid']}/fd")
    before = len(list(held.iterdir()))
    for _ in range(60):
        httpx.get(f"{platform.endpoint}/_pilaster/status", trust_env=False, timeout=30)
    eventually(lambda: len(list(held.iterdir())) < before + 20, 30)


def test_two_starts_at_once_make_one_platform(root: Path):
    found: list[Platform] = []
    threads = [threading.Thread(target=lambda: found.append(start(root))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert found[0] == found[1]


def test_a_stop_leaves_no_process_port_or_temporary_folder(root: Path):
    platform = start(root)
    assert local_cloud.stop(root)[0] == "emulator"
    for pid in platform.processes.values():
        assert process.started_at(pid) is None
    for port in (int(platform.endpoint.rpartition(":")[2]), platform.database_port):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert not (root / ".pilaster/local/tmp").exists()
    assert not (root / ".pilaster/local/run").exists()
    assert local_cloud.running(root) is None
    assert local_cloud.stop(root) == []


def test_a_stop_and_a_start_keep_state_objects_and_ports(root: Path):
    platform = start(root)
    client(platform, "s3").create_bucket(
        Bucket="kept", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    client(platform, "s3").put_bucket_versioning(
        Bucket="kept", VersioningConfiguration={"Status": "Enabled"}
    )
    client(platform, "s3").put_object(Bucket="kept", Key="a", Body=b"object")
    client(platform, "sqs").create_queue(QueueName="kept")
    local_cloud.stop(root)
    again = start(root)
    assert (again.endpoint, again.database_port) == (platform.endpoint, platform.database_port)
    assert again.instance == platform.instance
    s3 = client(again, "s3")
    assert s3.get_object(Bucket="kept", Key="a")["Body"].read() == b"object"
    assert s3.get_bucket_versioning(Bucket="kept")["Status"] == "Enabled"
    assert client(again, "sqs").get_queue_url(QueueName="kept")


def test_functions_and_what_calls_them_outlive_a_stop(root: Path):
    cloud = Cloud(start(root))
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="work")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:work"
    read = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    function = cloud.function(
        "def handler(event, context):\n    print('got', event)\n    return event",
        grants=[allow(read, arn)],
    )
    cloud.client("lambda").create_event_source_mapping(
        FunctionName=function.name, EventSourceArn=arn
    )
    assert function.call({"n": 1}) == {"n": 1}
    local_cloud.stop(root)

    cloud = Cloud(start(root))
    assert Function(cloud, function.name).call({"n": 2}) == {"n": 2}
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="from the queue")
    log = root / f".pilaster/local/logs/functions/{function.name}.log"
    eventually(lambda: "from the queue" in log.read_text())


def test_a_killed_emulator_is_another_instance_with_its_last_snapshot(root: Path):
    platform = start(root)
    client(platform, "sqs").create_queue(QueueName="saved")
    assert local_cloud.snapshot(platform)
    client(platform, "sqs").create_queue(QueueName="lost")
    os.kill(platform.processes["emulator"], signal.SIGKILL)
    again = start(root)
    assert again.instance != platform.instance
    queues = client(again, "sqs").list_queues().get("QueueUrls", [])
    assert [url.rpartition("/")[2] for url in queues] == ["saved"]


def test_a_killed_emulator_leaves_no_function_running_and_no_control_group(root: Path):
    platform = start(root)
    code = "import time\ndef handler(event, context): time.sleep(event['seconds'])"
    function = Cloud(platform).function(code, Timeout=60)
    function.call({"seconds": 0})
    calling = threading.Thread(target=lambda: _quietly(function.call, {"seconds": 50}))
    calling.start()
    functions = children(platform.processes["emulator"])
    assert functions
    os.kill(platform.processes["emulator"], signal.SIGKILL)
    calling.join(timeout=10)
    eventually(lambda: not [pid for pid in functions if process.started_at(pid)])
    start(root)
    local_cloud.stop(root)
    digest = hashlib.sha256(bytes(root / ".pilaster/local/emulator")).hexdigest()[:12]
    assert not list(Path("/sys/fs/cgroup").glob(f"*/pilaster-{digest}"))


def children(pid: int) -> list[int]:
    """Every process below this one."""
    answer = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in answer.stdout.splitlines()]
    found = [child for child, parent in pairs if parent == pid]
    return found + [below for child in found for below in children(child)]


def _quietly(call: Callable[..., Any], *arguments: Any) -> None:
    with contextlib.suppress(Exception):
        call(*arguments)


def test_a_purge_after_a_kill_leaves_no_control_group(root: Path):
    platform = start(root)
    Cloud(platform).function("def handler(event, context): return 1").call()
    os.kill(platform.processes["emulator"], signal.SIGKILL)
    local_cloud.purge(root)
    digest = hashlib.sha256(bytes(root / ".pilaster/local/emulator")).hexdigest()[:12]
    assert not list(Path("/sys/fs/cgroup").rglob(f"pilaster-{digest}"))


def test_a_start_during_a_purge_makes_a_platform_that_can_be_stopped(root: Path):
    start(root)
    purging = threading.Thread(target=local_cloud.purge, args=(root,))
    purging.start()
    again = start(root)
    purging.join()
    assert local_cloud.running(root) in (again, None)
    local_cloud.stop(root)
    assert process.started_at(again.processes["emulator"]) is None


def test_a_taken_port_is_left_to_whoever_has_it(root: Path):
    platform = start(root)
    port = int(platform.endpoint.rpartition(":")[2])
    local_cloud.stop(root)
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", port))
        stranger.listen()
        assert start(root).endpoint != platform.endpoint


def test_queues_are_found_where_they_were_when_the_port_is_another(root: Path):
    """Their URLs stand in environments, states and messages: they stay good."""
    platform = start(root)
    port = int(platform.endpoint.rpartition(":")[2])
    url = client(platform, "sqs").create_queue(QueueName="kept")["QueueUrl"]
    client(platform, "sqs").send_message(QueueUrl=url, MessageBody="before")
    local_cloud.stop(root)
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", port))
        stranger.listen()
        sqs = client(start(root), "sqs")
        assert sqs.get_queue_url(QueueName="kept")["QueueUrl"] == url
        (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
        assert message["Body"] == "before"
