"""What is granted, hidden, encrypted, open and kept: stacks as AWS documents them.

Written from AWS's documentation of the services before the rules were read.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from pilaster_policies.testing import Thing, secret

from tests.support.policy_cases_access import OURS, Case, one

LOGS = f"arn:aws:logs:eu-west-2:{OURS}:log-group:/aws/lambda/orders:*"
TABLE = f"arn:aws:dynamodb:eu-west-2:{OURS}:table/orders"
ROLE = f"arn:aws:iam::{OURS}:role/task"
KEYS = "AKIAQ3EGRWXK5ZLB7C4N"
NEW = "Policy-Min-TLS-1-2-2019-07"
RANDOM = "q9Zr7Lw2Vx5Tn8Kb3Yc6Hd1Mf4Gj0PsA7uE5iOx2"
LISTENER = {"loadBalancerArn": "arn:aws:elasticloadbalancing:eu-west-2:111111111111:loadbalancer/a",
            "port": 443, "protocol": "HTTPS",
            "defaultActions": [{"type": "forward", "targetGroupArn": "t"}]}  # fmt: skip
SITE: dict[str, Any] = {
    "enabled": True,
    "origins": [{"originId": "o", "domainName": "api.shop.org", "customOriginConfig": {
        "httpPort": 80, "httpsPort": 443, "originProtocolPolicy": "https-only",
        "originSslProtocols": ["TLSv1.2"]}}],
    "defaultCacheBehavior": {"targetOriginId": "o", "viewerProtocolPolicy": "redirect-to-https",
                             "allowedMethods": ["GET", "HEAD"], "cachedMethods": ["GET", "HEAD"]},
    "restrictions": {"geoRestriction": {"restrictionType": "none"}},
    "viewerCertificate": {"acmCertificateArn": "c", "sslSupportMethod": "sni-only",
                          "minimumProtocolVersion": "TLSv1.2_2021"},
}  # fmt: skip


def grant(action: Any, on: Any = "*", **more: Any) -> tuple[Thing, ...]:
    said = {"Effect": "Allow", "Action": action, "Resource": on, **more}
    return policy({name: value for name, value in said.items() if value is not None})


def policy(statement: dict[str, Any]) -> tuple[Thing, ...]:
    text = json.dumps({"Version": "2012-10-17", "Statement": statement})
    return one("aws:iam/rolePolicy:RolePolicy", role="task", policy=text)


def function(**variables: Any) -> tuple[Thing, ...]:
    return one("aws:lambda/function:Function", name="work", environment={"variables": variables})


def task(**container: Any) -> tuple[Thing, ...]:
    text = json.dumps([{"name": "app", "image": "app:1", **container}])
    return one("aws:ecs/taskDefinition:TaskDefinition", family="f", containerDefinitions=text)


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def site(**more: Any) -> tuple[Thing, ...]:
    return one("aws:cloudfront/distribution:Distribution", **{**SITE, **more})


def domain(**more: Any) -> tuple[Thing, ...]:
    sound = {"domainName": "search", "engineVersion": "OpenSearch_2.11",
             "encryptAtRest": {"enabled": True}, "nodeToNodeEncryption": {"enabled": True},
             "domainEndpointOptions": {"enforceHttps": True,
                                       "tlsSecurityPolicy": NEW}}  # fmt: skip
    return one("aws:opensearch/domain:Domain", **{**sound, **more})


CASES: list[Case] = [
    ("all of a service", "grants", True, grant("s3:*", "arn:aws:s3:::files/*")),
    ("everything", "grants", True, grant("*")),
    ("a family of actions", "grants", True, grant("dynamodb:Get*", TABLE)),
    ("an action that knows no resource", "grants", False,
     grant(["ec2:DescribeInstances", "xray:PutTraceSegments", "sts:GetCallerIdentity",
            "ecr:GetAuthorizationToken", "s3:ListAllMyBuckets", "cloudwatch:PutMetricData"])),
    ("a function's log lines", "grants", False,
     grant(["logs:CreateLogStream", "logs:PutLogEvents"], LOGS)),
    ("the objects of a bucket", "grants", False, grant("s3:GetObject", "arn:aws:s3:::files/*")),
    ("objects of every bucket", "grants", True, grant("s3:GetObject", "arn:aws:s3:::*/*")),
    ("every table in every region", "grants", True,
     grant("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/*")),
    ("a table and its indexes", "grants", False,
     grant("dynamodb:Query", [TABLE, f"{TABLE}/index/*"])),
    ("a bucket listed by its objects", "grants", True,
     grant("s3:ListBucket", "arn:aws:s3:::files/*")),
    ("all but one action", "grants", True,
     policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})),
    ("all but one resource", "grants", True,
     policy({"Effect": "Allow", "Action": "s3:GetObject",
             "NotResource": "arn:aws:s3:::private/*"})),
    ("a service refused as a whole", "grants", False,
     policy({"Effect": "Deny", "Action": "s3:*", "Resource": "*"})),
    ("an action that is none", "grants", True, grant("s3:GetObjects", "arn:aws:s3:::files/*")),
    ("an action called as its API is not", "grants", True,
     grant("lambda:Invoke", f"arn:aws:lambda:eu-west-2:{OURS}:function:work")),
    ("an action in small letters", "grants", False, grant("dynamodb:getitem", TABLE)),
    ("every key", "grants", True, grant("kms:Decrypt")),
    ("every secret in a region", "grants", True,
     grant("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:eu-west-2:{OURS}:secret:*")),
    ("one secret and its suffix", "grants", False,
     grant("secretsmanager:GetSecretValue",
           f"arn:aws:secretsmanager:eu-west-2:{OURS}:secret:shop/database-??????")),
    ("everything in a region", "grants", True,
     grant("s3:GetObject", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-2"}})),
    ("what carries our tag", "grants", False,
     grant("secretsmanager:GetSecretValue", "*",
           Condition={"StringEquals": {"aws:ResourceTag/project": "shop"}})),
    ("a role passed to anything", "grants", True, grant("iam:PassRole", ROLE)),
    ("a role passed to one service", "grants", False,
     grant("iam:PassRole", ROLE, Condition={
         "StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}})),
    ("a role passed to any service there is", "grants", True,
     grant("iam:PassRole", ROLE, Condition={"StringLike": {"iam:PassedToService": "*"}})),
    ("any role taken", "grants", True, grant("sts:AssumeRole")),
    ("a policy written to a role", "grants", True, grant("iam:PutRolePolicy", ROLE)),
    ("a new version of a policy", "grants", True,
     grant("iam:CreatePolicyVersion", f"arn:aws:iam::{OURS}:policy/p")),
    ("keys made for users", "grants", True,
     grant("iam:CreateAccessKey", f"arn:aws:iam::{OURS}:user/*")),
    ("the administrator's policy", "grants", True,
     one("aws:iam/rolePolicyAttachment:RolePolicyAttachment", role="task",
         policyArn="arn:aws:iam::aws:policy/AdministratorAccess")),
    ("AWS's policy for a function's logs", "grants", False,
     one("aws:iam/rolePolicyAttachment:RolePolicyAttachment", role="task",
         policyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")),
    ("power over everything but users", "grants", True,
     one("aws:iam/role:Role", name="r",
         assumeRolePolicy=json.dumps({"Version": "2012-10-17", "Statement": []}),
         managedPolicyArns=["arn:aws:iam::aws:policy/PowerUserAccess"])),
    ("a policy inside a role", "grants", True,
     one("aws:iam/role:Role", name="r",
         assumeRolePolicy=json.dumps({"Version": "2012-10-17", "Statement": []}),
         inlinePolicies=[{"name": "p", "policy": json.dumps({
             "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})}])),
    ("a password by its name", "secrets", True, function(DATABASE_PASSWORD="correct horse")),
    ("a key by its shape", "secrets", True, function(UPSTREAM=KEYS)),
    ("a key by its look", "secrets", True, function(UPSTREAM_TOKEN=RANDOM)),
    ("a secret under an innocent name", "secrets", True, function(UPSTREAM=secret("hunter2-x"))),
    ("a private key", "secrets", True,
     function(SIGNER="-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n")),
    ("a password in a URL", "secrets", True,
     function(DATABASE="postgres://app:s3cr3t-word@db.internal:5432/app")),
    ("the ARN of a secret", "secrets", False,
     function(DATABASE_SECRET_ARN=f"arn:aws:secretsmanager:eu-west-2:{OURS}:secret:db-a1B2c3")),
    ("the name of a parameter", "secrets", False, function(API_KEY_PARAMETER="/shop/api-key")),
    ("words that only sound like it", "secrets", False,
     function(TOKEN_TTL_SECONDS="900", PASSWORD_MIN_LENGTH="12", MAX_TOKENS="4096",
              KEY_PREFIX="uploads/", SECRET_ROTATION_DAYS="30", MONKEY="banana")),
    ("a digest and an id", "secrets", False,
     function(CODE_SHA256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
              USER_POOL_ID="eu-west-2_aBcDeFgHi",
              REQUEST_ID="0a1b2c3d-1111-4222-8333-444455556666")),
    ("a container's password", "secrets", True,
     task(environment=[{"name": "DB_PASSWORD", "value": "correct horse"}])),
    ("a container's secret by its ARN", "secrets", False,
     task(secrets=[{"name": "DB_PASSWORD", "valueFrom": "arn:aws:ssm:eu-west-2:1:parameter/x"}])),
    ("a password in a container's command", "secrets", True,
     task(command=["app", "--password=correct-horse-battery"])),
    ("a password in user data", "secrets", True,
     one("aws:ec2/instance:Instance", ami="a", userData=(
         "#!/bin/sh\nexport DB_PASSWORD=correct-horse-battery\n/opt/app\n"))),
    ("a key in coded user data", "secrets", True,
     one("aws:ec2/launchTemplate:LaunchTemplate", userData=b64(
         f"#!/bin/sh\nexport AWS_ACCESS_KEY_ID={KEYS}\n"))),
    ("user data that asks for its password", "secrets", False,
     one("aws:ec2/instance:Instance", ami="a", userData=(
         "#!/bin/sh\nDB_PASSWORD=$(aws secretsmanager get-secret-value --secret-id db)\n"))),
    ("a password as a plain parameter", "secrets", True,
     one("aws:ssm/parameter:Parameter", name="/shop/db-password", type="String", value="horse9x")),
    ("a password as a secure parameter", "secrets", False,
     one("aws:ssm/parameter:Parameter", name="/shop/db-password", type="SecureString",
         value=secret("horse9x"))),
    ("an address as a plain parameter", "secrets", False,
     one("aws:ssm/parameter:Parameter", name="/shop/endpoint", type="String",
         value="https://api.shop.org")),
    ("a build's plain token", "secrets", True,
     one("aws:codebuild/project:Project", name="b", environment={"environmentVariables": [
         {"name": "GITHUB_TOKEN", "value": "ghp_0123456789abcdefghijABCDEFGHIJ012345"}]})),
    ("a build's kept token", "secrets", False,
     one("aws:codebuild/project:Project", name="b", environment={"environmentVariables": [
         {"name": "GITHUB_TOKEN", "type": "SECRETS_MANAGER", "value": "shop/github"}]})),
    ("a queue as SQS makes it", "rest", False, one("aws:sqs/queue:Queue", name="q")),
    ("a queue in plain text", "rest", True,
     one("aws:sqs/queue:Queue", name="q", sqsManagedSseEnabled=False)),
    ("a topic in plain text", "rest", True, one("aws:sns/topic:Topic", name="t")),
    ("a topic under a key", "rest", False,
     one("aws:sns/topic:Topic", name="t", kmsMasterKeyId="alias/aws/sns")),
    ("a table as DynamoDB makes it", "rest", False, one("aws:dynamodb/table:Table", name="t")),
    ("a log group as CloudWatch makes it", "rest", False,
     one("aws:cloudwatch/logGroup:LogGroup", name="g", retentionInDays=7)),
    ("a disk in plain text", "rest", True,
     one("aws:ebs/volume:Volume", availabilityZone="eu-west-2a", size=8, encrypted=False)),
    ("a search domain in plain text", "rest", True, domain(encryptAtRest={"enabled": False})),
    ("an old minimum of an API's domain", "transit", True,
     one("aws:apigateway/domainName:DomainName", domainName="api.shop.org",
         securityPolicy="TLS_1_0")),
    ("a sound minimum of an API's domain", "transit", False,
     one("aws:apigatewayv2/domainName:DomainName", domainName="api.shop.org",
         domainNameConfiguration={"certificateArn": "c", "endpointType": "REGIONAL",
                                  "securityPolicy": "TLS_1_2"})),
    ("a sound site", "transit", False, site()),
    ("a site's old certificate setting", "transit", True,
     site(viewerCertificate={**SITE["viewerCertificate"], "minimumProtocolVersion": "TLSv1"})),
    ("a site over plain HTTP", "transit", True,
     site(defaultCacheBehavior={**SITE["defaultCacheBehavior"],
                                "viewerProtocolPolicy": "allow-all"})),
    ("one path over plain HTTP", "transit", True,
     site(orderedCacheBehaviors=[{**SITE["defaultCacheBehavior"], "pathPattern": "/a/*",
                                  "viewerProtocolPolicy": "allow-all"}])),
    ("an origin asked over plain HTTP", "transit", True,
     site(origins=[{**SITE["origins"][0], "customOriginConfig": {
         **SITE["origins"][0]["customOriginConfig"], "originProtocolPolicy": "http-only"}}])),
    ("a listener of the year 2016", "transit", True,
     one("aws:lb/listener:Listener", **LISTENER, sslPolicy="ELBSecurityPolicy-2016-08")),
    ("a listener of today", "transit", False,
     one("aws:lb/listener:Listener", **LISTENER,
         sslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06")),
    ("a listener that only redirects", "transit", False,
     one("aws:lb/listener:Listener", loadBalancerArn=LISTENER["loadBalancerArn"], port=80,
         protocol="HTTP", defaultActions=[{"type": "redirect", "redirect": {
             "protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}])),
    ("a listener in plain text", "transit", True,
     one("aws:lb/listener:Listener", **{**LISTENER, "port": 80, "protocol": "HTTP"})),
    ("a sound search domain", "transit", False, domain()),
    ("a search domain over plain HTTP", "transit", True,
     domain(domainEndpointOptions={"enforceHttps": False})),
    ("a search domain's old minimum", "transit", True,
     domain(domainEndpointOptions={"enforceHttps": True,
                                   "tlsSecurityPolicy": "Policy-Min-TLS-1-0-2019-07"})),
    ("a warehouse that takes plain text", "transit", True,
     one("aws:redshift/parameterGroup:ParameterGroup", name="g", family="redshift-1.0",
         parameters=[{"name": "require_ssl", "value": "false"}])),
    ("a warehouse that asks for TLS", "transit", False,
     one("aws:redshift/parameterGroup:ParameterGroup", name="g", family="redshift-1.0",
         parameters=[{"name": "require_ssl", "value": "true"}])),
    ("a URL for everyone", "routes", True,
     one("aws:lambda/functionUrl:FunctionUrl", functionName="work", authorizationType="NONE")),
    ("a URL for who signs", "routes", False,
     one("aws:lambda/functionUrl:FunctionUrl", functionName="work", authorizationType="AWS_IAM")),
    ("a preflight without a token", "routes", False,
     one("aws:apigatewayv2/route:Route", apiId="a1", routeKey="OPTIONS /{proxy+}",
         target="integrations/i")),
    ("a REST method for everyone", "routes", True,
     one("aws:apigateway/method:Method", restApi="a", resourceId="r", httpMethod="POST",
         authorization="NONE")),
    ("a table in production that goes in a slip", "kept", True,
     one("aws:dynamodb/table:Table", name="t", pointInTimeRecovery={"enabled": True})),
    ("a table in production that stays", "kept", False,
     one("aws:dynamodb/table:Table", name="t", pointInTimeRecovery={"enabled": True},
         deletionProtectionEnabled=True)),
    ("a load balancer in production that goes in a slip", "kept", True,
     one("aws:lb/loadBalancer:LoadBalancer", name="l", loadBalancerType="application")),
    ("users in production who go in a slip", "kept", True,
     one("aws:cognito/userPool:UserPool", name="u", deletionProtection="INACTIVE")),
    ("a bucket without its tags", "tags", True, one("aws:s3/bucket:Bucket", bucket="files")),
    ("a bucket with its tags", "tags", False,
     one("aws:s3/bucket:Bucket", bucket="files", tags={"project": "shop", "owner": "us"})),
    ("a tag without a value", "tags", True,
     one("aws:s3/bucket:Bucket", bucket="files", tags={"project": "shop", "owner": ""})),
    ("tags the provider adds", "tags", False,
     one("aws:s3/bucket:Bucket", bucket="files", tags={"project": "shop"},
         tagsAll={"project": "shop", "owner": "us"})),
    ("what carries no tags", "tags", False,
     one("aws:s3/bucketVersioning:BucketVersioning", bucket="files")),
    ("a role without its boundary", "boundary", True, one("aws:iam/role:Role", name="r")),
    ("a role under another boundary", "boundary", True,
     one("aws:iam/role:Role", name="r", permissionsBoundary=f"arn:aws:iam::{OURS}:policy/loose")),
    ("a role under its boundary", "boundary", False,
     one("aws:iam/role:Role", name="r", permissionsBoundary=f"arn:aws:iam::{OURS}:policy/edge")),
    ("a user without a boundary", "boundary", True, one("aws:iam/user:User", name="u")),
    ("a role of AWS's own", "boundary", False,
     one("aws:iam/serviceLinkedRole:ServiceLinkedRole", awsServiceName="es.amazonaws.com")),
]  # fmt: skip
