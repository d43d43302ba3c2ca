"""No wildcard action: who may do what is written out, so that a new action is not granted unseen.

A Deny may use them. `NotAction` under Allow is one: everything but the list, and what is to come.
The one exception is a key's root statement: `kms:*` for the account itself grants nobody anything;
it lets the account's IAM policies decide (which this rule judges), and without it a key whose
policy forgets an administrator can never be managed again. It holds for one account only: the
provider's, where that is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pilaster_policies.carriers import CARRIERS, Kind, documents_of
from pilaster_policies.documents import Statement, UnreadableError, statements
from pilaster_policies.narrowing import own_accounts
from pilaster_policies.principals import POLICY, only_boundaries
from pilaster_policies.references import Stack
from pilaster_policies.registry import Finding, NotKnown, Resource, Violation, graph_rule, rule
from pilaster_policies.values import Unknown, Value, texts

ID = "aws-wildcard-action"
WHY = "Permissions are written out: a wildcard grants actions nobody asked for, and future ones."
FIX = "list the actions that are called, one by one"

_ROOT = re.compile(r"(?:arn:aws[a-z-]*:iam::(\d{12}):root|(\d{12}))")
_MANAGED = re.compile(
    r"arn:aws[a-z-]*:iam::aws:policy/(?:[\w-]+/)*"
    r"(AdministratorAccess(?:-[\w-]+)?|PowerUserAccess|ReadOnlyAccess|ViewOnlyAccess"
    r"|(?:Database|Network|System)Administrator|[\w-]*FullAccess(?:[-_]?[vV]\d+)?)"
)
"""AWS's own policies that say by their name that they hold a wildcard."""


def is_wildcard(action: str) -> bool:
    return "*" in action or "?" in action


@rule(ID, on=CARRIERS, why=WHY)
def documents(resource: Resource) -> Iterator[Finding]:
    for where, kind, document in documents_of(resource):
        try:
            found = statements(document)
        except UnreadableError as error:
            yield Violation(
                f"{where} cannot be read as a policy document ({error}), so nobody can say what it "
                "allows",
                "write it as JSON with a list of statements",
            )
            continue
        if isinstance(found, Unknown):
            continue
        for statement in found:
            if resource.type != POLICY:
                yield from _judged(resource, where, kind, statement)
            yield from _unknown(f"{where}, statement {statement.label}", statement)


@graph_rule(ID, why=WHY)
def policies(resources: Sequence[Resource]) -> Iterator[tuple[Resource, Finding]]:
    """Those that stand for themselves: as a boundary one may be wide, it grants nobody anything."""
    stack = Stack(resources)
    wide = [
        (policy, finding)
        for policy in stack.of(POLICY)
        # Not with `get`: what is not known yet is said where the policy itself is judged.
        for statement in _read(policy.props.get("policy"))
        for finding in _judged(policy, "policy", "identity", statement)
    ]
    bounds = only_boundaries(stack) if wide else ()
    yield from (each for each in wide if each[0].urn not in bounds)


def _read(document: Value) -> list[Statement]:
    try:
        found = statements(document)
    except UnreadableError:
        return []  # said of the policy itself
    return [] if isinstance(found, Unknown) else found


def _judged(resource: Resource, where: str, kind: Kind, statement: Statement) -> Iterator[Finding]:
    if not statement.allows:
        return
    here = f"{where}, statement {statement.label}"
    if statement.not_actions:
        yield Violation(
            f"{here} allows everything but the actions in NotAction, new ones of AWS included",
            FIX,
            statement.label,
        )
    wide = [action for action in statement.actions if is_wildcard(action)]
    if wide and not (kind == "key" and _is_root_statement(resource, statement, wide)):
        yield Violation(
            f"{here} allows {', '.join(sorted(set(wide)))}: {_reach(wide)}", FIX, statement.label
        )


def _unknown(here: str, statement: Statement) -> Iterator[Finding]:
    if statement.allows and {"Statement", "Effect", "Action"} & set(statement.unknown):
        yield NotKnown(f"{here}, and with it which actions it allows", statement.label)


def _is_root_statement(resource: Resource, statement: Statement, wide: list[str]) -> bool:
    if set(wide) != {"kms:*"} or statement.not_principals or not statement.principals:
        return False
    matches = [_ROOT.fullmatch(principal) for principal in statement.principals]
    accounts = {match[1] or match[2] for match in matches if match}
    if not all(matches) or len(accounts) != 1:
        return False
    own = set(own_accounts(resource))
    return not own or accounts <= own


def _reach(wide: list[str]) -> str:
    if any(action in ("*", "*:*") for action in wide):
        return "everything this account can do"
    services = {action.partition(":")[0] for action in wide if action.endswith(":*")}
    if services:
        return f"everything {', '.join(sorted(services))} can do"
    return "every action of that pattern, those AWS adds later included"


@rule(
    ID,
    on=(
        "aws:lambda/permission:Permission",
        "aws:lambda/layerVersionPermission:LayerVersionPermission",
    ),
    why=WHY,
)
def permission(resource: Resource) -> Iterator[Finding]:
    action = resource.get("action")
    if isinstance(action, str) and is_wildcard(action):
        yield Violation(
            f"action is {action}: whoever the permission names may change the function, too",
            "name the action, for an invocation lambda:InvokeFunction",
        )


_ATTACHMENTS = {
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "policyArn",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "policyArn",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "policyArn",
    "aws:iam/policyAttachment:PolicyAttachment": "policyArn",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "policyArns",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": "policyArns",
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": "policyArns",
    "aws:iam/role:Role": "managedPolicyArns",
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": "managedPolicyArn",
}


@rule(ID, on=_ATTACHMENTS, why=WHY)
def attached(resource: Resource) -> Iterator[Finding]:
    where = _ATTACHMENTS[resource.type]
    value = resource.get(where)
    # A policy of this stack is unknown here and judged where it is made; AWS's own are literals.
    for arn in texts(value):
        if match := _MANAGED.fullmatch(arn):
            yield Violation(
                f"{where} attaches AWS's {match[1]}, which allows whole services by wildcard",
                "attach a policy that lists the actions that are called",
            )
