"""A policy pack as a process: started for one run, asked over the Analyzer protocol, ended with it.

The same protocol and the same pack as with the official engine, so what is refused there is refused
here. What it is not told: the stack's settings that are secret. What is not supported: remediation,
which would change inputs behind the program's back.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from pilaster_local.engine import analyzer_messages
from pilaster_local.engine.analyzer_process import PackProcess, PolicyPackError
from pilaster_local.engine.analyzer_settings import Levels, settled
from pilaster_local.engine.errors import EngineError, RefusedError, StoppedError
from pilaster_local.engine.goal import Goal
from pilaster_local.engine.resource import Resource
from pilaster_local.engine.urn import name_of

_LONGEST_MESSAGE = 1024 * 1024 * 400
"""Bytes, as pulumi-policy itself allows."""


@dataclass(frozen=True, kw_only=True)
class PolicyPack:
    """Where a pack is, and the file that configures it."""

    folder: Path
    settings: Path | None = None
    """What `pulumi preview --policy-pack-config` takes."""

    @classmethod
    def at(cls, folder: Path) -> PolicyPack:
        """The pack with the settings that stand beside it: `policies.json` for `policies`."""
        folder = folder.resolve()
        beside = folder.with_name(f"{folder.name}.json")
        return cls(folder=folder, settings=beside if beside.is_file() else None)


@dataclass(frozen=True, kw_only=True)
class Violation:
    """What a policy says of a resource."""

    policy: str
    pack: str
    mandatory: bool
    message: str
    urn: str
    """Of the resource, or of the stack where it concerns the stack as a whole."""

    def __str__(self) -> str:
        return f"[{self.pack}] {self.policy}: {self.message}"


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a pack is told of the run it belongs to."""

    project: str
    stack: str
    preview: bool
    config: dict[str, str]
    """Without secrets."""


class Analyzer:
    """One running pack. It starts in the background; the first question waits for it."""

    def __init__(self, pack: PolicyPack, run: Run) -> None:
        self.pack = pack
        self._run = run
        self._process = PackProcess(
            pack.folder,
            {
                "PULUMI_ORGANIZATION": "organization",
                "PULUMI_PROJECT": run.project,
                "PULUMI_STACK": run.stack,
                "PULUMI_DRY_RUN": "true" if run.preview else "false",
            },
        )
        self._ready = threading.Lock()
        self._channel: grpc.Channel | None = None
        self._stub: Any = None
        self._failure: EngineError | None = None
        self._abandoned = False

    def analyze(
        self, resource: Resource, provider: Resource | None, goal: Goal | None = None
    ) -> list[Violation]:
        """What the pack says of a resource with its checked inputs, before anything is done."""
        request = analyzer_messages.analyze(resource, provider, goal)
        answer = self._ask("Analyze", request, f"judging {name_of(resource.urn)}")
        return [_violation(found, resource.urn) for found in answer.diagnostics]

    def analyze_stack(
        self, resources: list[tuple[Resource, Resource | None]], stack_urn: str
    ) -> list[Violation]:
        """What it says of the stack as it is now; each resource comes with its provider."""
        request = analyzer_pb2.AnalyzeStackRequest(
            resources=[analyzer_messages.of_stack(*pair) for pair in resources]
        )
        answer = self._ask("AnalyzeStack", request, "judging the stack")
        known = {resource.urn for resource, _ in resources}
        return [
            _violation(found, found.urn if found.urn in known else stack_urn)
            for found in answer.diagnostics
        ]

    def abandon(self) -> None:
        """Ctrl-C: what is asked now is not waited for. Nothing that is asked about has begun."""
        self._abandoned = True
        self._process.kill()

    def close(self) -> None:
        if self._channel:
            self._channel.close()
        self._process.close()

    def _ask(self, method: str, request: Any, doing: str) -> Any:
        try:
            return getattr(self._connected(), method)(request)
        except (grpc.RpcError, PolicyPackError) as error:
            if self._abandoned:
                raise StoppedError from None
            if isinstance(error, PolicyPackError):
                raise
            named = f"the policy pack {str(self.pack.folder)!r}"
            raise PolicyPackError(f"{named} failed while {doing}: {self._why(error)}") from None

    def _why(self, error: grpc.RpcError) -> str:
        """What a rule raised, and where: the library leaves the place to standard error."""
        code = self._process.ended
        if code is not None:
            return f"its process ended with {code}. {self._process.said}".rstrip()
        details = getattr(error, "details", lambda: "")() or str(error)
        return (
            f"{details}. A rule that raises is a fault of the rule. {self._process.said}".rstrip()
        )

    def _connected(self) -> Any:
        with self._ready:
            if self._failure:
                raise self._failure
            if self._stub is None:
                try:
                    self._stub = self._connect()
                except EngineError as error:
                    self._failure = error  # its one port is printed once
                    raise
            return self._stub

    def _connect(self) -> Any:
        options = [
            ("grpc.max_receive_message_length", _LONGEST_MESSAGE),
            ("grpc.max_send_message_length", _LONGEST_MESSAGE),
            ("grpc.enable_http_proxy", 0),
        ]
        self._channel = grpc.insecure_channel(f"127.0.0.1:{self._process.port()}", options)
        stub = analyzer_pb2_grpc.AnalyzerStub(self._channel)
        self._configure(stub)
        return stub

    def _configure(self, stub: Any) -> None:
        try:
            info = stub.GetAnalyzerInfo(empty_pb2.Empty())
            stub.ConfigureStack(
                analyzer_pb2.AnalyzerStackConfigureRequest(
                    stack=self._run.stack,
                    project=self._run.project,
                    organization="organization",
                    dry_run=self._run.preview,
                    config=self._run.config,
                )
            )
            levels = settled(info, self.pack.settings)
            _refuse_remediation(levels, self.pack)
            request = analyzer_pb2.ConfigureAnalyzerRequest()
            for name, (level, properties) in levels.items():
                struct = struct_pb2.Struct()
                struct.update(properties)
                request.policyConfig[name].CopyFrom(
                    analyzer_pb2.PolicyConfig(
                        enforcementLevel=cast("Any", level), properties=struct
                    )
                )
            stub.Configure(request)
        except grpc.RpcError as error:
            why = getattr(error, "details", lambda: "")() or str(error)
            raise PolicyPackError(
                f"the policy pack {str(self.pack.folder)!r} does not take its settings: {why}"
            ) from None


def _refuse_remediation(levels: Levels, pack: PolicyPack) -> None:
    remediating = [n for n, (level, _) in levels.items() if level == analyzer_pb2.REMEDIATE]
    if remediating:
        raise RefusedError(
            f"remediation ({', '.join(sorted(remediating))} in {str(pack.folder)!r})",
            "set these policies to mandatory, and change the program",
        )


def _violation(found: Any, urn: str) -> Violation:
    # The text of a diagnostic repeats the policy's description in its first line.
    return Violation(
        policy=found.policyName,
        pack=found.policyPackName,
        mandatory=found.enforcementLevel == analyzer_pb2.MANDATORY,
        message=found.message,
        urn=urn,
    )
