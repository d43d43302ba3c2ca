"""Nothing is granted on what a function cannot name: not one table more, not one folder more.

What it can name stands in its environment, in what calls it, in its source, and in the calls that
were recorded of it (`calls.named`). A grant is proved to stay within that. A service's role is for
what the definition or the target says (`calls.declared`).

Of the keys of a bucket something is known only where they were recorded; without, all are meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.calls.declared import SERVICES
from pilaster_policies.calls.declared import needed as needed_by_services
from pilaster_policies.calls.derived import derive
from pilaster_policies.calls.named import named, names_of, resources_of
from pilaster_policies.calls.within import Meant, beyond
from pilaster_policies.principals import ROLE, Principal, principals
from pilaster_policies.references import Stack
from pilaster_policies.registry import Finding, Graph, NotKnown, Resource, Violation, graph_rule
from pilaster_policies.rules.spare_grant import ATTACHED, FUNCTION, MAPPING, PLATFORM, POLLED

ID = "aws-spare-resource"
WHY = "A function may do what it does on what it does it to, and on nothing else."


@graph_rule(ID, why=WHY)
def spare(resources: Graph) -> Iterator[tuple[Resource, Finding]]:
    stack = Stack(resources)
    by_role = {each.resource.urn: each for each in principals(stack) if each.resource.type == ROLE}
    for principal in by_role.values():
        yield from _of_service(stack, principal)
    if resources.source is None:
        return
    there = names_of(resources)
    roles: dict[str, list[Resource]] = {}
    for function in stack.of(FUNCTION):
        for role in stack.references(function, "role", types=(ROLE,)).found:
            roles.setdefault(role.urn, []).append(function)
    for urn, functions in roles.items():
        code = [derive(resources.source, str(each.props.get("handler"))) for each in functions]
        if not all(code):
            continue
        needed = {action for each in code if each for action in each.actions}
        needed = (needed | PLATFORM | POLLED) - ATTACHED  # of interfaces AWS itself draws the ids
        callers = [
            mapping
            for mapping in stack.of(MAPPING)
            for found in stack.references(mapping, "functionName", types=(FUNCTION,)).found
            if found in functions
        ]
        can = named(resources.source, functions, callers, resources.calls, there)
        who = ", ".join(str(each.props.get("handler")) for each in functions)
        yield from _said(by_role[urn], needed, can.resources, f"{who} can name")


def _of_service(stack: Stack, principal: Principal) -> Iterator[tuple[Resource, Finding]]:
    declared = needed_by_services(stack, principal.resource)
    if declared is None or not principal.services <= SERVICES:
        return

    def meant(action: str, granted: tuple[str, ...]) -> Iterator[str]:
        return resources_of(declared[action], action, granted)

    yield from _said(principal, set(declared), meant, "what takes the role names")


def _said(
    principal: Principal, needed: set[str], meant: Meant, who: str
) -> Iterator[tuple[Resource, Finding]]:
    for granted, proof in beyond(principal, needed, meant):
        label = granted.statement.label
        if proof.request is None:
            said = f"{granted.here}: whether it is for more than {who}: {proof.why}"
            yield granted.carrier, NotKnown(said, label)
        else:
            said = f"{granted.here} is for more than {who}: it allows {proof.request}"
            fix = "name what it is for, and hand its name to whoever needs it"
            yield granted.carrier, Violation(said, fix, label)
