"""No public bucket: ACLs, the block and its four settings, and a bucket that has none."""

from __future__ import annotations

from typing import Any

import pytest
from pilaster_policies.rules.public_bucket import (
    ACCOUNT_BLOCK,
    BLOCK,
    BUCKETS,
    SETTINGS,
    WITH_ACL,
)

from tests.support.judging import UNKNOWN, Court, Said, Thing, broken, waiting

RULE = "aws-public-bucket"
ALL = dict.fromkeys(SETTINGS, True)
BUCKET = Thing(BUCKETS[0], "files", {"bucket": "files-1"})


def of_stack(*things: Thing) -> list[tuple[str, str]]:
    """Which resources break the rule, and for which it cannot tell."""
    found: list[Said] = Court().on_stack(things)
    return [
        (said.resource, said.level) for said in found if said.rule.removesuffix("-unknown") == RULE
    ]


@pytest.mark.parametrize("type_", WITH_ACL)
def test_an_acl_for_everybody_breaks_the_rule(type_: str) -> None:
    for acl in ("public-read", "public-read-write", "authenticated-read"):
        assert broken(type_, acl=acl) == [RULE]
    for acl in ("private", "log-delivery-write", "bucket-owner-full-control"):
        assert broken(type_, acl=acl) == []
    assert waiting(type_, acl=UNKNOWN) == [RULE]


GROUP = "http://acs.amazonaws.com/groups"


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        (f"{GROUP}/global/AllUsers", [RULE]),
        (f"{GROUP}/global/AuthenticatedUsers", [RULE]),
        (f"{GROUP}/s3/LogDelivery", []),
    ],
)
def test_a_grant_to_everybody_is_one_too(uri: str, expected: list[str]) -> None:
    policy = {"grants": [{"grantee": {"type": "Group", "uri": uri}, "permission": "READ"}]}
    assert broken("aws:s3/bucketAcl:BucketAcl", accessControlPolicy=policy) == expected
    assert broken(BUCKETS[0], grants=[{"type": "Group", "uri": uri}]) == expected


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("type_", [BLOCK, ACCOUNT_BLOCK])
def test_a_block_has_all_four_settings(type_: str, setting: str) -> None:
    assert broken(type_, **ALL) == []
    assert broken(type_, **{**ALL, setting: "true"}) == []
    assert broken(type_, **{**ALL, setting: "false"}) == [RULE]
    assert broken(type_, **{**ALL, setting: False}) == [RULE]
    assert broken(type_, **{k: v for k, v in ALL.items() if k != setting}) == [RULE]
    assert waiting(type_, **{**ALL, setting: UNKNOWN}) == [RULE]


@pytest.mark.parametrize("type_", BUCKETS)
def test_a_bucket_without_a_block_breaks_the_rule(type_: str) -> None:
    assert of_stack(Thing(type_, "files")) == [("files", "mandatory")]


@pytest.mark.parametrize(
    "block",
    [
        Thing(BLOCK, "block", {**ALL, "bucket": "files-1"}, {"bucket": ["files"]}),
        Thing(BLOCK, "block", {**ALL, "bucket": "files-1"}),
        Thing(BLOCK, "block", {**ALL, "bucket": UNKNOWN}, {"bucket": ["files"]}),
        Thing(ACCOUNT_BLOCK, "block", ALL),
    ],
)
def test_its_own_block_or_the_accounts_is_enough(block: Thing) -> None:
    assert of_stack(BUCKET, block) == []


@pytest.mark.parametrize(
    "block",
    [
        Thing(BLOCK, "block", {**ALL, "bucket": "other"}),
        Thing(BLOCK, "block", {**ALL, "bucket": UNKNOWN}, {"bucket": ["other"]}),
    ],
)
def test_another_buckets_block_is_not(block: Thing) -> None:
    other = Thing(BUCKETS[0], "other", {"bucket": "other"})
    assert ("files", "mandatory") in of_stack(BUCKET, other, block)


def test_an_accounts_block_with_a_hole_is_not() -> None:
    holed = Thing(ACCOUNT_BLOCK, "block", {**ALL, "blockPublicPolicy": False})
    assert of_stack(BUCKET, holed) == [("block", "mandatory"), ("files", "mandatory")]


def test_a_block_of_nobody_knows_which_bucket_waits() -> None:
    block = Thing(BLOCK, "block", {**ALL, "bucket": UNKNOWN})
    assert of_stack(BUCKET, block) == [("block", "advisory")]


def test_a_website_without_a_block_is_said_to_be_one() -> None:
    site: dict[str, Any] = {"bucket": "files-1", "indexDocument": {"suffix": "index.html"}}
    website = Thing("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", "site", site)
    (said,) = [s for s in Court().on_stack([BUCKET, website]) if s.rule == RULE]
    assert said.text == (
        "it has no BucketPublicAccessBlock and serves a website: the next ACL or policy that says "
        "so makes it public. Fix: add a BucketPublicAccessBlock for it with all four settings "
        "true, and serve the site by CloudFront"
    )
