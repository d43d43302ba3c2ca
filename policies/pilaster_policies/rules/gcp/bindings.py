"""Who may do what, in whichever of Google's 470 types for it it is said.

Each has a role and a member, a role and members, or a whole policy as JSON. `bindings.txt` lists
the types of pulumi_gcp 10.2 that end so; one that is newer is added there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pilaster_policies.registry import Resource
from pilaster_policies.values import Unknown, Value, from_json

TYPES = frozenset((Path(__file__).parent / "bindings.txt").read_text("utf-8").split())
WHOLE = frozenset(
    type_
    for type_ in TYPES
    if type_.split(":")[1].split("/")[0] in ("folder", "organizations", "projects")
)
"""Those that bind on a project, a folder or an organization: on all there is in it."""


@dataclass(frozen=True)
class Binding:
    """One role, for some."""

    role: Value
    members: list[Value]
    condition: Value
    label: str


def bindings(resource: Resource) -> Iterator[Binding]:
    """All that a resource binds. What is not known yet is noted, and left out."""
    if resource.type.endswith("Policy"):
        yield from _policy(resource)
        return
    many = resource.type.endswith("Binding")
    found = resource.get("members") if many else resource.get("member")
    yield Binding(
        role=resource.get("role"),
        members=found if isinstance(found, list) else [found],
        condition=resource.get("condition"),
        label="",
    )


def _policy(resource: Resource) -> Iterator[Binding]:
    document = resource.get("policyData")
    if not isinstance(document, str):
        return
    try:
        read = from_json(document)
    except ValueError:
        read = None
    listed = read.get("bindings") if isinstance(read, dict) else None
    for number, each in enumerate(listed if isinstance(listed, list) else [], 1):
        if isinstance(each, dict):
            members = each.get("members")
            yield Binding(
                role=each.get("role"),
                members=members if isinstance(members, list) else [members],
                condition=each.get("condition"),
                label=f"binding {number}: ",
            )


def known(value: Value) -> str | None:
    """A text that is known; None for what is none, or not yet."""
    return value if isinstance(value, str) and not isinstance(value, Unknown) else None
