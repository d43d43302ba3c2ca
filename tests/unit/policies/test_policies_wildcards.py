"""No wildcard action, no wildcard principal: by document, by property, and by what narrows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pilaster_policies.carriers import CARRIERS
from pilaster_policies.documents import Condition
from pilaster_policies.narrowing import narrows

from tests.support.judging import (
    UNKNOWN,
    Court,
    Thing,
    broken,
    document,
    judged,
    secret,
    waiting,
)

ACTION, PRINCIPAL = "aws-wildcard-action", "aws-wildcard-principal"
DEPUTY = "aws-confused-deputy"
FOREIGN = "aws-foreign-account"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
KEY = "aws:kms/key:Key"
ROOT = {"AWS": "arn:aws:iam::111111111111:root"}
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def allow(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", **more}


@pytest.mark.parametrize(
    "action", ["*", "s3:*", "s3:Get*", "s3:Get?bject", "*:*", ["s3:GetObject", "sqs:*"]]
)
def test_a_wildcard_under_allow_breaks_the_rule(action: Any) -> None:
    assert broken(ROLE_POLICY, policy=document(allow(Action=action))) == [ACTION]


@pytest.mark.parametrize(
    "policy",
    [
        document(allow()),
        document(allow(Resource="*")),
        document({"Effect": "Deny", "Action": "*", "Resource": "*"}),
        document({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}),
        json.dumps({"Statement": allow(Action=["s3:GetObject", "s3:PutObject"])}),
        "",
        None,
    ],
)
def test_a_written_out_list_and_a_deny_do_not(policy: Any) -> None:
    assert broken(ROLE_POLICY, policy=policy) == []


def test_the_message_says_what_is_wrong_what_it_allows_and_the_fix() -> None:
    (said,) = judged(ROLE_POLICY, policy=document(allow(), allow(Sid="Files", Action="s3:*")))
    assert said.text == (
        "policy, statement 'Files' allows s3:*: everything s3 can do. "
        "Fix: list the actions that are called, one by one"
    )


def test_not_action_under_allow_is_a_wildcard() -> None:
    statement = {"Effect": "Allow", "NotAction": "iam:CreateUser", "Resource": "*"}
    assert broken(ROLE_POLICY, policy=document(statement)) == [ACTION]


def test_an_effect_that_is_not_exactly_deny_is_taken_for_allow() -> None:
    assert broken(ROLE_POLICY, policy=document(allow(Effect="deny", Action="*"))) == [ACTION]


def test_elements_are_read_whatever_their_case() -> None:
    policy = json.dumps({"statement": [{"effect": "Allow", "action": "*", "resource": "*"}]})
    assert broken(ROLE_POLICY, policy=policy) == [ACTION]


@pytest.mark.parametrize("type_", sorted(CARRIERS))
def test_every_type_that_carries_a_document_is_read(type_: str) -> None:
    policy = document({"Effect": "Allow", "Action": "s3:*", "Principal": "*", "Resource": "*"})
    for name, kind in CARRIERS[type_]:
        value = [{"name": "x", "policy": policy}] if name == "inlinePolicies" else policy
        expected = [ACTION] if kind == "identity" else [ACTION, PRINCIPAL]
        one = Thing(type_, props={name: value})
        court = Court()
        # A policy may be a boundary, which grants nothing: that only the whole stack shows.
        said = court.on_stack([one]) if type_ == "aws:iam/policy:Policy" else court.on(one)
        found = {s.rule for s in said if s.level == "mandatory"} & {ACTION, PRINCIPAL}
        assert found == set(expected), name


@pytest.mark.parametrize("policy", ["{", "[]", "7", '{"Statement": "x"}', '{"Statement": [1]}'])
def test_what_is_no_policy_document_is_no_pass(policy: str) -> None:
    assert broken(ROLE_POLICY, policy=policy) == [ACTION]


def test_an_element_that_stands_there_twice_is_no_pass() -> None:
    for first in ("Action", "action"):
        twice = f'{{"Statement": {{"Effect": "Allow", "{first}": "s3:*", "Action": "s3:Get"}}}}'
        assert broken("aws:iam/policy:Policy", policy=twice) == [ACTION]


def test_an_unknown_document_is_said_and_not_passed() -> None:
    said = ["aws-confused-deputy", "aws-foreign-account", "aws-unknown-action", ACTION, PRINCIPAL]
    assert waiting(BUCKET_POLICY, policy=UNKNOWN) == said
    assert broken(BUCKET_POLICY, policy=UNKNOWN) == []


def test_one_unknown_inside_an_object_hides_only_itself() -> None:
    policy = {"Statement": [allow(Action=UNKNOWN), allow(Action="s3:*")]}
    assert broken("aws:iam/role:Role", assumeRolePolicy=policy) == [ACTION]
    assert waiting("aws:iam/role:Role", assumeRolePolicy=policy) == [ACTION]


# --- the root statement of a key ------------------------------------------------------------------


def root_statement(principal: Any, **more: Any) -> str:
    return document(
        {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": principal, **more}
    )


def test_a_key_may_leave_the_decision_to_its_accounts_policies() -> None:
    assert broken(KEY, policy=root_statement(ROOT)) == []
    assert broken(KEY, policy=root_statement({"AWS": "111111111111"})) == []


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ({"AWS": "arn:aws:iam::999999999999:root"}, [FOREIGN, ACTION]),
        (
            {"AWS": ["arn:aws:iam::111111111111:root", "arn:aws:iam::999999999999:root"]},
            [FOREIGN, ACTION],
        ),
        ({"AWS": "arn:aws:iam::111111111111:role/admin"}, [ACTION]),
        ({"Service": "logs.amazonaws.com"}, [ACTION]),
    ],
)
def test_nobody_but_the_own_account_gets_all_of_a_key(principal: Any, expected: list[str]) -> None:
    assert broken(KEY, policy=root_statement(principal)) == expected


def test_the_root_statement_is_a_keys_alone() -> None:
    assert broken(BUCKET_POLICY, policy=root_statement(ROOT)) == [ACTION]


# --- attached and by permission -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("arn:aws:iam::aws:policy/AdministratorAccess", [ACTION]),
        ("arn:aws:iam::aws:policy/AmazonS3FullAccess", [ACTION]),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", [ACTION]),
        ("arn:aws:iam::aws:policy/AdministratorAccess-Amplify", [ACTION]),
        ("arn:aws:iam::aws:policy/job-function/DatabaseAdministrator", [ACTION]),
        ("arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole", []),
        ("arn:aws:iam::111111111111:policy/FullAccess", []),
        (UNKNOWN, []),
    ],
)
def test_awss_own_policies_that_hold_a_wildcard_are_known_by_name(
    arn: str, expected: list[str]
) -> None:
    attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    assert broken(attachment, policyArn=arn) == expected
    assert broken("aws:iam/role:Role", managedPolicyArns=[arn]) == expected


PERMISSION = "aws:lambda/permission:Permission"
INVOKE = {"action": "lambda:InvokeFunction", "function": "f"}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"principal": "apigateway.amazonaws.com"}, [DEPUTY]),
        ({"principal": "apigateway.amazonaws.com", "sourceAccount": "111111111111"}, []),
        ({"principal": "*"}, [PRINCIPAL]),
        ({"principal": "*", "functionUrlAuthType": "NONE"}, [PRINCIPAL]),
        ({"principal": "*", "sourceAccount": "111111111111"}, []),
        ({"principal": "*", "principalOrgId": "o-abcdefghij"}, []),
        ({"principal": "*", "sourceArn": "arn:aws:s3:::files"}, []),
        ({"principal": "*", "sourceArn": "arn:aws:s3:::*"}, [PRINCIPAL]),
        ({"principal": "s3.amazonaws.com", "action": "lambda:*"}, [DEPUTY, ACTION]),
    ],
)
def test_a_permission_names_who_may_call(more: dict[str, str], expected: list[str]) -> None:
    assert broken(PERMISSION, **{**INVOKE, **more}) == expected


def test_a_permission_whose_narrowing_is_unknown_waits() -> None:
    assert waiting(PERMISSION, **INVOKE, principal="*", sourceArn=UNKNOWN) == [PRINCIPAL]
    assert broken(PERMISSION, **INVOKE, principal="*", sourceArn=UNKNOWN) == []


# --- who is let in --------------------------------------------------------------------------------


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["*"]}, {"Federated": "*"}])
def test_everybody_without_a_condition_breaks_the_rule(principal: Any) -> None:
    policy = document(allow(Principal=principal))
    assert broken(BUCKET_POLICY, policy=policy) == [PRINCIPAL]
    assert broken("aws:iam/role:Role", assumeRolePolicy=policy) == [PRINCIPAL]


def test_everybody_but_a_few_is_everybody() -> None:
    policy = document(allow(NotPrincipal={"AWS": "arn:aws:iam::999999999999:root"}))
    assert broken(BUCKET_POLICY, policy=policy) == [PRINCIPAL]


def test_a_deny_to_everybody_is_what_it_is_for() -> None:
    policy = document(
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )
    assert broken(BUCKET_POLICY, policy=policy) == []


ARN = "arn:aws:events:eu-west-2:111111111111:rule/x"


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceAccount": "111111111111"}},
        {"StringEquals": {"AWS:SOURCEACCOUNT": ["111111111111", "111111111111"]}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:events:eu-west-2:111111111111:rule/*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:one-bucket"}},
        {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/x"}},
        {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/*"}},
        {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}},
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abcdefghij/r-ab12/*"}},
        {"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}},
        {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        {"StringLike": {"aws:userid": "AROAEXAMPLEEXAMPLEEXA:*"}},
        {"StringEquals": {"kms:CallerAccount": "111111111111"}},
        {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
    ],
)
def test_what_narrows_makes_everybody_somebody(condition: Any) -> None:
    policy = document(allow(Principal="*", Condition=condition))
    assert broken(BUCKET_POLICY, policy=policy) == []


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"StringEqualsIfExists": {"aws:SourceAccount": "111111111111"}},
        {"StringNotEquals": {"aws:SourceAccount": "111111111111"}},
        {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}},
        {"StringLike": {"aws:SourceAccount": "*"}},
        {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
        {"StringLike": {"aws:PrincipalOrgPaths": "*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/x"}},
        {"ArnLike": {"aws:SourceArn": "*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:*"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
        {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/1"]}},
        {"StringEquals": {"aws:SourceIp": "203.0.113.7"}},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"StringLike": {"aws:Referer": "https://example.org/*"}},
        {"StringEquals": {"aws:SourceAccount": []}},
        {"StringEquals": {"aws:SourceAccount": ["111111111111", 7]}},
        {"Null": {"aws:SourceAccount": "false"}},
    ],
)
def test_what_a_stranger_can_meet_does_not_narrow(condition: Any) -> None:
    policy = document(allow(Principal="*", Condition=condition))
    assert broken(BUCKET_POLICY, policy=policy) == [PRINCIPAL]


def test_one_condition_that_narrows_is_enough() -> None:
    both = {
        "Bool": {"aws:SecureTransport": "true"},
        "ArnLike": {"aws:SourceArn": ARN},
    }
    policy = document(allow(Principal={"AWS": "*"}, Condition=both))
    assert broken(BUCKET_POLICY, policy=policy) == []


def test_an_event_bus_is_open_to_an_organization_at_most() -> None:
    bus = "aws:cloudwatch/eventPermission:EventPermission"
    own = {"key": "aws:PrincipalOrgID", "type": "StringEquals", "value": "o-abcdefghij"}
    assert broken(bus, principal="*", statementId="x") == [PRINCIPAL]
    assert broken(bus, principal="*", statementId="x", condition=own) == []
    assert broken(bus, principal="111111111111", statementId="x") == []


def test_a_documents_secret_parts_are_judged_too() -> None:
    assert broken(BUCKET_POLICY, policy=secret(document(allow(Principal="*")))) == [PRINCIPAL]


def test_no_condition_is_no_narrowing() -> None:
    assert not narrows(Condition("StringEquals", "aws:sourceaccount", ()))
