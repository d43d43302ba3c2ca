"""What the documentation says of each rule: the controls it answers to, and an example of each
verdict. `python -m pilaster_policies.catalog docs/policies.md` writes the rules' part of that page.

Controls are those of AWS Foundational Security Best Practices and of CIS AWS Foundations 5.0.0, as
Security Hub maps them (as of 2026-11). A rule without any answers to none of theirs.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi_policy import policy

from pilaster_policies import catalog_azure, catalog_gcp
from pilaster_policies.exceptions import UNKNOWN as UNKNOWN_OF
from pilaster_policies.pack import Pack
from pilaster_policies.registry import RULES
from pilaster_policies.testing import SIGNATURE, UNKNOWN, Judge, Said, Thing, secret
from pilaster_policies.values import keep_marks

BEGIN = "<!-- rules: written by pilaster_policies.catalog -->"
END = "<!-- end of rules -->"


@dataclass(frozen=True)
class Entry:
    broken: Sequence[Thing]
    """A stack that breaks the rule."""
    kept: Sequence[Thing]
    """The nearest one that does not."""
    unknown: Sequence[Thing]
    """One that cannot be told yet."""
    fsbp: Sequence[str] = ()
    cis: Sequence[str] = ()
    bounds: Mapping[str, str] | None = None
    """By principal, the policy document it may not go beyond."""
    calls: Mapping[str, Mapping[str, Sequence[str]]] | None = None
    """What the functions were seen to call."""
    asked: Mapping[str, Any] = field(default_factory=dict)
    """Settings of `graph` without which the rule asks nothing."""


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _allow(actions: str | list[str], resource: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def _role(*statements: dict[str, Any], trusted: Any = None) -> list[Thing]:
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": trusted or {"Service": "lambda.amazonaws.com"},
    }
    return [
        Thing("aws:iam/role:Role", "role", {"assumeRolePolicy": _policy(trust)}),
        *(
            [
                Thing(
                    "aws:iam/rolePolicy:RolePolicy",
                    "policy",
                    {"role": "role", "policy": _policy(*statements)},
                    {"role": ["role"]},
                )
            ]
            if statements
            else []
        ),
    ]


def _repository(subject: str) -> list[Thing]:
    issuer = "token.actions.githubusercontent.com"
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": f"arn:aws:iam::111111111111:oidc-provider/{issuer}"},
        "Condition": {"StringLike": {f"{issuer}:sub": subject}},
    }
    return [Thing("aws:iam/role:Role", "role", {"assumeRolePolicy": _policy(trust)})]


def _one(type_: str, **props: Any) -> list[Thing]:
    return [Thing(type_, "it", props)]


_TABLE = "arn:aws:dynamodb:eu-west-2:111111111111:table/orders"
_MACHINE = {
    "StartAt": "say",
    "States": {
        "say": {
            "Type": "Task",
            "Resource": "arn:aws:states:::events:putEvents",
            "Parameters": {"Entries": [{"EventBusName": "orders"}]},
            "End": True,
        }
    },
}
_BOUNDARY = "arn:aws:iam::111111111111:policy/edge"
_BUS = "arn:aws:events:eu-west-2:111111111111:event-bus/orders"


def _machine(*actions: str, on: str = "event-bus/orders") -> list[Thing]:
    bus = _BUS.replace("event-bus/orders", on)
    return [
        *_role(_allow(list(actions), bus), trusted={"Service": "states.amazonaws.com"}),
        Thing(
            "aws:sfn/stateMachine:StateMachine",
            "machine",
            {"definition": json.dumps(_MACHINE), "roleArn": UNKNOWN},
            {"roleArn": ["role"]},
        ),
    ]


def _function(*actions: str) -> list[Thing]:
    return [
        *_role(_allow(list(actions), _TABLE)),
        Thing(
            "aws:lambda/function:Function",
            "orders",
            {"handler": "orders.handler", "role": UNKNOWN},
            {"role": ["role"]},
        ),
    ]


def _network(destination: str) -> list[Thing]:
    def thing(type_: str, name: str, props: dict[str, Any], **needs: str) -> Thing:
        links = {key: [each] for key, each in needs.items()}
        return Thing(type_, name, {**dict.fromkeys(needs, UNKNOWN), **props}, links)

    return [
        thing("aws:ec2/internetGateway:InternetGateway", "gateway", {}),
        thing("aws:ec2/routeTable:RouteTable", "routes", {}),
        thing(
            "aws:ec2/route:Route",
            "out",
            {"destinationCidrBlock": destination},
            routeTableId="routes",
            gatewayId="gateway",
        ),
        thing("aws:ec2/subnet:Subnet", "subnet", {"cidrBlock": "10.0.0.0/24"}),
        thing(
            "aws:ec2/routeTableAssociation:RouteTableAssociation",
            "association",
            {},
            routeTableId="routes",
            subnetId="subnet",
        ),
        thing("aws:rds/subnetGroup:SubnetGroup", "subnets", {}, subnetIds="subnet"),
        thing(
            "aws:rds/cluster:Cluster",
            "database",
            {"storageEncrypted": True},
            dbSubnetGroupName="subnets",
        ),
    ]


def _distribution(
    rules: Any = None, *, web_acl: str | None = "acl", headers: Any = None
) -> list[Thing]:
    """One before an API, behind a firewall."""
    given = [{"name": "x-origin-secret", "value": secret("drawn")}]
    origin = {
        "originId": "api",
        "domainName": "abc.execute-api.eu-west-2.amazonaws.com",
        "customOriginConfig": {"originProtocolPolicy": "https-only"},
        "customHeaders": given if headers is None else headers,
    }
    held = [{"name": "flood", "priority": 0, "action": {"block": {}}}]
    return [
        Thing(
            "aws:wafv2/webAcl:WebAcl",
            "firewall",
            {
                "id": "acl",
                "scope": "CLOUDFRONT",
                "defaultAction": {"allow": {}},
                "rules": held if rules is None else rules,
            },
        ),
        Thing(
            "aws:cloudfront/distribution:Distribution",
            "edge",
            {"enabled": True, "origins": [origin]} | ({"webAclId": web_acl} if web_acl else {}),
        ),
    ]


def _bucket(*more: Thing) -> list[Thing]:
    return [Thing("aws:s3/bucket:Bucket", "files", {"bucket": "files"}), *more]


_BLOCK = Thing(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "block",
    {
        "bucket": UNKNOWN,
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    },
    {"bucket": ["files"]},
)
_TLS = Thing(
    "aws:s3/bucketPolicy:BucketPolicy",
    "tls",
    {
        "bucket": UNKNOWN,
        "policy": _policy(
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": ["arn:aws:s3:::files", "arn:aws:s3:::files/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ),
    },
    {"bucket": ["files"]},
)
_UNREAD = [
    *_role(),
    Thing(
        "aws:iam/rolePolicy:RolePolicy",
        "policy",
        {"role": UNKNOWN, "policy": UNKNOWN},
        {"role": ["role"]},
    ),
]
_PERMISSION = "aws:lambda/permission:Permission"
_CALL = {"action": "lambda:InvokeFunction", "principal": "s3.amazonaws.com"}
_PROTECTED = {
    "storageEncrypted": True,
    "deletionProtection": True,
    "backupRetentionPeriod": 7,
    "manageMasterUserPassword": True,
}

CATALOG: dict[str, Entry] = {
    "aws-wildcard-action": Entry(
        broken=_role(_allow("dynamodb:*", _TABLE)),
        kept=_role(_allow("dynamodb:GetItem", _TABLE)),
        unknown=_one("aws:iam/policy:Policy", policy=UNKNOWN),
        fsbp=("IAM.1", "IAM.21"),
    ),
    "aws-unknown-action": Entry(
        broken=_role(_allow("dynamodb:GetItems", _TABLE)),
        kept=_role(_allow("dynamodb:GetItem", _TABLE)),
        unknown=_UNREAD,
    ),
    "aws-broad-resource": Entry(
        broken=_role(_allow("dynamodb:GetItem", "*")),
        kept=_role(_allow("dynamodb:GetItem", _TABLE)),
        unknown=_UNREAD,
    ),
    "aws-resource-mismatch": Entry(
        broken=_role(_allow("s3:GetObject", "arn:aws:s3:::files")),
        kept=_role(_allow("s3:GetObject", "arn:aws:s3:::files/*")),
        unknown=_UNREAD,
    ),
    "aws-pass-role": Entry(
        broken=_role(_allow("iam:PassRole", "arn:aws:iam::111111111111:role/task")),
        kept=_role(
            _allow(
                "iam:PassRole",
                "arn:aws:iam::111111111111:role/task",
                Condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            )
        ),
        unknown=_UNREAD,
    ),
    "aws-privilege-escalation": Entry(
        broken=_role(_allow("iam:PutRolePolicy", "arn:aws:iam::111111111111:role/*")),
        kept=_role(
            _allow(
                "iam:PutRolePolicy",
                "arn:aws:iam::111111111111:role/*",
                Condition={"StringEquals": {"iam:PermissionsBoundary": _BOUNDARY}},
            )
        ),
        unknown=_UNREAD,
    ),
    "aws-spare-grant": Entry(
        broken=_machine("events:PutEvents", "events:DeleteEventBus"),
        kept=_machine("events:PutEvents"),
        unknown=[
            *_role(trusted={"Service": "states.amazonaws.com"}),
            Thing(
                "aws:sfn/stateMachine:StateMachine",
                "machine",
                {"definition": UNKNOWN, "roleArn": UNKNOWN},
                {"roleArn": ["role"]},
            ),
        ],
    ),
    "aws-spare-resource": Entry(
        broken=_machine("events:PutEvents", on="event-bus/*"),
        kept=_machine("events:PutEvents"),
        unknown=[
            *_role(trusted={"Service": "states.amazonaws.com"}),
            Thing(
                "aws:sfn/stateMachine:StateMachine",
                "machine",
                {"definition": UNKNOWN, "roleArn": UNKNOWN},
                {"roleArn": ["role"]},
            ),
        ],
    ),
    "aws-recorded-call": Entry(
        broken=_function("dynamodb:GetItem"),
        kept=_function("dynamodb:GetItem", "dynamodb:UpdateItem"),
        calls={"orders.handler": {"dynamodb:UpdateItem": ["arn:aws:dynamodb:*:*:table/orders"]}},
        unknown=[
            *_UNREAD,
            Thing(
                "aws:lambda/function:Function",
                "orders",
                {"handler": "orders.handler", "role": UNKNOWN},
                {"role": ["role"]},
            ),
        ],
    ),
    "aws-no-broader": Entry(
        broken=_role(_allow("dynamodb:DeleteItem", _TABLE)),
        kept=_role(_allow("dynamodb:GetItem", _TABLE)),
        unknown=[
            *_role(),
            Thing(
                "aws:iam/rolePolicy:RolePolicy",
                "policy",
                {"role": UNKNOWN, "policy": UNKNOWN},
                {"role": ["role"]},
            ),
        ],
        bounds={"role": _policy(_allow("dynamodb:GetItem", _TABLE))},
    ),
    "aws-foreign-account": Entry(
        broken=_role(trusted={"AWS": "arn:aws:iam::999999999999:root"}),
        kept=_role(trusted={"AWS": "arn:aws:iam::111111111111:root"}),
        unknown=[Thing("aws:iam/role:Role", "role", {"assumeRolePolicy": UNKNOWN})],
    ),
    "aws-confused-deputy": Entry(
        broken=_one(_PERMISSION, **_CALL),
        kept=_one(_PERMISSION, **_CALL, sourceArn="arn:aws:s3:::files"),
        unknown=_one(_PERMISSION, **_CALL, sourceArn=UNKNOWN),
        fsbp=("Lambda.1",),
    ),
    "aws-web-identity": Entry(
        broken=_repository("repo:*"),
        kept=_repository("repo:us/shop:ref:refs/heads/main"),
        unknown=[Thing("aws:iam/role:Role", "role", {"assumeRolePolicy": UNKNOWN})],
    ),
    "aws-wildcard-principal": Entry(
        broken=_one(_PERMISSION, action="lambda:InvokeFunction", principal="*"),
        kept=_one(_PERMISSION, **_CALL, sourceArn="arn:aws:s3:::files"),
        unknown=_one(_PERMISSION, action="lambda:InvokeFunction", principal=UNKNOWN),
        fsbp=("Lambda.1", "SNS.4", "SQS.3", "KMS.5"),
    ),
    "aws-public-database": Entry(
        broken=_one("aws:rds/clusterInstance:ClusterInstance", publiclyAccessible=True),
        kept=_one("aws:rds/clusterInstance:ClusterInstance", publiclyAccessible=False),
        unknown=_one("aws:rds/clusterInstance:ClusterInstance", publiclyAccessible=UNKNOWN),
        fsbp=("RDS.1", "RDS.2", "Redshift.1", "Opensearch.2", "MSK.4", "EC2.19"),
        cis=("2.2.3",),
    ),
    "aws-database-path": Entry(
        broken=_network("0.0.0.0/0"),
        kept=_network("203.0.113.7/32"),
        unknown=_network(UNKNOWN),
        fsbp=("RDS.46",),
    ),
    "aws-database-login": Entry(
        broken=_one("aws:rds/cluster:Cluster", masterPassword="correct-horse"),
        kept=_one("aws:rds/cluster:Cluster", manageMasterUserPassword=True),
        unknown=_one("aws:rds/cluster:Cluster", iamDatabaseAuthenticationEnabled=UNKNOWN),
        fsbp=("RDS.10", "RDS.12", "Neptune.7", "ElastiCache.6", "MSK.6"),
    ),
    "aws-public-bucket": Entry(
        broken=_bucket(_TLS),
        kept=_bucket(_TLS, _BLOCK),
        unknown=[Thing("aws:s3/bucket:Bucket", "files", {"acl": UNKNOWN}), _TLS, _BLOCK],
        fsbp=("S3.2", "S3.3", "S3.8"),
        cis=("2.1.4",),
    ),
    "aws-open-route": Entry(
        broken=_one("aws:lambda/functionUrl:FunctionUrl", authorizationType="NONE"),
        kept=_one("aws:lambda/functionUrl:FunctionUrl", authorizationType="AWS_IAM"),
        unknown=_one("aws:lambda/functionUrl:FunctionUrl", authorizationType=UNKNOWN),
        fsbp=("APIGateway.8",),
    ),
    "aws-origin-lock": Entry(
        broken=_distribution(headers=[]),
        kept=_distribution(),
        unknown=_distribution(headers=UNKNOWN),
    ),
    "aws-plain-secret": Entry(
        broken=_one(
            "aws:lambda/function:Function",
            environment={"variables": {"DATABASE_PASSWORD": "correct-horse-battery"}},
        ),
        kept=_one(
            "aws:lambda/function:Function",
            environment={"variables": {"DATABASE_SECRET_ARN": "arn:aws:secretsmanager:x"}},
        ),
        unknown=_one(
            "aws:lambda/function:Function",
            environment={"variables": {"DATABASE_PASSWORD": UNKNOWN}},
        ),
        fsbp=("ECS.8", "CodeBuild.2"),
    ),
    "aws-encryption-at-rest": Entry(
        broken=_one("aws:docdb/cluster:Cluster", storageEncrypted=False),
        kept=_one("aws:docdb/cluster:Cluster", storageEncrypted=True),
        unknown=_one("aws:docdb/cluster:Cluster", storageEncrypted=UNKNOWN),
        fsbp=(
            "RDS.3",
            "RDS.27",
            "DocumentDB.1",
            "Neptune.1",
            "EFS.1",
            "Kinesis.1",
            "SNS.1",
            "SQS.1",
        ),
        cis=("2.2.1", "2.3.1"),
    ),
    "aws-edge-firewall": Entry(
        broken=_distribution(web_acl=None),
        kept=_distribution(),
        unknown=_distribution(UNKNOWN),
        fsbp=("CloudFront.6",),
    ),
    "aws-encryption-in-transit": Entry(
        broken=_bucket(_BLOCK),
        kept=_bucket(_BLOCK, _TLS),
        unknown=_one("aws:rds/proxy:Proxy", requireTls=UNKNOWN),
        fsbp=(
            *(
                "S3.5",
                "CloudFront.3",
                "CloudFront.9",
                "CloudFront.10",
                "ELB.1",
                "ElastiCache.5",
                "MSK.1",
                "Opensearch.8",
            ),
            *("RDS.38", "RDS.39", "RDS.44", "Redshift.2"),
        ),
        cis=("2.1.1",),
    ),
    "aws-log-retention": Entry(
        broken=_one("aws:cloudwatch/logGroup:LogGroup", name="orders"),
        kept=_one("aws:cloudwatch/logGroup:LogGroup", name="orders", retentionInDays=30),
        unknown=_one("aws:cloudwatch/logGroup:LogGroup", retentionInDays=UNKNOWN),
    ),
    "aws-dead-letters": Entry(
        broken=_one(
            "aws:cloudwatch/eventTarget:EventTarget",
            arn="arn:aws:lambda:eu-west-2:111111111111:function:orders",
        ),
        kept=_one(
            "aws:cloudwatch/eventTarget:EventTarget",
            arn="arn:aws:lambda:eu-west-2:111111111111:function:orders",
            deadLetterConfig={"arn": "arn:aws:sqs:eu-west-2:111111111111:letters"},
        ),
        unknown=_one("aws:sns/topicSubscription:TopicSubscription", protocol=UNKNOWN),
    ),
    "aws-tags": Entry(
        broken=_one("aws:sqs/queue:Queue", tags={"project": "shop"}),
        kept=_one("aws:sqs/queue:Queue", tags={"project": "shop", "owner": "orders"}),
        unknown=_one("aws:sqs/queue:Queue", tags=UNKNOWN),
        asked={"tags": ["project", "owner"]},
        fsbp=("tagging controls, as DynamoDB.5, ECS.13, SQS.2",),
    ),
    "aws-permissions-boundary": Entry(
        broken=_one("aws:iam/user:User", name="worker"),
        kept=_one("aws:iam/user:User", name="worker", permissionsBoundary=_BOUNDARY),
        unknown=_one("aws:iam/user:User", name="worker", permissionsBoundary=UNKNOWN),
        asked={"boundary": _BOUNDARY},
    ),
    "aws-production-data": Entry(
        broken=_one("aws:rds/cluster:Cluster", **{**_PROTECTED, "deletionProtection": False}),
        kept=_one("aws:rds/cluster:Cluster", **_PROTECTED),
        unknown=_one("aws:rds/cluster:Cluster", **{**_PROTECTED, "deletionProtection": UNKNOWN}),
        fsbp=("RDS.7", "RDS.8", "RDS.11", "DynamoDB.2", "DynamoDB.6", "ELB.6", "Cognito.6"),
    ),
    **{
        id_: Entry(broken=each.broken, kept=each.kept, unknown=each.unknown)
        for id_, each in {**catalog_azure.EXAMPLES, **catalog_gcp.EXAMPLES}.items()
    },
}


def verdicts(rule: str, things: Sequence[Thing]) -> list[Said]:
    """What the rule says of a stack called prod."""
    calls = CATALOG[rule].calls
    keep_marks()
    servicer = policy._PolicyAnalyzerServicer(  # pyright: ignore[reportPrivateUsage]
        "pack", "0.0.1", Pack().policies(), policy.EnforcementLevel.ADVISORY
    )
    judge = Judge(lambda method, request: getattr(servicer, method)(request, None), stack="prod")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "calls.json").write_text(json.dumps(calls or {}), encoding="utf-8")
        graph: dict[str, Any] = {"calls": f"{folder}/calls.json", **CATALOG[rule].asked}
        for name, document in (CATALOG[rule].bounds or {}).items():
            (Path(folder) / f"{name}.json").write_text(document, encoding="utf-8")
            graph["bounds"] = {**graph.get("bounds", {}), name: f"{folder}/{name}.json"}
        judge.configure({"graph": graph})
        spoken = (rule, f"{rule}{UNKNOWN_OF}")
        return [said for said in judge.on_stack(things) if said.rule in spoken]


def page() -> str:
    """The rules' part of the documentation, in Markdown."""
    parts = [BEGIN, ""]
    for id_ in sorted(CATALOG):
        entry, rule = CATALOG[id_], RULES[id_]
        broken = next(s for s in verdicts(id_, entry.broken) if s.level == "mandatory")
        parts += [f"### `{id_}`", "", rule.why, ""]
        controls = [
            f"{name} {', '.join(each)}"
            for name, each in (("AWS FSBP", entry.fsbp), ("CIS AWS 5.0.0", entry.cis))
            if each
        ]
        level = f"mandatory; `{id_}{UNKNOWN_OF}` advisory"
        parts += ["| | |", "|---|---|", f"| level | {level} |"]
        parts.append(f"| controls | {'; '.join(controls) or 'none of theirs'} |")
        parts.append(f"| broken | {_cell(broken.text)} |")
        parts.append(f"| kept | {_difference(entry)} |")
        told = next(s for s in verdicts(id_, entry.unknown) if s.level == "advisory")
        parts += [f"| not known yet | {_cell(told.text.removeprefix('not known yet: '))} |", ""]
    return "\n".join([*parts, END])


def _difference(entry: Entry) -> str:
    """What of the resources is otherwise in the one that keeps the rule."""
    before = {thing.name: thing for thing in entry.broken}
    for thing in entry.kept:
        former = before.get(thing.name)
        if former is None:
            return _cell(f"with {thing.type.rpartition(':')[2]} {thing.name}")
        for key, value in thing.props.items():
            if former.props.get(key) != value:
                text = value if isinstance(value, str) else json.dumps(_readable(value))
                return f"`{key}`: `{_cell(text)}`"
    return "without what is named"


def _readable(value: Any) -> Any:
    """Without what Pulumi marks a secret by."""
    if isinstance(value, dict):
        held = {key: _readable(each) for key, each in value.items()}
        return "[secret]" if SIGNATURE in held else held
    return [_readable(each) for each in value] if isinstance(value, list) else value


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def write(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(before + page() + after, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
