"""Small stacks the documentation's examples are made of (`controls`)."""

from __future__ import annotations

import json
from typing import Any

from pilaster_policies.testing import UNKNOWN, Thing, secret


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: str | list[str], resource: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def role(*statements: dict[str, Any], trusted: Any = None, **tests: Any) -> list[Thing]:
    """`tests`: the conditions it is trusted under, by operator."""
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": trusted or {"Service": "lambda.amazonaws.com"},
        **({"Condition": tests} if tests else {}),
    }
    return [
        Thing("aws:iam/role:Role", "role", {"assumeRolePolicy": document(trust)}),
        *(
            [
                Thing(
                    "aws:iam/rolePolicy:RolePolicy",
                    "policy",
                    {"role": "role", "policy": document(*statements)},
                    {"role": ["role"]},
                )
            ]
            if statements
            else []
        ),
    ]


def repository(subject: str) -> list[Thing]:
    issuer = "token.actions.githubusercontent.com"
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": f"arn:aws:iam::111111111111:oidc-provider/{issuer}"},
        "Condition": {"StringLike": {f"{issuer}:sub": subject}},
    }
    return [Thing("aws:iam/role:Role", "role", {"assumeRolePolicy": document(trust)})]


def one(type_: str, **props: Any) -> list[Thing]:
    return [Thing(type_, "it", props)]


TABLE = "arn:aws:dynamodb:eu-west-2:111111111111:table/orders"
MACHINE = {
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
BOUNDARY = "arn:aws:iam::111111111111:policy/edge"
BUS = "arn:aws:events:eu-west-2:111111111111:event-bus/orders"


def machine(*actions: str, on: str = "event-bus/orders") -> list[Thing]:
    bus = BUS.replace("event-bus/orders", on)
    return [
        *role(allow(list(actions), bus), trusted={"Service": "states.amazonaws.com"}),
        Thing(
            "aws:sfn/stateMachine:StateMachine",
            "machine",
            {"definition": json.dumps(MACHINE), "roleArn": UNKNOWN},
            {"roleArn": ["role"]},
        ),
    ]


def function(*actions: str) -> list[Thing]:
    return [
        *role(allow(list(actions), TABLE)),
        Thing(
            "aws:lambda/function:Function",
            "orders",
            {"handler": "orders.handler", "role": UNKNOWN},
            {"role": ["role"]},
        ),
    ]


def network(destination: str) -> list[Thing]:
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


def distribution(
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


def bucket(*more: Thing) -> list[Thing]:
    return [Thing("aws:s3/bucket:Bucket", "files", {"bucket": "files"}), *more]


BLOCK = Thing(
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
TLS = Thing(
    "aws:s3/bucketPolicy:BucketPolicy",
    "tls",
    {
        "bucket": UNKNOWN,
        "policy": document(
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
UNREAD = [
    *role(),
    Thing(
        "aws:iam/rolePolicy:RolePolicy",
        "policy",
        {"role": UNKNOWN, "policy": UNKNOWN},
        {"role": ["role"]},
    ),
]
PERMISSION = "aws:lambda/permission:Permission"
CALL = {"action": "lambda:InvokeFunction", "principal": "s3.amazonaws.com"}
PROTECTED = {
    "storageEncrypted": True,
    "deletionProtection": True,
    "backupRetentionPeriod": 7,
    "manageMasterUserPassword": True,
}
