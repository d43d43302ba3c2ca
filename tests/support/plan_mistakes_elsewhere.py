"""Mistakes in what our own stacks do not use and others will: a good resource each, and its faults.

Written before the checks were asked about them, as `plan_mistakes`.
"""

from __future__ import annotations

import json
from typing import Any

from tests.support.plan_mistakes import (
    API,
    AUTHORIZER,
    BUCKET_POLICY,
    GONE,
    INTEGRATION,
    LAMBDA,
    MACHINE,
    NOTIFICATION,
    QUEUE,
    ROLE,
    ROUTE,
    RULE,
    SOURCE,
    TARGET,
    Mistake,
    replace,
)

TABLE = "aws:dynamodb/table:Table"
TOPIC = "aws:sns/topic:Topic"
SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
PARAMETER = "aws:ssm/parameter:Parameter"
KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
USERS = "aws:cognito/userGroup:UserGroup"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
CORS = "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
ROUTES = "aws:ec2/routeTable:RouteTable"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
ACL = "aws:wafv2/webAcl:WebAcl"
SAMPLING = "aws:xray/samplingRule:SamplingRule"
DEPLOYMENTS = "aws:codedeploy/deploymentGroup:DeploymentGroup"

_ARN = "arn:aws:{}:eu-west-2:222222222222:{}".format
_KEY_ARN = _ARN("kms", "key/0a1b2c3d-1111-2222-3333-444455556666")


def _policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _machine(**states: Any) -> str:
    return json.dumps({"StartAt": next(iter(states)), "States": states})


_CALL = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True,
         "Parameters": {"FunctionName": "f"}}  # fmt: skip

GOOD: dict[str, dict[str, Any]] = {
    TABLE: {
        "name": "reviews",
        "billingMode": "PAY_PER_REQUEST",
        "hashKey": "document",
        "rangeKey": "version",
        "attributes": [
            {"name": "document", "type": "S"},
            {"name": "version", "type": "N"},
            {"name": "claimed", "type": "S"},
        ],
        "globalSecondaryIndexes": [
            {"name": "by-claim", "hashKey": "claimed", "projectionType": "ALL"}
        ],
        "ttl": {"enabled": True, "attributeName": "expires"},
        "pointInTimeRecovery": {"enabled": True},
        "streamEnabled": True,
        "streamViewType": "NEW_IMAGE",
    },
    TOPIC: {"name": "alarms", "policy": _policy(
        Principal={"Service": "cloudwatch.amazonaws.com"}, Action="sns:Publish",
        Resource=_ARN("sns", "alarms"))},
    SECRET: {"name": "documents/model", "recoveryWindowInDays": 7},
    VERSION: {"secretId": "documents/model", "secretString": "hush-hush-hush"},
    PARAMETER: {"name": "/documents/limit", "type": "String", "value": "20"},
    KEY: {"description": "documents", "enableKeyRotation": True, "deletionWindowInDays": 7,
          "policy": _policy(Principal={"AWS": "arn:aws:iam::222222222222:root"}, Action="kms:*",
                            Resource="*")},
    ALIAS: {"name": "alias/documents", "targetKeyId": "0a1b2c3d-1111-2222-3333-444455556666"},
    ALARM: {
        "name": "errors",
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 1,
        "metricName": "Errors",
        "namespace": "AWS/Lambda",
        "period": 60,
        "statistic": "Sum",
        "threshold": 0,
        "alarmActions": [_ARN("sns", "alarms")],
        "treatMissingData": "notBreaching",
    },
    DASHBOARD: {"dashboardName": "documents", "dashboardBody": '{"widgets": []}'},
    POLICY: {"name": "readers", "path": "/", "policy": _policy(
        Action=["s3:GetObject"], Resource=["arn:aws:s3:::b/*"],
        Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})},
    ATTACHMENT: {"role": "reader", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    USERS: {"name": "teachers", "userPoolId": "eu-west-2_aBcDeFgHi"},
    VERSIONING: {"bucket": "pilaster-files", "versioningConfiguration": {"status": "Enabled"}},
    CORS: {"bucket": "pilaster-files", "corsRules": [
        {"allowedMethods": ["GET"], "allowedOrigins": ["https://example.com"]}]},
    NOTIFICATION: {"bucket": "pilaster-files", "queues": [
        {"queueArn": _ARN("sqs", "uploads"), "events": ["s3:ObjectCreated:*"]}]},
    GROUP: {"name": "web", "description": "the web", "vpcId": "vpc-0a1b2c3d4e5f", "ingress": [
        {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}]},
    ROUTES: {"vpcId": "vpc-0a1b2c3d4e5f", "routes": [
        {"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-0a1b2c3d4e5f"}]},
    ENDPOINT: {"vpcId": "vpc-0a1b2c3d4e5f", "vpcEndpointType": "Interface",
               "serviceName": "com.amazonaws.eu-west-2.secretsmanager",
               "subnetIds": ["subnet-0a1b2c3d4e5f"]},
    ACL: {
        "name": "edge",
        "scope": "CLOUDFRONT",
        "defaultAction": {"allow": {}},
        "rules": [{
            "name": "common", "priority": 1, "overrideAction": {"none": {}},
            "statement": {"managedRuleGroupStatement": {
                "name": "AWSManagedRulesCommonRuleSet", "vendorName": "AWS"}},
            "visibilityConfig": {"cloudwatchMetricsEnabled": True, "metricName": "common",
                                 "sampledRequestsEnabled": True},
        }],
        "visibilityConfig": {"cloudwatchMetricsEnabled": True, "metricName": "edge",
                             "sampledRequestsEnabled": True},
    },
    SAMPLING: {"ruleName": "all", "priority": 100, "version": 1, "reservoirSize": 1,
               "fixedRate": 0.05, "urlPath": "*", "host": "*", "httpMethod": "*",
               "serviceType": "*", "serviceName": "*", "resourceArn": "*"},
    DEPLOYMENTS: {"appName": "documents", "deploymentGroupName": "api",
                  "serviceRoleArn": "arn:aws:iam::222222222222:role/deploys",
                  "deploymentConfigName": "CodeDeployDefault.LambdaAllAtOnce",
                  "deploymentStyle": {"deploymentOption": "WITH_TRAFFIC_CONTROL",
                                      "deploymentType": "BLUE_GREEN"}},
    QUEUE: {"name": "orders.fifo", "fifoQueue": True, "contentBasedDeduplication": True,
            "deduplicationScope": "messageGroup", "fifoThroughputLimit": "perMessageGroupId"},
    API: {"name": "live", "protocolType": "WEBSOCKET",
          "routeSelectionExpression": "$request.body.action"},
    ROUTE: {"apiId": "a1b2c3d4e5", "routeKey": "GET /files/{path+}"},
    INTEGRATION: {"apiId": "a1b2c3d4e5", "integrationType": "HTTP_PROXY",
                  "integrationMethod": "GET", "integrationUri": "https://example.com"},
    AUTHORIZER: {"apiId": "a1b2c3d4e5", "name": "origin", "authorizerType": "REQUEST",
                 "authorizerPayloadFormatVersion": "2.0",
                 "identitySources": ["$request.header.X-Origin"],
                 "authorizerUri": "arn:aws:apigateway:eu-west-2:lambda:path/2015-03-31/functions/"
                 + _ARN("lambda", "function:lock") + "/invocations"},
    RULE: {"name": "nightly", "scheduleExpression": "cron(0 2 * * ? *)",
           "eventBusName": "default"},
    TARGET: {"rule": "nightly", "targetId": "clean", "arn": _ARN("states", "stateMachine:clean"),
             "roleArn": "arn:aws:iam::222222222222:role/events", "eventBusName": "default"},
    SOURCE: {"functionName": "publisher", "startingPosition": "TRIM_HORIZON", "batchSize": 100,
             "eventSourceArn": _ARN("dynamodb", "table/outbox/stream/2026-01-01T00:00:00.000"),
             "filterCriteria": {"filters": [{"pattern": '{"eventName": ["INSERT"]}'}]}},
    LAMBDA: {"name": "thumbs", "role": "arn:aws:iam::222222222222:role/thumbs",
             "s3Bucket": "pilaster-code", "s3Key": "thumbs.zip", "runtime": "nodejs22.x",
             "handler": "index.handler", "layers": [_ARN("lambda", "layer:sharp:3")],
             "reservedConcurrentExecutions": 5},
    ROLE: {"name": "builder", "assumeRolePolicy": _policy(
        Principal={"Federated": "arn:aws:iam::222222222222:oidc-provider/token.actions.githubuser"
                   "content.com"}, Action="sts:AssumeRoleWithWebIdentity",
        Condition={"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}
    ), "managedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]},
    BUCKET_POLICY: {"bucket": "pilaster-site", "policy": _policy(
        Principal={"Service": "cloudfront.amazonaws.com"}, Action="s3:GetObject",
        Resource="arn:aws:s3:::pilaster-site/*", Condition={"StringEquals": {
            "AWS:SourceArn": "arn:aws:cloudfront::222222222222:distribution/E1ABC"}})},
    MACHINE: {"name": "many", "roleArn": "arn:aws:iam::222222222222:role/many",
              "definition": _machine(
                  each={"Type": "Map", "ItemsPath": "$.pages", "MaxConcurrency": 5, "Next": "wait",
                        "ItemProcessor": {"StartAt": "read", "States": {"read": _CALL}}},
                  wait={"Type": "Wait", "Seconds": 5, "Next": "both"},
                  both={"Type": "Parallel", "End": True, "Branches": [
                      {"StartAt": "one", "States": {"one": {"Type": "Pass", "End": True}}}]})},
}  # fmt: skip

OTHERS = [
    Mistake("missing", TABLE, "attributes", lambda attributes: attributes[:2]),
    Mistake("wrong enum", TABLE, "billingMode", "ON_DEMAND"),
    Mistake("wrong enum", TABLE, "attributes[1].type", "INT"),
    Mistake("wrong enum", TABLE, "streamViewType", "NEW"),
    Mistake("missing", TABLE, "streamViewType", GONE),
    Mistake("length", TABLE, "name", "ab"),
    Mistake("missing", TABLE, "ttl.attributeName", GONE),
    Mistake("wrong enum", TABLE, "globalSecondaryIndexes[0].projectionType", "EVERYTHING"),
    Mistake("neighbour", TABLE, "readCapacity", 5),
    Mistake("policy", TOPIC, "policy", replace("sns:Publish", "sqs:SendMessage")),
    Mistake("form", TOPIC, "name", "alarms.fifo"),
    Mistake("range", SECRET, "recoveryWindowInDays", 3),
    Mistake("form", SECRET, "name", "documents model"),
    Mistake("missing", VERSION, "secretString", GONE),
    Mistake("wrong enum", PARAMETER, "type", "Text"),
    Mistake("form", PARAMETER, "name", "/aws/limit"),
    Mistake("size", PARAMETER, "value", "v" * 5_000),
    Mistake("range", KEY, "deletionWindowInDays", 3),
    Mistake("wrong enum", KEY, "keyUsage", "ENCRYPT"),
    Mistake("policy", KEY, "policy", replace(":root", ":teacher")),
    Mistake("form", ALIAS, "name", "documents"),
    Mistake("wrong enum", ALARM, "comparisonOperator", ">"),
    Mistake("range", ALARM, "period", 45),
    Mistake("wrong enum", ALARM, "statistic", "Total"),
    Mistake("wrong enum", ALARM, "treatMissingData", "not-breaching"),
    Mistake("ARN", ALARM, "alarmActions", ["alarms"]),
    Mistake("missing", ALARM, "namespace", GONE),
    Mistake("form", DASHBOARD, "dashboardBody", "{widgets: []}"),
    Mistake("policy", POLICY, "policy", replace("10.0.0.0/8", "10.0.0.300")),
    Mistake("policy", POLICY, "policy", replace("IpAddress", "IPAddresses")),
    Mistake("ARN", ATTACHMENT, "policyArn", "arn:aws:iam::aws:role/ReadOnlyAccess"),
    Mistake("form", USERS, "name", "the teachers"),
    Mistake("wrong enum", VERSIONING, "versioningConfiguration.status", "On"),
    Mistake("wrong enum", CORS, "corsRules[0].allowedMethods", ["PATCH"]),
    Mistake("wrong enum", NOTIFICATION, "queues[0].events", ["s3:ObjectMade:*"]),
    Mistake("ARN", NOTIFICATION, "queues[0].queueArn", _ARN("sns", "uploads")),
    Mistake("range", GROUP, "ingress[0].toPort", 80),
    Mistake("form", GROUP, "ingress[0].cidrBlocks", ["0.0.0.0"]),
    Mistake("missing", GROUP, "ingress[0].cidrBlocks", GONE),
    Mistake("form", ROUTES, "routes[0].cidrBlock", "anywhere"),
    Mistake("missing", ROUTES, "routes[0].gatewayId", GONE),
    Mistake("form", ENDPOINT, "routeTableIds", ["rtb-0a1b2c3d4e5f"]),
    Mistake("wrong enum", ACL, "scope", "GLOBAL"),
    Mistake("missing", ACL, "rules[0].overrideAction", GONE),
    Mistake("missing", ACL, "visibilityConfig", GONE),
    Mistake("range", SAMPLING, "fixedRate", 5),
    Mistake("wrong enum", DEPLOYMENTS, "deploymentStyle.deploymentType", "CANARY"),
    Mistake("form", QUEUE, "name", "orders"),
    Mistake("wrong enum", QUEUE, "deduplicationScope", "group"),
    Mistake("missing", API, "routeSelectionExpression", GONE),
    Mistake("form", ROUTE, "routeKey", "GET /files/{path+}/more"),
    Mistake("form", INTEGRATION, "integrationUri", "example.com"),
    Mistake("missing", AUTHORIZER, "authorizerUri", GONE),
    Mistake("schedule", RULE, "scheduleExpression", "cron(0 25 * * ? *)"),
    Mistake("missing", TARGET, "roleArn", GONE),
    Mistake("missing", SOURCE, "startingPosition", GONE),
    Mistake("pattern", SOURCE, "filterCriteria.filters[0].pattern", '{"eventName": "INSERT"}'),
    Mistake("wrong enum", LAMBDA, "runtime", "nodejs14.x"),
    Mistake("missing", LAMBDA, "s3Key", GONE),
    Mistake("ARN", LAMBDA, "layers", ["sharp:3"]),
    Mistake("range", LAMBDA, "reservedConcurrentExecutions", -2),
    Mistake("policy", ROLE, "assumeRolePolicy", replace("AssumeRoleWithWebIdentity", "AssumeRole")),
    Mistake("ARN", ROLE, "managedPolicyArns", ["ReadOnlyAccess"]),
    Mistake("policy", BUCKET_POLICY, "policy", replace("s3:GetObject", "GetObject")),
    Mistake("definition", MACHINE, "definition", replace('"Seconds": 5', '"Seconds": "5"')),
    Mistake("definition", MACHINE, "definition", replace('"StartAt": "read"', '"StartAt": "raed"')),
    Mistake("definition", MACHINE, "definition", replace('"Branches"', '"Branch"')),
    Mistake("definition", MACHINE, "definition", replace('"ItemsPath": "$.pages"',
                                                         '"ItemsPath": "pages"')),
]  # fmt: skip
