"""Who may do what: all that is attached to one role, user or group, together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pilaster_policies.documents import Statement, UnreadableError, statements
from pilaster_policies.references import Stack
from pilaster_policies.registry import Resource
from pilaster_policies.values import Unknown, Value, is_unknown

ROLE = "aws:iam/role:Role"
USER = "aws:iam/user:User"
GROUP = "aws:iam/group:Group"
POLICY = "aws:iam/policy:Policy"

_INLINE = {
    "aws:iam/rolePolicy:RolePolicy": ("role", ROLE),
    "aws:iam/userPolicy:UserPolicy": ("user", USER),
    "aws:iam/groupPolicy:GroupPolicy": ("group", GROUP),
}
_ATTACHED = {
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (("role", ROLE),),
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": (("user", USER),),
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": (("group", GROUP),),
    "aws:iam/policyAttachment:PolicyAttachment": (
        ("roles", ROLE),
        ("users", USER),
        ("groups", GROUP),
    ),
}

_MEMBERS = {
    "aws:iam/userGroupMembership:UserGroupMembership": ("user", "groups"),
    "aws:iam/groupMembership:GroupMembership": ("users", "group"),
}


@dataclass(frozen=True)
class Granted:
    """One statement, and where it stands."""

    carrier: Resource
    where: str
    statement: Statement

    @property
    def here(self) -> str:
        return f"{self.where}, statement {self.statement.label}"


@dataclass
class Principal:
    resource: Resource
    """A role, user or group; a policy that is attached to nobody in the stack stands for itself."""
    granted: list[Granted] = field(default_factory=list)
    services: frozenset[str] = frozenset()
    """The AWS services that may take the role, as `lambda.amazonaws.com`."""
    boundary: list[Statement] | None = None
    """What bounds it, where that is of this stack and known."""
    groups: list[Principal] = field(default_factory=list["Principal"])
    """Those a user is in: what is granted to them stands among its own."""

    def allowed(self) -> Iterator[Granted]:
        return (each for each in self.granted if each.statement.allows)

    def denials(self) -> Iterator[Statement]:
        return (each.statement for each in self.granted if not each.statement.allows)


def principals(stack: Stack) -> list[Principal]:
    found = {each.urn: Principal(each) for each in stack.of(ROLE, USER, GROUP)}
    for urn, principal in found.items():
        role = principal.resource
        if role.type == ROLE:
            principal.services = frozenset(_services(role.get("assumeRolePolicy")))
            for number, entry in enumerate(_list(role.get("inlinePolicies"))):
                document = entry.get("policy") if isinstance(entry, dict) else None
                role.ask(("inlinePolicies", number, "policy"), unknown=is_unknown(document))
                found[urn].granted += _read(role, f"inlinePolicies[{number}].policy", document)
        for bound in stack.references(role, "permissionsBoundary", types=(POLICY,)).found:
            principal.boundary = [each.statement for each in _read(bound, "", bound.get("policy"))]
    for kind, (key, type_) in _INLINE.items():
        for carrier in stack.of(kind):
            granted = list(_read(carrier, "policy", carrier.get("policy")))
            owners = stack.references(carrier, key, types=(type_,)).found
            for owner in owners:
                found[owner.urn].granted += granted
            if not owners:
                found[carrier.urn] = Principal(carrier, granted)
    attached: set[str] = set()
    for kind, ends in _ATTACHED.items():
        for attachment in stack.of(kind):
            for policy in stack.references(attachment, "policyArn", types=(POLICY,)).found:
                granted = list(_read(policy, "policy", policy.get("policy")))
                for key, type_ in ends:
                    for owner in stack.references(attachment, key, types=(type_,)).found:
                        found[owner.urn].granted += granted
                        attached.add(policy.urn)
    for owner in list(found.values()):
        if owner.resource.type == ROLE:
            managed = stack.references(owner.resource, "managedPolicyArns", types=(POLICY,)).found
            for policy in managed:
                owner.granted += _read(policy, "policy", policy.get("policy"))
                attached.add(policy.urn)
    for kind, (user, group) in _MEMBERS.items():
        for membership in stack.of(kind):
            for of in stack.references(membership, group, types=(GROUP,)).found:
                for member in stack.references(membership, user, types=(USER,)).found:
                    found[member.urn].granted += found[of.urn].granted
                    found[member.urn].groups.append(found[of.urn])
    attached |= only_boundaries(stack)
    for policy in stack.of(POLICY):
        if policy.urn not in attached:
            granted = list(_read(policy, "policy", policy.get("policy")))
            found[policy.urn] = Principal(policy, granted)
    return list(found.values())


def only_boundaries(stack: Stack) -> frozenset[str]:
    """The URNs of policies that bound somebody and are attached to nobody: they grant nothing."""

    def named(key: str, *types: str) -> set[str]:
        return {
            policy.urn
            for each in stack.of(*types)
            for policy in stack.references(each, key, types=(POLICY,)).found
        }

    bounding = named("permissionsBoundary", ROLE, USER)
    if not bounding:
        return frozenset()
    return frozenset(bounding - named("policyArn", *_ATTACHED) - named("managedPolicyArns", ROLE))


def allowed_statements(stack: Stack) -> Iterator[tuple[Principal, Granted]]:
    """What is allowed, each statement once: a policy may be attached to several principals."""
    seen: set[tuple[str, str]] = set()
    for principal in principals(stack):
        for granted in principal.allowed():
            mark = (granted.carrier.urn, granted.here)
            if mark not in seen:
                seen.add(mark)
                yield principal, granted


def _read(carrier: Resource, where: str, document: Value) -> Iterator[Granted]:
    """What cannot be read or is not known yet is said by the rule on wildcard actions."""
    try:
        found = statements(document)
    except UnreadableError:
        return
    if isinstance(found, Unknown):
        return
    for statement in found:
        yield Granted(carrier, where, statement)


def _services(document: Value) -> Iterator[str]:
    for each in _read(Resource(type=ROLE, name="", urn="", props={}), "", document):
        if each.statement.allows:
            yield from (p for p in each.statement.principals if p.endswith(".amazonaws.com"))


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []
