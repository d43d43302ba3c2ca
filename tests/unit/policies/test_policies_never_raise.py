"""No rule raises, whatever arrives: an exception in a rule ends the whole update."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pilaster_policies.carriers import CARRIERS
from pilaster_policies.registry import RULES, Resource
from pilaster_policies.rules import open_route, plain_secret, public_bucket, public_database
from pilaster_policies.rules.gcp import bindings
from pilaster_policies.values import SecretText, Unknown

from tests.support.judging import SIGNATURE, UNKNOWN, Court, Thing, broken, secret

# Google's 470 types of bindings are read by the same three lines: one of each form will do.
SAME = bindings.TYPES - {
    *(f"gcp:projects/iAM{form}:IAM{form}" for form in ("Member", "Binding", "Policy")),
    "gcp:secretmanager/secretIamMember:SecretIamMember",
}
TYPES = sorted({type_ for rule in RULES.values() for type_ in rule.checks} - SAME)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["*", "Allow", "Deny", "NONE", "0.0.0.0/0", "-1", "arn:aws:s3:::*", UNKNOWN]),
)
KEYS = st.one_of(
    st.text(max_size=8).filter(lambda key: key != SIGNATURE),
    st.sampled_from(
        [
            "Statement",
            "Effect",
            "Action",
            "NotAction",
            "Principal",
            "AWS",
            "Condition",
            "StringEquals",
            "aws:SourceArn",
            "Resource",
            "environment",
            "variables",
            "name",
            "value",
            "type",
            "paths",
            "security",
            "uri",
            "policy",
        ]
    ),
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
SENT = st.one_of(JSON, JSON.map(json.dumps), JSON.map(secret))
"""A property's value: as it is, as JSON text, as a secret."""

PROPERTIES = sorted(
    {name for found in CARRIERS.values() for name, _ in found}
    | {path[0] for paths in plain_secret._VARIABLES.values() for path in paths}
    | {name for names in plain_secret._DOCUMENTS.values() for name in names}
    | {name for names in plain_secret._SCRIPTS.values() for name in names}
    | set(public_bucket.SETTINGS)
    | {
        "acl",
        "grants",
        "accessControlPolicy",
        "bucket",
        "website",
        "publiclyAccessible",
        "sharedAccounts",
        "brokerNodeGroupInfo",
        "accessPolicies",
        "vpcOptions",
        "type",
        "ingress",
        "protocol",
        "ipProtocol",
        "fromPort",
        "toPort",
        "cidrBlocks",
        "ipv6CidrBlocks",
        "cidrIpv4",
        "cidrIpv6",
        "prefixListIds",
        "prefixListId",
        "routeKey",
        "authorizationType",
        "apiId",
        "protocolType",
        "target",
        "body",
        "authorization",
        "httpMethod",
        "apiKeyRequired",
        "authenticationType",
        "additionalAuthenticationProviders",
        "eventConfig",
        "action",
        "principal",
        "sourceArn",
        "sourceAccount",
        "condition",
        "policyArn",
        "policyArns",
        "managedPolicyArns",
    }
)


@pytest.mark.parametrize("type_", TYPES)
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_no_value_of_any_property_makes_a_rule_raise(type_: str, data: Any) -> None:
    props = data.draw(st.dictionaries(st.sampled_from(PROPERTIES), SENT, max_size=4))
    Court().on_stack([Thing(type_, "it", props), Thing(type_, "other", props, {"bucket": ["it"]})])


@settings(max_examples=300, deadline=None)
@given(policy=JSON)
def test_no_json_document_makes_a_rule_raise(policy: Any) -> None:
    Court().on(Thing("aws:s3/bucketPolicy:BucketPolicy", props={"policy": json.dumps(policy)}))


ACTIONS = st.lists(
    st.sampled_from(["s3:GetObject", "sqs:SendMessage", "dynamodb:Query", "kms:Decrypt"]),
    min_size=1,
    max_size=3,
)
STATEMENT = st.fixed_dictionaries(
    {
        "Effect": st.just("Allow"),
        "Action": ACTIONS,
        "Resource": st.just("*"),
        "Principal": st.just({"AWS": "arn:aws:iam::111111111111:role/x"}),
    }
)
CLEAN = st.lists(STATEMENT, min_size=1, max_size=4)


@settings(max_examples=200, deadline=None)
@given(
    statements=CLEAN, where=st.integers(0, 3), wild=st.sampled_from(["*", "s3:*", "s3:Ge?Object"])
)
def test_a_wildcard_added_to_any_clean_document_is_found(
    statements: list[dict[str, Any]], where: int, wild: str
) -> None:
    type_ = "aws:sqs/queuePolicy:QueuePolicy"
    assert broken(type_, policy=json.dumps({"Statement": statements})) == []
    chosen = statements[where % len(statements)]
    spoiled = [
        {**one, "Action": [*one["Action"], wild]} if one is chosen else one for one in statements
    ]
    assert broken(type_, policy=json.dumps({"Statement": spoiled})) == ["aws-wildcard-action"]


@settings(max_examples=100, deadline=None)
@given(statements=CLEAN, everybody=st.sampled_from(["*", {"AWS": "*"}, {"AWS": ["x", "*"]}]))
def test_everybody_let_into_any_clean_document_is_found(
    statements: list[dict[str, Any]], everybody: Any
) -> None:
    spoiled = [*statements, {**statements[0], "Principal": everybody}]
    assert broken("aws:sqs/queuePolicy:QueuePolicy", policy=json.dumps({"Statement": spoiled})) == [
        "aws-wildcard-principal"
    ]


@settings(max_examples=200, deadline=None)
@given(value=st.text(min_size=6, max_size=40))
def test_no_message_ever_holds_the_value_it_is_about(value: str) -> None:
    marked = "".join(c for c in value if c.isalnum()) + "Zq9"
    props = {"environment": {"variables": {"DB_PASSWORD": secret(marked), "OTHER": secret(marked)}}}
    for said in Court().on(Thing("aws:lambda/function:Function", props=props)):
        assert marked not in said.text


def test_a_rule_reads_what_is_unknown_as_unknown_at_every_depth() -> None:
    """Straight at the rules: what the conversion hands them has no proxies left."""
    for type_ in TYPES:
        for name in PROPERTIES:
            for value in (Unknown(), [Unknown()], {"x": Unknown(secret=True)}, SecretText("x")):
                resource = Resource(type=type_, name="it", urn="urn", props={name: value})
                for rule in RULES.values():
                    list(rule.findings(resource))


def test_the_modules_of_all_rules_are_loaded() -> None:
    assert {open_route.ID, plain_secret.ID, public_bucket.ID, public_database.ID} < set(RULES)
