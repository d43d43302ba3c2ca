"""Resources before the policy pack, as an engine sends them: protocol in, diagnostics out.

The pack's own servicer is asked in this process: unknowns, secrets and proxies are the real ones.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import struct_pb2
from pilaster_policies.pack import Pack
from pilaster_policies.values import keep_marks
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import policy

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What is not known yet: the sentinel both engines send."""
LEVELS = {analyzer_pb2.MANDATORY: "mandatory", analyzer_pb2.ADVISORY: "advisory"}


def secret(value: Any) -> dict[str, Any]:
    return {SIGNATURE: SECRET, "value": value}


def document(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@dataclass(frozen=True)
class Thing:
    """A resource of a stack."""

    type: str
    name: str = "it"
    props: dict[str, Any] = field(default_factory=dict)
    needs: dict[str, list[str]] = field(default_factory=dict)
    """By property, the names of what it was made of."""


@dataclass(frozen=True)
class Said:
    rule: str
    level: str
    text: str
    """Without the policy's description."""
    resource: str


class Court:
    """One pack, configured once, asked about resources and about stacks."""

    def __init__(
        self,
        exceptions: Any = None,
        account: str = "111111111111",
        stack: str = "dev",
        source: str | None = None,
    ) -> None:
        keep_marks()
        self._account = account
        self._stack = stack
        self._servicer = policy._PolicyAnalyzerServicer(
            "pack", "0.0.1", Pack().policies(), policy.EnforcementLevel.ADVISORY
        )
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for policy_, name, value in (
            ("exceptions", "exceptions", exceptions),
            ("graph", "source", source),
        ):
            if value is not None:
                request.policyConfig[policy_].enforcementLevel = analyzer_pb2.MANDATORY
                request.policyConfig[policy_].properties.update({name: value})
        self._servicer.Configure(request, None)

    def on(self, thing: Thing) -> list[Said]:
        """What is said of one resource, before it is made."""
        request = analyzer_pb2.AnalyzeRequest(
            type=thing.type,
            urn=self._urn(thing),
            name=thing.name,
            properties=_struct(thing.props),
            provider=analyzer_pb2.AnalyzerProviderResource(
                type="pulumi:providers:aws",
                urn="urn:pulumi:dev::p::pulumi:providers:aws::default",
                name="default",
                properties=_struct({"allowedAccountIds": json.dumps([self._account])}),
            ),
        )
        return _said(self._servicer.Analyze(request, None), thing.name)

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
        return found + _said(self._servicer.AnalyzeStack(request, None), "")

    def _urn(self, thing: Thing) -> str:
        return f"urn:pulumi:{self._stack}::p::{thing.type}::{thing.name}"


def judged(type_: str, **props: Any) -> list[Said]:
    return Court().on(Thing(type_, props=props))


def broken(type_: str, **props: Any) -> list[str]:
    """The rules one resource breaks."""
    return sorted({s.rule for s in judged(type_, **props) if s.level == "mandatory"})


def waiting(type_: str, **props: Any) -> list[str]:
    """The rules that cannot tell yet."""
    return sorted({s.rule for s in judged(type_, **props) if s.level == "advisory"})


def _struct(props: dict[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(props)
    return struct


def _said(answer: Any, name: str) -> list[Said]:
    found: list[Said] = []
    for one in answer.diagnostics:
        text = one.message.partition("\n")[2]
        rule = one.policyName
        if text.startswith("["):
            rule, _, text = text[1:].partition("] ")
        where = one.urn.rsplit("::", 1)[-1] if one.urn else name
        found.append(Said(rule, LEVELS[one.enforcementLevel], text, where))
    return found
