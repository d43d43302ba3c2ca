"""Other accounts are let in with something only the one that is meant can show, or by exception.

Whose account is one's own says the provider (`allowedAccountIds`); where it does not, that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pilaster_policies.carriers import CARRIERS, documents_of
from pilaster_policies.documents import Condition, Statement, UnreadableError, statements
from pilaster_policies.narrowing import own_accounts
from pilaster_policies.registry import Finding, NotKnown, Resource, Violation, rule
from pilaster_policies.values import Unknown

ID = "aws-foreign-account"
WHY = "Who is let in belongs to this account, or is another's that was meant, and proves it."
FIX = (
    "name a principal of your own account; for another's that is meant, add a condition with "
    "sts:ExternalId or aws:PrincipalOrgID, or list the statement as an exception with the reason"
)

_ACCOUNT = re.compile(r"(?:arn:aws[a-z-]*:(?:iam|sts)::(\d{12}):.*|(\d{12}))")
_PROOFS = ("sts:externalid", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid")
_WEB = "sts:assumerolewithwebidentity"
_PROVIDERS = re.compile(
    r"arn:aws[a-z-]*:iam::\d*:oidc-provider/(.+)|([\w.-]+\.(?:com|org|net|io)(?:/.*)?)"
)


@rule(ID, on=CARRIERS, why=WHY)
def documents(resource: Resource) -> Iterator[Finding]:
    for where, kind, document in documents_of(resource):
        if kind == "identity":
            continue
        try:
            found = statements(document)
        except UnreadableError:
            continue  # said by the rule on wildcard actions
        for statement in [] if isinstance(found, Unknown) else found:
            if statement.allows:
                here = f"{where}, statement {statement.label}"
                yield from _accounts(resource, here, statement)
                if kind == "trust":
                    yield from _web_identity(here, statement)


def _accounts(resource: Resource, here: str, statement: Statement) -> Iterator[Finding]:
    named = {match[1] or match[2] for p in statement.principals if (match := _ACCOUNT.fullmatch(p))}
    if not named or any(map(_proves, statement.conditions)):
        return
    own = set(own_accounts(resource))
    if not own:
        if len(named) > 1 or statement.unknown:
            yield NotKnown(f"{here}: which of {', '.join(sorted(named))} is this account")
        return
    foreign = sorted(named - own)
    if foreign:
        yield Violation(
            f"{here} lets in account {', '.join(foreign)}, which is another's: whoever runs that "
            "account decides who comes",
            FIX,
            statement.label,
        )


def _proves(condition: Condition) -> bool:
    operator = condition.operator.lower()
    return (
        condition.key in _PROOFS
        and operator in ("stringequals", "stringlike", "foranyvalue:stringlike")
        and bool(condition.values)
        and not any(value.strip("*?") == "" for value in condition.values)
    )


def _web_identity(here: str, statement: Statement) -> Iterator[Finding]:
    """A token of a public provider is anybody's: what is in it has to say whose."""
    if _WEB not in {action.lower() for action in statement.actions}:
        return
    if "Condition" in statement.unknown:
        yield NotKnown(f"{here}: Condition, and with it whose tokens are taken")
        return
    if any(map(_names_subject, statement.conditions)):
        return
    providers = [m[1] or m[2] for p in statement.principals if (m := _PROVIDERS.fullmatch(p))]
    whose = ", ".join(providers) or "its provider"
    if whose == "cognito-identity.amazonaws.com" and any(
        condition.key.endswith(":aud") and "*" not in "".join(condition.values)
        for condition in statement.conditions
    ):
        return
    yield Violation(
        f"{here} takes any token of {whose}: every repository, workload or user of it may come",
        "add a condition on the token's subject, such as StringEquals <provider>:sub",
        statement.label,
    )


def _names_subject(condition: Condition) -> bool:
    """A subject with something fixed beyond the provider's own prefix."""
    operator = condition.operator.lower()
    if not condition.key.endswith((":sub", ":job_workflow_ref", ":repository", ":repository_id")):
        return False
    if operator not in ("stringequals", "stringlike", "stringequalsignorecase"):
        return False
    return bool(condition.values) and all(
        re.sub(r"^(?:repo|project_path|organization|system:serviceaccount):", "", value).strip(
            "*?:/"
        )
        != ""
        for value in condition.values
    )


@rule(ID, on="aws:lambda/permission:Permission", why=WHY)
def permission(resource: Resource) -> Iterator[Finding]:
    """A service acts for whoever asks it: without a source, for every account's asking."""
    principal = resource.get("principal")
    if not isinstance(principal, str) or "*" in principal:
        return
    names = ("sourceArn", "sourceAccount", "principalOrgId", "eventSourceToken")
    if any(resource.get(name) for name in names):
        return
    if principal.endswith((".amazonaws.com", ".amazon.com")):
        yield Violation(
            f"{principal} may call the function for anybody: neither sourceArn nor sourceAccount "
            "says on whose behalf",
            "set sourceArn to what calls it, or sourceAccount to your account",
        )
    elif match := _ACCOUNT.fullmatch(principal):
        own = own_accounts(resource)
        if own and (match[1] or match[2]) not in own:
            yield Violation(
                f"principal lets in account {match[1] or match[2]}, which is another's", FIX
            )
