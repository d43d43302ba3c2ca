"""`*` as a resource only where the service has no resource level, or a condition narrows it.

What AWS itself asks to be `*` though its reference knows a resource stands in `DOCUMENTED`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pilaster_policies.actions import applies_to, expand
from pilaster_policies.documents import Condition
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
# A metric lies in no dataset but one that is named, and AWS's own policies allow it on `*`.
_NO_RESOURCE_NAMED = frozenset({"cloudwatch:PutMetricData"})
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
    wide = [each for each in statement.resources if is_everything(each) or is_a_whole_kind(each)]
    if not wide or any(map(_narrows, statement.conditions)):
        return
    meant = {action for pattern in statement.actions for action in expand(pattern)}
    asked = _NO_RESOURCE_NAMED.union(*(DOCUMENTED.get(s, ()) for s in principal.services))
    could = sorted(action for action in meant - asked if applies_to(action))
    if could:
        shown = ", ".join(could[:_SHOWN])
        more = f" and {len(could) - _SHOWN} more" if len(could) > _SHOWN else ""
        yield Violation(
            f"{granted.here} allows {shown}{more} on {', '.join(wide)}: on every such resource "
            "there is and will be",
            "name the resources by ARN, or narrow it by a condition such as aws:ResourceTag",
            statement.label,
        )


def is_everything(resource: str) -> bool:
    """`*`, and ARNs that name a service and nothing in it."""
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return set(resource) <= {"*", "?", ":"} and "*" in resource
    return parts[5] in ("*", "*/*", "*:*")


_KINDS = re.compile(
    r"arn:[^:]*:(?:"
    r"cognito-idp:[^:]*:[^:]*:userpool/|dynamodb:[^:]*:[^:]*:table/"
    r"|elasticache:[^:]*:[^:]*:(?:cluster|serverlesscache|user):|events:[^:]*:[^:]*:event-bus/"
    r"|iam::[^:]*:(?:policy|role|user)/|kinesis:[^:]*:[^:]*:stream/|kms:[^:]*:[^:]*:key/"
    r"|lambda:[^:]*:[^:]*:function:|rds:[^:]*:[^:]*:(?:cluster|db):|rds-db:[^:]*:[^:]*:dbuser:"
    r"|s3:::|secretsmanager:[^:]*:[^:]*:secret:|sns:[^:]*:[^:]*:|sqs:[^:]*:[^:]*:"
    r"|ssm:[^:]*:[^:]*:parameter/|states:[^:]*:[^:]*:(?:execution|stateMachine):"
    r")[*/?]*"
)
"""All tables, queues, keys, ... there are: kinds whose members have names of their own."""


def is_a_whole_kind(resource: str) -> bool:
    return "*" in resource and _KINDS.fullmatch(resource) is not None


def _narrows(condition: Condition) -> bool:
    operator = condition.operator.lower()
    if "not" in operator or operator.endswith("ifexists") or operator == "null":
        return False
    if operator.startswith("forallvalues") or set(condition.values) & {"*", ""}:
        return False
    return condition.key.startswith(_NARROWING) and bool(condition.values)
