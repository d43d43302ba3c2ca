"""What `diff` calls a change, and which changes need a new thing."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pulumi
import pytest
from pilaster_local.engine.capabilities import DiffWithInputs
from pilaster_local.providers.aws.provider import AwsProvider
from pilaster_local.providers.aws.values import UNKNOWN, wrap_map
from pulumi.provider.experimental.provider import DiffRequest, DiffResponse, PropertyDiffKind

ROLE = "aws:iam/role:Role"
POLICY = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}


def diff(token: str, old: dict[str, Any], new: dict[str, Any], **more: Any) -> DiffResponse:
    request = DiffWithInputs(
        f"urn:pulumi:local::p::{token}::x",
        "id",
        wrap_map({**old, **more.get("outputs", {})}),
        wrap_map(new),
        more.get("ignored", []),
        old_inputs=wrap_map(old),
    )
    return asyncio.run(AwsProvider(None).diff(request))


def test_the_same_inputs_are_no_change():
    role = {"name": "r", "tags": {"a": "b"}, "assumeRolePolicy": "{}"}
    assert not diff(ROLE, role, role).changes


def test_a_document_is_compared_by_what_it_says():
    old, new = json.dumps(POLICY), json.dumps(POLICY, indent=2, sort_keys=True)
    assert not diff("aws:iam/rolePolicy:RolePolicy", {"policy": old}, {"policy": new}).changes


def test_a_document_inside_a_list_is_compared_by_what_it_says():
    old = {"inlinePolicies": [{"name": "p", "policy": json.dumps(POLICY)}]}
    new = {"inlinePolicies": [{"name": "p", "policy": json.dumps(POLICY, indent=1)}]}
    assert not diff(ROLE, old, new).changes


def test_a_secret_of_the_same_meaning_is_still_another_secret():
    found = diff(
        "aws:secretsmanager/secretVersion:SecretVersion",
        {"secretString": '{"a":1}'},
        {"secretString": '{"a": 1}'},
    )
    assert found.replaces == ["secretString"]


def test_another_path_to_the_same_code_is_no_change():
    old = {"code": pulumi.FileArchive("/one.zip"), "sourceCodeHash": "same"}
    new = {"code": pulumi.FileArchive("/two.zip"), "sourceCodeHash": "same"}
    assert not diff("aws:lambda/function:Function", old, new).changes


def test_other_code_is_an_update_and_no_replacement():
    found = diff("aws:lambda/function:Function", {"sourceCodeHash": "a"}, {"sourceCodeHash": "b"})
    assert found.diffs == ["sourceCodeHash"]
    assert not found.replaces


def test_an_input_that_is_gone_is_a_change():
    found = diff("aws:sqs/queue:Queue", {"name": "q", "delaySeconds": 5}, {"name": "q"})
    assert found.detailed_diff["delaySeconds"].kind == PropertyDiffKind.DELETE


def test_true_and_one_are_not_the_same():
    assert diff("aws:sqs/queue:Queue", {"delaySeconds": 1}, {"delaySeconds": True}).changes


def test_what_is_not_known_may_have_changed():
    found = diff(ROLE, {"assumeRolePolicy": "{}"}, {"assumeRolePolicy": UNKNOWN})
    assert found.diffs == ["assumeRolePolicy"]


def test_an_ignored_input_is_no_change():
    old, new = {"description": "a"}, {"description": "b"}
    assert not diff(ROLE, old, new, ignored=["description"]).changes


def test_another_region_is_another_thing():
    found = diff("aws:sqs/queue:Queue", {"region": "eu-west-1"}, {"region": "eu-central-1"})
    assert found.replaces == ["region"]


def test_a_thing_with_a_name_of_the_programs_is_deleted_before_its_replacement():
    old, new = {"name": "r", "path": "/"}, {"name": "r", "path": "/x/"}
    assert diff(ROLE, old, new).delete_before_replace


def test_a_thing_with_an_automatic_name_stays_until_its_replacement_stands():
    old = {"name": "r-1", "path": "/", "__defaults": ["name"]}
    found = diff(ROLE, old, {**old, "path": "/x/"})
    assert found.replaces == ["path"]
    assert not found.delete_before_replace


def test_a_new_name_needs_no_deletion_before():
    assert not diff(ROLE, {"name": "a"}, {"name": "b"}).delete_before_replace


def test_a_subnets_association_makes_room_for_the_next():
    old = {"subnetId": "subnet-1", "routeTableId": "rtb-1"}
    found = diff(
        "aws:ec2/routeTableAssociation:RouteTableAssociation", old, {**old, "routeTableId": "rtb-2"}
    )
    assert found.replaces == ["routeTableId"]
    assert found.delete_before_replace


@pytest.mark.parametrize(("scope", "replaces"), [("CREATE_ONLY", ["triggers"]), ("CRUD", [])])
def test_a_call_is_made_again_when_its_triggers_change(scope: str, replaces: list[str]):
    old = {"functionName": "f", "input": "{}", "lifecycleScope": scope, "triggers": {"v": "1"}}
    found = diff("aws:lambda/invocation:Invocation", old, {**old, "triggers": {"v": "2"}})
    assert found.changes
    assert found.replaces == replaces


def test_what_an_update_leaves_alone_is_said_to_be_stable():
    old = {"name": "r", "description": "a"}
    found = diff(ROLE, old, {**old, "description": "b"}, outputs={"arn": "arn:aws:iam::0:role/r"})
    assert "arn" in found.stables


def test_an_engine_that_passes_no_old_inputs_sees_what_is_there_and_what_is_gone():
    state = wrap_map({"name": "q", "delaySeconds": 5, "arn": "arn", "url": "u", "region": "r"})
    new = wrap_map({"name": "q", "maxMessageSize": 1024})
    urn = "urn:pulumi:local::p::aws:sqs/queue:Queue::x"
    found = asyncio.run(AwsProvider(None).diff(DiffRequest(urn, "u", state, new, [])))
    assert found.diffs == ["delaySeconds", "maxMessageSize"]
