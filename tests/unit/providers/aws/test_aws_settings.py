"""Where the provider may call, and what it answers without calling."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from pilaster_local.providers.aws.cloud import OfflineError
from pilaster_local.providers.aws.configuration import ConfigurationError
from pilaster_local.providers.aws.invokes import UnknownFunctionError
from pilaster_local.providers.aws.provider import AwsProvider
from pilaster_local.providers.aws.values import plain_map, wrap, wrap_map
from pulumi.provider.experimental.provider import (
    ConfigureRequest,
    CreateRequest,
    InvokeRequest,
)

HERE = "http://127.0.0.1:4566"


@pytest.mark.parametrize(
    "endpoint",
    ["https://sqs.eu-central-1.amazonaws.com", "http://10.0.0.1:4566", "http://localhost.evil.com",
     "http://127.0.0.1@evil.com", "ftp://127.0.0.1", "127.0.0.1:4566"],
)  # fmt: skip
def test_an_endpoint_that_is_not_this_machine_is_refused(endpoint: str):
    with pytest.raises(ConfigurationError, match=r"127\.0\.0\.1"):
        AwsProvider(endpoint)


@pytest.mark.parametrize(
    "endpoint", [HERE, "http://localhost:1", "http://[::1]:4566", "https://127.0.0.9/"]
)
def test_this_machine_is_taken(endpoint: str):
    AwsProvider(endpoint)


def test_another_account_is_refused_where_calls_are_made():
    with pytest.raises(ConfigurationError, match="000000000000"):
        AwsProvider(HERE, account="123456789012")
    AwsProvider(None, account="123456789012")


@pytest.mark.parametrize(
    "settings",
    [
        {"accessKey": "AKIAIOSFODNN7EXAMPLE"},
        {"secretKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
        {"profile": "work"},
        {"assumeRoles": [{"roleArn": "arn:aws:iam::123456789012:role/x"}]},
        {"endpoints": [{"s3": "https://s3.amazonaws.com"}]},
        {"endpoints": '[{"s3": "https://s3.amazonaws.com"}]'},
        {"allowedAccountIds": ["123456789012"]},
        {"forbiddenAccountIds": ["000000000000"]},
    ],
)
def test_settings_of_a_real_account_are_refused(settings: dict[str, Any]):
    with pytest.raises(ConfigurationError):
        configure(AwsProvider(HERE), **settings)


def test_what_a_local_stack_sets_is_taken():
    configure(
        AwsProvider(HERE),
        accessKey="test",
        secretKey="test",
        region="eu-west-1",
        allowedAccountIds=["000000000000"],
        endpoints=[{"s3": HERE}],
        skipCredentialsValidation="true",
    )


def configure(provider: AwsProvider, **settings: Any) -> None:
    request = ConfigureRequest({}, {n: wrap(v) for n, v in settings.items()}, True, True)
    asyncio.run(provider.configure(request))


def invoke(provider: AwsProvider, token: str, **arguments: Any) -> dict[str, Any]:
    answer = asyncio.run(provider.invoke(InvokeRequest(token, wrap_map(arguments))))
    return plain_map(answer.return_value or {})


def test_the_account_region_and_zones_are_those_of_the_settings():
    provider = AwsProvider(None, account="123456789012", zones=("eu-west-1a", "eu-west-1b"))
    configure(provider, region="eu-west-1")
    identity = invoke(provider, "aws:index/getCallerIdentity:getCallerIdentity")
    assert identity["accountId"] == "123456789012"
    region = invoke(provider, "aws:index/getRegion:getRegion")
    assert (region["region"], region["name"]) == ("eu-west-1", "eu-west-1")
    zones = invoke(
        provider, "aws:index/getAvailabilityZones:getAvailabilityZones", state="available"
    )
    assert zones["names"] == ["eu-west-1a", "eu-west-1b"]
    assert invoke(provider, "aws:index/getPartition:getPartition")["partition"] == "aws"


def test_a_policy_document_is_computed_here():
    statements = [
        {
            "actions": ["s3:PutObject", "s3:GetObject"],
            "resources": ["arn:aws:s3:::b/*"],
            "conditions": [
                {"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}
            ],
        },
        {"effect": "Deny", "actions": ["s3:*"], "resources": ["*"],
         "principals": [{"type": "*", "identifiers": ["*"]}]},
    ]  # fmt: skip
    token = "aws:iam/getPolicyDocument:getPolicyDocument"
    document = json.loads(invoke(AwsProvider(None), token, statements=statements)["json"])
    assert document == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": "arn:aws:s3:::b/*",
                "Condition": {"Bool": {"aws:SecureTransport": "true"}},
            },
            {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*"},
        ],
    }


def test_another_function_is_refused_by_name():
    with pytest.raises(UnknownFunctionError, match="getAmi"):
        invoke(AwsProvider(None), "aws:ec2/getAmi:getAmi")


def test_without_an_endpoint_nothing_is_made():
    urn = "urn:pulumi:dev::p::aws:sqs/queue:Queue::q"
    request = CreateRequest(urn, wrap_map({"name": "q"}), 0, preview=False)
    with pytest.raises(OfflineError, match="preview"):
        asyncio.run(AwsProvider(None).create(request))
    request.preview = True
    answer = asyncio.run(AwsProvider(None).create(request))
    assert plain_map(answer.properties) == {"name": "q"}


def test_a_provider_of_the_programs_own_has_its_own_settings():
    first = AwsProvider(None)
    other = first.configured(wrap_map({"region": "us-west-2"}))
    token = "aws:index/getRegion:getRegion"
    assert invoke(other, token)["region"] == "us-west-2"
    assert invoke(first, token)["region"] == "us-east-1"
