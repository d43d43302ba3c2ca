"""Inputs matched with the members of botocore operations."""

from __future__ import annotations

from typing import Any

import pytest
from pilaster_local.providers.aws import shapes
from pilaster_local.providers.aws.models import input_shape
from pilaster_local.providers.aws.values import UNKNOWN


def match(service: str, operation: str, inputs: dict[str, Any], **rename: str) -> shapes.Match:
    return shapes.match(input_shape(service, operation), inputs, rename)


@pytest.mark.parametrize(
    ("service", "operation", "inputs", "parameters"),
    [
        pytest.param(
            "rds", "CreateDBCluster", {"serverlessv2ScalingConfiguration": {"minCapacity": 0}},
            {"ServerlessV2ScalingConfiguration": {"MinCapacity": 0.0}},
            id="names in another case, and an int where a double is wanted",
        ),
        pytest.param(
            "lambda", "CreateFunction", {"fileSystemConfig": {"arn": "a", "localMountPath": "/m"}},
            {"FileSystemConfigs": [{"Arn": "a", "LocalMountPath": "/m"}]},
            id="one object where a list is wanted",
        ),
        pytest.param(
            "iam", "CreateRole", {"tags": {"b": "2", "a": "1"}},
            {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]},
            id="a mapping where pairs are wanted",
        ),
        pytest.param(
            "kms", "CreateKey", {"tags": {"a": "1"}},
            {"Tags": [{"TagKey": "a", "TagValue": "1"}]}, id="pairs under other names",
        ),
        pytest.param(
            "cloudwatch", "PutMetricAlarm", {"dimensions": {"FunctionName": "f"}},
            {"Dimensions": [{"Name": "FunctionName", "Value": "f"}]}, id="dimensions",
        ),
        pytest.param(
            "cognito-idp", "CreateUserPool", {"schemas": [{"name": "email", "required": True}]},
            {"Schema": [{"Name": "email", "Required": True}]}, id="plural and singular",
        ),
        pytest.param(
            "sqs", "CreateQueue", {"attributes": {"DelaySeconds": 5, "FifoQueue": True}},
            {"Attributes": {"DelaySeconds": "5", "FifoQueue": "true"}}, id="a map of strings",
        ),
        pytest.param(
            "apigatewayv2", "CreateAuthorizer", {"jwtConfiguration": {"audiences": ["a"]}},
            {"JwtConfiguration": {"Audience": ["a"]}}, id="singular at depth",
        ),
    ],
)  # fmt: skip
def test_an_input_takes_the_form_its_member_asks_for(
    service: str, operation: str, inputs: dict[str, Any], parameters: dict[str, Any]
):
    found = match(service, operation, inputs)
    assert found.parameters == parameters
    assert found.claimed == set(inputs)
    assert not found.lost


def test_an_input_without_a_member_is_not_claimed():
    found = match("iam", "CreateRole", {"assumeRolePolicy": "{}", "colour": "red"})
    assert found.claimed == set()


def test_what_no_member_takes_inside_an_input_is_reported_with_its_path():
    found = match("lambda", "CreateFunction", {"vpcConfig": {"subnetIds": [], "vpcId": "vpc-1"}})
    assert found.lost == {"vpcConfig.vpcId"}
    assert found.parameters == {"VpcConfig": {"SubnetIds": []}}


def test_a_rename_wins_and_a_dash_forbids():
    found = match("iam", "CreateRole", {"name": "n"}, name="RoleName")
    assert found.parameters == {"RoleName": "n"}
    assert match("lambda", "CreateFunction", {"publish": True}, publish="-").claimed == set()


def test_unknowns_pass_at_every_depth():
    inputs = {"vpcConfig": {"subnetIds": [UNKNOWN]}, "environment": UNKNOWN, "memorySize": UNKNOWN}
    found = match("lambda", "CreateFunction", inputs)
    assert found.parameters == {
        "VpcConfig": {"SubnetIds": [UNKNOWN]}, "Environment": UNKNOWN, "MemorySize": UNKNOWN,
    }  # fmt: skip


def test_a_value_that_does_not_fit_is_left_for_botocore_to_name():
    assert match("lambda", "CreateFunction", {"memorySize": "big"}).parameters == {
        "MemorySize": "big"
    }
