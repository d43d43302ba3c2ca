"""Our pack, asked in this process: its own servicer, so that a test takes no second of starting."""

from __future__ import annotations

import json
from typing import Any

from pilaster_policies.pack import Pack
from pilaster_policies.testing import SECRET, SIGNATURE, UNKNOWN, Judge, Said, Thing, secret
from pilaster_policies.values import keep_marks
from pulumi_policy import policy

__all__ = [
    "SECRET",
    "SIGNATURE",
    "UNKNOWN",
    "Court",
    "Said",
    "Thing",
    "broken",
    "document",
    "judged",
    "secret",
    "waiting",
]


def document(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


class Court(Judge):
    """One pack, configured once, asked about resources and about stacks."""

    def __init__(
        self,
        exceptions: Any = None,
        account: str = "111111111111",
        stack: str = "dev",
        source: str | None = None,
        calls: str | None = None,
        settings: dict[str, dict[str, Any]] | None = None,
    ) -> None:
        keep_marks()
        servicer = policy._PolicyAnalyzerServicer(
            "pack", "0.0.1", Pack().policies(), policy.EnforcementLevel.ADVISORY
        )
        super().__init__(
            lambda method, request: getattr(servicer, method)(request, None),
            account=account,
            stack=stack,
        )
        graph = {name: each for name, each in (("source", source), ("calls", calls)) if each}
        given = {"exceptions": {"exceptions": exceptions}, "graph": graph}
        configured = {n: each for n, each in given.items() if each and None not in each.values()}
        self.configure({**configured, **(settings or {})})


def judged(type_: str, **props: Any) -> list[Said]:
    return Court().on(Thing(type_, props=props))


def broken(type_: str, **props: Any) -> list[str]:
    """The rules one resource breaks."""
    return sorted({s.rule for s in judged(type_, **props) if s.level == "mandatory"})


def waiting(type_: str, **props: Any) -> list[str]:
    """The rules that cannot tell yet."""
    return sorted(
        {s.rule.removesuffix("-unknown") for s in judged(type_, **props) if s.level == "advisory"}
    )
