"""What was called in tests is granted: AccessDenied is found before a deployment, not after.

The list of calls is named by the settings (`graph`, `calls`); `pilaster policy --record` writes it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.actions import expand
from pilaster_policies.globs import arns_meet
from pilaster_policies.principals import ROLE, Principal, principals
from pilaster_policies.references import Stack
from pilaster_policies.registry import Finding, Graph, Resource, Violation, graph_rule

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
    unread = _unread(stack)
    for function in stack.of(FUNCTION):
        seen = resources.calls.get(str(function.get("handler")), {})
        for role in stack.references(function, "role", types=(ROLE,)).found:
            if role.urn in unread:
                continue  # a policy that is not known yet may grant it: said elsewhere
            for action, called in sorted(seen.items()):
                for resource in called:
                    if not _allows(by_role[role.urn], action, resource):
                        yield (
                            function,
                            Violation(
                                f"the code was seen to call {action} on {resource}, and "
                                f"{role.name} does not allow it: the call will be refused",
                                "grant it to the function, or record anew without the call",
                            ),
                        )


def _unread(stack: Stack) -> set[str]:
    """Roles with a policy that is not known as a whole."""
    return {
        role.urn
        for policy in stack.of("aws:iam/rolePolicy:RolePolicy")
        if not isinstance(policy.get("policy"), str)
        for role in stack.references(policy, "role", types=(ROLE,)).found
    }


def _allows(principal: Principal, action: str, resource: str) -> bool:
    if action.startswith(_PUBLIC):
        return True
    return any(
        any(action in expand(pattern) for pattern in each.statement.actions)
        and any(wide == "*" or arns_meet(wide, resource) for wide in each.statement.resources)
        for each in principal.allowed()
    )
