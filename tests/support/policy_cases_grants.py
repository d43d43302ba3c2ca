"""What principals are granted, all of it together, as AWS documents IAM.

Written from AWS's documentation, from the published paths of privilege escalation and from what
people complain of in other packs' trackers. The form is that of `policy_cases_access`.
"""

from __future__ import annotations

from typing import Any

from pilaster_policies.testing import UNKNOWN, Thing

from tests.support.policy_cases_access import OURS, Case, text

TABLE = f"arn:aws:dynamodb:eu-west-2:{OURS}:table/orders"
ROLE = f"arn:aws:iam::{OURS}:role/task"
BOUNDED = {"StringEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{OURS}:policy/edge"}}
LAMBDA = {"Service": "lambda.amazonaws.com"}


def may(actions: Any, on: Any, *, when: Any = None, effect: str = "Allow") -> dict[str, Any]:
    said = {"Effect": effect, "Action": actions, "Resource": on}
    return said | ({"Condition": when} if when else {})


def no(actions: Any, on: Any = "*") -> dict[str, Any]:
    return may(actions, on, effect="Deny")


def worker(*statements: dict[str, Any], **more: Any) -> tuple[Thing, ...]:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": LAMBDA}
    props = {"name": "worker", "assumeRolePolicy": text(trust), **more}
    policy = {"role": UNKNOWN, "policy": text(*statements)}
    return (
        Thing("aws:iam/role:Role", "worker", props),
        Thing("aws:iam/rolePolicy:RolePolicy", "may", policy, {"role": ["worker"]}),
    )


def attached(arn: str) -> tuple[Thing, ...]:
    return (
        *worker(may("dynamodb:GetItem", TABLE)),
        Thing(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            "more",
            {"role": UNKNOWN, "policyArn": arn},
            {"role": ["worker"]},
        ),
    )


def two(first: dict[str, Any], second: dict[str, Any]) -> tuple[Thing, ...]:
    """Half of a thing in each of two policies."""
    policy = {"role": UNKNOWN, "policy": text(second)}
    return (
        *worker(first),
        Thing("aws:iam/rolePolicy:RolePolicy", "too", policy, {"role": ["worker"]}),
    )


PASS = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
FUNCTION = f"arn:aws:lambda:eu-west-2:{OURS}:function:work"

CASES: list[Case] = [
    ("reading one table", "grants", False, worker(may("dynamodb:GetItem", TABLE))),
    ("a table and its indexes", "grants", False,
     worker(may(["dynamodb:Query"], [TABLE, f"{TABLE}/index/*"]))),
    ("what has no resource level", "grants", False,
     worker(may(["xray:PutTraceSegments", "ec2:DescribeInstances"], "*"))),
    ("a service's whole list", "grants", False, worker(may("s3:ListAllMyBuckets", "*"))),
    ("a service's whole list, and more", "grants", True,
     worker(may(["s3:ListAllMyBuckets", "s3:GetObject"], "*"))),
    ("its own log group's streams", "grants", False,
     worker(may(["logs:CreateLogStream", "logs:PutLogEvents"],
                f"arn:aws:logs:eu-west-2:{OURS}:log-group:/aws/lambda/work:*"))),
    ("a bucket's objects", "grants", False, worker(may("s3:GetObject", "arn:aws:s3:::files/*"))),
    ("the bucket for objects", "grants", True, worker(may("s3:GetObject", "arn:aws:s3:::files"))),
    ("the objects for the bucket", "grants", True,
     worker(may("s3:ListBucket", "arn:aws:s3:::files/*"))),
    ("both, for both", "grants", False,
     worker(may(["s3:GetObject", "s3:ListBucket"],
                ["arn:aws:s3:::files", "arn:aws:s3:::files/*"]))),
    ("an action in another case", "grants", False, worker(may("DynamoDB:getitem", TABLE))),
    ("an action with a slip", "grants", True, worker(may("dynamodb:GetItm", TABLE))),
    ("a service there is not", "grants", True, worker(may("dynamo:GetItem", TABLE))),
    ("a question mark widens as well", "grants", True, worker(may("dynamodb:?etItem", TABLE))),
    ("everything but", "grants", True,
     worker({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})),
    ("a deny of everything but is how regions are kept", "grants", False,
     worker(may("dynamodb:GetItem", TABLE),
            {"Effect": "Deny", "NotAction": ["iam:*"], "Resource": "*",
             "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-2"}}})),
    ("a wildcard in a deny", "grants", False, worker(may("dynamodb:GetItem", TABLE), no("s3:*"))),
    ("any resource but one", "grants", True,
     worker({"Effect": "Allow", "Action": "dynamodb:GetItem", "NotResource": TABLE})),
    ("everything, by tag of the resource", "grants", False,
     worker(may("dynamodb:GetItem", "*", when={"StringEquals": {"aws:ResourceTag/team": "a"}}))),
    ("everything, by a tag of the caller's", "grants", True,
     worker(may("dynamodb:GetItem", "*", when={"StringEquals": {"aws:PrincipalTag/team": "a"}}))),
    ("administrator by ARN", "grants", True,
     attached("arn:aws:iam::aws:policy/AdministratorAccess")),
    ("full access to a service by ARN", "grants", True,
     attached("arn:aws:iam::aws:policy/AmazonS3FullAccess")),
    ("the managed policy of a function's logs", "grants", False,
     attached("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")),
    ("a new version of a policy", "grants", True,
     worker(may("iam:CreatePolicyVersion", f"arn:aws:iam::{OURS}:policy/mine"))),
    ("attaching a policy to itself", "grants", True, worker(may("iam:AttachRolePolicy", ROLE))),
    ("attaching within a boundary", "grants", False,
     worker(may("iam:AttachRolePolicy", ROLE, when=BOUNDED))),
    ("passing a role to whatever takes it", "grants", True, worker(may("iam:PassRole", ROLE))),
    ("passing a role to one service", "grants", False,
     worker(may("iam:PassRole", ROLE, when=PASS))),
    ("passing any role to one service", "grants", True,
     worker(may("iam:PassRole", "*", when=PASS))),
    ("passing any role, and a new function, in two policies", "grants", True,
     two(may("iam:PassRole", f"arn:aws:iam::{OURS}:role/*", when=PASS),
         may(["lambda:CreateFunction", "lambda:InvokeFunction"], FUNCTION))),
    ("passing one named role to one function, as a deployer does", "grants", False,
     two(may("iam:PassRole", ROLE, when=PASS),
         may(["lambda:CreateFunction", "lambda:InvokeFunction"], FUNCTION))),
    ("a new function without a role to pass", "grants", False,
     worker(may(["lambda:GetFunction", "lambda:InvokeFunction"], FUNCTION))),
    ("new keys for any user", "grants", True,
     worker(may("iam:CreateAccessKey", f"arn:aws:iam::{OURS}:user/*"))),
    ("one's own keys", "grants", False,
     worker(may("iam:ListAccessKeys", f"arn:aws:iam::{OURS}:user/${{aws:username}}"))),
    ("rewriting who may take a role", "grants", True,
     worker(may("iam:UpdateAssumeRolePolicy", ROLE))),
    ("an action that is allowed and denied", "grants", False,
     worker(may("iam:CreateAccessKey", f"arn:aws:iam::{OURS}:user/ann"),
            no("iam:CreateAccessKey"), may("dynamodb:GetItem", TABLE))),
    ("every key of the account", "grants", True, worker(may("kms:Decrypt", "*"))),
    ("any key, through one service", "grants", False,
     worker(may("kms:Decrypt", f"arn:aws:kms:eu-west-2:{OURS}:key/*",
                when={"StringEquals": {"kms:ViaService": "s3.eu-west-2.amazonaws.com"}}))),
    ("every secret", "grants", True, worker(may("secretsmanager:GetSecretValue", "*"))),
    ("one secret, whose suffix AWS draws", "grants", False,
     worker(may("secretsmanager:GetSecretValue",
                f"arn:aws:secretsmanager:eu-west-2:{OURS}:secret:shop/db-??????"))),
    ("a command on any machine", "grants", True, worker(may("ssm:SendCommand", "*"))),
    ("taking any role", "grants", True, worker(may("sts:AssumeRole", "*"))),
    ("taking one role", "grants", False, worker(may("sts:AssumeRole", ROLE))),
    ("who one is, which is for everybody", "grants", False,
     worker(may("sts:GetCallerIdentity", "*"))),
    ("an empty list grants nothing", "grants", False, worker(may([], TABLE))),
    ("an inline policy on the role itself", "grants", True,
     worker(may("dynamodb:GetItem", TABLE),
            inlinePolicies=[{"name": "x", "policy": text(may("s3:*", "*"))}])),
]  # fmt: skip
