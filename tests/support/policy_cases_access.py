"""Who lets whom in: policies of resources and trusts of roles as AWS documents them.

Written from AWS's documentation of the services before the rules were read. Each case says what it
is, which rules are asked, whether the stack breaks one of them, and the things of the stack.
"""

from __future__ import annotations

import json
from typing import Any

from pilaster_policies.testing import Thing

Case = tuple[str, str, bool, tuple[Thing, ...]]
"""What it is, its topic, whether it is broken, the stack."""

OURS = "111111111111"
THEIRS = "999999999999"
QUEUE = f"arn:aws:sqs:eu-west-2:{OURS}:work"
TOPIC = f"arn:aws:sns:eu-west-2:{OURS}:news"
KEY = f"arn:aws:kms:eu-west-2:{OURS}:key/0a1b2c3d-1111-2222-3333-444455556666"
BUS = f"arn:aws:events:eu-west-2:{OURS}:event-bus/orders"
FUNCTION = f"arn:aws:lambda:eu-west-2:{OURS}:function:work"
OIDC = f"arn:aws:iam::{OURS}:oidc-provider/"
EVERYONE = {"AWS": "*"}


def text(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements]})


def allow(who: Any, action: Any, on: Any = None, **when: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"Effect": "Allow", "Principal": who, "Action": action}
    if on is not None:
        said["Resource"] = on
    if when.get("when"):
        said["Condition"] = when["when"]
    return said


def queue(who: Any, **when: Any) -> tuple[Thing, ...]:
    policy = text(allow(who, "sqs:SendMessage", QUEUE, when=when))
    url = f"https://sqs.eu-west-2.amazonaws.com/{OURS}/work"
    return (Thing("aws:sqs/queuePolicy:QueuePolicy", "it", {"queueUrl": url, "policy": policy}),)


def queue_when(**when: Any) -> tuple[Thing, ...]:
    return queue("*", **{key.replace("__", ":"): value for key, value in when.items()})


def topic(*statements: dict[str, Any]) -> tuple[Thing, ...]:
    props = {"arn": TOPIC, "policy": text(*statements)}
    return (Thing("aws:sns/topicPolicy:TopicPolicy", "it", props),)


def permission(principal: str, **more: Any) -> tuple[Thing, ...]:
    props = {"action": "lambda:InvokeFunction", "function": "work", "principal": principal, **more}
    return (Thing("aws:lambda/permission:Permission", "it", props),)


def key(*statements: dict[str, Any]) -> tuple[Thing, ...]:
    return (Thing("aws:kms/key:Key", "it", {"enableKeyRotation": True,
                                            "policy": text(*statements)}),)  # fmt: skip


def bucket(*statements: dict[str, Any]) -> tuple[Thing, ...]:
    props = {"bucket": "files", "policy": text(*statements)}
    return (Thing("aws:s3/bucketPolicy:BucketPolicy", "it", props),)


def one(type_: str, **props: Any) -> tuple[Thing, ...]:
    return (Thing(type_, "it", props),)


def trust(who: Any, action: Any = "sts:AssumeRole", **when: Any) -> tuple[Thing, ...]:
    props = {"name": "worker", "assumeRolePolicy": text(allow(who, action, when=when))}
    return (Thing("aws:iam/role:Role", "it", props),)


def web(issuer: str, **when: Any) -> tuple[Thing, ...]:
    who = {"Federated": issuer if "amazonaws.com" in issuer[:30] else OIDC + issuer}
    return trust(who, "sts:AssumeRoleWithWebIdentity", **when)


GITHUB = "token.actions.githubusercontent.com"
GITHUB_AUD = {f"{GITHUB}:aud": "sts.amazonaws.com"}
EKS = "oidc.eks.eu-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E"
ORG = {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}

CASES: list[Case] = [
    ("anyone sends to a queue", "who", True, queue("*")),
    ("anyone with an account sends to a queue", "who", True, queue(EVERYONE)),
    ("one's own bucket sends, by its ARN", "who", False,
     queue_when(ArnEquals={"aws:SourceArn": "arn:aws:s3:::files-of-mine"})),
    ("any bucket of anybody sends", "who", True,
     queue_when(ArnLike={"aws:SourceArn": "arn:aws:s3:*:*:*"})),
    ("any topic of one's own account sends", "who", False,
     queue_when(ArnLike={"aws:SourceArn": f"arn:aws:sns:*:{OURS}:*"})),
    ("any topic of another's account sends", "who", True,
     queue_when(ArnLike={"aws:SourceArn": f"arn:aws:sns:*:{THEIRS}:*"})),
    ("a condition key in other letters", "who", False,
     queue_when(StringEquals={"AWS:SOURCEACCOUNT": OURS})),
    ("members of the organisation", "who", False, queue_when(StringEquals=ORG)),
    ("members of any organisation", "who", True,
     queue_when(StringLike={"aws:PrincipalOrgID": "*"})),
    ("members of the organisation, if there is one", "who", True,
     queue_when(StringEqualsIfExists=ORG)),
    ("all but the organisation", "who", True, queue_when(StringNotEquals=ORG)),
    ("all values are ours, so none is as well", "who", True,
     queue_when(ForAllValues__StringLike={"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*"})),
    ("a value is ours", "who", False,
     queue_when(ForAnyValue__StringLike={"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*"})),
    ("all values are ours, and there is one", "who", False,
     queue_when(ForAllValues__StringLike={"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*"},
                Null={"aws:PrincipalOrgPaths": "false"})),
    ("an office's network", "who", False, queue_when(IpAddress={"aws:SourceIp": "203.0.113.0/24"})),
    ("every network", "who", True, queue_when(IpAddress={"aws:SourceIp": "0.0.0.0/0"})),
    ("every network in two halves", "who", True,
     queue_when(IpAddress={"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]})),
    ("every network but one", "who", True,
     queue_when(NotIpAddress={"aws:SourceIp": "203.0.113.0/24"})),
    ("one's own endpoint", "who", False, queue_when(StringEquals={"aws:SourceVpce": "vpce-1a2b"})),
    ("any endpoint", "who", True, queue_when(StringLike={"aws:SourceVpce": "vpce-*"})),
    ("anyone, but encrypted", "who", True, queue_when(Bool={"aws:SecureTransport": "true"})),
    ("anyone who says they use a browser", "who", True,
     queue_when(StringLike={"aws:UserAgent": "Mozilla*"})),
    ("one of two values is everybody", "who", True,
     queue_when(StringLike={"aws:PrincipalArn": [f"arn:aws:iam::{OURS}:role/a", "*"]})),
    ("roles of one's own account by pattern", "who", False,
     queue_when(ArnLike={"aws:PrincipalArn": f"arn:aws:iam::{OURS}:role/*"})),
    ("everyone but one", "who", True,
     one("aws:sqs/queuePolicy:QueuePolicy", queueUrl="u", policy=text(
         {"Effect": "Allow", "NotPrincipal": {"AWS": f"arn:aws:iam::{OURS}:root"},
          "Action": "sqs:SendMessage", "Resource": QUEUE}))),
    ("nobody over plain HTTP", "who", False,
     one("aws:sqs/queuePolicy:QueuePolicy", queueUrl="u", policy=text(
         {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": QUEUE,
          "Condition": {"Bool": {"aws:SecureTransport": "false"}}}))),
    ("a queue that carries its policy with it", "who", True,
     one("aws:sqs/queue:Queue", name="work", policy=text(allow("*", "sqs:*", QUEUE)))),
    ("a bucket of anybody, through the service", "who", True,
     queue({"Service": "s3.amazonaws.com"})),
    ("one's own buckets, through the service", "who", False,
     queue({"Service": "s3.amazonaws.com"}, StringEquals={"aws:SourceAccount": OURS})),
    ("the policy SNS makes for every topic", "who", False,
     topic(allow(EVERYONE, ["SNS:Publish", "SNS:Subscribe"], TOPIC,
                 when={"StringEquals": {"AWS:SourceOwner": OURS}}))),
    ("anyone subscribes", "who", True, topic(allow("*", "sns:Subscribe", TOPIC))),
    ("anyone subscribes an address of ours", "who", True,
     topic(allow("*", "sns:Subscribe", TOPIC, when={"StringLike": {"sns:Endpoint": "*@x.org"}}))),
    ("a partner's account publishes", "who", True,
     topic(allow({"AWS": f"arn:aws:iam::{THEIRS}:root"}, "sns:Publish", TOPIC))),
    ("a partner's account by its bare number", "who", True,
     topic(allow({"AWS": THEIRS}, "sns:Publish", TOPIC))),
    ("one's own account by its bare number", "who", False,
     topic(allow({"AWS": [OURS]}, "sns:Publish", TOPIC))),
    ("alarms of one's own account", "who", False,
     topic(allow({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish", TOPIC,
                 when={"ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:*:{OURS}:alarm:*"}}))),
    ("anyone invokes", "who", True, permission("*")),
    ("the organisation invokes", "who", False, permission("*", principalOrgId="o-a1b2c3d4e5")),
    ("a public URL's permission", "who", True,
     permission("*", action="lambda:InvokeFunctionUrl", functionUrlAuthType="NONE")),
    ("signed calls of any account", "who", True,
     permission("*", action="lambda:InvokeFunctionUrl", functionUrlAuthType="AWS_IAM")),
    ("a partner invokes", "who", True, permission(THEIRS)),
    ("one's own account invokes", "who", False, permission(OURS)),
    ("one's own role invokes", "who", False, permission(f"arn:aws:iam::{OURS}:role/a")),
    ("a bucket of anybody invokes", "who", True, permission("s3.amazonaws.com")),
    ("one's own bucket invokes", "who", False,
     permission("s3.amazonaws.com", sourceArn="arn:aws:s3:::files", sourceAccount=OURS)),
    ("a bucket by its name in another's account", "who", True,
     permission("s3.amazonaws.com", sourceArn="arn:aws:s3:::files", sourceAccount=THEIRS)),
    ("any API of anybody invokes", "who", True, permission("apigateway.amazonaws.com")),
    ("one's own API invokes", "who", False,
     permission("apigateway.amazonaws.com",
                sourceArn=f"arn:aws:execute-api:eu-west-2:{OURS}:a1b2c3/*/*")),
    ("everyone uses a layer", "who", True,
     one("aws:lambda/layerVersionPermission:LayerVersionPermission", principal="*",
         action="lambda:GetLayerVersion", layerName="l", versionNumber=1, statementId="s")),
    ("the organisation uses a layer", "who", False,
     one("aws:lambda/layerVersionPermission:LayerVersionPermission", principal="*",
         action="lambda:GetLayerVersion", layerName="l", versionNumber=1, statementId="s",
         organizationId="o-a1b2c3d4e5")),
    ("the key policy KMS makes", "who", False,
     key(allow({"AWS": f"arn:aws:iam::{OURS}:root"}, "kms:*", "*"))),
    ("everyone uses a key", "who", True,
     key(allow({"AWS": f"arn:aws:iam::{OURS}:root"}, "kms:*", "*"),
         allow("*", ["kms:Decrypt"], "*"))),
    ("one's own account uses a key through a service", "who", False,
     key(allow(EVERYONE, ["kms:Decrypt"], "*",
               when={"StringEquals": {"kms:CallerAccount": OURS,
                                      "kms:ViaService": "s3.eu-west-2.amazonaws.com"}}))),
    ("everyone uses a key through a service", "who", True,
     key(allow(EVERYONE, ["kms:Decrypt"], "*",
               when={"StringEquals": {"kms:ViaService": "s3.eu-west-2.amazonaws.com"}}))),
    ("logs of one's own account use a key", "who", False,
     key(allow({"Service": "logs.eu-west-2.amazonaws.com"}, "kms:Decrypt", "*", when={
         "ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:eu-west-2:{OURS}:*"}}))),
    ("a partner is granted a key", "who", True,
     one("aws:kms/grant:Grant", keyId=KEY, operations=["Decrypt"],
         granteePrincipal=f"arn:aws:iam::{THEIRS}:role/reader")),
    ("a partner reads a secret", "who", True,
     one("aws:secretsmanager/secretPolicy:SecretPolicy", secretArn="s", policy=text(
         allow({"AWS": f"arn:aws:iam::{THEIRS}:role/a"}, "secretsmanager:GetSecretValue", "*")))),
    ("one's own role reads a secret", "who", False,
     one("aws:secretsmanager/secretPolicy:SecretPolicy", secretArn="s", policy=text(
         allow({"AWS": f"arn:aws:iam::{OURS}:role/a"}, "secretsmanager:GetSecretValue", "*")))),
    ("everyone pulls an image", "who", True,
     one("aws:ecr/repositoryPolicy:RepositoryPolicy", repository="r", policy=text(
         allow("*", ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"])))),
    ("one's own functions pull an image", "who", False,
     one("aws:ecr/repositoryPolicy:RepositoryPolicy", repository="r", policy=text(
         allow({"Service": "lambda.amazonaws.com"}, ["ecr:BatchGetImage"], when={
             "StringLike": {"aws:sourceArn": f"{FUNCTION[:-4]}*"}})))),
    ("everyone puts events", "who", True,
     one("aws:cloudwatch/eventBusPolicy:EventBusPolicy", eventBusName="orders",
         policy=text(allow("*", "events:PutEvents", BUS)))),
    ("the organisation puts events", "who", False,
     one("aws:cloudwatch/eventBusPolicy:EventBusPolicy", eventBusName="orders",
         policy=text(allow("*", "events:PutEvents", BUS, when={"StringEquals": ORG})))),
    ("everyone puts events, by a permission", "who", True,
     one("aws:cloudwatch/eventPermission:EventPermission", principal="*", statementId="s")),
    ("a partner puts events, by a permission", "who", True,
     one("aws:cloudwatch/eventPermission:EventPermission", principal=THEIRS, statementId="s")),
    ("the organisation puts events, by a permission", "who", False,
     one("aws:cloudwatch/eventPermission:EventPermission", principal="*", statementId="s",
         condition={"key": "aws:PrincipalOrgID", "type": "StringEquals",
                    "value": "o-a1b2c3d4e5"})),
    ("everyone reads a table", "who", True,
     one("aws:dynamodb/resourcePolicy:ResourcePolicy", resourceArn="t", policy=text(
         allow("*", "dynamodb:GetItem", "*")))),
    ("everyone reads a bucket", "who", True,
     bucket(allow("*", "s3:GetObject", "arn:aws:s3:::files/*"))),
    ("a distribution of one's own reads a bucket", "who", False,
     bucket(allow({"Service": "cloudfront.amazonaws.com"}, "s3:GetObject", "arn:aws:s3:::files/*",
                  when={"StringEquals": {
                      "AWS:SourceArn": f"arn:aws:cloudfront::{OURS}:distribution/E1A2B3"}}))),
    ("any distribution of anybody reads a bucket", "who", True,
     bucket(allow({"Service": "cloudfront.amazonaws.com"}, "s3:GetObject",
                  "arn:aws:s3:::files/*"))),
    ("an origin access identity reads a bucket", "who", False,
     bucket(allow({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1A2"},
                  "s3:GetObject", "arn:aws:s3:::files/*"))),
    ("who says they come from our page", "who", True,
     bucket(allow("*", "s3:GetObject", "arn:aws:s3:::files/*",
                  when={"StringLike": {"aws:Referer": "https://shop.org/*"}}))),
    ("an access point for everyone", "who", True,
     one("aws:s3/accessPoint:AccessPoint", bucket="files", name="p", policy=text(
         allow("*", "s3:GetObject", "arn:aws:s3:eu-west-2:111111111111:accesspoint/p/object/*")))),
    ("a role for everyone", "who", True, trust(EVERYONE)),
    ("a role for one's own account", "who", False, trust({"AWS": f"arn:aws:iam::{OURS}:root"})),
    ("a role for a service", "who", False, trust({"Service": "lambda.amazonaws.com"})),
    ("a role for a partner", "who", True, trust({"AWS": f"arn:aws:iam::{THEIRS}:root"})),
    ("a role for a partner who proves it", "who", False,
     trust({"AWS": f"arn:aws:iam::{THEIRS}:root"}, StringEquals={"sts:ExternalId": "x7Kp-22"})),
    ("a role for a partner who proves nothing", "who", True,
     trust({"AWS": f"arn:aws:iam::{THEIRS}:root"}, StringLike={"sts:ExternalId": "*"})),
    ("a role for everyone who knows a word", "who", True,
     trust(EVERYONE, StringEquals={"sts:ExternalId": "x7Kp-22"})),
    ("any repository of GitHub", "who", True, web(GITHUB, StringEquals=GITHUB_AUD)),
    ("a branch of one repository", "who", False,
     web(GITHUB, StringEquals={**GITHUB_AUD,
                               f"{GITHUB}:sub": "repo:us/shop:ref:refs/heads/main"})),
    ("any repository by pattern", "who", True,
     web(GITHUB, StringEquals=GITHUB_AUD, StringLike={f"{GITHUB}:sub": "repo:*"})),
    ("repositories of an organisation by pattern", "who", False,
     web(GITHUB, StringEquals=GITHUB_AUD, StringLike={f"{GITHUB}:sub": "repo:us/*"})),
    ("an organisation whose name only begins so", "who", True,
     web(GITHUB, StringEquals=GITHUB_AUD, StringLike={f"{GITHUB}:sub": "repo:us*"})),
    ("a subject if there is one", "who", True,
     web(GITHUB, StringEquals=GITHUB_AUD,
         **{"ForAllValues:StringLike": {f"{GITHUB}:sub": "repo:us/shop:*"}})),
    ("any project of GitLab", "who", True,
     web("gitlab.com", StringEquals={"gitlab.com:aud": "https://gitlab.com"})),
    ("one project of GitLab", "who", False,
     web("gitlab.com", StringLike={"gitlab.com:sub": "project_path:us/shop:ref_type:branch:*"})),
    ("any workspace of Terraform", "who", True,
     web("app.terraform.io", StringEquals={"app.terraform.io:aud": "aws.workload.identity"})),
    ("one workspace of Terraform", "who", False,
     web("app.terraform.io", StringLike={
         "app.terraform.io:sub": "organization:us:project:shop:workspace:prod:run_phase:*"})),
    ("any pod of a cluster", "who", True,
     web(EKS, StringEquals={f"{EKS}:aud": "sts.amazonaws.com"})),
    ("one service account of a cluster", "who", False,
     web(EKS, StringEquals={f"{EKS}:aud": "sts.amazonaws.com",
                            f"{EKS}:sub": "system:serviceaccount:shop:orders"})),
    ("anyone of any identity pool", "who", True, web("cognito-identity.amazonaws.com")),
    ("who has logged in to one identity pool", "who", False,
     web("cognito-identity.amazonaws.com",
         StringEquals={"cognito-identity.amazonaws.com:aud": "eu-west-2:1a2b-3c"},
         **{"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}})),
    ("a company's login page", "who", False,
     trust({"Federated": f"arn:aws:iam::{OURS}:saml-provider/office"}, "sts:AssumeRoleWithSAML",
           StringEquals={"SAML:aud": "https://signin.aws.amazon.com/saml"})),
]  # fmt: skip
