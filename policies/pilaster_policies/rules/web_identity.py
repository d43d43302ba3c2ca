"""A token of a public provider is anybody's: what is in it has to say whose."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pilaster_policies.carriers import statements_of
from pilaster_policies.documents import Condition, Statement
from pilaster_policies.registry import Finding, NotKnown, Resource, Violation, rule

ID = "aws-web-identity"
WHY = "A role is taken with a token of one's own repository, workload or user, not with anybody's."

_WEB = "sts:assumerolewithwebidentity"
_PROVIDERS = re.compile(
    r"arn:aws[a-z-]*:iam::\d*:oidc-provider/(.+)|([\w.-]+\.(?:com|org|net|io)(?:/.*)?)"
)
_PREFIXES = re.compile(
    r"^(?:repo|project_path|organization|system:serviceaccount|repository_owner(?:_id)?):"
)
_SUBJECTS = (":sub", ":job_workflow_ref", ":repository", ":repository_id")
_COGNITO = "cognito-identity.amazonaws.com"


@rule(ID, on="aws:iam/role:Role", why=WHY)
def trusts(resource: Resource) -> Iterator[Finding]:
    for here, statement in statements_of(resource, ("trust",)):
        if statement.allows:
            yield from _judged(here, statement)


def _judged(here: str, statement: Statement) -> Iterator[Finding]:
    if _WEB not in {action.lower() for action in statement.actions}:
        return
    if any(map(_names_subject, statement.conditions)):
        return
    if "Condition" in statement.unknown:
        yield NotKnown(f"{here}: Condition, and with it whose tokens are taken")
        return
    providers = [m[1] or m[2] for p in statement.principals if (m := _PROVIDERS.fullmatch(p))]
    whose = ", ".join(providers) or "its provider"
    if whose == _COGNITO and any(map(_names_pool, statement.conditions)):
        return
    yield Violation(
        f"{here} takes any token of {whose}: every repository, workload or user of it may come",
        "add a condition on the token's subject, such as StringEquals <provider>:sub",
        statement.label,
    )


def _names_subject(condition: Condition) -> bool:
    """A subject with something whole that is fixed beyond the provider's own prefix.

    `repo:us/*` is one organisation's; `repo:us*` is every organisation's whose name begins so.
    """
    if condition.operator.lower() not in ("stringequals", "stringlike", "stringequalsignorecase"):
        return False
    return (
        condition.key.endswith(_SUBJECTS)
        and bool(condition.values)
        and all(map(_is_somebody, condition.values))
    )


def _is_somebody(subject: str) -> bool:
    rest = _PREFIXES.sub("", subject)
    fixed = re.split(r"[*?]", rest, maxsplit=1)[0]
    return fixed.strip("/:") != "" and (fixed == rest or re.search(r"[/:]", fixed) is not None)


def _names_pool(condition: Condition) -> bool:
    return (
        condition.key == f"{_COGNITO}:aud"
        and condition.operator.lower() in ("stringequals", "stringequalsignorecase")
        and bool(condition.values)
    )
