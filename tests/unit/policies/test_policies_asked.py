"""What is asked for by a setting alone: tags, a boundary, what a service acts for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi_aws
import pytest
from pilaster_policies.examples import document
from pilaster_policies.rules import boundary, named_source, tags
from pilaster_policies.taggable import read, taggable
from pulumi.runtime.proto import analyzer_pb2

from tests.support.judging import UNKNOWN, Court, Thing, secret

TAGS = {"graph": {"tags": ["project", "owner"]}}
EDGE = {"graph": {"boundary": "arn:aws:iam::*:policy/edge"}}
SOURCES = {"graph": {"sources": ["states.amazonaws.com", "events.amazonaws.com"]}}
BUCKET = "aws:s3/bucket:Bucket"
ROLE = "aws:iam/role:Role"


def said(settings: dict[str, Any] | None, *things: Thing) -> dict[str, str]:
    """By rule of these three, with what level it speaks."""
    rules = (tags.ID, boundary.ID, named_source.ID)
    found = Court(settings=settings).on_stack(things)
    return {each.rule: each.level for each in found if each.rule.startswith(rules)}


def test_without_a_setting_nothing_is_asked() -> None:
    assert said(None, Thing(BUCKET), Thing(ROLE, "role"), Thing("aws:iam/user:User", "user")) == {}
    assert said(None, taken_by("states")) == {}


def test_the_types_that_carry_tags_are_those_of_the_provider() -> None:
    """`python -m pilaster_policies.taggable FOLDER` writes the list."""
    assert sorted(taggable()) == read(Path(pulumi_aws.__file__).parent)


def test_the_message_names_the_tags_that_are_missing() -> None:
    props = {"tags": {"project": "shop", "owner": "  "}}
    [spoken] = [s for s in Court(settings=TAGS).on_stack([Thing(BUCKET, "b", props)])
                if s.rule == tags.ID]  # fmt: skip
    assert spoken.text.startswith("tags lacks owner:")


def test_a_tag_may_come_from_the_provider() -> None:
    class Tagging(Court):
        def _provider(self) -> Any:
            provider: analyzer_pb2.AnalyzerProviderResource = super()._provider()
            provider.properties.update({"defaultTags": '{"tags": {"owner": "us"}}'})
            return provider

    thing = Thing(BUCKET, "b", {"tags": {"project": "shop"}})
    assert [s for s in Tagging(settings=TAGS).on_stack([thing]) if s.rule == tags.ID] == []


def test_a_tag_whose_value_is_not_known_yet_may_be_empty() -> None:
    there = {"tags": {"project": "shop", "owner": UNKNOWN}}
    assert said(TAGS, Thing(BUCKET, "b", there)) == {f"{tags.ID}-unknown": "advisory"}
    hidden = {"tags": {"project": "shop", "owner": secret("us")}}
    assert said(TAGS, Thing(BUCKET, "b", hidden)) == {}
    assert said(TAGS, Thing(BUCKET, "b", {"tags": UNKNOWN})) == {f"{tags.ID}-unknown": "advisory"}


def test_a_boundary_of_this_stack_is_known_by_its_name() -> None:
    def around(name: Any) -> dict[str, str]:
        policy = Thing("aws:iam/policy:Policy", "policy", {"name": name})
        role = Thing(
            ROLE, "role", {"permissionsBoundary": UNKNOWN}, {"permissionsBoundary": ["policy"]}
        )
        return said(EDGE, policy, role)

    assert around("edge") == {}
    assert around("loose") == {boundary.ID: "mandatory"}
    assert around(UNKNOWN) == {f"{boundary.ID}-unknown": "advisory"}


def test_a_boundary_of_nobody_s_knowledge_is_not_known_yet() -> None:
    role = Thing(ROLE, "role", {"permissionsBoundary": UNKNOWN})
    assert said(EDGE, role) == {f"{boundary.ID}-unknown": "advisory"}


def test_the_same_boundary_in_any_account() -> None:
    for account in ("111111111111", "222222222222"):
        props = {"permissionsBoundary": f"arn:aws:iam::{account}:policy/edge"}
        assert said(EDGE, Thing(ROLE, "role", props)) == {}
    props = {"permissionsBoundary": "arn:aws:iam::111111111111:policy/other/edge"}
    assert said(EDGE, Thing(ROLE, "role", props)) == {boundary.ID: "mandatory"}


def taken_by(service: str, **tests: dict[str, str]) -> Thing:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Condition": tests,
             "Principal": {"Service": f"{service}.amazonaws.com"}}  # fmt: skip
    return Thing(ROLE, "role", {"assumeRolePolicy": document(trust)})


MACHINE = "arn:aws:states:eu-west-2:111111111111:stateMachine:shop"
BROKEN = {named_source.ID: "mandatory"}


@pytest.mark.parametrize(
    ("tests", "verdict"),
    [
        ({"ArnEquals": {"aws:SourceArn": MACHINE}}, {}),
        ({"ArnLike": {"AWS:sourcearn": f"{MACHINE}-*"}}, {}),
        ({}, BROKEN),
        ({"StringEquals": {"aws:SourceAccount": "111111111111"}}, BROKEN),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:states:*:*:stateMachine:*"}}, BROKEN),
        ({"ArnEqualsIfExists": {"aws:SourceArn": MACHINE}}, BROKEN),
        ({"ArnNotEquals": {"aws:SourceArn": MACHINE}}, BROKEN),
    ],
)
def test_a_role_is_taken_for_what_is_named(
    tests: dict[str, dict[str, str]], verdict: dict[str, str]
) -> None:
    assert said(SOURCES, taken_by("states", **tests)) == verdict


def test_of_services_that_are_not_named_nothing_is_asked() -> None:
    assert said(SOURCES, taken_by("lambda")) == {}


def test_so_are_queues_and_functions() -> None:
    sends = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*",
             "Principal": {"Service": "events.amazonaws.com"},
             "Condition": {"StringEquals": {"aws:SourceAccount": "111111111111"}}}  # fmt: skip
    queue = Thing("aws:sqs/queuePolicy:QueuePolicy", "q", {"policy": document(sends)})
    assert said(SOURCES, queue) == BROKEN
    denied = document({**sends, "Effect": "Deny"})
    assert said(SOURCES, Thing("aws:sqs/queuePolicy:QueuePolicy", "q", {"policy": denied})) == {}
    calls = {"action": "lambda:InvokeFunction", "principal": "events.amazonaws.com"}
    type_ = "aws:lambda/permission:Permission"
    assert said(SOURCES, Thing(type_, "p", {**calls, "sourceAccount": "111111111111"})) == BROKEN
    assert said(SOURCES, Thing(type_, "p", {**calls, "sourceArn": UNKNOWN})) == {}
