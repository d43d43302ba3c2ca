"""No owner, editor or viewer: each is thousands of permissions on everything in the project."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.rules.gcp.bindings import TYPES, bindings, known

PRIMITIVE = ("roles/editor", "roles/owner", "roles/viewer", "roles/writer", "roles/reader")


@rule(
    "gcp-primitive-role",
    on=TYPES,
    why="A role is for a task: Google's basic ones are for everything in the project.",
)
def primitive(resource: Resource) -> Iterator[Finding]:
    for each in bindings(resource):
        role = known(each.role)
        if role in PRIMITIVE:
            yield Violation(
                f"{each.label}{role} is granted: it holds thousands of permissions, on what is "
                "there and on what will be",
                "grant the predefined role of the one service, on the one resource",
            )
