"""`*` as a resource only where the service has no resource level, or a condition narrows it.

What AWS itself asks to be `*` though its reference knows a resource stands in `DOCUMENTED`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pilaster_policies.actions import expand
from pilaster_policies.breadth import is_asked_of_all, is_open
from pilaster_policies.documents import Condition
from pilaster_policies.globs import is_anything
from pilaster_policies.principals import Granted, Principal, allowed_statements
from pilaster_policies.references import Stack
from pilaster_policies.registry import Finding, Resource, Violation, graph_rule

ID = "aws-broad-resource"
WHY = "A permission names what it is for: `*` is every table, key and secret of the account."

DOCUMENTED = {
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html: "AWSLambdaVPCAccess-
    # ExecutionRole"; the interfaces do not exist when the permission is checked.
    "lambda.amazonaws.com": frozenset(
        {
            "ec2:AssignPrivateIpAddresses",
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:UnassignPrivateIpAddresses",
        }
    ),
}
_NARROWING = (
    "aws:resourcetag/",
    "ec2:resourcetag/",
    "iam:resourcetag/",
    "s3:existingobjecttag/",
    "secretsmanager:resourcetag/",
    "ssm:resourcetag/",
    "rds:db-tag/",
    "kms:resourcealiases",
    "kms:viaservice",
    "kms:encryptioncontext",
    "ec2:createaction",
    "ec2:vpc",
    "ec2:subnet",
    "dynamodb:leadingkeys",
    "ecs:cluster",
    "iam:policyarn",
    "iam:permissionsboundary",
)
"""Keys of conditions that say which of all resources are meant."""
_SHOWN = 4


@graph_rule(ID, why=WHY)
def resources_named(resources: Sequence[Resource]) -> Iterator[tuple[Resource, Finding]]:
    for principal, granted in allowed_statements(Stack(resources)):
        for finding in _judged(principal, granted):
            yield granted.carrier, finding


def _judged(principal: Principal, granted: Granted) -> Iterator[Finding]:
    statement = granted.statement
    if statement.not_resources:
        yield Violation(
            f"{granted.here} allows it on everything but the resources in NotResource, those of "
            "tomorrow included",
            "list the resources it is for",
            statement.label,
        )
    if any(map(_narrows, statement.conditions)):
        return
    meant = {action for pattern in statement.actions for action in expand(pattern)}
    asked = frozenset[str]().union(*(DOCUMENTED.get(s, ()) for s in principal.services))
    judged = sorted(action for action in meant - asked if not is_asked_of_all(action))
    wide = [r for r in statement.resources if any(is_open(r, action) for action in judged)]
    could = [action for action in judged if any(is_open(r, action) for r in wide)]
    if could:
        shown = ", ".join(could[:_SHOWN])
        more = f" and {len(could) - _SHOWN} more" if len(could) > _SHOWN else ""
        yield Violation(
            f"{granted.here} allows {shown}{more} on {', '.join(wide)}: on every such resource "
            "there is and will be",
            "name the resources by ARN, or narrow it by a condition such as aws:ResourceTag",
            statement.label,
        )


def _narrows(condition: Condition) -> bool:
    operator = condition.operator.lower()
    if "not" in operator or operator.endswith("ifexists") or operator == "null":
        return False
    if operator.startswith("forallvalues") or any(map(is_anything, condition.values)):
        return False
    return condition.key.startswith(_NARROWING) and bool(condition.values)
