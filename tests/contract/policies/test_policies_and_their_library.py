"""What the pack takes for granted of pulumi-policy, whose version is pinned for it."""

from __future__ import annotations

import pytest
from google.protobuf import json_format, struct_pb2
from pilaster_policies.once import read_once
from pilaster_policies.pack import Pack
from pilaster_policies.values import SecretText, Unknown, arrived, keep_marks
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import policy
from pulumi_policy.proxy import unknown_checking_proxy

from tests.support.judging import SIGNATURE, UNKNOWN, secret

ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"


def received(props: dict[str, object]) -> object:
    """The way of a resource's properties to a rule."""
    keep_marks()
    struct = struct_pb2.Struct()
    struct.update(props)
    return arrived(
        unknown_checking_proxy(policy.deserialize_properties(json_format.MessageToDict(struct)))
    )


def test_the_library_asks_for_properties_where_the_pack_listens() -> None:
    names = policy._PolicyAnalyzerServicer.Analyze.__code__.co_names
    assert "deserialize_properties" in names
    assert "deserialize_properties" in policy._PolicyAnalyzerServicer.AnalyzeStack.__code__.co_names


def test_a_secret_keeps_its_mark() -> None:
    got = received({"a": secret("x"), "b": secret({"c": ["y"]}), "d": "z"})
    assert got == {"a": "x", "b": {"c": ["y"]}, "d": "z"}
    assert isinstance(got["a"], SecretText)  # type: ignore[index]
    assert isinstance(got["b"]["c"][0], SecretText)  # type: ignore[index]
    assert not isinstance(got["d"], SecretText)  # type: ignore[index]


def test_an_unknown_is_a_value_and_keeps_its_mark() -> None:
    assert received({"a": UNKNOWN, "b": [UNKNOWN], "c": secret(UNKNOWN)}) == {
        "a": Unknown(),
        "b": [Unknown()],
        "c": Unknown(secret=True),
    }


def test_an_archive_without_content_and_a_reference_end_nothing() -> None:
    """The official engine sends archives by their hash alone; the library raises on them."""
    bare = {SIGNATURE: ARCHIVE, "hash": "abc"}
    full = {SIGNATURE: ARCHIVE, "assets": {"app.py": {SIGNATURE: ASSET, "hash": "abc"}}}
    assert received({"code": full}) == {"code": None}
    assert received({"code": bare, "to": {SIGNATURE: REFERENCE, "urn": "u"}}) == {
        "code": None,
        "to": None,
    }


def test_remediation_is_asked_for_too_and_ends_nothing() -> None:
    """The official engine asks every pack, also one that has no remediation."""
    keep_marks()
    empty = {SIGNATURE: ASSET, "hash": "abc"}
    got = policy.deserialize_properties({"code": empty, "a": secret("x")}, True)
    assert (got["code"], got["a"]) == (None, "x")


def test_a_resource_is_read_once_for_all_policies(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the next one anew, though it looks the same."""
    read: list[object] = []

    def counted(props: dict[str, object], *_: object) -> dict[str, object]:
        read.append(props)
        return props

    for name in ("json_format", "unknown_checking_proxy"):
        monkeypatch.setattr(policy, name, getattr(policy, name))
    monkeypatch.setattr(policy, "deserialize_properties", counted)
    read_once()
    asked = policy._PolicyAnalyzerServicer(
        "pack", "0.0.1", Pack().policies(), policy.EnforcementLevel.ADVISORY
    )
    for acl, found in (("private", 0), ("public-read", 1), ("public-read", 1)):
        request = analyzer_pb2.AnalyzeRequest(type="aws:s3/bucket:Bucket", urn="u", name="b")
        request.properties.update({"acl": acl})
        request.provider.properties.update({"region": "eu-west-2"})
        said = asked.Analyze(request, None).diagnostics
        assert sum(each.policyName == "aws-public-bucket" for each in said) == found
    assert len(read) == 6
