"""What the account must have for a plan to work: it cannot be seen from here, so it is listed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pilaster_local.providers.aws.plan.finding import Demand
from pilaster_local.providers.aws.plan.grammars import arns
from pilaster_local.providers.aws.plan.resources import Planned, leaves
from pilaster_local.providers.aws.plan.stack import FUNCTION, ROLE, Stack, short
from pilaster_local.providers.aws.values import UNKNOWN

_UNRESERVED = 100
"""Lambda keeps so many concurrent executions for functions that reserve none."""
_PATTERN_QUOTA = 2_048


def demands(resources: list[Planned], region: str) -> list[Demand]:
    stack = Stack(resources)
    where = f" in {region}" if region else ""
    return [demand for rule in _RULES for demand in rule(stack, where)]


def _zones(stack: Stack, where: str) -> Iterator[Demand]:
    zones = {
        str(resource.inputs["availabilityZone"])
        for resource in stack.resources
        if isinstance(resource.inputs.get("availabilityZone"), str)
    }
    if zones:
        yield Demand(
            what=f"the zones {', '.join(sorted(zones))}",
            why="subnets lie in them; which zones an account may use differs from one to the next",
        )


def _networks(stack: Stack, where: str) -> Iterator[Demand]:
    if count := len(list(stack.of("aws:ec2/vpc:Vpc"))):
        yield Demand(what=f"room for {count} more VPC{where}", why="the quota is 5 a region")


def _concurrency(stack: Stack, where: str) -> Iterator[Demand]:
    reserved = [
        function.inputs["reservedConcurrentExecutions"]
        for function in stack.of(FUNCTION)
        if isinstance(function.inputs.get("reservedConcurrentExecutions"), int)
        and function.inputs["reservedConcurrentExecutions"] > 0
    ]
    if reserved:
        yield Demand(
            what=f"a concurrency quota of {sum(reserved) + _UNRESERVED} or more{where}",
            why=f"{len(reserved)} functions reserve {sum(reserved)}, and {_UNRESERVED} stay for "
            "the others; a fresh account has 10",
        )


def _mail(stack: Stack, where: str) -> Iterator[Demand]:
    for pool in stack.of("aws:cognito/userPool:UserPool"):
        if pool.inputs.get("autoVerifiedAttributes") in (None, []):
            continue
        email = pool.inputs.get("emailConfiguration") or {}
        if isinstance(email, dict) and email.get("sourceArn"):
            yield Demand(
                what=f"the SES identity {_plain(email['sourceArn'])}, verified and out of the "
                "sandbox",
                why=f"{pool.name!r} sends its mail with it",
            )
        else:
            yield Demand(
                what="no more than 50 mails a day",
                why=f"{pool.name!r} has no SES identity: Cognito itself sends its mail, and stops "
                "there",
            )


def _logs(stack: Stack, where: str) -> Iterator[Demand]:
    for stage in stack.of("aws:apigatewayv2/stage:Stage"):
        if isinstance(stage.inputs.get("accessLogSettings"), dict):
            yield Demand(
                what="leave for whoever deploys to logs:CreateLogDelivery, "
                "logs:PutResourcePolicy, logs:DescribeResourcePolicies and the like",
                why=f"{stage.name!r} writes an access log; API Gateway sets up its delivery with "
                "the rights of the caller, and the log group's policy must have room (10 policies "
                "a region, 5,120 characters each)",
            )
        settings = stage.inputs.get("defaultRouteSettings")
        level = settings.get("loggingLevel", "OFF") if isinstance(settings, dict) else "OFF"
        if level not in ("OFF", UNKNOWN):
            yield Demand(
                what="API Gateway's role for CloudWatch Logs (one for the account)",
                why=f"{stage.name!r} logs its executions",
            )


def _databases(stack: Stack, where: str) -> Iterator[Demand]:
    offered = set[str]()
    for cluster in stack.of("aws:rds/cluster:Cluster"):
        offered.add(
            f"{_plain(cluster.inputs.get('engine'))} {_plain(cluster.inputs.get('engineVersion'))}"
        )
    for engine in sorted(offered):
        yield Demand(
            what=f"{engine} on offer{where}",
            why="AWS withdraws minor versions: `aws rds describe-db-engine-versions` lists them",
        )
    if offered:
        yield Demand(
            what="the service-linked role AWSServiceRoleForRDS, or leave to make it "
            "(iam:CreateServiceLinkedRole)",
            why="the first database of an account makes it",
        )


def _buckets(stack: Stack, where: str) -> Iterator[Demand]:
    names = [bucket.inputs.get("bucket") for bucket in stack.of("aws:s3/bucket:Bucket")]
    if known := sorted(name for name in names if isinstance(name, str)):
        yield Demand(
            what=f"the bucket names {', '.join(known)}, taken by nobody",
            why="buckets share one namespace with every account",
        )


def _patterns(stack: Stack, where: str) -> Iterator[Demand]:
    for rule in stack.of("aws:cloudwatch/eventRule:EventRule"):
        pattern = rule.inputs.get("eventPattern")
        if isinstance(pattern, str) and len(pattern) > _PATTERN_QUOTA:
            yield Demand(
                what=f"a raised quota for event patterns: {len(pattern):,} characters",
                why=f"{rule.name!r}; usual are {_PATTERN_QUOTA:,}",
            )


_NAMED = (
    # input -> the type that has the name
    ("aws:iam/rolePolicy:RolePolicy", "role", ROLE, "role"),
    ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "role", ROLE, "role"),
    (FUNCTION, "role", ROLE, "role"),
    ("aws:sfn/stateMachine:StateMachine", "roleArn", ROLE, "role"),
    ("aws:lambda/permission:Permission", "function", FUNCTION, "function"),
    ("aws:lambda/invocation:Invocation", "functionName", FUNCTION, "function"),
    ("aws:apigatewayv2/integration:Integration", "integrationUri", FUNCTION, "function"),
    ("aws:lambda/eventSourceMapping:EventSourceMapping", "functionName", FUNCTION, "function"),
    ("aws:lambda/eventSourceMapping:EventSourceMapping", "eventSourceArn", "aws:sqs/queue:Queue",
     "queue"),
    ("aws:cloudwatch/eventTarget:EventTarget", "rule", "aws:cloudwatch/eventRule:EventRule",
     "rule"),
    ("aws:rds/cluster:Cluster", "dbSubnetGroupName", "aws:rds/subnetGroup:SubnetGroup",
     "subnet group"),
    ("aws:rds/cluster:Cluster", "dbClusterParameterGroupName",
     "aws:rds/clusterParameterGroup:ClusterParameterGroup", "parameter group"),
    ("aws:rds/clusterInstance:ClusterInstance", "clusterIdentifier", "aws:rds/cluster:Cluster",
     "cluster"),
    ("aws:rds/proxyTarget:ProxyTarget", "dbClusterIdentifier", "aws:rds/cluster:Cluster",
     "cluster"),
    ("aws:rds/proxyTarget:ProxyTarget", "dbProxyName", "aws:rds/proxy:Proxy", "proxy"),
    ("aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup", "dbProxyName",
     "aws:rds/proxy:Proxy", "proxy"),
)  # fmt: skip


def _neighbours(stack: Stack, where: str) -> Iterator[Demand]:
    """What the plan names and does not make."""
    asked: dict[tuple[str, str], list[str]] = {}
    for token, name, wanted, called in _NAMED:
        for resource in stack.of(token):
            value = resource.inputs.get(name)
            if not isinstance(value, str) or resource.secret_paths & {name}:
                continue
            if (
                value.startswith("arn:")
                and wanted == "aws:sqs/queue:Queue"
                and ":sqs:" not in value
            ):
                continue
            if stack.named(wanted, _name(value)) is None:
                asked.setdefault((called, _name(value)), []).append(resource.name)
    for resource in stack.of("aws:s3/bucketPolicy:BucketPolicy"):
        bucket = resource.inputs.get("bucket")
        if isinstance(bucket, str) and stack.named("aws:s3/bucket:Bucket", bucket) is None:
            asked.setdefault(("bucket", bucket), []).append(resource.name)
    for (called, name), users in sorted(asked.items()):
        yield Demand(
            what=f"the {called} {name!r}, which this plan does not make",
            why=f"named by {', '.join(repr(user) for user in users[:3])}"
            + (f" and {len(users) - 3} more" if len(users) > 3 else ""),
        )


def _name(value: str) -> str:
    """The name in a name, an ARN or a function's invoke ARN."""
    if "/functions/arn:" in value:
        value = value.split("/functions/", 1)[1].removesuffix("/invocations")
    return short(value).split(":")[0]


def _keys(stack: Stack, where: str) -> Iterator[Demand]:
    found: dict[str, str] = {}
    for resource in stack.resources:
        for path, value in leaves(resource.inputs):
            named = path.split(".")[-1].split("[")[0].lower()
            if "kms" not in named or not isinstance(value, str) or path in resource.secret_paths:
                continue
            arn = arns.parsed(value)
            if arn and arn.service == "kms":
                found.setdefault(value, resource.name)
    for arn, user in sorted(found.items()):
        yield Demand(what=f"the key {arn}", why=f"{user!r} is encrypted with it")


def _plain(value: Any) -> str:
    return str(value) if isinstance(value, str) else "(not known yet)"


_RULES = (
    _zones,
    _networks,
    _concurrency,
    _mail,
    _logs,
    _databases,
    _buckets,
    _patterns,
    _neighbours,
    _keys,
)
