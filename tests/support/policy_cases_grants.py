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


def bounded(boundary: tuple[dict[str, Any], ...], *statements: dict[str, Any]) -> tuple[Thing, ...]:
    """A role whose boundary is a policy of the same stack."""
    role, may_ = worker(*statements, permissionsBoundary=UNKNOWN)
    role = Thing(role.type, role.name, role.props, {"permissionsBoundary": ["edge"]})
    edge = Thing("aws:iam/policy:Policy", "edge", {"policy": text(*boundary)})
    return (role, may_, edge)


def member(kind: str, group: dict[str, Any], own: dict[str, Any]) -> tuple[Thing, ...]:
    """A user with one statement of its own and one of its group's."""
    user, of = ("users", "group") if kind == "groupMembership" else ("user", "groups")
    made = {user: ["ann"], of: ["crew"]}
    return (
        Thing("aws:iam/group:Group", "crew", {"name": "crew"}),
        Thing("aws:iam/user:User", "ann", {"name": "ann"}),
        Thing(f"aws:iam/{kind}:{kind[0].upper()}{kind[1:]}", "in",
              dict.fromkeys(made, UNKNOWN), made),
        Thing("aws:iam/groupPolicy:GroupPolicy", "crew-may",
              {"group": UNKNOWN, "policy": text(group)}, {"group": ["crew"]}),
        Thing("aws:iam/userPolicy:UserPolicy", "ann-may",
              {"user": UNKNOWN, "policy": text(own)}, {"user": ["ann"]}),
    )  # fmt: skip


PASS = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
FUNCTION = f"arn:aws:lambda:eu-west-2:{OURS}:function:work"
PASSING = may("iam:PassRole", f"arn:aws:iam::{OURS}:role/*", when=PASS)
RUNNING = may(["lambda:CreateFunction", "lambda:InvokeFunction"], FUNCTION)
WRITING = may("iam:PutUserPolicy", f"arn:aws:iam::{OURS}:user/ann")
HARMLESS = {"ArnEquals": {"iam:PolicyARN": f"arn:aws:iam::{OURS}:policy/harmless"}}

# An action, a resource that says nothing of what it is for, and one that does.
KINDS = [
    ("sqs:SendMessage", "arn:aws:sqs", "arn:aws:sqs:*:*:jobs"),
    ("sqs:PurgeQueue", "arn:aws:s?s:eu-west-*", f"arn:aws:sqs:eu-west-*:{OURS}:jobs-*"),
    ("kinesis:PutRecord", f"arn:aws:kinesis:eu-west-2:{OURS}:s*",
     f"arn:aws:kinesis:eu-west-2:{OURS}:stream/clicks"),
    ("batch:TerminateJob", "arn:aws:batch:*:*:job/*", f"arn:aws:batch:eu-west-2:{OURS}:job/8f2c"),
    ("codecommit:GitPush", f"arn:aws:codecommit:eu-west-2:{OURS}:*",
     f"arn:aws:codecommit:eu-west-2:{OURS}:site"),
    ("kms:Decrypt", f"arn:aws:kms:eu-west-2:{OURS}:key/????????-????-????-????-*",
     f"arn:aws:kms:eu-west-2:{OURS}:key/0f9c61ad-8b2e-4d37-a5c0-7e1b94d6f238"),
    ("ecs:StopTask", "arn:aws:ecs:*:*:task/*/*", f"arn:aws:ecs:eu-west-2:{OURS}:task/main/*"),
    ("dynamodb:Scan", "arn:aws:dynamodb:*:*:table/*/index/*",
     f"arn:aws:dynamodb:*:{OURS}:table/orders/index/*"),
    ("s3:PutObject", "arn:aws:s3:::*", "arn:aws:s3:::files/in/*"),
    ("logs:DeleteLogStream", "arn:aws:logs:*:*:log-group:*:log-stream:*",
     f"arn:aws:logs:eu-west-2:{OURS}:log-group:/shop/*:log-stream:*"),
    ("ec2:RebootInstances", "arn:aws:ec2:*:*:instance/*",
     f"arn:aws:ec2:eu-west-2:{OURS}:instance/i-0abc"),
]  # fmt: skip

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
    *((f"{action} on whatever there is", "grants", True, worker(may(action, wide)))
      for action, wide, _ in KINDS),
    *((f"{action} on what is named", "grants", False, worker(may(action, named)))
      for action, _, named in KINDS),
    ("machines that are not there yet have no ids", "grants", False,
     worker(may("ec2:RunInstances",
                [f"arn:aws:ec2:eu-west-2:{OURS}:{each}"
                 for each in ("instance/*", "volume/*", "network-interface/*", "subnet/subnet-1",
                              "security-group/sg-1")] + ["arn:aws:ec2:eu-west-2::image/ami-1"]))),
    ("a change of a zone has an id of AWS's", "grants", False,
     worker(may("route53:GetChange", "arn:aws:route53:::change/*"))),
    ("a new group of logs, as AWS's console grants it", "grants", False,
     worker(may("logs:CreateLogGroup", f"arn:aws:logs:eu-west-2:{OURS}:log-group:*"))),
    ("a table that is not there yet has a name", "grants", True,
     worker(may("dynamodb:CreateTable", f"arn:aws:dynamodb:eu-west-2:{OURS}:table/*"))),
    ("tags of what is being made", "grants", False,
     worker(may("ec2:CreateTags", f"arn:aws:ec2:*:{OURS}:instance/*",
                when={"StringEquals": {"ec2:CreateAction": "RunInstances"}}))),
    ("what is read without naming anything", "grants", False,
     worker(may(["ce:GetCostForecast", "cloudwatch:GetMetricData", "polly:SynthesizeSpeech",
                 "rds:DescribeDBClusters", "translate:TranslateDocument"], "*"))),
    *((f"{action}, which is about one thing", "grants", True, worker(may(action, "*")))
      for action in ("events:PutEvents", "s3:ListBucket", "polly:DeleteLexicon", "es:ESHttpGet",
                     "translate:DeleteTerminology")),
    *((f"everything, by any tag at all ({value})", "grants", True,
       worker(may("ec2:StopInstances", "*", when={"StringLike": {"aws:ResourceTag/app": value}})))
      for value in ("?*", "***", ["shop", "*?"])),
    ("starting sessions, by any tag at all", "grants", True,
     worker(may("ssm:StartSession", "*", when={"StringLike": {"ssm:resourceTag/app": "?*"}}))),
    ("passing a role to one service, if any is said", "grants", True,
     worker(may("iam:PassRole", ROLE,
                when={"StringEqualsIfExists": {"iam:PassedToService": "ecs.amazonaws.com"}}))),
    *((f"half a path of one's own, half of one's group's, by {kind}", "grants", True,
       member(kind, PASSING, RUNNING)) for kind in ("groupMembership", "userGroupMembership")),
    ("two halves of two paths", "grants", False,
     member("groupMembership", may("iam:GetRole", ROLE), RUNNING)),
    ("denied to the group, and so to who is in it", "grants", False,
     member("userGroupMembership", no("iam:*"), WRITING)),
    ("a boundary grants nothing, wide as it is", "grants", False,
     bounded((may(["s3:*", "dynamodb:*", "iam:PassRole"], "*"),), may("dynamodb:GetItem", TABLE))),
    ("a boundary that is attached as well grants it all", "grants", True,
     (*bounded((may("s3:*", "*"),), may("dynamodb:GetItem", TABLE)),
      Thing("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "too",
            {"role": UNKNOWN, "policyArn": UNKNOWN}, {"role": ["worker"], "policyArn": ["edge"]}))),
    ("a boundary that denies what it allows", "grants", False,
     bounded((may("*", "*"), no("iam:*")), WRITING)),
    ("a boundary that denies it of another", "grants", True,
     bounded((may("*", "*"), no("iam:*", f"arn:aws:iam::{OURS}:user/root-*")), WRITING)),
    ("a boundary of everything but", "grants", False,
     bounded(({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"},), WRITING)),
    ("a boundary of everything but something else", "grants", True,
     bounded(({"Effect": "Allow", "NotAction": ["s3:*"], "Resource": "*"},), WRITING)),
    ("a boundary that allows it of another", "grants", False,
     bounded((may("iam:PutUserPolicy", f"arn:aws:iam::{OURS}:user/bob"),), WRITING)),
    ("a boundary that allows it under a condition that narrows", "grants", False,
     bounded((may("iam:AttachUserPolicy", "*", when=HARMLESS),),
             may("iam:AttachUserPolicy", f"arn:aws:iam::{OURS}:user/ann"))),
    ("a boundary that allows it under a condition that does not", "grants", True,
     bounded((may("iam:AttachUserPolicy", "*", when={"Bool": {"aws:SecureTransport": "true"}}),),
             may("iam:AttachUserPolicy", f"arn:aws:iam::{OURS}:user/ann"))),
    ("a boundary that names the machine", "grants", False,
     bounded((may("ssm:SendCommand", f"arn:aws:ec2:eu-west-2:{OURS}:instance/i-1"),),
             may("ssm:SendCommand", f"arn:aws:ec2:*:{OURS}:instance/*",
                 when={"StringEquals": {"aws:ResourceTag/app": "x"}}))),
    ("denied of everybody by ARN", "grants", False,
     worker(WRITING, no("iam:*", "arn:aws:iam::*:*"))),
    ("denied of all but something else", "grants", False,
     worker(WRITING, {"Effect": "Deny", "NotAction": ["s3:*", "logs:*"], "Resource": "*"})),
    ("denied of all but that", "grants", True,
     worker(WRITING, {"Effect": "Deny", "NotAction": ["s3:*", "iam:Put*"], "Resource": "*"})),
    ("denied of another", "grants", True,
     worker(WRITING, no("iam:*", f"arn:aws:iam::{OURS}:user/bob"))),
]  # fmt: skip
