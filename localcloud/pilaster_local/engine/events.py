"""What the engine tells while it works. The command shows them; tests read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Op = Literal["same", "create", "update", "replace", "delete", "read", "discard"]
Severity = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, kw_only=True)
class StepStarted:
    """A resource is about to change, or would in a preview. Not sent for unchanged ones."""

    urn: str
    op: Op
    changed: tuple[str, ...] = ()
    """Which properties differ."""


@dataclass(frozen=True, kw_only=True)
class StepDone:
    urn: str
    op: Op
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class StepFailed:
    urn: str
    op: Op
    message: str


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """A line of `pulumi.log`, or of the engine itself."""

    severity: Severity
    message: str
    urn: str = ""
    stream: int = 0
    """Lines of one stream belong together; an ephemeral line may be overwritten by the next."""
    ephemeral: bool = False


@dataclass(frozen=True, kw_only=True)
class Recovered:
    """Something an interrupted run had begun was settled before this one started."""

    urn: str
    message: str


Event = StepStarted | StepDone | StepFailed | Diagnostic | Recovered
OnEvent = Callable[[Event], None]
