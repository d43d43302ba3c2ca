"""Names that are known before anything exists."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pilaster.naming import LIMITS, UNDERIVABLE, Place, shortened, slug
from pilaster.tagging import KEYS, tags

from tests.unit.components.deployment import ACCOUNT, REGION, place

PATHS = st.text("abcXYZ019-_./{}é ", min_size=1, max_size=300)
LOGICAL = st.from_regex(r"[a-z][a-z0-9-]{0,120}", fullmatch=True)


def test_a_name_is_project_stack_and_path():
    assert place().name("function", "documents-api") == "pilaster-dev-documents-api"


def test_a_bucket_s_name_says_account_and_region_as_the_whole_world_shares_one_namespace():
    assert place().bucket_name("files") == f"pilaster-dev-files-{ACCOUNT}-{REGION}"


def test_a_name_that_is_too_long_keeps_its_start_and_ends_in_a_digest():
    name = place().name("function", "documents-" + "x" * 60)
    assert name == "pilaster-dev-documents-" + "x" * 32 + "-97be1acd"
    assert len(name) == 64


@settings(deadline=None)
@given(kind=st.sampled_from(sorted(LIMITS)), path=LOGICAL)
def test_no_name_is_longer_than_aws_takes_and_each_starts_with_the_stack(kind: str, path: str):
    name = place().name(kind, path)
    assert len(name) <= LIMITS[kind]
    assert name.startswith("pilaster-dev-")


@settings(deadline=None)
@given(path=PATHS)
def test_every_path_gives_a_legal_bucket(path: str):
    name = place().bucket_name(path)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", name)
    assert "--" not in name
    assert name.startswith("pilaster-dev")


@settings(deadline=None)
@given(one=PATHS, other=PATHS)
def test_two_paths_never_give_one_bucket(one: str, other: str):
    assert (place().bucket_name(one) == place().bucket_name(other)) == (one == other)


@settings(deadline=None)
@given(one=LOGICAL, other=LOGICAL, limit=st.integers(min_value=20, max_value=80))
def test_two_names_stay_two_when_they_are_cut(one: str, other: str, limit: int):
    assert (shortened(one, limit) == shortened(other, limit)) == (one == other)


@pytest.mark.parametrize(
    ("part", "value", "says"),
    [
        ("project", "Pilaster", "use lower-case letters"),
        ("stack", "dev_1", "use lower-case letters"),
        ("account", "12345", "is not twelve digits"),
        ("stack", "a-very-long-name-of-a-stack", "shorten one"),
    ],
)
def test_a_place_that_cannot_start_a_name_is_refused_with_the_fix(part: str, value: str, says: str):
    facts = {"project": "pilaster", "stack": "dev", "account": ACCOUNT, part: value}
    with pytest.raises(ValueError, match=says):
        Place(region=REGION, zones=["eu-central-1a"], **facts)


def test_a_route_becomes_a_logical_name():
    assert slug("GET /api/v1/documents/{id}") == "get-api-v1-documents-id"


def test_what_cannot_be_derived_stands_in_a_list_with_its_reason():
    assert all(re.match(r"aws:\w+/\w+:\w+$", token) for token in UNDERIVABLE)
    assert all(UNDERIVABLE.values())


def test_tags_are_one_vocabulary():
    assert tags(place(), "files") == dict(zip(KEYS, ("pilaster", "dev", "files"), strict=True))
