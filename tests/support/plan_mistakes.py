"""Mistakes people make, one in each property: written before the checks were asked about them.

The first list is about the resources of our own prod stack, the second about types and properties
that other stacks will use. `name` is a piece of the resource's logical name where a type has many.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

GONE = object()
"""The property is not given."""


@dataclass(frozen=True)
class Mistake:
    kind: str
    """wrong enum, length, ARN, missing, wrong type, schedule, definition, policy, range, form."""
    token: str
    path: str
    """`a.b[0].c`; a property that is not there yet is put there."""
    value: Any
    """What is put there; GONE takes it away; a function changes what is there."""
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.token.rsplit(':', 1)[-1]} {self.name} {self.path}"


def made(inputs: dict[str, Any], mistake: Mistake) -> dict[str, Any]:
    """The inputs with the mistake in them."""
    wrong = copy.deepcopy(inputs)
    *steps, last = [int(s) if s.isdigit() else s for s in re.findall(r"[^.\[\]]+", mistake.path)]
    place: Any = wrong
    for step in steps:
        if isinstance(place, dict) and step not in place:
            place[step] = {}
        place = place[step]
    if mistake.value is GONE:
        del place[last]
    elif callable(mistake.value):
        place[last] = mistake.value(place[last])
    else:
        place[last] = mistake.value
    return wrong


def projection(of: str, value: str | None) -> Callable[[dict[str, str]], dict[str, str]]:
    """A table's parameters with another word about its days, or none."""

    def changed(said: dict[str, str]) -> dict[str, str]:
        rest = {k: v for k, v in said.items() if k != f"projection.day.{of}"}
        return rest if value is None else {**rest, f"projection.day.{of}": value}

    return changed


def document(change: Callable[[Any], None]) -> Callable[[str], str]:
    """A change inside JSON text."""

    def changed(text: str) -> str:
        parsed = json.loads(text)
        change(parsed)
        return json.dumps(parsed)

    return changed


def replace(old: str, new: str) -> Callable[[str], str]:
    def changed(text: str) -> str:
        assert old in text, f"{old!r} is not in {text[:80]!r}"
        return text.replace(old, new, 1)

    return changed


def _put(*keys: Any, value: Any) -> Callable[[str], str]:
    def change(parsed: Any) -> None:
        for key in keys[:-1]:
            parsed = parsed[key]
        if value is GONE:
            del parsed[keys[-1]]
        else:
            parsed[keys[-1]] = value

    return document(change)


LAMBDA = "aws:lambda/function:Function"
PERMISSION = "aws:lambda/permission:Permission"
SOURCE = "aws:lambda/eventSourceMapping:EventSourceMapping"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
API = "aws:apigatewayv2/api:Api"
ROUTE = "aws:apigatewayv2/route:Route"
STAGE = "aws:apigatewayv2/stage:Stage"
INTEGRATION = "aws:apigatewayv2/integration:Integration"
AUTHORIZER = "aws:apigatewayv2/authorizer:Authorizer"
ARCHIVE = "aws:cloudwatch/eventArchive:EventArchive"
BUS = "aws:cloudwatch/eventBus:EventBus"
CATALOG = "aws:glue/catalogDatabase:CatalogDatabase"
CATALOG_TABLE = "aws:glue/catalogTable:CatalogTable"
KEPT_QUERY = "aws:athena/namedQuery:NamedQuery"
WORKGROUP = "aws:athena/workgroup:Workgroup"
RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
POOL = "aws:cognito/userPool:UserPool"
CLIENT = "aws:cognito/userPoolClient:UserPoolClient"
PEOPLE = "aws:cognito/userGroup:UserGroup"
TABLE = "aws:dynamodb/table:Table"
VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
SUBNETS = "aws:rds/subnetGroup:SubnetGroup"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
CACHE = "aws:elasticache/serverlessCache:ServerlessCache"
CACHE_USER = "aws:elasticache/user:User"
CACHE_USERS = "aws:elasticache/userGroup:UserGroup"
BUCKET = "aws:s3/bucket:Bucket"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
PUBLIC = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
MACHINE = "aws:sfn/stateMachine:StateMachine"
QUEUE = "aws:sqs/queue:Queue"
ANSWER = "aws:apigatewayv2/routeResponse:RouteResponse"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"
INVOCATION = "aws:lambda/invocation:Invocation"

EDGE = "aws:cloudfront/"
DELIVERY = "aws:cloudwatch/logDelivery"
OURS = [
    Mistake("wrong enum", f"{EDGE}distribution:Distribution", "priceClass", "PriceClass_50"),
    Mistake("wrong enum", f"{EDGE}distribution:Distribution", "httpVersion", "http4"),
    Mistake(
        "wrong enum",
        f"{EDGE}distribution:Distribution",
        "defaultCacheBehavior.viewerProtocolPolicy",
        "http-only",
    ),
    Mistake("missing", f"{EDGE}distribution:Distribution", "enabled", GONE),
    Mistake(
        "wrong enum", f"{EDGE}originAccessControl:OriginAccessControl", "signingProtocol", "sigv2"
    ),
    Mistake(
        "wrong enum",
        f"{EDGE}originRequestPolicy:OriginRequestPolicy",
        "headersConfig.headerBehavior",
        "some",
    ),
    Mistake("range", f"{EDGE}cachePolicy:CachePolicy", "maxTtl", -1),
    Mistake(
        "wrong enum",
        f"{EDGE}responseHeadersPolicy:ResponseHeadersPolicy",
        "securityHeadersConfig.frameOptions.frameOption",
        "ALLOW",
    ),
    Mistake("wrong enum", f"{EDGE}function:Function", "runtime", "cloudfront-js-3.0"),
    Mistake("length", f"{EDGE}function:Function", "code", "//" + "x" * 10_240),
    Mistake("wrong enum", "aws:wafv2/webAcl:WebAcl", "scope", "GLOBAL"),
    Mistake("form", "aws:wafv2/webAcl:WebAcl", "name", "the firewall"),
    Mistake("missing", "aws:wafv2/webAcl:WebAcl", "visibilityConfig", GONE),
    Mistake("wrong enum", "aws:s3/bucketObjectv2:BucketObjectv2", "storageClass", "COLD"),
    Mistake(
        "wrong enum",
        "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
        "corsRules[0].allowedMethods[0]",
        "PATCH",
    ),
    Mistake("form", f"{DELIVERY}Source:LogDeliverySource", "name", "the distribution's"),
    Mistake(
        "wrong enum", f"{DELIVERY}Destination:LogDeliveryDestination", "outputFormat", "yaml"
    ),
    Mistake("form", f"{DELIVERY}:LogDelivery", "deliverySourceName", "the distribution's"),
    Mistake("form", CATALOG, "name", "Pilaster documents"),
    Mistake("form", CATALOG_TABLE, "name", "Records"),
    Mistake("missing", CATALOG_TABLE, "databaseName", GONE),
    Mistake("form", CATALOG_TABLE, "storageDescriptor.location", "pilaster-records/events/"),
    Mistake("wrong enum", CATALOG_TABLE, "storageDescriptor.columns[5].type", "list<string>"),
    Mistake("form", CATALOG_TABLE, "storageDescriptor.columns[1].name", "event id"),
    Mistake("length", CATALOG_TABLE, "storageDescriptor.columns[1].name", "day"),
    Mistake("wrong enum", CATALOG_TABLE, "parameters", projection("type", "dates")),
    Mistake("form", CATALOG_TABLE, "parameters", projection("range", "NOW-730")),
    Mistake("missing", CATALOG_TABLE, "parameters", projection("format", None)),
    Mistake("missing", CATALOG_TABLE, "parameters", projection("type", None)),
    Mistake("missing", CATALOG_TABLE, "partitionKeys", GONE),
    Mistake("form", WORKGROUP, "name", "pilaster prod report"),
    Mistake("range", WORKGROUP, "configuration.bytesScannedCutoffPerQuery", 1024),
    Mistake("form", WORKGROUP, "configuration.resultConfiguration.outputLocation", "answers/"),
    Mistake(
        "form", WORKGROUP, "configuration.resultConfiguration.expectedBucketOwner", "1111-1111"
    ),
    Mistake(
        "wrong enum",
        WORKGROUP,
        "configuration.resultConfiguration.encryptionConfiguration.encryptionOption",
        "AES256",
    ),
    Mistake(
        "missing",
        WORKGROUP,
        "configuration.resultConfiguration.encryptionConfiguration.encryptionOption",
        "SSE_KMS",
    ),
    Mistake("wrong type", WORKGROUP, "configuration.enforceWorkgroupConfiguration", "yes"),
    Mistake("missing", KEPT_QUERY, "query", GONE),
    Mistake("missing", KEPT_QUERY, "query", "  "),
    Mistake("length", KEPT_QUERY, "name", "q" * 129),
    Mistake("wrong enum", LAMBDA, "runtime", "python3.31", "login"),
    Mistake("range", LAMBDA, "memorySize", 20_480, "pipeline-read"),
    Mistake("range", LAMBDA, "timeout", 3_600, "login"),
    Mistake("wrong enum", LAMBDA, "architectures", ["arm"], "save"),
    Mistake("ARN", LAMBDA, "role", "pilaster-prod-documents-api", "login"),
    Mistake("missing", LAMBDA, "handler", GONE, "login"),
    Mistake("form", LAMBDA, "handler", "lambdas/documents/aws/auth/login handler", "login"),
    Mistake("length", LAMBDA, "name", "n" * 65, "login"),
    Mistake("reserved", LAMBDA, "environment.variables.AWS_REGION", "eu-west-2", "login"),
    Mistake("size", LAMBDA, "environment.variables.TEXT", "x" * 5_000, "login"),
    Mistake("wrong type", LAMBDA, "timeout", "half a minute", "classify"),
    Mistake("range", LAMBDA, "ephemeralStorage.size", 256, "login"),
    Mistake("missing", LAMBDA, "vpcConfig.securityGroupIds", GONE, "classify"),
    Mistake("wrong enum", PERMISSION, "action", "InvokeFunction"),
    Mistake("form", PERMISSION, "principal", "apigateway"),
    Mistake("ARN", PERMISSION, "sourceArn", "arn:aws:execute-api:eu-west-2:a1b2c3/*/*"),
    Mistake("missing", PERMISSION, "principal", GONE),
    Mistake("ARN", SOURCE, "eventSourceArn", "arn:aws:sqs:eu-west-2:pilaster-uploads"),
    Mistake("range", SOURCE, "batchSize", 100),
    Mistake("wrong enum", SOURCE, "functionResponseTypes", ["ReportBatchItemFailure"]),
    Mistake("policy", ROLE, "assumeRolePolicy", "{}"),
    Mistake("policy", ROLE, "assumeRolePolicy", replace("lambda.amazonaws", "lambda.amazon"),
            "login"),
    Mistake("policy", ROLE, "assumeRolePolicy", replace("AssumeRole", "AssumeTheRole"), "login"),
    Mistake("policy", ROLE, "assumeRolePolicy", replace("2012-10-17", "2012-10-18"), "login"),
    Mistake("policy", ROLE, "assumeRolePolicy", replace("lambda.amazonaws", "states.amazonaws"),
            "login"),
    Mistake("length", ROLE, "name", "role-" + "x" * 60, "login"),
    Mistake("form", ROLE, "name", "the save role", "pipeline-save"),
    Mistake("policy", ROLE_POLICY, "policy", replace("arn:aws:logs", "arn:logs"), "save-policy"),
    Mistake("policy", ROLE_POLICY, "policy", replace('"Allow"', '"allow"'), "save-policy"),
    Mistake("policy", ROLE_POLICY, "policy", replace("logs:Put", "logs.Put"), "save-policy"),
    Mistake("policy", ROLE_POLICY, "policy", replace('"Action"', '"Actions"'), "save-policy"),
    Mistake("policy", ROLE_POLICY, "policy", lambda text: text[:-1], "save-policy"),
    Mistake("policy", ROLE_POLICY, "policy", _put("Statement", 0, "Principal", value="*"),
            "save-policy"),
    Mistake("size", ROLE_POLICY, "policy", document(lambda d: d["Statement"].extend(
        [d["Statement"][0]] * 100)), "save-policy"),
    Mistake("wrong enum", API, "protocolType", "REST"),
    Mistake("length", API, "name", "a" * 129),
    Mistake("range", API, "corsConfiguration", {"allowOrigins": ["*"], "maxAge": 90_000}),
    Mistake("form", API, "corsConfiguration", {"allowOrigins": ["example.com"]}),
    Mistake("form", ROUTE, "routeKey", "FETCH /health", "health"),
    Mistake("form", ROUTE, "routeKey", "GET api/v1/documents", "get-api-v1-documents-route"),
    Mistake("form", ROUTE, "routeKey", "GET /api/v1/documents/{id", "get-api-v1-documents-id"),
    Mistake("wrong enum", ROUTE, "authorizationType", "COGNITO_USER_POOLS", "documents-id"),
    Mistake("missing", ROUTE, "authorizerId", GONE, "get-api-v1-documents-id"),
    Mistake("range", INTEGRATION, "timeoutMilliseconds", 60_000),
    Mistake("wrong enum", INTEGRATION, "payloadFormatVersion", "3.0"),
    Mistake("ARN", INTEGRATION, "integrationUri", replace(":function:", ":functions:")),
    Mistake("wrong enum", INTEGRATION, "integrationType", "LAMBDA_PROXY"),
    Mistake("ARN", STAGE, "accessLogSettings.destinationArn", lambda arn: arn + ":*"),
    Mistake("form", STAGE, "accessLogSettings.format", '{"route": "$context.routeKey"}'),
    Mistake("range", STAGE, "defaultRouteSettings.throttlingBurstLimit", -5),
    Mistake("form", STAGE, "name", "prod stage"),
    Mistake("missing", AUTHORIZER, "identitySources", GONE),
    Mistake("wrong enum", AUTHORIZER, "authorizerType", "TOKEN"),
    Mistake("missing", AUTHORIZER, "jwtConfiguration", GONE),
    Mistake("form", BUS, "name", "documents bus"),
    Mistake("length", PEOPLE, "name", "r" * 129),
    Mistake("wrong enum", TABLE, "billingMode", "ON_DEMAND", "reviews"),
    Mistake("missing", TABLE, "attributes", lambda keys: keys[:1], "reviews"),
    Mistake("wrong enum", TABLE, "globalSecondaryIndexes[0].projectionType", "SOME", "reviews"),
    Mistake("pattern", RULE, "eventPattern", replace('["aws.s3"]', '"aws.s3"'), "uploads"),
    Mistake("pattern", RULE, "eventPattern", replace('"prefix"', '"starts-with"'), "uploads"),
    Mistake("schedule", RULE, "scheduleExpression", "rate(5 minute)", "uploads"),
    Mistake("schedule", RULE, "scheduleExpression", "cron(0 8 * * * *)", "uploads"),
    Mistake("length", RULE, "name", "r" * 65, "uploads"),
    Mistake("ARN", TARGET, "arn", "pilaster-prod-documents-pipeline-uploads", "queue"),
    Mistake("missing", TARGET, "rule", GONE, "queue"),
    Mistake("form", TARGET, "targetId", "to the queue", "queue"),
    Mistake("wrong enum", LOGS, "retentionInDays", 45),
    Mistake("form", LOGS, "name", "/aws/lambda/save:now"),
    Mistake("range", POOL, "passwordPolicy.minimumLength", 4),
    Mistake("wrong enum", POOL, "autoVerifiedAttributes", ["mail"]),
    Mistake("wrong enum", POOL, "deletionProtection", "ENABLED"),
    Mistake("wrong type", POOL, "passwordPolicy.requireNumbers", "maybe"),
    Mistake("wrong enum", POOL, "accountRecoverySetting.recoveryMechanisms[0].name", "email"),
    Mistake("wrong enum", CLIENT, "explicitAuthFlows", ["ALLOW_PASSWORD_AUTH"]),
    Mistake("range", CLIENT, "accessTokenValidity", 2),
    Mistake("wrong enum", CLIENT, "tokenValidityUnits.accessToken", "minute"),
    Mistake("wrong enum", CLIENT, "preventUserExistenceErrors", "YES"),
    Mistake("range", VPC, "cidrBlock", "10.0.0.0/8"),
    Mistake("form", VPC, "cidrBlock", "10.0.0.1/16"),
    Mistake("range", SUBNET, "cidrBlock", "192.168.0.0/20", "2b"),
    Mistake("form", SUBNET, "availabilityZone", "eu-west-1b", "2b"),
    Mistake("missing", SUBNET, "vpcId", GONE, "2b"),
    Mistake("missing", ASSOCIATION, "subnetId", GONE),
    Mistake("wrong enum", ENDPOINT, "vpcEndpointType", "gateway"),
    Mistake("form", ENDPOINT, "serviceName", "s3", "network-s3"),
    Mistake("policy", ENDPOINT, "policy", _put("Statement", 0, "Principal", value=GONE),
            "network-s3"),
    Mistake("form", GROUP, "description", "The teacher's database"),
    Mistake("form", GROUP, "name", "sg-database"),
    Mistake("range", EGRESS, "toPort", 70_000, "functions-to-database"),
    Mistake("wrong enum", EGRESS, "ipProtocol", "https", "functions-to-database"),
    Mistake("missing", INGRESS, "fromPort", GONE),
    Mistake("missing", INGRESS, "securityGroupId", GONE),
    Mistake("wrong enum", CLUSTER, "engine", "aurora-postgres"),
    Mistake("form", CLUSTER, "clusterIdentifier", "documents_data"),
    Mistake("range", CLUSTER, "backupRetentionPeriod", 60),
    Mistake("range", CLUSTER, "serverlessv2ScalingConfiguration.maxCapacity", 0.5),
    Mistake("range", CLUSTER, "serverlessv2ScalingConfiguration.minCapacity", 0.3),
    Mistake("form", CLUSTER, "databaseName", "my-documents"),
    Mistake("form", CLUSTER, "engineVersion", "latest"),
    Mistake("reserved", CLUSTER, "masterUsername", "admin"),
    Mistake("wrong enum", INSTANCE, "instanceClass", "serverless"),
    Mistake("neighbour", INSTANCE, "engineVersion", "16.8"),
    Mistake("neighbour", PARAMETERS, "family", "aurora-postgresql16"),
    Mistake("missing", PARAMETERS, "family", GONE),
    Mistake("wrong type", PARAMETERS, "parameters[1].value", "four minutes"),
    Mistake("neighbour", STAGE, "routeSettings[0].routeKey", "GET /healthy"),
    Mistake("missing", SUBNETS, "subnetIds", lambda ids: ids[:1]),
    Mistake("form", BUCKET, "bucket", "Pilaster_Documents"),
    Mistake("length", BUCKET, "bucket", "b" * 64),
    Mistake("wrong enum", LIFECYCLE, "rules[1].status", "On"),
    Mistake("range", LIFECYCLE, "rules[1].expiration.days", 0),
    Mistake("missing", LIFECYCLE, "rules[1].expiration", GONE),
    Mistake("wrong enum", ENCRYPTION, "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm",
            "AES-256"),
    Mistake("wrong enum", OWNERSHIP, "rule.objectOwnership", "BucketOwner"),
    Mistake("policy", BUCKET_POLICY, "policy", replace('"Bool"', '"Boolean"')),
    Mistake("policy", BUCKET_POLICY, "policy", replace("s3:::pilaster-prod", "s3:::pilaster-dev")),
    Mistake("wrong type", NOTIFICATION, "eventbridge", "on"),
    Mistake("wrong type", PUBLIC, "blockPublicAcls", "yes"),
    Mistake("missing", PUBLIC, "bucket", GONE),
    Mistake("definition", MACHINE, "definition", "{}"),
    Mistake("definition", MACHINE, "definition", replace('"StartAt": "classify"',
                                                         '"StartAt": "clasify"')),
    Mistake("definition", MACHINE, "definition", replace('"Next": "interpret"',
                                                         '"Next": "Interpret"')),
    Mistake("definition", MACHINE, "definition", replace('"TimeoutSeconds": 606000',
                                                         '"Timeout": 606000')),
    Mistake("definition", MACHINE, "definition", replace("States.ALL", "States.All")),
    Mistake("definition", MACHINE, "definition", replace("lambda:invoke", "lambda:invokeFunction")),
    Mistake("definition", MACHINE, "definition", replace('"Payload.$": "$"', '"Payload.$": "all"')),
    Mistake("definition", MACHINE, "definition", replace('"BackoffRate": 2.0',
                                                         '"BackoffRate": 0.5')),
    Mistake("definition", MACHINE, "definition", _put("States", "read", "Next", value=GONE)),
    Mistake("definition", MACHINE, "definition", replace('"IsPresent"', '"Exists"')),
    Mistake("wrong enum", MACHINE, "type", "STANDART"),
    Mistake("ARN", MACHINE, "loggingConfiguration.logDestination", lambda arn: arn.removesuffix(
        ":*")),
    Mistake("ARN", MACHINE, "roleArn", "arn:aws:iam::2222:role/pilaster-prod-workflow"),
    Mistake("wrong enum", TABLE, "billingMode", "ON_DEMAND", "tickets"),
    Mistake("form", TABLE, "name", "tickets table", "tickets"),
    Mistake("missing", TABLE, "ttl.attributeName", GONE, "tickets"),
    Mistake(
        "wrong enum", TABLE, "globalSecondaryIndexes[0].projectionType", "KEYS", "connections"
    ),
    Mistake("range", TABLE, "pointInTimeRecovery.recoveryPeriodInDays", 36, "deliveries"),
    Mistake("wrong enum", ANSWER, "routeResponseKey", "$connect"),
    Mistake("missing", ANSWER, "routeId", GONE),
    Mistake("length", ARCHIVE, "name", "a" * 49),
    Mistake("ARN", ARCHIVE, "eventSourceArn", "documents-bus"),
    Mistake("range", ARCHIVE, "retentionDays", -1),
    Mistake("pattern", ARCHIVE, "eventPattern", '{"source": "pilaster.documents"}'),
    Mistake("wrong enum", VERSIONING, "versioningConfiguration.status", "On"),
    Mistake("missing", VERSIONING, "versioningConfiguration", GONE),
    Mistake("range", CACHE, "cacheUsageLimits.dataStorage.maximum", 6_000),
    Mistake("range", CACHE, "cacheUsageLimits.ecpuPerSeconds[0].maximum", 500),
    Mistake("wrong enum", CACHE, "cacheUsageLimits.dataStorage.unit", "GiB"),
    Mistake("wrong enum", CACHE, "engine", "valkey8"),
    Mistake("range", CACHE, "snapshotRetentionLimit", 36),
    Mistake("length", CACHE, "name", "c" * 41),
    Mistake("form", CACHE_USER, "userId", "documents_readings"),
    Mistake("form", CACHE_USER, "userName", "readings"),
    Mistake("form", CACHE_USER, "accessString", "~reading:* +get"),
    Mistake("wrong enum", CACHE_USER, "authenticationMode.type", "IAM"),
    Mistake("missing", CACHE_USERS, "engine", GONE),
    Mistake("form", CACHE_USERS, "userGroupId", "8-users"),
    Mistake("missing", TABLE, "attributes", lambda keys: [*keys, {"name": "at", "type": "S"}]),
    Mistake("form", QUEUE, "name", "uploads queue"),
    Mistake("range", QUEUE, "messageRetentionSeconds", 2_000_000),
    Mistake("range", QUEUE, "visibilityTimeoutSeconds", 90_000),
    Mistake("neighbour", QUEUE, "visibilityTimeoutSeconds", 5, "uploads-queue"),
    Mistake("form", QUEUE, "redrivePolicy", '{"maxReceiveCount": 3}', "uploads-queue"),
    Mistake("wrong enum", QUEUE, "redriveAllowPolicy", replace("byQueue", "byqueue"), "letters"),
    Mistake("policy", QUEUE_POLICY, "policy", replace("sqs:*", "s3:*"), "dead-letters"),
    Mistake("missing", QUEUE_POLICY, "queueUrl", GONE),
    Mistake("form", INVOCATION, "input", "{digest: 1}"),
    Mistake("tags", QUEUE, "tags.aws:owner", "us"),
    Mistake("length", ROLE, "tags.reason", "r" * 300),
]  # fmt: skip
