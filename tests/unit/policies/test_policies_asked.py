"""What is asked for by a setting, and by nothing else: tags, and a boundary around everybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi_aws
from pilaster_policies.rules import boundary, tags
from pilaster_policies.taggable import read, taggable
from pulumi.runtime.proto import analyzer_pb2

from tests.support.judging import UNKNOWN, Court, Thing, secret

TAGS = {"graph": {"tags": ["project", "owner"]}}
EDGE = {"graph": {"boundary": "arn:aws:iam::*:policy/edge"}}
BUCKET = "aws:s3/bucket:Bucket"
ROLE = "aws:iam/role:Role"


def said(settings: dict[str, Any] | None, *things: Thing) -> dict[str, str]:
    """By rule of these two, with what level it speaks."""
    rules = (tags.ID, boundary.ID)
    found = Court(settings=settings).on_stack(things)
    return {each.rule: each.level for each in found if each.rule.startswith(rules)}


def test_without_a_setting_nothing_is_asked() -> None:
    assert said(None, Thing(BUCKET), Thing(ROLE, "role"), Thing("aws:iam/user:User", "user")) == {}


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
