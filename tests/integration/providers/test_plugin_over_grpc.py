"""The plugin as the official engine starts it: the executable, its first line, and gRPC."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from pilaster_local.engine.conversion import from_struct, to_struct
from pilaster_local.engine.values import ARCHIVE, ASSET, SIGNATURE, UNKNOWN, secret
from pilaster_local.providers.aws import executable
from pilaster_local.services.platform import Platform
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from tests.support.local_cloud import REGION, Cloud, eventually

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}'  # noqa: E501


class Plugin:
    """One process of the plugin, and a resource's life in it."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.process = subprocess.Popen(
            [folder / "pulumi-resource-aws", "127.0.0.1:1"],
            stdout=subprocess.PIPE,
            env={"PATH": "/usr/bin:/bin", **environment},
            text=True,
        )
        assert self.process.stdout is not None
        port = self.process.stdout.readline().strip()
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.ask: Any = provider_pb2_grpc.ResourceProviderStub(self._channel)

    def configure(self, **settings: Any) -> Any:
        args = {"region": REGION, "allowedAccountIds": '["000000000000"]', **settings}
        return self.ask.Configure(provider_pb2.ConfigureRequest(args=to_struct(args)))

    def check(self, urn: str, news: Any, olds: Any = None) -> Any:
        request = provider_pb2.CheckRequest(
            urn=urn, news=to_struct(news), olds=to_struct(olds or {}), randomSeed=b"seed"
        )
        answer = self.ask.Check(request)
        assert not answer.failures, answer.failures
        return from_struct(answer.inputs)

    def diff(self, urn: str, id_: str, old: Any, state: Any, new: Any) -> list[str]:
        request = provider_pb2.DiffRequest(
            urn=urn,
            id=id_,
            old_inputs=to_struct(bare(old)),
            olds=to_struct(bare(state)),
            news=to_struct(bare(new)),
        )
        return list(self.ask.Diff(request).diffs)

    def end(self) -> int:
        self._channel.close()
        self.process.terminate()
        code = self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def bare(properties: Any) -> Any:
    """As the official engine sends what is not needed whole: archives by their hash alone."""
    return {
        name: {SIGNATURE: ARCHIVE, "hash": value["hash"]}
        if isinstance(value, dict) and value.get(SIGNATURE) == ARCHIVE
        else value
        for name, value in properties.items()
    }


@pytest.fixture(scope="module")
def folder(platform: Platform) -> Path:
    return executable.write(platform.root)


@pytest.fixture
def plugin(folder: Path) -> Iterator[Plugin]:
    started = Plugin(folder)
    started.configure()
    yield started
    assert started.end() == 0, "it ends as it should when it is told to"


def archive(text: str) -> dict[str, Any]:
    member = {SIGNATURE: ASSET, "text": text, "hash": text}
    return {SIGNATURE: ARCHIVE, "assets": {"app.py": member}, "hash": f"of {text}"}


def life(cloud: Cloud) -> Iterator[tuple[str, dict[str, Any], dict[str, Any], list[str]]]:
    """A type, its first inputs, its second ones, and what differs."""
    name = cloud.name("plugin")
    yield "aws:sqs/queue:Queue", {"name": name}, {"name": name, "tags": {"a": "b"}}, ["tags"]
    yield (
        "aws:ssm/parameter:Parameter",
        {"name": f"/{name}", "type": "SecureString", "value": secret("one")},
        {"name": f"/{name}", "type": "SecureString", "value": secret("two")},
        ["value"],
    )
    role = cloud.role("lambda", [])
    function = {"name": name, "role": role, "runtime": "python3.11", "handler": "app.handler"}
    yield (
        "aws:lambda/function:Function",
        {**function, "code": archive("def handler(e, c): return 1")},
        {**function, "code": archive("def handler(e, c): return 2"), "timeout": 9},
        ["sourceCodeHash", "timeout"],
    )
    yield (
        "aws:dynamodb/table:Table",
        {"name": name, "billingMode": "PAY_PER_REQUEST", "hashKey": "id",
         "attributes": [{"name": "id", "type": "S"}]},
        {"name": name, "billingMode": "PAY_PER_REQUEST", "hashKey": "id",
         "attributes": [{"name": "id", "type": "S"}], "tags": {"a": "b"}},
        ["tags"],
    )  # fmt: skip
    yield (
        "aws:iam/role:Role",
        {"name": name, "assumeRolePolicy": TRUST, "tags": {"a": "b"}},
        {"name": name, "assumeRolePolicy": TRUST},
        ["tags"],
    )


def test_things_live_and_end_over_grpc(plugin: Plugin, platform: Platform) -> None:
    for token, first, second, differing in life(Cloud(platform)):
        urn = f"urn:pulumi:local::p::demo:index:Parent${token}::thing"
        inputs = plugin.check(urn, first)
        made = plugin.ask.Create(provider_pb2.CreateRequest(urn=urn, properties=to_struct(inputs)))
        assert made.id, token
        state = from_struct(made.properties)
        again = plugin.check(urn, first, inputs)
        assert plugin.diff(urn, made.id, inputs, state, again) == [], token
        new = plugin.check(urn, second, inputs)
        assert set(differing) <= set(plugin.diff(urn, made.id, inputs, state, new)), token
        changed = plugin.ask.Update(
            provider_pb2.UpdateRequest(
                urn=urn,
                id=made.id,
                old_inputs=to_struct(bare(inputs)),
                olds=made.properties,
                news=to_struct(new),
            )
        )
        state = from_struct(changed.properties)
        read = plugin.ask.Read(
            provider_pb2.ReadRequest(
                urn=urn,
                id=made.id,
                inputs=to_struct(bare(new)),
                properties=to_struct(bare(state)),
            )
        )
        assert read.id == made.id, token
        assert bare(from_struct(read.inputs)) == bare(new), "a read changes no input"
        where = {"urn": urn, "id": made.id}
        gone = provider_pb2.DeleteRequest(
            **where, properties=read.properties, old_inputs=read.inputs
        )
        plugin.ask.Delete(gone)
        plugin.ask.Delete(gone)
        gone = plugin.ask.Read(provider_pb2.ReadRequest(**where, properties=read.properties))
        assert gone.id == "", f"{token} is gone, and deleting it twice is no error"


def test_a_preview_knows_what_can_be_known(plugin: Plugin) -> None:
    urn = "urn:pulumi:local::p::aws:lambda/permission:Permission::may"
    inputs = plugin.check(
        urn, {"action": "lambda:InvokeFunction", "function": UNKNOWN, "principal": "*"}
    )
    request = provider_pb2.CreateRequest(urn=urn, properties=to_struct(inputs), preview=True)
    answer = from_struct(plugin.ask.Create(request).properties)
    assert (answer["function"], answer["action"]) == (UNKNOWN, "lambda:InvokeFunction")


def test_a_refusal_is_one_sentence_without_a_trace(plugin: Plugin, platform: Platform) -> None:
    urn = "urn:pulumi:local::p::aws:ssm/parameter:Parameter::taken"
    name = "/" + Cloud(platform).name("taken")
    Cloud(platform).client("ssm").put_parameter(Name=name, Value="x", Type="String")
    inputs = plugin.check(urn, {"name": name, "type": "String", "value": "y"})
    with pytest.raises(grpc.RpcError) as refused:
        plugin.ask.Create(provider_pb2.CreateRequest(urn=urn, properties=to_struct(inputs)))
    error: Any = refused.value
    assert error.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert error.details().startswith("ssm refused PutParameter (ParameterAlreadyExists)")
    assert "\n" not in error.details()


@pytest.mark.parametrize(
    ("settings", "environment", "said"),
    [
        ({"allowedAccountIds": '["111111111111"]'}, {}, "this stack is not for this machine"),
        ({"accessKey": "AKIAIOSFODNN7EXAMPLE"}, {}, "looks like a real key"),
        ({"endpoints": '[{"s3":"https://s3.amazonaws.com"}]'}, {}, "calls this machine only"),
        ({"allowedAccountIds": '["111111111111"]'}, {"PILASTER_PREVIEW_ONLY": "1"}, None),
    ],
)
def test_it_says_which_stacks_it_takes(
    folder: Path, settings: Any, environment: Any, said: str | None
) -> None:
    plugin = Plugin(folder, **environment)
    try:
        if said is None:
            assert plugin.configure(**settings).acceptSecrets
            return
        with pytest.raises(grpc.RpcError) as refused:
            plugin.configure(**settings)
        error: Any = refused.value
        assert said in error.details()
    finally:
        assert plugin.end() == 0


def test_a_plugin_whose_engine_was_killed_ends_by_itself(folder: Path) -> None:
    engine = """
import subprocess, sys
plugin = subprocess.Popen([sys.argv[1]], stdout=subprocess.PIPE, text=True)
plugin.stdout.readline()
print(plugin.pid)
"""
    command = [sys.executable, "-c", engine, str(folder / "pulumi-resource-aws")]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    plugin = Path("/proc", ran.stdout.strip())

    def has_ended() -> bool:
        try:
            return ") Z " in (plugin / "stat").read_text()
        except FileNotFoundError:
            return True

    eventually(has_ended, seconds=30)
