"""What a run did or would do: steps, counts, and the shape of `pulumi preview --json`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pilaster_local.engine import values
from pilaster_local.engine.analyzer import Violation
from pilaster_local.engine.events import Diagnostic, Op
from pilaster_local.engine.resource import Resource
from pilaster_local.engine.urn import is_provider, name_of
from pilaster_local.engine.values import Properties


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
        return sum(count for op, count in self.counts.items() if op != "same")

    def step(self, urn_or_name: str) -> Step:
        """The step of one resource, by URN or logical name."""
        for step in self.steps:
            if urn_or_name in (step.urn, name_of(step.urn)):
                return step
        raise KeyError(f"no step for {urn_or_name!r}")

    def to_json(self) -> dict[str, Any]:
        """The shape of `pulumi preview --json`."""
        written: dict[str, Any] = {"config": self.config}
        steps = [entry for step in self.steps if not _hidden(step) for entry in _entries(step)]
        # What was replaced is deleted at the end of a run, wherever it stood.
        steps.sort(key=lambda entry: entry["op"] == "delete-replaced" and not entry.pop("first"))
        written["steps"] = steps
        if self.diagnostics:
            written["diagnostics"] = [
                {
                    "urn": d.urn,
                    "prefix": f"{d.severity}: ",
                    "message": d.message,
                    "severity": d.severity,
                }
                for d in self.diagnostics
                if d.severity != "debug" and not d.ephemeral
            ]
        written["duration"] = int(self.seconds * 1e9)
        written["changeSummary"] = self.counts
        return written


class Plan(Outcome):
    """The result of a `preview`: nothing was changed; unknown values are the sentinel."""


def _hidden(step: Step) -> bool:
    return is_provider(step.type) and name_of(step.urn).startswith("default")


def _entries(step: Step) -> Iterator[dict[str, Any]]:
    """The official engine shows a replacement as three steps and what is unchanged not at all."""
    if step.op == "same":
        return
    if step.op != "replace":
        yield _entry(step, step.op)
        return
    if step.deleted_first:
        yield {**_entry(step, "delete-replaced"), "first": True}
    yield _entry(step, "replace")
    yield _entry(step, "create-replacement")
    if not step.deleted_first:
        yield {**_entry(step, "delete-replaced"), "first": False}


def _entry(step: Step, op: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"op": op, "urn": step.urn}
    shown = step.new or step.old
    if shown and shown.provider:
        entry["provider"] = shown.provider
    if step.old and op != "create":
        entry["oldState"] = _shown(step.old)
    if step.new and op not in ("delete", "delete-replaced"):
        entry["newState"] = _shown(step.new)
    if op in ("update", "replace", "create-replacement"):
        entry["diffReasons"] = list(step.changed) or None
        if step.replaced_by:
            entry["replaceReasons"] = list(step.replaced_by)
        entry["detailedDiff"] = step.detailed or None
    return entry


def _shown(resource: Resource) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "urn": resource.urn,
        "custom": resource.custom,
        "id": resource.id,
        "type": resource.type,
        "inputs": values.masked(resource.inputs),
        "outputs": values.masked(resource.outputs),
        "parent": resource.parent,
        "protect": resource.protect,
        "dependencies": list(resource.dependencies),
        "provider": resource.provider,
        "propertyDependencies": resource.property_dependencies,
        "additionalSecretOutputs": list(resource.additional_secret_outputs),
        "deletedWith": resource.deleted_with,
    }
    return {k: v for k, v in shown.items() if v or k in ("urn", "custom", "type")}
