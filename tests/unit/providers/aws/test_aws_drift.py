"""What a refresh makes of an answer: inputs as they are now, and no drift where there is none."""

from __future__ import annotations

import asyncio
import json

import pytest
from pilaster_local.providers.aws.drift import inputs_now
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.provider import AwsProvider
from pilaster_local.providers.aws.table import RECORDED, TYPES, kind_of
from pulumi.provider.experimental.provider import ReadRequest

FUNCTION = kind_of("aws:lambda/function:Function")
QUEUE = kind_of("aws:sqs/queue:Queue")
ROLE = kind_of("aws:iam/role:Role")


@pytest.mark.parametrize("token", sorted(TYPES.keys() - RECORDED.keys()))
def test_every_type_that_runs_has_a_read(token: str) -> None:
    """Without one a refresh would take the thing for gone, and the next `up` make it twice."""
    kind = kind_of(token)
    assert kind.row.read or type(kind).describe is not Kind.describe


def test_what_the_service_says_as_it_was_sent_is_no_drift() -> None:
    inputs = {
        "timeout": 30,
        "environment": {"variables": {"A": "1"}},
        "architectures": ["arm64"],
        "vpcConfig": {"subnetIds": ["b", "a"], "securityGroupIds": ["sg"]},
    }
    thing = {
        "Timeout": 30,
        "Environment": {"Variables": {"A": "1"}},
        "Architectures": ["arm64"],
        "VpcConfig": {"SubnetIds": ["a", "b"], "SecurityGroupIds": ["sg"], "VpcId": "vpc-1"},
        "MemorySize": 128,
    }
    assert inputs_now(FUNCTION, inputs, thing) == inputs, "order and defaults are no drift"


def test_what_differs_is_said_in_the_words_of_the_input() -> None:
    inputs = {"timeout": 30, "environment": {"variables": {"A": "1", "B": "2"}}, "description": "d"}
    thing = {"Timeout": 60, "Environment": {"Variables": {"A": "1", "C": "3"}}, "Description": "d"}
    assert inputs_now(FUNCTION, inputs, thing) == {
        "timeout": 60,
        "environment": {"variables": {"A": "1", "C": "3"}},
        "description": "d",
    }


def test_a_map_that_is_nested_when_sent_and_flat_when_told_is_compared() -> None:
    inputs = {"visibilityTimeoutSeconds": 30, "delaySeconds": 5}
    thing = {"VisibilityTimeout": "45", "DelaySeconds": "5"}
    assert inputs_now(QUEUE, inputs, thing) == {"visibilityTimeoutSeconds": 45, "delaySeconds": 5}


def test_documents_are_compared_parsed() -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "a"}]}
    inputs = {"assumeRolePolicy": json.dumps(document, indent=2)}
    assert inputs_now(ROLE, inputs, {"AssumeRolePolicyDocument": document}) == inputs
    other = {**document, "Statement": []}
    now = inputs_now(ROLE, inputs, {"AssumeRolePolicyDocument": other})
    assert json.loads(now["assumeRolePolicy"]) == other


def test_what_an_answer_leaves_out_is_no_drift() -> None:
    inputs = {"timeout": 30, "description": "here", "tags": {"a": "1"}, "tagsAll": {"a": "1"}}
    assert inputs_now(FUNCTION, inputs, {}) == inputs
    assert inputs_now(FUNCTION, inputs, None) == inputs


def test_what_only_a_replacement_changes_is_left_alone() -> None:
    inputs = {"packageType": "Zip", "name": "mine"}
    assert inputs_now(FUNCTION, inputs, {"PackageType": "Image", "FunctionName": "x"}) == inputs


def test_tags_drift_too_and_marks_of_ours_are_no_tags() -> None:
    inputs = {"tags": {"a": "1"}, "tagsAll": {"a": "1", "by-default": "2"}}
    same = {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "by-default", "Value": "2"},
                     {"Key": "pilaster:urn", "Value": "urn"}]}  # fmt: skip
    assert inputs_now(ROLE, inputs, same) == inputs
    other = {"Tags": [{"Key": "a", "Value": "9"}, {"Key": "by-default", "Value": "2"}]}
    assert inputs_now(ROLE, inputs, other) == {
        "tags": {"a": "9"},
        "tagsAll": {"a": "9", "by-default": "2"},
    }


def test_what_an_id_alone_does_not_find_is_said_with_what_is_missing() -> None:
    """`pulumi import` and `get` hand over an id and nothing else."""
    urn = "urn:pulumi:local::p::aws:cloudwatch/eventTarget:EventTarget::target"
    asked = AwsProvider("http://127.0.0.1:1").read(ReadRequest(urn, "rule-target", {}, {}))
    with pytest.raises(LookupError, match=r"not found by an id alone: .* asks for 'rule'"):
        asyncio.run(asked)
