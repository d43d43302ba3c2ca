"""Values between the SDK's wrapping and plain Python."""

from __future__ import annotations

from datetime import UTC, datetime

import pulumi
from hypothesis import given
from hypothesis import strategies as st
from pilaster_local.providers.aws.values import (
    UNKNOWN,
    UNKNOWN_OVER_GRPC,
    has_unknown,
    plain,
    plain_map,
    secret_names,
    wrap,
    wrap_map,
)
from pulumi.provider.experimental.property_value import PropertyValue

trees = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(trees)
def test_what_is_wrapped_comes_back(value: object):
    assert plain(wrap(value)) == value


def test_whole_numbers_are_ints_and_others_stay():
    assert [plain(PropertyValue(n)) for n in (3.0, 0.5)] == [3, 0.5]
    assert isinstance(plain(PropertyValue(3.0)), int)


def test_a_boolean_does_not_become_a_number():
    assert plain(wrap(True)) is True


def test_both_forms_of_the_unknown_are_the_unknown():
    assert plain(PropertyValue.computed()) is UNKNOWN
    assert plain(PropertyValue(UNKNOWN_OVER_GRPC)) is UNKNOWN
    assert has_unknown({"a": [1, {"b": UNKNOWN}]})
    assert not has_unknown({"a": [1, {"b": None}]})


def test_an_input_that_is_none_is_not_given():
    assert plain_map({"a": PropertyValue(None), "b": PropertyValue("x")}) == {"b": "x"}


def test_a_secret_below_makes_the_whole_property_secret():
    inner = PropertyValue("x").with_secret(True)
    values = {"environment": PropertyValue({"KEY": inner}), "name": PropertyValue("n")}
    assert secret_names(values) == {"environment"}
    wrapped = wrap_map(plain_map(values), secret_names(values))
    assert wrapped["environment"].is_secret
    assert not wrapped["name"].is_secret


def test_a_date_is_written_as_aws_writes_it():
    assert plain(wrap(datetime(2026, 11, 21, 1, 2, 3, tzinfo=UTC))) == "2026-11-21T01:02:03Z"


def test_an_archive_stays_an_archive():
    archive = pulumi.FileArchive("package.zip")
    assert plain(wrap(archive)).path == "package.zip"
