"""What the deployer of a stack needs: from its types and names, and no more."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pilaster_policies.actions import expand
from pilaster_policies.deployer import schemas, state
from pilaster_policies.deployer.policy import MOST, Deployer, deployer
from pilaster_policies.registry import Graph, Resource

REGION, ACCOUNT = "eu-west-2", "111111111111"


def thing(type_: str, **props: Any) -> Resource:
    logical = str(props.get("name", "it"))
    return Resource(type=type_, name=logical, urn=f"urn::{type_}::{logical}", props=props)


def needs(*things: Resource) -> Deployer:
    return deployer(Graph(things), prefix="shop-dev-", region=REGION, account=ACCOUNT)


def table(name: str) -> Resource:
    return thing("aws:dynamodb/table:Table", name=name)


def test_what_is_made_is_named() -> None:
    found = needs(table("shop-dev-orders"))
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/shop-dev-orders"
    assert found.actions["dynamodb:CreateTable"] == (arn,)
    assert {"dynamodb:DescribeTable", "dynamodb:UpdateTable", "dynamodb:DeleteTable"} <= set(
        found.actions
    )


def test_its_items_and_others_services_are_left_out_where_nothing_asks_for_them() -> None:
    found = needs(table("shop-dev-orders"))
    assert {a.partition(":")[0] for a in found.actions} == {"dynamodb"}
    assert "dynamodb:PutItem" in found.left_out["aws:dynamodb/table:Table"]


def test_many_names_that_begin_alike_are_one_pattern() -> None:
    found = needs(*(table(f"shop-dev-{each}") for each in ("a", "b", "c", "d")), table("other"))
    start = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/"
    assert found.actions["dynamodb:CreateTable"] == (f"{start}other", f"{start}shop-dev-*")


def test_a_role_is_passed_to_its_own_service_only() -> None:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    trust = {**trust, "Principal": {"Service": "lambda.amazonaws.com"}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = thing("aws:iam/role:Role", name="shop-dev-role", assumeRolePolicy=document)
    function = thing("aws:lambda/function:Function", name="shop-dev-f")
    function.needs = {"role": [role]}
    function.props["role"] = "shop-dev-role"
    (passed,) = [
        each
        for policy in needs(role, function).policies
        for each in policy["Statement"]
        if each["Action"] == ["iam:PassRole"]
    ]
    assert passed["Resource"] == [f"arn:aws:iam::{ACCOUNT}:role/shop-dev-role"]
    assert passed["Condition"] == {
        "StringEquals": {"iam:PassedToService": ["lambda.amazonaws.com"]}
    }


def test_what_is_not_in_the_schemas_is_said() -> None:
    assert needs(thing("aws:nowhere/thing:Thing")).unknown_types == ["aws:nowhere/thing:Thing"]


def test_no_policy_is_larger_than_aws_takes() -> None:
    names = [f"{chr(97 + n % 26)}{n}-table-with-a-name-of-its-own" for n in range(300)]
    found = needs(*map(table, names))
    assert len(found.policies) > 3
    for policy in found.policies:
        assert len(json.dumps(policy, separators=(",", ":"))) <= MOST
    allowed = {
        (action, resource)
        for policy in found.policies
        for each in policy["Statement"]
        for action in each["Action"]
        for resource in each["Resource"]
    }
    asked = {(action, on) for action, every in found.actions.items() for on in every}
    assert asked <= allowed


def test_every_action_there_is_exists() -> None:
    for token in (
        "aws:lambda/function:Function",
        "aws:s3/bucket:Bucket",
        "aws:rds/cluster:Cluster",
    ):
        found = schemas.actions(token)
        assert found is not None
        assert all(expand(action) == {action} for action in found[1])


@pytest.mark.parametrize(
    ("token", "name"),
    [
        ("aws:lambda/function:Function", "AWS::Lambda::Function"),
        ("aws:cloudwatch/eventRule:EventRule", "AWS::Events::Rule"),
        ("aws:cloudwatch/logGroup:LogGroup", "AWS::Logs::LogGroup"),
        ("aws:cloudwatch/dashboard:Dashboard", "AWS::CloudWatch::Dashboard"),
        ("aws:sfn/stateMachine:StateMachine", "AWS::StepFunctions::StateMachine"),
        ("aws:rds/clusterInstance:ClusterInstance", "AWS::RDS::DBInstance"),
        ("aws:s3/bucketVersioning:BucketVersioning", "AWS::S3::Bucket"),
        ("aws:s3/bucketPolicy:BucketPolicy", "AWS::S3::BucketPolicy"),
        ("aws:nowhere/thing:Thing", None),
    ],
)
def test_types_are_found_by_their_names(token: str, name: str | None) -> None:
    assert schemas.registry_type(token) == name


def test_a_part_of_a_bucket_takes_its_own_actions() -> None:
    found = schemas.actions("aws:s3/bucketVersioning:BucketVersioning")
    assert found == ("s3", ("s3:GetBucketVersioning", "s3:PutBucketVersioning"))


def test_the_state_is_said_apart() -> None:
    kept = state.statements("s3://states/shop", "", region=REGION, account=ACCOUNT)
    assert [each["Resource"] for each in kept] == [
        ["arn:aws:s3:::states/*"],
        ["arn:aws:s3:::states"],
    ]
    (key,) = state.statements(
        "", "awskms://alias/shop?region=eu-west-2", region=REGION, account=ACCOUNT
    )
    assert key["Condition"] == {"ForAnyValue:StringEquals": {"kms:ResourceAliases": ["alias/shop"]}}
    assert state.statements("file://~", "passphrase", region=REGION, account=ACCOUNT) == []


def test_a_type_whose_handlers_handle_roles_too_is_its_own_services() -> None:
    client = thing("aws:cognito/userPoolClient:UserPoolClient", name="shop-dev-app")
    pools = f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/*"
    assert needs(client).actions["cognito-idp:CreateUserPoolClient"] == (pools,)
