"""A test kit: resources before a policy pack, as an engine sends them, and what the pack says.

    from pilaster_policies.testing import UNKNOWN, Thing, pack

    def test_a_bucket_with_a_public_acl_is_refused():
        with pack("policies") as judge:
            said = judge.on(Thing("aws:s3/bucket:Bucket", props={"acl": "public-read"}))
        assert [each.rule for each in said if each.level == "mandatory"] == ["aws-public-bucket"]

The pack is a process of its own that speaks the engine's own protocol, whoever wrote it: unknown
values, secrets, settings and levels are the real ones. It ends with the `with`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What is not known yet: the sentinel both engines send."""
_LEVELS = {
    analyzer_pb2.ADVISORY: "advisory",
    analyzer_pb2.MANDATORY: "mandatory",
    analyzer_pb2.REMEDIATE: "remediate",
    analyzer_pb2.DISABLED: "disabled",
}


def secret(value: Any) -> dict[str, Any]:
    """A value the program marked as secret."""
    return {SIGNATURE: SECRET, "value": value}


@dataclass(frozen=True)
class Thing:
    """A resource of a stack."""

    type: str
    """As `aws:s3/bucket:Bucket`."""
    name: str = "it"
    """Its logical name."""
    props: dict[str, Any] = field(default_factory=dict)
    """By the provider's own names, camelCase; `UNKNOWN` and `secret(...)` among the values."""
    needs: dict[str, list[str]] = field(default_factory=dict)
    """By property, the names of the things its value was made of."""


@dataclass(frozen=True)
class Said:
    """What the pack says of a thing."""

    rule: str
    level: str
    """advisory, mandatory, remediate or disabled."""
    text: str
    """Without the policy's description."""
    resource: str
    """The thing's logical name; empty where it is about the stack."""


class Judge:
    """A pack that can be asked."""

    def __init__(
        self,
        ask: Callable[[str, Any], Any],
        *,
        account: str = "111111111111",
        stack: str = "dev",
    ) -> None:
        """`ask`: sends a request by the name of its method. `account`: the provider's own."""
        self._ask = ask
        self._account = account
        self._stack = stack

    def on(self, thing: Thing) -> list[Said]:
        """What is said of one resource, before it is made."""
        request = analyzer_pb2.AnalyzeRequest(
            type=thing.type,
            urn=self._urn(thing),
            name=thing.name,
            properties=_struct(thing.props),
            provider=self._provider(),
        )
        return _said(self._ask("Analyze", request), thing.name)

    def on_stack(self, things: Sequence[Thing]) -> list[Said]:
        """What is said of each, and then of all of them together."""
        found = [said for thing in things for said in self.on(thing)]
        urns = {thing.name: self._urn(thing) for thing in things}
        request = analyzer_pb2.AnalyzeStackRequest(
            resources=[
                analyzer_pb2.AnalyzerResource(
                    type=thing.type,
                    urn=self._urn(thing),
                    name=thing.name,
                    properties=_struct(thing.props),
                    provider=self._provider(),
                    propertyDependencies={
                        key: analyzer_pb2.AnalyzerPropertyDependencies(
                            urns=[urns[name] for name in names]
                        )
                        for key, names in thing.needs.items()
                    },
                )
                for thing in things
            ]
        )
        return found + _said(self._ask("AnalyzeStack", request), "")

    def configure(self, settings: Mapping[str, Mapping[str, Any]]) -> None:
        """Settings by policy, as a file for `--policy-pack-config` has them."""
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for policy, properties in settings.items():
            request.policyConfig[policy].enforcementLevel = analyzer_pb2.MANDATORY
            request.policyConfig[policy].properties.update(dict(properties))
        self._ask("Configure", request)

    def _urn(self, thing: Thing) -> str:
        return f"urn:pulumi:{self._stack}::p::{thing.type}::{thing.name}"

    def _provider(self) -> Any:
        return analyzer_pb2.AnalyzerProviderResource(
            type="pulumi:providers:aws",
            urn=f"urn:pulumi:{self._stack}::p::pulumi:providers:aws::default",
            name="default",
            properties=_struct({"allowedAccountIds": json.dumps([self._account])}),
        )


@contextmanager
def pack(
    folder: str | Path,
    *,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    account: str = "111111111111",
    stack: str = "dev",
) -> Iterator[Judge]:
    """Starts the pack in `folder` (where its PulumiPolicy.yaml is) with this Python.

    Raises RuntimeError, with what the pack printed, if it does not come up.
    """
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", "."],
        cwd=folder,
        env={**os.environ, "PULUMI_STACK": stack, "PULUMI_PROJECT": "p"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        port = process.stdout.readline().strip()
        if not port.isdigit():
            process.kill()
            raise RuntimeError(
                f"the policy pack in {str(folder)!r} did not start: {process.stderr.read().strip()}"
            )
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = cast(Any, analyzer_pb2_grpc.AnalyzerStub)(channel)
            stub.GetAnalyzerInfo(empty_pb2.Empty(), wait_for_ready=True, timeout=30)
            judge = Judge(
                lambda method, request: getattr(stub, method)(request, timeout=60),
                account=account,
                stack=stack,
            )
            judge.configure(settings or {})
            yield judge
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def _struct(props: dict[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(props)
    return struct


def _said(answer: Any, name: str) -> list[Said]:
    found: list[Said] = []
    for one in answer.diagnostics:
        text = one.message.partition("\n")[2] or one.message
        rules = one.policyName
        if text.startswith("["):
            # A policy that speaks for several rules names them in front.
            rules, _, text = text[1:].partition("] ")
        where = one.urn.rsplit("::", 1)[-1] if one.urn else name
        found += [Said(r, _LEVELS[one.enforcementLevel], text, where) for r in rules.split(", ")]
    return found
