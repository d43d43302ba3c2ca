"""Of each rule an example of every verdict, and the controls of others it answers to.

Controls are those of AWS Foundational Security Best Practices and of CIS AWS Foundations 5.0.0, as
Security Hub maps them (as of 2026-11). A rule without any answers to none of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pilaster_policies import catalog_azure, catalog_gcp
from pilaster_policies.examples import (
    BLOCK,
    BOUNDARY,
    CALL,
    PERMISSION,
    PROTECTED,
    TABLE,
    TLS,
    UNREAD,
    allow,
    bucket,
    distribution,
    document,
    function,
    machine,
    network,
    one,
    repository,
    role,
)
from pilaster_policies.testing import UNKNOWN, Thing


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


CATALOG: dict[str, Entry] = {
    "aws-wildcard-action": Entry(
        broken=role(allow("dynamodb:*", TABLE)),
        kept=role(allow("dynamodb:GetItem", TABLE)),
        unknown=one("aws:iam/policy:Policy", policy=UNKNOWN),
        fsbp=("IAM.1", "IAM.21"),
    ),
    "aws-unknown-action": Entry(
        broken=role(allow("dynamodb:GetItems", TABLE)),
        kept=role(allow("dynamodb:GetItem", TABLE)),
        unknown=UNREAD,
    ),
    "aws-broad-resource": Entry(
        broken=role(allow("dynamodb:GetItem", "*")),
        kept=role(allow("dynamodb:GetItem", TABLE)),
        unknown=UNREAD,
    ),
    "aws-resource-mismatch": Entry(
        broken=role(allow("s3:GetObject", "arn:aws:s3:::files")),
        kept=role(allow("s3:GetObject", "arn:aws:s3:::files/*")),
        unknown=UNREAD,
    ),
    "aws-pass-role": Entry(
        broken=role(allow("iam:PassRole", "arn:aws:iam::111111111111:role/task")),
        kept=role(
            allow(
                "iam:PassRole",
                "arn:aws:iam::111111111111:role/task",
                Condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            )
        ),
        unknown=UNREAD,
    ),
    "aws-privilege-escalation": Entry(
        broken=role(allow("iam:PutRolePolicy", "arn:aws:iam::111111111111:role/*")),
        kept=role(
            allow(
                "iam:PutRolePolicy",
                "arn:aws:iam::111111111111:role/*",
                Condition={"StringEquals": {"iam:PermissionsBoundary": BOUNDARY}},
            )
        ),
        unknown=UNREAD,
    ),
    "aws-spare-grant": Entry(
        broken=machine("events:PutEvents", "events:DeleteEventBus"),
        kept=machine("events:PutEvents"),
        unknown=[
            *role(trusted={"Service": "states.amazonaws.com"}),
            Thing(
                "aws:sfn/stateMachine:StateMachine",
                "machine",
                {"definition": UNKNOWN, "roleArn": UNKNOWN},
                {"roleArn": ["role"]},
            ),
        ],
    ),
    "aws-spare-resource": Entry(
        broken=machine("events:PutEvents", on="event-bus/*"),
        kept=machine("events:PutEvents"),
        unknown=[
            *role(trusted={"Service": "states.amazonaws.com"}),
            Thing(
                "aws:sfn/stateMachine:StateMachine",
                "machine",
                {"definition": UNKNOWN, "roleArn": UNKNOWN},
                {"roleArn": ["role"]},
            ),
        ],
    ),
    "aws-recorded-call": Entry(
        broken=function("dynamodb:GetItem"),
        kept=function("dynamodb:GetItem", "dynamodb:UpdateItem"),
        calls={"orders.handler": {"dynamodb:UpdateItem": ["arn:aws:dynamodb:*:*:table/orders"]}},
        unknown=[
            *UNREAD,
            Thing(
                "aws:lambda/function:Function",
                "orders",
                {"handler": "orders.handler", "role": UNKNOWN},
                {"role": ["role"]},
            ),
        ],
    ),
    "aws-no-broader": Entry(
        broken=role(allow("dynamodb:DeleteItem", TABLE)),
        kept=role(allow("dynamodb:GetItem", TABLE)),
        unknown=[
            *role(),
            Thing(
                "aws:iam/rolePolicy:RolePolicy",
                "policy",
                {"role": UNKNOWN, "policy": UNKNOWN},
                {"role": ["role"]},
            ),
        ],
        bounds={"role": document(allow("dynamodb:GetItem", TABLE))},
    ),
    "aws-foreign-account": Entry(
        broken=role(trusted={"AWS": "arn:aws:iam::999999999999:root"}),
        kept=role(trusted={"AWS": "arn:aws:iam::111111111111:root"}),
        unknown=[Thing("aws:iam/role:Role", "role", {"assumeRolePolicy": UNKNOWN})],
    ),
    "aws-confused-deputy": Entry(
        broken=one(PERMISSION, **CALL),
        kept=one(PERMISSION, **CALL, sourceAccount="111111111111"),
        unknown=one(PERMISSION, **CALL, sourceArn=UNKNOWN),
        fsbp=("Lambda.1",),
    ),
    "aws-web-identity": Entry(
        broken=repository("repo:*"),
        kept=repository("repo:us/shop:ref:refs/heads/main"),
        unknown=[Thing("aws:iam/role:Role", "role", {"assumeRolePolicy": UNKNOWN})],
    ),
    "aws-wildcard-principal": Entry(
        broken=one(PERMISSION, action="lambda:InvokeFunction", principal="*"),
        kept=one(PERMISSION, **CALL, sourceArn="arn:aws:s3:::files"),
        unknown=one(PERMISSION, action="lambda:InvokeFunction", principal=UNKNOWN),
        fsbp=("Lambda.1", "SNS.4", "SQS.3", "KMS.5", "SSM.4"),
    ),
    "aws-public-database": Entry(
        broken=one("aws:rds/clusterInstance:ClusterInstance", publiclyAccessible=True),
        kept=one("aws:rds/clusterInstance:ClusterInstance", publiclyAccessible=False),
        unknown=one("aws:rds/clusterInstance:ClusterInstance", publiclyAccessible=UNKNOWN),
        fsbp=("RDS.1", "RDS.2", "Redshift.1", "Opensearch.2", "MSK.4", "EC2.19"),
        cis=("2.2.3",),
    ),
    "aws-database-path": Entry(
        broken=network("0.0.0.0/0"),
        kept=network("203.0.113.7/32"),
        unknown=network(UNKNOWN),
        fsbp=("RDS.46",),
    ),
    "aws-database-login": Entry(
        broken=one("aws:rds/cluster:Cluster", masterPassword="correct-horse"),
        kept=one("aws:rds/cluster:Cluster", manageMasterUserPassword=True),
        unknown=one("aws:rds/cluster:Cluster", iamDatabaseAuthenticationEnabled=UNKNOWN),
        fsbp=("RDS.10", "RDS.12", "Neptune.7", "ElastiCache.6", "MSK.6"),
    ),
    "aws-public-bucket": Entry(
        broken=bucket(TLS),
        kept=bucket(TLS, BLOCK),
        unknown=[Thing("aws:s3/bucket:Bucket", "files", {"acl": UNKNOWN}), TLS, BLOCK],
        fsbp=("S3.2", "S3.3", "S3.8"),
        cis=("2.1.4",),
    ),
    "aws-open-route": Entry(
        broken=one("aws:lambda/functionUrl:FunctionUrl", authorizationType="NONE"),
        kept=one("aws:lambda/functionUrl:FunctionUrl", authorizationType="AWS_IAM"),
        unknown=one("aws:lambda/functionUrl:FunctionUrl", authorizationType=UNKNOWN),
        fsbp=("APIGateway.8",),
    ),
    "aws-origin-lock": Entry(
        broken=distribution(headers=[]),
        kept=distribution(),
        unknown=distribution(headers=UNKNOWN),
    ),
    "aws-plain-secret": Entry(
        broken=one(
            "aws:lambda/function:Function",
            environment={"variables": {"DATABASE_PASSWORD": "correct-horse-battery"}},
        ),
        kept=one(
            "aws:lambda/function:Function",
            environment={"variables": {"DATABASE_SECRET_ARN": "arn:aws:secretsmanager:x"}},
        ),
        unknown=one(
            "aws:lambda/function:Function",
            environment={"variables": {"DATABASE_PASSWORD": UNKNOWN}},
        ),
        fsbp=("ECS.8", "CodeBuild.2"),
    ),
    "aws-encryption-at-rest": Entry(
        broken=one("aws:docdb/cluster:Cluster", storageEncrypted=False),
        kept=one("aws:docdb/cluster:Cluster", storageEncrypted=True),
        unknown=one("aws:docdb/cluster:Cluster", storageEncrypted=UNKNOWN),
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
        broken=distribution(web_acl=None),
        kept=distribution(),
        unknown=distribution(UNKNOWN),
        fsbp=("CloudFront.6",),
    ),
    "aws-encryption-in-transit": Entry(
        broken=bucket(BLOCK),
        kept=bucket(BLOCK, TLS),
        unknown=one("aws:rds/proxy:Proxy", requireTls=UNKNOWN),
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
        broken=one("aws:cloudwatch/logGroup:LogGroup", name="orders"),
        kept=one("aws:cloudwatch/logGroup:LogGroup", name="orders", retentionInDays=30),
        unknown=one("aws:cloudwatch/logGroup:LogGroup", retentionInDays=UNKNOWN),
    ),
    "aws-dead-letters": Entry(
        broken=one(
            "aws:cloudwatch/eventTarget:EventTarget",
            arn="arn:aws:lambda:eu-west-2:111111111111:function:orders",
        ),
        kept=one(
            "aws:cloudwatch/eventTarget:EventTarget",
            arn="arn:aws:lambda:eu-west-2:111111111111:function:orders",
            deadLetterConfig={"arn": "arn:aws:sqs:eu-west-2:111111111111:letters"},
        ),
        unknown=one("aws:sns/topicSubscription:TopicSubscription", protocol=UNKNOWN),
    ),
    "aws-tags": Entry(
        broken=one("aws:sqs/queue:Queue", tags={"project": "shop"}),
        kept=one("aws:sqs/queue:Queue", tags={"project": "shop", "owner": "orders"}),
        unknown=one("aws:sqs/queue:Queue", tags=UNKNOWN),
        asked={"tags": ["project", "owner"]},
        fsbp=("tagging controls, as DynamoDB.5, ECS.13, SQS.2",),
    ),
    "aws-permissions-boundary": Entry(
        broken=one("aws:iam/user:User", name="worker"),
        kept=one("aws:iam/user:User", name="worker", permissionsBoundary=BOUNDARY),
        unknown=one("aws:iam/user:User", name="worker", permissionsBoundary=UNKNOWN),
        asked={"boundary": BOUNDARY},
    ),
    "aws-named-source": Entry(
        broken=role(trusted={"Service": "states.amazonaws.com"}),
        kept=role(
            trusted={"Service": "states.amazonaws.com"},
            ArnEquals={"aws:SourceArn": "arn:aws:states:eu-west-2:111111111111:stateMachine:shop"},
        ),
        unknown=[Thing("aws:iam/role:Role", "role", {"assumeRolePolicy": UNKNOWN})],
        asked={"sources": ["states.amazonaws.com"]},
    ),
    "aws-production-data": Entry(
        broken=one("aws:rds/cluster:Cluster", **{**PROTECTED, "deletionProtection": False}),
        kept=one("aws:rds/cluster:Cluster", **PROTECTED),
        unknown=one("aws:rds/cluster:Cluster", **{**PROTECTED, "deletionProtection": UNKNOWN}),
        fsbp=("RDS.7", "RDS.8", "RDS.11", "DynamoDB.2", "DynamoDB.6", "ELB.6", "Cognito.6"),
    ),
    **{
        id_: Entry(broken=each.broken, kept=each.kept, unknown=each.unknown)
        for id_, each in {**catalog_azure.EXAMPLES, **catalog_gcp.EXAMPLES}.items()
    },
}
