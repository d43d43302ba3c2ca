"""Grants: what may be said, who reaches what, and what a role becomes of them."""

from __future__ import annotations

import json

import pytest
from pilaster.aws import iam
from pilaster.aws.iam import Grant

BUCKET = "arn:aws:s3:::files"


def grant(action: str = "s3:GetObject", resource: str = BUCKET, **more: object) -> Grant:
    return Grant(owner="files", actions=[action], resources=[resource], **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("action", ["*", "s3:*", "s3:Get*", "s3:Get?bject", "GetObject", ""])
def test_an_action_that_is_not_one_action_is_refused(action: str):
    with pytest.raises(ValueError, match="is not one action"):
        grant(action)


def test_every_resource_is_refused_unless_the_table_says_why():
    with pytest.raises(ValueError, match=r"names resource '\*' for s3:GetObject"):
        grant(resource="*")
    assert grant("xray:PutTraceSegments", "*").resources == ["*"]


def test_a_resource_is_an_arn():
    with pytest.raises(ValueError, match="'files' in a grant of 'files' is not an ARN"):
        grant(resource="files")


def test_a_grant_of_nothing_is_refused():
    with pytest.raises(ValueError, match="lacks actions or resources"):
        Grant(owner="files", actions=[], resources=[BUCKET])


def test_every_exception_and_every_need_of_the_platform_is_spelled_out():
    assert all(iam.NO_RESOURCE_LEVEL.values())
    for need, actions in iam.PLATFORM.items():
        assert actions, need
        assert not [action for action in actions if "*" in action], need


@pytest.mark.parametrize("action", ["s3:GetObject", "dynamodb:GetItem", "rds-db:connect"])
def test_a_function_inside_reaches_the_endpoints_and_the_database(action: str):
    iam.check_side([grant(action)], inside=True, function="f")


@pytest.mark.parametrize(
    "action", ["states:StartExecution", "cognito-idp:AdminGetUser", "sqs:SendMessage"]
)
def test_a_function_inside_reaches_nothing_else(action: str):
    with pytest.raises(ValueError, match=r"function 'f' is granted .* no way out .*: leave"):
        iam.check_side([grant(action)], inside=True, function="f")


@pytest.mark.parametrize("action", ["rds-db:connect", "elasticache:Connect"])
def test_a_function_outside_does_not_reach_what_is_in_the_subnets(action: str):
    with pytest.raises(ValueError, match=r"no way into the private subnets: set `network`"):
        iam.check_side([grant(action)], inside=False, function="f")


def test_grants_on_one_thing_become_one_statement_with_all_actions():
    both = [grant("s3:PutObject"), grant("s3:GetObject"), grant("s3:PutObject")]
    assert iam.statements(both) == [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": [BUCKET]}
    ]


def test_what_cannot_be_derived_gets_a_policy_of_its_owner_s_name():
    hidden = Grant(owner="data", actions=["rds-db:connect"], resources=["arn:x"], known=False)
    assert list(iam.policies([grant(), hidden, grant("s3:PutObject")])) == ["", "data"]


def test_a_service_takes_a_role_for_the_one_thing_of_ours_it_is_meant_for():
    source = "arn:aws:events:eu-central-1:123456789012:rule/uploads"
    (statement,) = json.loads(iam.trust("events", source))["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "events.amazonaws.com"},
        "Condition": {
            "ArnEquals": {"aws:SourceArn": source},
            "StringEquals": {"aws:SourceAccount": "123456789012"},
        },
    }


def test_a_denial_without_tls_covers_every_action_as_it_only_takes_away():
    statement = iam.deny_without_tls(["s3:*"], [BUCKET])
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
