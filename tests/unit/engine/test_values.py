"""Values on their way between the program, the engine and the provider."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from hypothesis import given, settings
from pilaster_local.engine import values
from pilaster_local.engine.conversion import (
    ElidedArchive,
    ElidedAsset,
    from_properties,
    from_struct,
    to_properties,
    to_struct,
)
from pilaster_local.engine.values import (
    ARCHIVE,
    ASSET,
    REFERENCE,
    SIGNATURE,
    UNKNOWN,
    comparable,
    masked,
    plain,
    secret,
    secrets_kept,
)
from pulumi.provider.experimental.property_value import Computed, PropertyValue
from pulumi.runtime import rpc

from tests.unit.engine.test_state import properties


@settings(max_examples=80, deadline=None)
@given(properties)
def test_the_programs_side_gives_back_what_it_was_given(given_properties: dict) -> None:
    assert from_struct(to_struct(given_properties)) == given_properties


def test_keys_come_out_sorted_whatever_protobuf_does() -> None:
    assert list(from_struct(to_struct({"b": 1, "a": 2, "c": 3}))) == ["a", "b", "c"]


def test_whole_numbers_are_whole_and_large_ones_stay_what_they_are() -> None:
    assert repr(from_struct(to_struct({"a": 3, "b": 0.5, "c": 1e300}))) == (
        "{'a': 3, 'b': 0.5, 'c': 1e+300}"
    )


def test_a_provider_gets_floats_computed_values_and_archives() -> None:
    sent = to_properties(
        {"n": 3, "u": UNKNOWN, "a": {SIGNATURE: ARCHIVE, "path": "x.zip", "hash": "0"}},
        secrets=True,
    )
    assert sent["n"] == PropertyValue(3.0)
    assert isinstance(sent["u"].value, Computed)
    assert isinstance(sent["a"].value, pulumi.FileArchive)
    assert sent["a"].value.path == "x.zip"


def test_a_secret_reaches_a_provider_wrapped_only_if_it_takes_them() -> None:
    given_value = {"a": [secret("x")]}
    wrapped = to_properties(given_value, secrets=True)["a"]
    bare = to_properties(given_value, secrets=False)["a"]
    assert wrapped.contains_secret()
    assert not bare.contains_secret()
    assert from_properties({"a": wrapped}) == given_value


def test_a_resource_reference_survives_both_ways() -> None:
    reference = {SIGNATURE: REFERENCE, "urn": "urn:x", "id": "i", "packageVersion": "1"}
    assert from_properties(to_properties({"r": reference}, secrets=True)) == {"r": reference}


@pytest.mark.parametrize(
    "value",
    [
        {SIGNATURE: ARCHIVE, "path": "a.zip", "hash": "0"},
        {SIGNATURE: ARCHIVE, "assets": {}, "hash": "0"},
        {SIGNATURE: ARCHIVE, "assets": {}},
        {SIGNATURE: ASSET, "text": "", "hash": "0"},
    ],
)
def test_an_archive_that_goes_through_a_provider_comes_back_as_it_was(value: Any) -> None:
    assert from_properties(to_properties({"code": value}, secrets=True)) == {"code": value}


@pytest.mark.parametrize(
    ("bare", "empty"),
    [
        ({SIGNATURE: ARCHIVE, "hash": "0"}, {"assets": {}}),
        ({SIGNATURE: ARCHIVE}, {"assets": {}}),
        ({SIGNATURE: ASSET, "hash": "0"}, {"text": ""}),
    ],
)
def test_one_that_comes_without_its_content_is_empty_and_keeps_its_hash(
    bare: Any, empty: Any
) -> None:
    """That is how the official engine writes it; the SDK reads none without any content."""
    there = to_properties({"code": bare}, secrets=True)
    assert isinstance(there["code"].value, ElidedArchive | ElidedAsset)
    back = from_properties(there)
    assert back == {"code": {**bare, **empty}}
    deserialized = rpc.deserialize_properties(to_struct(back))
    assert isinstance(deserialized["code"], pulumi.Archive | pulumi.Asset)


def test_an_archive_of_no_members_that_has_a_hash_is_one_without_its_content() -> None:
    read = {SIGNATURE: ARCHIVE, "assets": {}, "hash": "0"}
    sent = to_properties({"code": read}, secrets=True)
    assert isinstance(sent["code"].value, ElidedArchive)


def test_an_asset_archive_keeps_its_members() -> None:
    packed = pulumi.AssetArchive({"a": pulumi.StringAsset("x"), "b": pulumi.FileArchive("b.zip")})
    value = from_properties({"p": PropertyValue(packed)})
    assert value["p"]["assets"]["b"]["path"] == "b.zip"
    back = to_properties(value, secrets=True)["p"].value
    assert sorted(back.assets) == ["a", "b"]


def test_masking_and_unwrapping_reach_all_the_way_down() -> None:
    value = {"a": [{"b": secret({"c": secret("x")})}]}
    assert masked(value) == {"a": [{"b": "[secret]"}]}
    assert plain(value) == {"a": [{"b": {"c": "x"}}]}
    assert values.secret_strings(value) == {"x"}


@pytest.mark.parametrize(
    ("answered", "hidden"),
    [
        ({"code": "xyzzy-plugh"}, ["code"]),
        ({"all": {"deep": ["xyzzy-plugh"]}}, ["all"]),
        ({"code": secret("xyzzy-plugh")}, ["code"]),
        ({"free": "something else"}, []),
    ],
)
def test_a_secret_a_provider_repeats_stays_one(answered: dict, hidden: list[str]) -> None:
    kept = secrets_kept(answered, {"code": secret("xyzzy-plugh")})
    assert [key for key, value in kept.items() if values.contains_secret(value)] == hidden
    assert values.strings(kept).isdisjoint({"xyzzy-plugh"})


def test_a_short_secret_does_not_make_everything_one() -> None:
    assert secrets_kept({"on": "true"}, {"flag": secret("true")}) == {"on": "true"}


def test_comparison_is_of_content() -> None:
    one = {SIGNATURE: ARCHIVE, "path": "a.zip", "hash": "0"}
    assert comparable([secret(one)]) == comparable([{**one, "path": "b.zip"}])
    assert comparable(one) != comparable({**one, "hash": "1"})
