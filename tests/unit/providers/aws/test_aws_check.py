"""What `check` fills in and what it refuses, without any call."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pulumi
import pytest
from pilaster_local.providers.aws.provider import AwsProvider
from pilaster_local.providers.aws.values import UNKNOWN, plain_map, wrap, wrap_map
from pulumi.provider.experimental.provider import CheckRequest, CheckResponse, ConfigureRequest

ROLE = "aws:iam/role:Role"
QUEUE = "aws:sqs/queue:Queue"
FUNCTION = "aws:lambda/function:Function"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
)


@pytest.fixture
def provider() -> AwsProvider:
    return AwsProvider(None, region="eu-central-1", account="123456789012")


def check(
    provider: AwsProvider, token: str, inputs: dict[str, Any], old: dict[str, Any] | None = None
) -> CheckResponse:
    urn = f"urn:pulumi:local::pilaster::pilaster:aws:Function${token}::reader"
    new = {name: wrap(value) for name, value in inputs.items()}
    return asyncio.run(provider.check(CheckRequest(urn, wrap_map(old or {}), new, b"seed")))


def failures(provider: AwsProvider, token: str, inputs: dict[str, Any]) -> dict[str, str]:
    found = check(provider, token, inputs).failures or []
    return {failure.property: failure.reason for failure in found}


def checked(
    provider: AwsProvider, token: str, inputs: dict[str, Any], old: dict[str, Any] | None = None
) -> dict[str, Any]:
    response = check(provider, token, inputs, old)
    assert not response.failures
    return plain_map(response.inputs or {})


def test_a_thing_without_a_name_is_given_one(provider: AwsProvider):
    first = checked(provider, ROLE, {"assumeRolePolicy": TRUST})
    assert re.fullmatch(r"reader-[0-9a-f]{7}", first["name"])
    assert first["__defaults"] == ["name"]


def test_the_automatic_name_is_kept_over_updates(provider: AwsProvider):
    old = {"name": "reader-1234567", "__defaults": ["name"]}
    assert checked(provider, ROLE, {"assumeRolePolicy": TRUST}, old)["name"] == "reader-1234567"


def test_a_name_the_program_gave_once_is_not_kept(provider: AwsProvider):
    assert checked(provider, ROLE, {"assumeRolePolicy": TRUST}, {"name": "x"})["name"] != "x"


def test_a_prefix_begins_the_automatic_name(provider: AwsProvider):
    name = checked(provider, ROLE, {"assumeRolePolicy": TRUST, "namePrefix": "svc-"})["name"]
    assert re.fullmatch(r"svc-[0-9a-f]{7}", name)


def test_a_bucket_is_named_in_lower_case_within_63_characters(provider: AwsProvider):
    urn = f"urn:pulumi:local::p::aws:s3/bucket:Bucket::{'Uploads' * 12}"
    response = asyncio.run(provider.check(CheckRequest(urn, {}, {}, b"")))
    name = plain_map(response.inputs or {})["bucket"]
    assert len(name) <= 63
    assert name == name.lower()
    assert not response.failures


def test_a_fifo_queue_is_named_as_one(provider: AwsProvider):
    assert checked(provider, QUEUE, {"fifoQueue": True})["name"].endswith(".fifo")


def test_the_same_seed_gives_the_same_name(provider: AwsProvider):
    assert checked(provider, QUEUE, {}) == checked(provider, QUEUE, {})


def test_an_input_nobody_claims_is_named_with_the_nearest(provider: AwsProvider):
    found = failures(provider, QUEUE, {"visibilityTimeout": 3})
    assert "visibilityTimeoutSeconds" in found["visibilityTimeout"]


def test_an_input_nobody_claims_at_depth_is_named(provider: AwsProvider):
    found = failures(provider, FUNCTION, {**function(), "vpcConfig": {"vpcId": "vpc-1"}})
    assert set(found) == {"vpcConfig.vpcId"}


def test_a_key_that_special_code_would_skip_is_named(provider: AwsProvider):
    routes = [{"cidrBlock": "0.0.0.0/0", "coreNetworkArn": "arn:x"}]
    inputs = {"vpcId": "vpc-1", "routes": routes}
    assert set(failures(provider, "aws:ec2/routeTable:RouteTable", inputs)) == {
        "routes.coreNetworkArn"
    }


def test_a_missing_input_is_named(provider: AwsProvider):
    assert set(failures(provider, ROLE, {})) == {"assumeRolePolicy"}


def test_a_type_nobody_knows_is_a_failure_that_names_the_nearest(provider: AwsProvider):
    assert "aws:sqs/queue:Queue" in failures(provider, "aws:sqs/queu:Queu", {})[""]


def function(**more: Any) -> dict[str, Any]:
    code = pulumi.AssetArchive({"app.py": pulumi.StringAsset("x = 1")})
    return {"role": UNKNOWN, "runtime": "python3.11", "handler": "app.x", "code": code, **more}


@pytest.mark.parametrize(
    ("token", "inputs", "named"),
    [
        (QUEUE, {"name": "a queue"}, "name"),
        (QUEUE, {"name": "a.fifo"}, "name"),
        (QUEUE, {"visibilityTimeoutSeconds": 50_000}, "visibilityTimeoutSeconds"),
        (QUEUE, {"redrivePolicy": '{"deadLetterTargetArn": "arn"}'}, "redrivePolicy"),
        (ROLE, {"assumeRolePolicy": "{}"}, "assumeRolePolicy"),
        (ROLE, {"assumeRolePolicy": "no json"}, "assumeRolePolicy"),
        (ROLE, {"assumeRolePolicy": TRUST.replace("Allow", "Perhaps")}, "assumeRolePolicy"),
        ("aws:iam/rolePolicy:RolePolicy", {"role": "r", "policy": TRUST}, "policy"),
        ("aws:sfn/stateMachine:StateMachine", {"roleArn": "r", "definition": "{}"}, "definition"),
        (
            "aws:sfn/stateMachine:StateMachine",
            {"roleArn": "r", "definition": '{"StartAt": "A", "States": {"B": {}}}'},
            "definition",
        ),
        (
            "aws:sfn/stateMachine:StateMachine",
            {"roleArn": "r", "definition": '{"StartAt": "A", "States": {"A": {"Next": "B"}}}'},
            "definition",
        ),
        ("aws:s3/bucket:Bucket", {"bucket": "Capital"}, "bucket"),
        (FUNCTION, function(memorySize=64), "memorySize"),
        (FUNCTION, function(timeout=901), "timeout"),
        (FUNCTION, function(runtime="java21"), "runtime"),
        (FUNCTION, {"role": "r", "packageType": "Image"}, "imageUri"),
        ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 8}, "retentionInDays"),
        ("aws:cloudwatch/eventRule:EventRule", {"eventPattern": "[]"}, "eventPattern"),
        ("aws:apigatewayv2/route:Route", {"apiId": "a", "routeKey": "/a GET"}, "routeKey"),
        (
            "aws:apigatewayv2/stage:Stage",
            {"apiId": "a", "name": "s", "routeSettings": [{"routeKey": "GET /a"}] * 2},
            "routeSettings",
        ),
        ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/8"}, "cidrBlock"),
        (
            "aws:dynamodb/table:Table",
            {"hashKey": "pk", "attributes": [{"name": "sk", "type": "S"}]},
            "attributes",
        ),
        (
            "aws:rds/cluster:Cluster",
            {"engine": "aurora-postgresql", "masterUsername": "m"},
            "manageMasterUserPassword",
        ),
    ],
)  # fmt: skip
def test_what_aws_would_refuse_is_refused(
    provider: AwsProvider, token: str, inputs: dict[str, Any], named: str
):
    assert set(failures(provider, token, inputs)) == {named}


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        (QUEUE, {"name": UNKNOWN, "policy": UNKNOWN, "redrivePolicy": UNKNOWN, "tags": UNKNOWN}),
        (ROLE, {"assumeRolePolicy": UNKNOWN, "inlinePolicies": UNKNOWN, "tags": {"a": UNKNOWN}}),
        (FUNCTION, function(environment={"variables": {"A": UNKNOWN}}, vpcConfig=UNKNOWN)),
        ("aws:sfn/stateMachine:StateMachine", {"roleArn": UNKNOWN, "definition": UNKNOWN}),
        ("aws:dynamodb/table:Table", {"hashKey": UNKNOWN, "attributes": UNKNOWN}),
        ("aws:dynamodb/table:Table", {"hashKey": "a", "attributes": [UNKNOWN]}),
        (
            "aws:dynamodb/table:Table",
            {"hashKey": "a", "attributes": UNKNOWN, "globalSecondaryIndexes": [UNKNOWN]},
        ),
        ("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
         {"bucket": UNKNOWN, "rules": [UNKNOWN]}),
        ("aws:s3/bucketNotification:BucketNotification", {"bucket": UNKNOWN, "queues": [UNKNOWN]}),
        ("aws:cloudwatch/eventTarget:EventTarget", {"rule": UNKNOWN, "arn": UNKNOWN}),
        ("aws:cloudwatch/metricAlarm:MetricAlarm",
         {"comparisonOperator": UNKNOWN, "evaluationPeriods": UNKNOWN, "metricQueries": [UNKNOWN]}),
        ("aws:lambda/invocation:Invocation", {"functionName": UNKNOWN, "input": UNKNOWN}),
        ("aws:apigatewayv2/route:Route", {"apiId": UNKNOWN, "routeKey": UNKNOWN}),
        ("aws:ec2/securityGroup:SecurityGroup", {"vpcId": UNKNOWN, "ingress": [UNKNOWN]}),
        ("aws:rds/cluster:Cluster",
         {"engine": UNKNOWN, "serverlessv2ScalingConfiguration": {"minCapacity": UNKNOWN,
                                                                 "maxCapacity": 2}}),
        ("aws:cognito/userPool:UserPool", {"passwordPolicy": UNKNOWN, "lambdaConfig": UNKNOWN}),
        ("aws:secretsmanager/secretVersion:SecretVersion",
         {"secretId": UNKNOWN, "secretString": UNKNOWN}),
    ],
)  # fmt: skip
def test_what_is_not_known_yet_is_no_mistake(
    provider: AwsProvider, token: str, inputs: dict[str, Any]
):
    assert failures(provider, token, inputs) == {}


def test_secrets_stay_secret_and_names_do_not_become_so(provider: AwsProvider):
    urn = "urn:pulumi:local::p::aws:secretsmanager/secretVersion:SecretVersion::v"
    inputs = {"secretId": wrap("s"), "secretString": wrap("x").with_secret(True)}
    response = asyncio.run(provider.check(CheckRequest(urn, {}, inputs, b"")))
    assert response.inputs
    assert response.inputs["secretString"].is_secret
    assert not response.inputs["secretId"].is_secret


def test_the_hash_of_the_code_is_added_and_the_programs_own_wins(provider: AwsProvider):
    first = checked(provider, FUNCTION, function())
    other = checked(
        provider, FUNCTION, function(code=pulumi.AssetArchive({"a": pulumi.StringAsset("2")}))
    )
    assert first["sourceCodeHash"] != other["sourceCodeHash"]
    assert checked(provider, FUNCTION, function(sourceCodeHash="k"))["sourceCodeHash"] == "k"


def test_default_tags_are_laid_under_the_resources_own(provider: AwsProvider):
    tags = wrap_map({"defaultTags": {"tags": {"project": "p", "owner": "us"}}})
    asyncio.run(provider.configure(ConfigureRequest({}, tags, True, True)))
    inputs = checked(provider, QUEUE, {"name": "q", "tags": {"owner": "them"}})
    assert inputs["tagsAll"] == {"project": "p", "owner": "them"}
    assert inputs["tags"] == {"owner": "them"}
