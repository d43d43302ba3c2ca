"""Nobody is let in by being anybody: no `*` principal without a condition that really narrows."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.carriers import CARRIERS, documents_of
from pilaster_policies.documents import Statement, UnreadableError, statements
from pilaster_policies.narrowing import names_somebody, narrows
from pilaster_policies.registry import Finding, NotKnown, Resource, Violation, rule
from pilaster_policies.values import Unknown, is_unknown

ID = "aws-wildcard-principal"
WHY = "Whoever may use something is named: a wildcard principal is everybody with an AWS account."
FIX = (
    "name the principals, or add a condition such as StringEquals aws:SourceAccount, "
    "aws:PrincipalOrgID or ArnLike aws:SourceArn with your own account in it"
)


@rule(ID, on=CARRIERS, why=WHY)
def documents(resource: Resource) -> Iterator[Finding]:
    for where, kind, document in documents_of(resource):
        if kind == "identity":
            continue  # it has no principal but the one it is attached to
        try:
            found = statements(document)
        except UnreadableError:
            continue  # said by the rule on actions
        if isinstance(found, Unknown):
            yield NotKnown(f"{where}, and with it who is let in")
            continue
        for statement in found:
            yield from judged(f"{where}, statement {statement.label}", statement)


def judged(here: str, statement: Statement) -> Iterator[Finding]:
    """What is to be said of who a statement of a resource's policy lets in."""
    if not statement.allows:
        return
    if any(map(narrows, statement.conditions)):
        return
    everybody = sorted({p for p in statement.principals if "*" in p})
    if "Condition" in statement.unknown and (everybody or statement.not_principals):
        yield NotKnown(f"{here}: Condition, and with it whether it is open to everybody")
        return
    if statement.not_principals:
        yield Violation(f"{here} lets in everybody but those in NotPrincipal", FIX, statement.label)
    if everybody:
        tried = sorted({c.key for c in statement.conditions})
        reason = f"; its condition ({', '.join(tried)}) does not narrow that" if tried else ""
        yield Violation(
            f"{here} lets in the principal {', '.join(everybody)}: anybody on earth{reason}",
            FIX,
            statement.label,
        )
    if {"Statement", "Effect", "Principal"} & set(statement.unknown):
        yield NotKnown(f"{here}, and with it who is let in", statement.label)


_PERMISSIONS = {
    "aws:lambda/permission:Permission": {
        "sourceArn": "aws:sourcearn",
        "sourceAccount": "aws:sourceaccount",
        "principalOrgId": "aws:principalorgid",
    },
    "aws:lambda/layerVersionPermission:LayerVersionPermission": {
        "organizationId": "aws:principalorgid",
    },
    "aws:cloudwatch/eventPermission:EventPermission": {},
}


@rule(ID, on=_PERMISSIONS, why=WHY)
def permission(resource: Resource) -> Iterator[Finding]:
    principal = resource.get("principal")
    if is_unknown(principal):
        yield NotKnown("principal, and with it who is let in")
        return
    if not isinstance(principal, str) or "*" not in principal:
        return
    narrowed = _narrowings(resource)
    if any(isinstance(v, str) and names_somebody(key, v) for key, v in narrowed):
        return
    if any(is_unknown(value) for _, value in narrowed):
        yield NotKnown("what narrows the principal *, and with it who is let in")
        return
    names = ", ".join(_PERMISSIONS[resource.type]) or "condition (aws:PrincipalOrgID)"
    yield Violation(
        "principal is *: anybody on earth may use it",
        f"name the service or the account, or narrow it by {names}",
    )


def _narrowings(resource: Resource) -> list[tuple[str, object]]:
    named = [(key, resource.get(name)) for name, key in _PERMISSIONS[resource.type].items()]
    key, operator = resource.get("condition", "key"), resource.get("condition", "type")
    if isinstance(key, str) and operator == "StringEquals":
        named.append((key.lower(), resource.get("condition", "value")))
    elif is_unknown(key) or is_unknown(operator):
        named.append(("", key if is_unknown(key) else operator))
    return named
