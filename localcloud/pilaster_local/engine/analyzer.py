"""A policy pack as a process: started for one run, asked over the Analyzer protocol, ended with it.

The same protocol and the same pack as with the official engine, so what is refused there is refused
here. What it is not told: the stack's settings that are secret. What is not supported: remediation,
which would change inputs behind the program's back.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import grpc
import yaml
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from pilaster_local.engine import analyzer_host, analyzer_messages
from pilaster_local.engine.analyzer_settings import Levels, settled
from pilaster_local.engine.errors import EngineError, RefusedError
from pilaster_local.engine.goal import Goal
from pilaster_local.engine.resource import Resource
from pilaster_local.engine.urn import name_of

PATIENCE_SECONDS = 60.0
"""For a pack to start: it imports its SDK and its rules."""
_LONGEST_MESSAGE = 1024 * 1024 * 400
"""Bytes, as pulumi-policy itself allows."""


class PolicyPackError(EngineError):
    """A policy pack did not start, or one of its rules raised."""


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
        self._said: deque[str] = deque(maxlen=40)
        self._process = _started(pack, run)
        self._ready = threading.Lock()
        self._channel: grpc.Channel | None = None
        self._stub: Any = None
        self._stderr = threading.Thread(
            target=self._listen, args=(self._process.stderr,), daemon=True
        )
        self._stderr.start()

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

    def close(self) -> None:
        """End the process. Closing its input is enough; a rule that hangs is killed."""
        if self._channel:
            self._channel.close()
        cast("IO[bytes]", self._process.stdin).close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream:
                self._stderr.join(2)
                stream.close()

    def _ask(self, method: str, request: Any, doing: str) -> Any:
        stub = self._connected()
        try:
            return getattr(stub, method)(request)
        except grpc.RpcError as error:
            why = getattr(error, "details", lambda: "")() or str(error)
            raise PolicyPackError(
                f"the policy pack {str(self.pack.folder)!r} failed while {doing}: {why}. A rule "
                "that raises is a fault of the rule; nothing was changed by it"
            ) from None

    def _connected(self) -> Any:
        with self._ready:
            if self._stub is None:
                options = [
                    ("grpc.max_receive_message_length", _LONGEST_MESSAGE),
                    ("grpc.max_send_message_length", _LONGEST_MESSAGE),
                    ("grpc.enable_http_proxy", 0),
                ]
                self._channel = grpc.insecure_channel(f"127.0.0.1:{self._port()}", options)
                stub = analyzer_pb2_grpc.AnalyzerStub(self._channel)
                self._configure(stub)
                self._stub = stub
            return self._stub

    def _port(self) -> int:
        """The first line it prints. What it prints later is a rule talking."""
        stdout = cast("IO[bytes]", self._process.stdout)
        late = threading.Timer(PATIENCE_SECONDS, self._process.kill)
        late.start()
        try:
            line = stdout.readline()
        finally:
            late.cancel()
        if not line.strip().isdigit():
            self._process.wait()
            self._stderr.join(2)
            raise PolicyPackError(
                f"the policy pack {str(self.pack.folder)!r} did not start: "
                + ("\n".join(self._said) or "it ended without a word")
            )
        threading.Thread(target=self._listen, args=(stdout,), daemon=True).start()
        return int(line)

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

    def _listen(self, stream: IO[bytes]) -> None:
        """A pipe nobody reads would stop the pack when it is full."""
        try:
            for line in stream:
                self._said.append(line.decode(errors="replace").rstrip())
        except ValueError:
            return  # closed while waiting for a line


def _started(pack: PolicyPack, run: Run) -> subprocess.Popen[bytes]:
    described = pack.folder / "PulumiPolicy.yaml"
    try:
        described_as = yaml.safe_load(described.read_text()) or {}
    except (OSError, yaml.YAMLError) as error:
        raise PolicyPackError(
            f"{str(pack.folder)!r} is no policy pack: {described.name} cannot be read ({error})"
        ) from None
    runtime = described_as.get("runtime")
    runtime = runtime.get("name") if isinstance(runtime, dict) else runtime
    if runtime != "python":
        raise RefusedError(
            f"a policy pack in {runtime!r} ({str(pack.folder)!r})", "use the official engine"
        )
    own = pack.folder / ".venv" / "bin" / "python"
    environment = {
        **os.environ,
        "PULUMI_ORGANIZATION": "organization",
        "PULUMI_PROJECT": run.project,
        "PULUMI_STACK": run.stack,
        "PULUMI_DRY_RUN": "true" if run.preview else "false",
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # seconds at every start
    # -P: or this folder would stand before the standard library.
    host = [analyzer_host.__file__, "127.0.0.1:1", str(pack.folder)]
    return subprocess.Popen(
        [str(own) if own.is_file() else sys.executable, "-u", "-P", *host],
        cwd=pack.folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Ctrl-C is for the run, which still asks about what is in flight.
        start_new_session=True,
    )


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
