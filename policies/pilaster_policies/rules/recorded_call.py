"""What was called in tests is granted: AccessDenied is found before a deployment, not after.

Proved (`calls.granted`): with the conditions, the denials and the boundary of the role.

The list of calls is named by the settings (`graph`, `calls`); `pilaster policy --record` writes it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.calls.granted import answer
from pilaster_policies.principals import ROLE, Principal, principals
from pilaster_policies.references import Stack
from pilaster_policies.registry import (
    Finding,
    Graph,
    NotKnown,
    Resource,
    Violation,
    graph_rule,
)

ID = "aws-recorded-call"
WHY = "What a function was seen to call it may call: a call that is not granted fails in use."
FUNCTION = "aws:lambda/function:Function"
_PUBLIC = ("cognito-idp:",)
"""Cognito's public operations ask for no permission."""


@graph_rule(ID, why=WHY)
def granted(resources: Graph) -> Iterator[tuple[Resource, Finding]]:
    if not resources.calls:
        return
    stack = Stack(resources)
    by_role = {each.resource.urn: each for each in principals(stack) if each.resource.type == ROLE}
    waiting = unread(stack)
    for function in stack.of(FUNCTION):
        seen = resources.calls.get(str(function.get("handler")), {})
        for role in stack.references(function, "role", types=(ROLE,)).found:
            if role.urn in waiting:
                continue  # a policy that is not known yet may grant it: said elsewhere
            principal = by_role[role.urn]
            for action, called in sorted(seen.items()):
                for resource in called:
                    if not action.startswith(_PUBLIC):
                        for finding in _judged(principal, action, resource):
                            yield function, finding


def _judged(principal: Principal, action: str, resource: str) -> Iterator[Finding]:
    found = answer(principal, action, resource)
    seen = f"the code was seen to call {action} on {resource}, and {principal.resource.name}"
    fix = "grant it to the function, or record anew without the call"
    if found.verdict == "refused":
        yield Violation(f"{seen} does not allow it: the call will be refused", fix)
    elif found.verdict == "partly":
        yield Violation(f"{seen} does not allow all of it: {found.said}", fix)
    elif found.verdict == "unknown":
        yield NotKnown(f"whether a call is allowed: {seen} has conditions: {found.said}")


def unread(stack: Stack) -> set[str]:
    """Roles with a policy that is not known as a whole."""
    return {
        role.urn
        for policy in stack.of("aws:iam/rolePolicy:RolePolicy")
        if not isinstance(policy.get("policy"), str)
        for role in stack.references(policy, "role", types=(ROLE,)).found
    }
