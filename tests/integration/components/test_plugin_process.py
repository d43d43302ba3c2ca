"""The plugin as the engine starts it: a process in the folder `components`."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from pilaster.plugin import schema
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

FOLDER = Path(__file__).parents[3] / "components"


@contextmanager
def started(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its first line. It is started in the folder of somebody's program."""
    process = subprocess.Popen(
        [sys.executable, str(FOLDER), "127.0.0.1:1"],
        cwd=folder,
        env={name: text for name, text in os.environ.items() if name != "PYTHONPATH"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.communicate()


def test_it_prints_its_port_first_and_answers_there(tmp_path: Path):
    began = time.monotonic()
    with started(tmp_path) as (_, line):
        seconds = time.monotonic() - began
        port = int(line)
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            answer = stub.GetSchema(provider_pb2.GetSchemaRequest(version=0))
            assert json.loads(answer.schema) == json.loads(json.dumps(schema.package()))
            info = stub.GetPluginInfo(provider_pb2.google_dot_protobuf_dot_empty__pb2.Empty())
            assert info.version == schema.version()
    print(f"the plugin answers after {seconds:.1f} s")


def test_it_listens_on_this_machine_alone(tmp_path: Path):
    """127.0.0.1 in the kernel's table: by itself, or within an address of the newer kind."""
    with started(tmp_path) as (process, line):
        table = Path(f"/proc/{process.pid}/net")
        rows = [row.split() for name in ("tcp", "tcp6") for row in (table / name).open()]
        own = {row[1].split(":")[0] for row in rows if row[1].endswith(f":{int(line):04X}")}
        assert own
        assert own <= {"0100007F", "0000000000000000FFFF00000100007F"}


def test_it_ends_when_it_is_told_to_and_says_nothing(tmp_path: Path):
    with started(tmp_path) as (process, line):
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
        assert (process.returncode, said) == (0, "")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", int(line)), timeout=5)
