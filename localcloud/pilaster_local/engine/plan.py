"""What a run did or would do: steps, counts, and the shape of `pulumi preview --json`."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from pilaster_local.engine import values
from pilaster_local.engine.analyzer import Violation
from pilaster_local.engine.events import Diagnostic, Op
from pilaster_local.engine.resource import Resource, plain_json
from pilaster_local.engine.urn import STACK_TYPE, is_provider, name_of
from pilaster_local.engine.values import Properties

_UNCOUNTED = ("read", "discard")


@dataclass(frozen=True, kw_only=True)
class Step:
    """What happened, or would, to one resource."""

    urn: str
    op: Op
    type: str
    old: Resource | None = field(default=None, repr=False)
    new: Resource | None = field(default=None, repr=False)
    changed: tuple[str, ...] = ()
    """The properties that differ."""
    replaced_by: tuple[str, ...] = ()
    """Those of them that force a replacement."""
    deleted_first: bool = False
    detailed: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)

    @property
    def inputs(self) -> Properties:
        """The new inputs (of a delete: the old ones) as they may be shown."""
        resource = self.new or self.old
        return values.masked(resource.inputs) if resource else {}


@dataclass(kw_only=True)
class Outcome:
    """The result of an `up` or `destroy`."""

    project: str
    stack: str
    config: dict[str, str] = field(default_factory=dict)
    """As it may be shown."""
    steps: list[Step] = field(default_factory=list)
    outputs: Properties = field(default_factory=dict)
    """The stack's outputs as they may be shown: secrets are `[secret]`."""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    """What the policy packs said, in the order they said it."""
    seconds: float = 0.0
    started: float = field(default_factory=time.monotonic, repr=False)

    @property
    def counts(self) -> dict[str, int]:
        """How many resources per operation; the default providers do not count."""
        counted = Counter(step.op for step in self.steps if not _hidden(step))
        return {op: counted[op] for op in sorted(counted)}

    @property
    def changes(self) -> int:
        """How many resources are not as they were; a look at something is no change."""
        return sum(count for op, count in self.counts.items() if op not in ("same", "read"))

    def step(self, urn_or_name: str) -> Step:
        """The step of one resource, by URN or logical name."""
        for step in self.steps:
            if urn_or_name in (step.urn, name_of(step.urn)):
                return step
        raise KeyError(f"no step for {urn_or_name!r}")

    def to_json(self) -> dict[str, Any]:
        """The shape of `pulumi preview --json`."""
        written: dict[str, Any] = {"config": self.config} if self.config else {}
        written["steps"] = [_entry(step) for step in self.steps if _is_listed(step)]
        if told := [
            _told(d) for d in self.diagnostics if d.severity != "debug" and not d.ephemeral
        ]:
            written["diagnostics"] = told
        written["duration"] = int(self.seconds * 1e9)
        written["changeSummary"] = {k: n for k, n in self.counts.items() if k not in _UNCOUNTED}
        return written


class Plan(Outcome):
    """The result of a `preview`: nothing was changed; unknown values are the sentinel."""


def _hidden(step: Step) -> bool:
    return is_provider(step.type) and name_of(step.urn).startswith("default")


def _is_listed(step: Step) -> bool:
    """What is the same is left out, but for the stack itself and a change of protection."""
    if step.op != "same" or step.type == STACK_TYPE:
        return not _hidden(step)
    return bool(step.old and step.new and step.old.protect != step.new.protect)


def _entry(step: Step) -> dict[str, Any]:
    """A replacement is one step: what it consists of is not shown."""
    entry: dict[str, Any] = {"op": step.op, "urn": step.urn}
    shown = step.new or step.old
    if shown and shown.provider:
        entry["provider"] = shown.provider
    if step.old and step.op != "create":
        entry["oldState"] = _shown(step.old)
    if step.new and step.op not in ("delete", "discard"):
        # What is to be made or changed has no id before it is.
        is_wanted = step.op in ("update", "replace")
        entry["newState"] = _shown(replace(step.new, id="") if is_wanted else step.new)
    if step.changed:
        entry["diffReasons"] = list(step.changed)
    if step.replaced_by:
        entry["replaceReasons"] = list(step.replaced_by)
    entry["detailedDiff"] = step.detailed or None
    return entry


def _told(diagnostic: Diagnostic) -> dict[str, Any]:
    prefix = "" if diagnostic.severity == "info" else f"{diagnostic.severity}: "
    text = {"message": f"{prefix}{diagnostic.message}\n", "severity": diagnostic.severity}
    return {"urn": diagnostic.urn, **text} if diagnostic.urn else text


def _shown(resource: Resource) -> dict[str, Any]:
    masked = {name: values.masked(getattr(resource, name)) for name in ("inputs", "outputs")}
    return plain_json(replace(resource, **masked))
