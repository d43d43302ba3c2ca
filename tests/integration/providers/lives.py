"""A life for every type: what it is made with, changed to, and what its replacement differs in."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi

from tests.integration.providers.desk import Desk, Thing

Inputs = dict[str, Any]


def trust(service: str = "lambda") -> str:
    return _policy(Principal={"Service": f"{service}.amazonaws.com"}, Action="sts:AssumeRole")


def allow(action: str, resource: str = "*", **more: Any) -> str:
    return _policy(Action=action, Resource=resource, **more)


def _policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def machine(state: str = "Done") -> str:
    return json.dumps({"StartAt": state, "States": {state: {"Type": "Succeed"}}})


@dataclass
class Neighbours:
    """What others hang on, made when first asked for."""

    desk: Desk
    folder: Path
    things: dict[str, Thing] = field(default_factory=dict)

    def need(self, token: str, name: str, inputs: Inputs) -> Thing:
        if name not in self.things:
            self.things[name] = self.desk.create(token, name, inputs)
        return self.things[name]

    @property
    def role(self) -> Thing:
        """A function's; it may read queues and streams, which a mapping to a function asks for."""
        sources = [
            {"name": "queues", "policy": allow("sqs:*")},
            {"name": "streams", "policy": allow("dynamodb:*")},
        ]
        inputs = {"assumeRolePolicy": trust(), "inlinePolicies": sources}
        return self.need("aws:iam/role:Role", "role", inputs)

    @property
    def function(self) -> Thing:
        return self.need("aws:lambda/function:Function", "function", self.function_inputs("one"))

    @property
    def queue(self) -> Thing:
        return self.need("aws:sqs/queue:Queue", "queue", {})

    @property
    def open_queue(self) -> Thing:
        """One that S3 may send to."""
        name = f"open-{self.desk.project}"
        arn = f"arn:aws:sqs:eu-central-1:000000000000:{name}"
        policy = allow("sqs:SendMessage", arn, Principal={"Service": "s3.amazonaws.com"})
        return self.need("aws:sqs/queue:Queue", "open", {"name": name, "policy": policy})

    @property
    def told_table(self) -> Thing:
        """One that tells its changes."""
        inputs = {
            "hashKey": "id",
            "attributes": [{"name": "id", "type": "S"}],
            "billingMode": "PAY_PER_REQUEST",
            "streamEnabled": True,
            "streamViewType": "NEW_IMAGE",
        }
        return self.need("aws:dynamodb/table:Table", "told", inputs)

    @property
    def bus(self) -> Thing:
        return self.need("aws:cloudwatch/eventBus:EventBus", "bus", {})

    @property
    def bucket(self) -> Thing:
        return self.need("aws:s3/bucket:Bucket", "bucket", {"forceDestroy": True})

    @property
    def api(self) -> Thing:
        return self.need("aws:apigatewayv2/api:Api", "api", {"protocolType": "HTTP"})

    @property
    def socket_route(self) -> dict[str, str]:
        """A route of a WebSocket API, and the API."""
        inputs = {"protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"}
        api = self.need("aws:apigatewayv2/api:Api", "socket-api", inputs)
        route = {"apiId": api.id, "routeKey": "$default"}
        made = self.need("aws:apigatewayv2/route:Route", "socket-route", route)
        return {"apiId": api.id, "routeId": made.id}

    @property
    def integration(self) -> Thing:
        return self.need(
            "aws:apigatewayv2/integration:Integration",
            "integration",
            {
                "apiId": self.api.id,
                "integrationType": "AWS_PROXY",
                "integrationUri": self.function["invokeArn"],
                "payloadFormatVersion": "2.0",
            },
        )

    @property
    def route(self) -> str:
        """The key of a route of `api`."""
        inputs = {"apiId": self.api.id, "routeKey": "GET /a"}
        self.need("aws:apigatewayv2/route:Route", "route", inputs)
        return "GET /a"

    @property
    def rule(self) -> Thing:
        pattern = json.dumps({"source": ["test"]})
        inputs = {"eventPattern": pattern, "forceDestroy": True}
        return self.need("aws:cloudwatch/eventRule:EventRule", "rule", inputs)

    @property
    def pool(self) -> Thing:
        return self.need("aws:cognito/userPool:UserPool", "pool", {})

    @property
    def vpc(self) -> Thing:
        return self.need("aws:ec2/vpc:Vpc", "vpc", {"cidrBlock": "10.7.0.0/16"})

    def subnet(self, number: int) -> Thing:
        zone = f"eu-central-1{'abc'[number]}"
        inputs = {
            "vpcId": self.vpc.id,
            "cidrBlock": f"10.7.{number}.0/24",
            "availabilityZone": zone,
        }
        return self.need("aws:ec2/subnet:Subnet", f"subnet-{number}", inputs)

    @property
    def catalog(self) -> Thing:
        return self.need("aws:glue/catalogDatabase:CatalogDatabase", "catalog", {})

    def table(self, name: str) -> Thing:
        return self.need("aws:ec2/routeTable:RouteTable", name, {"vpcId": self.vpc.id})

    @property
    def group(self) -> Thing:
        inputs = {"vpcId": self.vpc.id}
        return self.need("aws:ec2/securityGroup:SecurityGroup", "group", inputs)

    @property
    def secret(self) -> Thing:
        return self.need("aws:secretsmanager/secret:Secret", "secret", {})

    @property
    def key(self) -> Thing:
        return self.need("aws:kms/key:Key", "key", {})

    def cache_user(self, name: str) -> Inputs:
        user = f"{name}-{self.desk.project}"
        return {
            "userId": user,
            "userName": user,
            "engine": "valkey",
            "accessString": "on ~a:* resetchannels -@all +get +set",
            "authenticationMode": {"type": "iam"},
        }

    def function_inputs(self, answer: str, **more: Any) -> Inputs:
        source = f"def handler(event, context):\n    return {{'answer': '{answer}'}}\n"
        return {
            "role": self.role["arn"],
            "runtime": "python3.11",
            "handler": "app.handler",
            "code": pulumi.AssetArchive({"app.py": pulumi.StringAsset(source)}),
            **more,
        }


@dataclass(frozen=True)
class Life:
    token: str
    made: Callable[[Neighbours], Inputs]
    changed: Callable[[Neighbours], Inputs] | None = None
    """Inputs laid over the first ones; the change happens in place."""
    replaced: Callable[[Neighbours], Inputs] | None = None
    """Inputs laid over the first ones; the change needs a new thing."""
    outputs: str = ""
    """What must be known afterwards, and not be empty."""
    is_kept: bool = False
    """It goes with its parent and cannot be deleted alone."""


LIVES = [
    Life(
        "aws:iam/role:Role",
        lambda n: {"assumeRolePolicy": trust(), "tags": {"a": "1"}},
        lambda n: {
            "assumeRolePolicy": trust("states"),
            "description": "other",
            "tags": {"b": "2"},
            "inlinePolicies": [{"name": "in", "policy": allow("s3:GetObject")}],
            "maxSessionDuration": 7200,
        },
        lambda n: {"path": "/service/"},
        "arn uniqueId name createDate",
    ),
    Life(
        "aws:iam/rolePolicy:RolePolicy",
        lambda n: {"role": n.role["name"], "policy": allow("s3:GetObject")},
        lambda n: {"policy": allow("s3:PutObject")},
        lambda n: {"name": "other"},
    ),
    Life(
        "aws:iam/policy:Policy",
        lambda n: {"policy": allow("s3:GetObject")},
        lambda n: {"policy": allow("s3:PutObject")},
        lambda n: {"path": "/x/"},
        "arn policyId",
    ),
    Life(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        lambda n: {
            "role": n.role["name"],
            "policyArn": n.need(
                "aws:iam/policy:Policy", "managed", {"policy": allow("s3:GetObject")}
            )["arn"],
        },
    ),
    Life(
        "aws:lambda/function:Function",
        lambda n: n.function_inputs("one", timeout=5, environment={"variables": {"A": "1"}}),
        lambda n: {
            **n.function_inputs("two"),
            "timeout": 9,
            "memorySize": 256,
            "environment": {"variables": {"B": "2"}},
            "reservedConcurrentExecutions": 2,
            "tags": {"x": "y"},
            "tracingConfig": {"mode": "Active"},
            "vpcConfig": {"subnetIds": [n.subnet(0).id], "securityGroupIds": [n.group.id]},
        },
        lambda n: {"name": "other"},
        "arn invokeArn qualifiedArn version sourceCodeHash lastModified",
    ),
    Life(
        "aws:lambda/permission:Permission",
        lambda n: {
            "action": "lambda:InvokeFunction",
            "function": n.function["name"],
            "principal": "apigateway.amazonaws.com",
            "sourceArn": f"{n.api['executionArn']}/*/*",
        },
        None,
        lambda n: {"principal": "events.amazonaws.com"},
    ),
    Life(
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        lambda n: {
            "functionName": n.function["arn"],
            "eventSourceArn": n.queue["arn"],
            "batchSize": 1,
            "functionResponseTypes": ["ReportBatchItemFailures"],
            "scalingConfig": {"maximumConcurrency": 2},
        },
        lambda n: {"batchSize": 5, "enabled": False},
        lambda n: {"eventSourceArn": n.need("aws:sqs/queue:Queue", "other-queue", {})["arn"]},
        "uuid functionArn state arn",
    ),
    Life(
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        lambda n: {
            "functionName": n.function["arn"],
            "eventSourceArn": n.told_table["streamArn"],
            "startingPosition": "TRIM_HORIZON",
            "batchSize": 1,
            "bisectBatchOnFunctionError": True,
            "filterCriteria": {"filters": [{"pattern": '{"eventName": ["INSERT"]}'}]},
            "destinationConfig": {"onFailure": {"destinationArn": n.queue["arn"]}},
        },
        lambda n: {
            "batchSize": 5,
            "destinationConfig": {
                "onFailure": {
                    "destinationArn": n.need("aws:sqs/queue:Queue", "other-queue", {})["arn"]
                }
            },
        },
        lambda n: {"startingPosition": "LATEST"},
        "uuid functionArn state arn",
    ),
    Life(
        "aws:lambda/invocation:Invocation",
        lambda n: {"functionName": n.function["name"], "input": "{}", "triggers": {"v": "1"}},
        None,
        lambda n: {"triggers": {"v": "2"}},
        "result",
        is_kept=True,
    ),
    Life(
        "aws:cloudwatch/logGroup:LogGroup",
        lambda n: {"name": "/test/logs", "retentionInDays": 7},
        lambda n: {"retentionInDays": 14, "tags": {"a": "b"}},
        lambda n: {"name": "/test/other"},
        "arn",
    ),
    Life(
        "aws:cloudwatch/eventBus:EventBus",
        lambda n: {"tags": {"a": "b"}},
        lambda n: {"description": "jobs"},
        lambda n: {"name": "other"},
        "arn name",
    ),
    Life(
        "aws:cloudwatch/eventRule:EventRule",
        lambda n: {"eventPattern": json.dumps({"source": ["a"]}), "description": "d"},
        lambda n: {"eventPattern": json.dumps({"source": ["b"]}), "state": "DISABLED"},
        lambda n: {"name": "other"},
        "arn name",
    ),
    Life(
        "aws:cloudwatch/eventTarget:EventTarget",
        lambda n: {
            "rule": n.rule["name"],
            "arn": n.queue["arn"],
            "deadLetterConfig": {"arn": n.queue["arn"]},
            "retryPolicy": {"maximumRetryAttempts": 3, "maximumEventAgeInSeconds": 60},
        },
        lambda n: {
            "inputTransformer": {"inputPaths": {"k": "$.detail.k"}, "inputTemplate": '{"k": <k>}'}
        },
        lambda n: {"targetId": "other"},
    ),
    Life(
        "aws:cloudwatch/eventArchive:EventArchive",
        lambda n: {"eventSourceArn": n.bus["arn"], "retentionDays": 7, "description": "all"},
        lambda n: {"retentionDays": 14, "eventPattern": json.dumps({"source": ["a"]})},
        lambda n: {"name": "other"},
        "arn name",
    ),
    Life(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        lambda n: {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "metricName": "Errors",
            "namespace": "AWS/Lambda",
            "period": 60,
            "statistic": "Sum",
            "threshold": 0,
            "dimensions": {"FunctionName": "x"},
        },
        lambda n: {"threshold": 5, "treatMissingData": "notBreaching", "alarmDescription": "why"},
        lambda n: {"name": "other"},
        "arn name",
    ),
    Life(
        "aws:cloudwatch/dashboard:Dashboard",
        lambda n: {"dashboardName": "board", "dashboardBody": json.dumps({"widgets": []})},
        lambda n: {
            "dashboardBody": json.dumps(
                {
                    "widgets": [
                        {
                            "type": "text",
                            "x": 0,
                            "y": 0,
                            "width": 3,
                            "height": 3,
                            "properties": {"markdown": "hi"},
                        }
                    ]
                }
            )
        },
    ),
    Life(
        "aws:apigatewayv2/api:Api",
        lambda n: {
            "protocolType": "HTTP",
            "corsConfiguration": {
                "allowOrigins": ["https://a.example"],
                "allowMethods": ["GET"],
                "maxAge": 60,
            },
        },
        lambda n: {"description": "d", "corsConfiguration": {"allowOrigins": ["*"]}},
        lambda n: {"protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"},
        "arn apiEndpoint executionArn",
    ),
    Life(
        "aws:apigatewayv2/stage:Stage",
        lambda n: {"apiId": n.api.id, "name": "$default", "autoDeploy": True},
        lambda n: {
            "defaultRouteSettings": {"throttlingBurstLimit": 5, "throttlingRateLimit": 10},
            "routeSettings": [
                {"routeKey": n.route, "throttlingBurstLimit": 1, "throttlingRateLimit": 0.5}
            ],
            "accessLogSettings": {
                "destinationArn": "arn:aws:logs:eu-central-1:0:log-group:x",
                "format": "$context.requestId",
            },
        },
        lambda n: {"name": "v1"},
        "arn executionArn invokeUrl",
    ),
    Life(
        "aws:apigatewayv2/integration:Integration",
        lambda n: {
            "apiId": n.api.id,
            "integrationType": "AWS_PROXY",
            "payloadFormatVersion": "2.0",
            "integrationUri": n.function["invokeArn"],
            "timeoutMilliseconds": 1000,
        },
        lambda n: {"timeoutMilliseconds": 3000},
        lambda n: {"integrationType": "HTTP_PROXY"},
    ),
    Life(
        "aws:apigatewayv2/route:Route",
        lambda n: {
            "apiId": n.api.id,
            "routeKey": "GET /a",
            "target": f"integrations/{n.integration.id}",
        },
        lambda n: {"routeKey": "GET /b"},
        lambda n: {"apiId": "another"},
    ),
    Life(
        "aws:apigatewayv2/routeResponse:RouteResponse",
        lambda n: {**n.socket_route, "routeResponseKey": "$default"},
        lambda n: {"modelSelectionExpression": "$default"},
        lambda n: {"routeId": "another"},
    ),
    Life(
        "aws:apigatewayv2/authorizer:Authorizer",
        lambda n: {
            "apiId": n.api.id,
            "authorizerType": "JWT",
            "identitySources": ["$request.header.Authorization"],
            "jwtConfiguration": {"issuer": f"https://{n.pool['endpoint']}", "audiences": ["a"]},
        },
        lambda n: {
            "jwtConfiguration": {"issuer": f"https://{n.pool['endpoint']}", "audiences": ["b"]}
        },
        lambda n: {"apiId": "another"},
    ),
    Life(
        "aws:sesv2/configurationSet:ConfigurationSet",
        lambda n: {
            "configurationSetName": "letters",
            "deliveryOptions": {"tlsPolicy": "REQUIRE"},
            "reputationOptions": {"reputationMetricsEnabled": True},
            "tags": {"a": "b"},
        },
        lambda n: {
            "deliveryOptions": {"tlsPolicy": "OPTIONAL"},
            "suppressionOptions": {"suppressedReasons": ["BOUNCE"]},
            "tags": {"c": "d"},
        },
        lambda n: {"configurationSetName": "others"},
        "arn",
    ),
    Life(
        "aws:sesv2/emailIdentity:EmailIdentity",
        lambda n: {"emailIdentity": "post@example.org", "tags": {"a": "b"}},
        lambda n: {"tags": {"c": "d"}},
        lambda n: {"emailIdentity": "example.org"},
        "arn identityType",
    ),
    Life(
        "aws:s3/bucket:Bucket",
        lambda n: {"forceDestroy": True, "tags": {"a": "b"}},
        lambda n: {"tags": {"c": "d"}},
        lambda n: {"bucket": "another-bucket"},
        "arn bucket bucketRegionalDomainName",
    ),
    Life(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        lambda n: {"bucket": n.bucket.id, "blockPublicAcls": True},
        lambda n: {"blockPublicPolicy": True},
        lambda n: {"bucket": "other"},
    ),
    Life(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        lambda n: {
            "bucket": n.bucket.id,
            "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}],
        },
        lambda n: {
            "rules": [
                {
                    "bucketKeyEnabled": True,
                    "applyServerSideEncryptionByDefault": {
                        "sseAlgorithm": "aws:kms",
                        "kmsMasterKeyId": n.key["arn"],
                    },
                }
            ]
        },
        lambda n: {"bucket": "other"},
        is_kept=True,
    ),
    Life(
        "aws:s3/bucketVersioning:BucketVersioning",
        lambda n: {"bucket": n.bucket.id, "versioningConfiguration": {"status": "Enabled"}},
        lambda n: {"versioningConfiguration": {"status": "Suspended"}},
        lambda n: {"bucket": "other"},
        is_kept=True,
    ),
    Life(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        lambda n: {
            "bucket": n.bucket.id,
            "rules": [
                {
                    "id": "old",
                    "status": "Enabled",
                    "filter": {"prefix": "work/"},
                    "expiration": {"days": 7},
                    "abortIncompleteMultipartUpload": {"daysAfterInitiation": 1},
                }
            ],
        },
        lambda n: {
            "rules": [
                {
                    "id": "all",
                    "status": "Enabled",
                    "expiration": {"days": 3},
                    "noncurrentVersionExpiration": {"noncurrentDays": 1},
                }
            ]
        },
        lambda n: {"bucket": "other"},
    ),
    Life(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        lambda n: {"bucket": n.bucket.id, "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        lambda n: {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        lambda n: {"bucket": "other"},
    ),
    Life(
        "aws:s3/bucketPolicy:BucketPolicy",
        lambda n: {
            "bucket": n.bucket.id,
            "policy": allow(
                "s3:GetObject", f"{n.bucket['arn']}/*", Principal={"AWS": n.role["arn"]}
            ),
        },
        lambda n: {
            "policy": allow("s3:ListBucket", n.bucket["arn"], Principal={"AWS": n.role["arn"]})
        },
        lambda n: {"bucket": "other"},
    ),
    Life(
        "aws:s3/bucketNotification:BucketNotification",
        lambda n: {"bucket": n.bucket.id, "eventbridge": True},
        lambda n: {
            "queues": [
                {
                    "queueArn": n.open_queue["arn"],
                    "events": ["s3:ObjectCreated:*"],
                    "filterPrefix": "uploads/",
                }
            ]
        },
        lambda n: {"bucket": "other"},
    ),
    Life(
        "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
        lambda n: {
            "bucket": n.bucket.id,
            "corsRules": [{"allowedMethods": ["PUT"], "allowedOrigins": ["*"]}],
        },
        lambda n: {
            "corsRules": [
                {
                    "allowedMethods": ["GET"],
                    "allowedOrigins": ["*"],
                    "maxAgeSeconds": 60,
                    "exposeHeaders": ["ETag"],
                }
            ]
        },
        lambda n: {"bucket": "other"},
    ),
    Life(
        "aws:dynamodb/table:Table",
        lambda n: {
            "billingMode": "PAY_PER_REQUEST",
            "hashKey": "pk",
            "rangeKey": "sk",
            "attributes": [{"name": "pk", "type": "S"}, {"name": "sk", "type": "S"}],
            "ttl": {"attributeName": "expires", "enabled": True},
            "pointInTimeRecovery": {"enabled": True},
        },
        lambda n: {
            "attributes": [{"name": x, "type": "S"} for x in ("pk", "sk", "owner")],
            "globalSecondaryIndexes": [
                {"name": "by-owner", "hashKey": "owner", "rangeKey": "sk", "projectionType": "ALL"}
            ],
            "streamEnabled": True,
            "streamViewType": "NEW_IMAGE",
            "pointInTimeRecovery": {"enabled": False},
            "tags": {"a": "b"},
        },
        lambda n: {
            "hashKey": "id",
            "attributes": [{"name": "id", "type": "S"}, {"name": "sk", "type": "S"}],
        },
        "arn name",
    ),
    Life(
        "aws:sqs/queue:Queue",
        lambda n: {
            "visibilityTimeoutSeconds": 60,
            "sqsManagedSseEnabled": True,
            "redrivePolicy": json.dumps(
                {"deadLetterTargetArn": n.queue["arn"], "maxReceiveCount": 3}
            ),
        },
        lambda n: {
            "visibilityTimeoutSeconds": 90,
            "messageRetentionSeconds": 120,
            "tags": {"a": "b"},
        },
        lambda n: {"fifoQueue": True},
        "arn url name",
    ),
    Life(
        "aws:sqs/queuePolicy:QueuePolicy",
        lambda n: {
            "queueUrl": n.queue.id,
            "policy": allow(
                "sqs:SendMessage", n.queue["arn"], Principal={"Service": "events.amazonaws.com"}
            ),
        },
        lambda n: {"policy": allow("sqs:*", n.queue["arn"], Principal={"AWS": "*"})},
        lambda n: {"queueUrl": "https://other"},
    ),
    Life(
        "aws:sns/topic:Topic",
        lambda n: {"displayName": "alarms"},
        lambda n: {"displayName": "other", "tags": {"a": "b"}},
        lambda n: {"name": "other"},
        "arn",
    ),
    Life(
        "aws:sfn/stateMachine:StateMachine",
        lambda n: {
            "definition": machine(),
            "roleArn": n.role["arn"],
            "loggingConfiguration": {
                "level": "ERROR",
                "includeExecutionData": False,
                "logDestination": "arn:aws:logs:eu-central-1:000000000000:log-group:x:*",
            },
        },
        lambda n: {"definition": machine("End"), "tags": {"a": "b"}},
        lambda n: {"type": "EXPRESS"},
        "arn name creationDate",
    ),
    Life(
        "aws:cognito/userPool:UserPool",
        lambda n: {
            "autoVerifiedAttributes": ["email"],
            "usernameAttributes": ["email"],
            "passwordPolicy": {"minimumLength": 12, "requireNumbers": True},
            "adminCreateUserConfig": {"allowAdminCreateUserOnly": False},
            "schemas": [{"name": "email", "attributeDataType": "String", "required": True}],
            "accountRecoverySetting": {
                "recoveryMechanisms": [{"name": "verified_email", "priority": 1}]
            },
        },
        lambda n: {"passwordPolicy": {"minimumLength": 14}, "tags": {"a": "b"}},
        lambda n: {"usernameAttributes": ["phone_number"]},
        "arn endpoint",
    ),
    Life(
        "aws:cognito/userPoolClient:UserPoolClient",
        lambda n: {
            "userPoolId": n.pool.id,
            "accessTokenValidity": 60,
            "generateSecret": True,
            "explicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            "tokenValidityUnits": {"accessToken": "minutes"},
            "preventUserExistenceErrors": "ENABLED",
        },
        lambda n: {"accessTokenValidity": 30},
        lambda n: {"generateSecret": False},
        "clientSecret",
    ),
    Life(
        "aws:cognito/userGroup:UserGroup",
        lambda n: {"userPoolId": n.pool.id, "name": "teachers"},
        lambda n: {"description": "those who teach"},
        lambda n: {"name": "others"},
    ),
    Life(
        "aws:ec2/vpc:Vpc",
        lambda n: {"cidrBlock": "10.8.0.0/16", "enableDnsHostnames": True},
        lambda n: {"tags": {"Name": "x"}, "enableDnsHostnames": False},
        lambda n: {"cidrBlock": "10.9.0.0/16"},
        "arn mainRouteTableId defaultSecurityGroupId defaultNetworkAclId",
    ),
    Life(
        "aws:ec2/subnet:Subnet",
        lambda n: {
            "vpcId": n.vpc.id,
            "cidrBlock": "10.7.9.0/24",
            "availabilityZone": "eu-central-1a",
        },
        lambda n: {"mapPublicIpOnLaunch": True},
        lambda n: {"cidrBlock": "10.7.8.0/24"},
        "arn",
    ),
    Life(
        "aws:ec2/routeTable:RouteTable",
        lambda n: {"vpcId": n.vpc.id},
        lambda n: {"tags": {"a": "b"}},
        lambda n: {"vpcId": "another"},
        "arn",
    ),
    Life(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        lambda n: {"subnetId": n.subnet(0).id, "routeTableId": n.table("one").id},
        None,
        lambda n: {"routeTableId": n.table("two").id},
    ),
    Life(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        lambda n: {
            "vpcId": n.vpc.id,
            "serviceName": "com.amazonaws.eu-central-1.s3",
            "vpcEndpointType": "Gateway",
            "routeTableIds": [n.table("one").id],
            "policy": allow("s3:GetObject", Principal="*"),
        },
        lambda n: {"routeTableIds": [n.table("two").id], "tags": {"a": "b"}},
        lambda n: {"serviceName": "com.amazonaws.eu-central-1.dynamodb"},
        "arn prefixListId state",
    ),
    Life(
        "aws:ec2/securityGroup:SecurityGroup",
        lambda n: {
            "vpcId": n.vpc.id,
            "egress": [
                {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}
            ],
        },
        lambda n: {
            "ingress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}],
            "tags": {"a": "b"},
        },
        lambda n: {"description": "other"},
        "arn name",
    ),
    Life(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        lambda n: {
            "securityGroupId": n.group.id,
            "ipProtocol": "tcp",
            "fromPort": 5432,
            "toPort": 5432,
            "referencedSecurityGroupId": n.group.id,
        },
        lambda n: {"fromPort": 6379, "toPort": 6379, "description": "cache", "tags": {"a": "b"}},
        lambda n: {"securityGroupId": "another"},
        "arn securityGroupRuleId",
    ),
    Life(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        lambda n: {"securityGroupId": n.group.id, "ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"},
        lambda n: {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443},
        lambda n: {"securityGroupId": "another"},
        "arn securityGroupRuleId",
    ),
    Life(
        "aws:rds/subnetGroup:SubnetGroup",
        lambda n: {"subnetIds": [n.subnet(0).id, n.subnet(1).id]},
        lambda n: {"description": "other", "tags": {"a": "b"}},
        lambda n: {"name": "other"},
        "arn",
    ),
    Life(
        "aws:rds/clusterParameterGroup:ClusterParameterGroup",
        lambda n: {
            "family": "aurora-postgresql16",
            "parameters": [
                {"name": "rds.force_ssl", "value": "1"},
                {"name": "log_statement", "value": "ddl"},
            ],
        },
        lambda n: {
            "parameters": [
                {"name": "idle_session_timeout", "value": "60000", "applyMethod": "pending-reboot"}
            ],
            "tags": {"a": "b"},
        },
        lambda n: {"family": "aurora-postgresql17"},
        "arn",
    ),
    Life(
        "aws:elasticache/user:User",
        lambda n: n.cache_user("one"),
        lambda n: {"accessString": "on ~b:* resetchannels -@all +get", "tags": {"a": "b"}},
        lambda n: {"userId": "two", "userName": "two"},
        "arn",
    ),
    Life(
        "aws:elasticache/userGroup:UserGroup",
        lambda n: {
            "userGroupId": f"group-{n.desk.project}",
            "engine": "valkey",
            "userIds": [n.need("aws:elasticache/user:User", "first", n.cache_user("first")).id],
        },
        lambda n: {
            "userIds": [n.need("aws:elasticache/user:User", "next", n.cache_user("next")).id],
            "tags": {"a": "b"},
        },
        lambda n: {"userGroupId": "other"},
        "arn",
    ),
    Life(
        "aws:elasticache/serverlessCache:ServerlessCache",
        lambda n: {
            "name": f"cache-{n.desk.project}",
            "engine": "valkey",
            "majorEngineVersion": "8",
            "cacheUsageLimits": {
                "dataStorage": {"maximum": 1, "unit": "GB"},
                "ecpuPerSeconds": [{"maximum": 1000}],
            },
            "subnetIds": [n.subnet(0).id, n.subnet(1).id],
            "securityGroupIds": [n.group.id],
        },
        lambda n: {
            "description": "other",
            "cacheUsageLimits": {"dataStorage": {"maximum": 2, "unit": "GB"}},
            "tags": {"a": "b"},
        },
        lambda n: {"name": "other"},
        "arn endpoints fullEngineVersion",
    ),
    Life(
        "aws:secretsmanager/secret:Secret",
        lambda n: {"description": "one", "recoveryWindowInDays": 7},
        lambda n: {
            "description": "two",
            "tags": {"a": "b"},
            "policy": allow("secretsmanager:GetSecretValue", Principal={"AWS": n.role["arn"]}),
        },
        lambda n: {"name": "other"},
        "arn",
    ),
    Life(
        "aws:secretsmanager/secretVersion:SecretVersion",
        lambda n: {"secretId": n.secret.id, "secretString": "s3cret"},
        None,
        lambda n: {"secretString": "other"},
        "arn versionId",
        is_kept=True,
    ),
    Life(
        "aws:kms/key:Key",
        lambda n: {"description": "one", "enableKeyRotation": True},
        lambda n: {"description": "two", "enableKeyRotation": False, "tags": {"a": "b"}},
        lambda n: {"multiRegion": True},
        "arn keyId",
    ),
    Life(
        "aws:kms/alias:Alias",
        lambda n: {"targetKeyId": n.key.id},
        lambda n: {"targetKeyId": n.need("aws:kms/key:Key", "other-key", {}).id},
        lambda n: {"name": "alias/other"},
        "arn name targetKeyArn",
    ),
    Life(
        "aws:ssm/parameter:Parameter",
        lambda n: {"type": "SecureString", "value": "one"},
        lambda n: {"value": "two", "tags": {"a": "b"}},
        lambda n: {"type": "String"},
        "arn",
    ),
    Life(
        "aws:glue/catalogDatabase:CatalogDatabase",
        lambda n: {"description": "one", "tags": {"a": "1"}},
        lambda n: {"description": "two", "tags": {"b": "2"}, "parameters": {"of": "us"}},
        lambda n: {"name": "other"},
        "arn name catalogId",
    ),
    Life(
        "aws:glue/catalogTable:CatalogTable",
        lambda n: {
            "databaseName": n.catalog["name"],
            "tableType": "EXTERNAL_TABLE",
            "partitionKeys": [{"name": "day", "type": "string"}],
            "parameters": {
                "projection.enabled": "true",
                "projection.day.type": "date",
                "projection.day.range": "2026-01-01,NOW",
                "projection.day.format": "yyyy-MM-dd",
            },
            "storageDescriptor": {
                "location": "s3://files/rows/",
                "columns": [{"name": "id", "type": "string"}],
                "serDeInfo": {"serializationLibrary": "org.openx.data.jsonserde.JsonSerDe"},
            },
        },
        lambda n: {
            "description": "rows",
            "parameters": {"projection.enabled": "true", "projection.day.type": "injected"},
            "storageDescriptor": {
                "location": "s3://files/lines/",
                "columns": [{"name": "id", "type": "string"}, {"name": "n", "type": "int"}],
                "inputFormat": "org.apache.hadoop.mapred.TextInputFormat",
            },
        },
        lambda n: {"name": "other"},
        "arn name",
    ),
    Life(
        "aws:athena/workgroup:Workgroup",
        lambda n: {
            "forceDestroy": True,
            "configuration": {
                "bytesScannedCutoffPerQuery": 10_485_760,
                "resultConfiguration": {
                    "outputLocation": "s3://files/answers/",
                    "encryptionConfiguration": {"encryptionOption": "SSE_S3"},
                },
            },
        },
        lambda n: {
            "description": "two",
            "state": "DISABLED",
            "tags": {"a": "b"},
            "configuration": {
                "bytesScannedCutoffPerQuery": 20_971_520,
                "resultConfiguration": {"outputLocation": "s3://files/others/"},
            },
        },
        lambda n: {"name": "other"},
        "arn name",
    ),
    Life(
        "aws:athena/namedQuery:NamedQuery",
        lambda n: {"database": n.catalog["name"], "query": "SELECT 1"},
        None,
        lambda n: {"query": "SELECT 2"},
    ),
]
