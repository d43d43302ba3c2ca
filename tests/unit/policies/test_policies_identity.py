"""Identities: what exists, what it is for, and what it adds up to."""

from __future__ import annotations

from typing import Any

import pytest
from pilaster_policies.actions import expand
from pilaster_policies.rules.escalation import PATHS

from tests.support.judging import UNKNOWN, Court, Said, Thing, document

OWN, OTHER = "111111111111", "222222222222"
ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
INLINE = "aws:iam/rolePolicy:RolePolicy"
TRUST = document(
    {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "lambda.amazonaws.com"},
    }
)


def allow(actions: Any, resources: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def found(rule: str, *things: Thing) -> list[Said]:
    return [s for s in Court().on_stack(things) if s.rule == rule and s.level == "mandatory"]


def role(name: str = "role", **props: Any) -> Thing:
    return Thing(ROLE, name, {"name": f"x-{name}", "assumeRolePolicy": TRUST, **props})


def inline(*statements: dict[str, Any], of: str = "role", name: str = "inline") -> Thing:
    props = {"role": f"x-{of}", "policy": document(*statements)}
    return Thing(INLINE, name, props, {"role": [of]})


# --- unknown actions


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("s3:GetObjekt", "'s3:GetObject'"),
        ("dynamo:GetItem", "'dynamodb'"),
        ("s3:Getobject*Foo", "s3 does not have"),
        ("nonsense", "a service AWS does not have"),
    ],
)
def test_an_action_aws_does_not_have_is_named(action: str, said: str) -> None:
    [one] = found("aws-unknown-action", role(), inline(allow(action, "arn:aws:s3:::b/*")))
    assert said in one.text


def test_case_does_not_matter_and_a_deny_is_read_too() -> None:
    assert (
        found("aws-unknown-action", role(), inline(allow("S3:getobject", "arn:aws:s3:::b/*"))) == []
    )
    denied = {"Effect": "Deny", "Action": "s3:DeletBucket", "Resource": "*"}
    [one] = found("aws-unknown-action", role(), inline(denied))
    assert "denies nothing" in one.text


# --- resources


def test_everything_is_refused_where_the_service_knows_resources() -> None:
    [one] = found("aws-broad-resource", role(), inline(allow(["s3:GetObject", "s3:PutObject"])))
    assert "s3:GetObject, s3:PutObject on *" in one.text
    assert (
        found("aws-broad-resource", role(), inline(allow("s3:GetObject", "arn:aws:s3:::*"))) != []
    )
    assert (
        found("aws-broad-resource", role(), inline(allow("sqs:SendMessage", "arn:aws:sqs:*:*:*")))
        != []
    )


@pytest.mark.parametrize(
    "statement",
    [
        allow("ec2:DescribeSubnets"),
        allow("xray:PutTraceSegments"),
        allow("logs:CreateLogGroup", "arn:aws:logs:eu-west-2:111111111111:log-group:*"),
        allow("s3:GetObject", "arn:aws:s3:::bucket/*"),
        allow("ec2:StopInstances", Condition={"StringEquals": {"aws:ResourceTag/app": "x"}}),
        allow("kms:Decrypt", Condition={"StringEquals": {"kms:ViaService": "s3.x.amazonaws.com"}}),
    ],
)
def test_what_people_complain_of_elsewhere_is_let_through(statement: dict[str, Any]) -> None:
    assert found("aws-broad-resource", role(), inline(statement)) == []
    assert found("aws-resource-mismatch", role(), inline(statement)) == []


def test_a_negated_or_optional_condition_narrows_nothing() -> None:
    for operator in ("StringNotEquals", "StringEqualsIfExists", "ForAllValues:StringEquals"):
        statement = allow("ec2:StopInstances", Condition={operator: {"aws:ResourceTag/app": "x"}})
        assert found("aws-broad-resource", role(), inline(statement)) != [], operator


def test_what_lambda_itself_asks_to_be_everything_is_known_for_its_roles_alone() -> None:
    interfaces = allow(["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"])
    assert found("aws-broad-resource", role(), inline(interfaces)) == []
    other = role(assumeRolePolicy=TRUST.replace("lambda", "ec2"))
    assert found("aws-broad-resource", other, inline(interfaces)) != []


def test_not_resource_under_allow_is_everything_else() -> None:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::b/*"}
    [one] = found("aws-broad-resource", role(), inline(statement))
    assert "NotResource" in one.text


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", "arn:aws:s3:::bucket"),
        ("s3:ListBucket", "arn:aws:s3:::bucket/*"),
        ("dynamodb:GetItem", "arn:aws:s3:::bucket/*"),
        ("ec2:DescribeInstances", "arn:aws:ec2:eu-west-2:111111111111:instance/*"),
    ],
)
def test_an_action_beside_a_resource_it_does_not_apply_to(action: str, resource: str) -> None:
    [one] = found("aws-resource-mismatch", role(), inline(allow(action, resource)))
    assert action in one.text
    assert resource in one.text


def test_one_resource_that_fits_is_enough() -> None:
    both = allow(["s3:ListBucket", "s3:GetObject"], ["arn:aws:s3:::b", "arn:aws:s3:::b/*"])
    assert found("aws-resource-mismatch", role(), inline(both)) == []


# --- passing roles and escalation


def test_a_role_is_passed_to_a_named_service() -> None:
    passing = allow("iam:PassRole", "arn:aws:iam::111111111111:role/task")
    assert len(found("aws-pass-role", role(), inline(passing))) == 1
    named = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    assert found("aws-pass-role", role(), inline({**passing, "Condition": named})) == []
    anything = {"StringLike": {"iam:PassedToService": "*"}}
    assert len(found("aws-pass-role", role(), inline({**passing, "Condition": anything}))) == 1


def test_every_action_of_every_path_exists() -> None:
    gone = {
        action
        for path in PATHS.values()
        for action in path
        if expand(action) != frozenset({action})
    }
    assert gone <= {
        # AWS closed these to everybody; who has them granted has nothing.
        *(each for each in gone if each.startswith("datapipeline:")),
    }, gone


@pytest.mark.parametrize("name", sorted(PATHS))
def test_every_published_path_is_found_whatever_it_is_spread_over(name: str) -> None:
    whole = role()
    spread = [
        inline(allow(action), name=f"policy-{number}") for number, action in enumerate(PATHS[name])
    ]
    said = found("aws-privilege-escalation", whole, *spread)
    assert any(f"({name} of pathfinding.cloud" in one.text for one in said)


@pytest.mark.parametrize("name", sorted(n for n, path in PATHS.items() if len(path) > 1))
def test_a_path_with_one_action_less_is_none(name: str) -> None:
    for left_out in PATHS[name]:
        rest = [each for each in PATHS[name] if each != left_out]
        said = found("aws-privilege-escalation", role(), inline(allow(rest)))
        assert not any(f"({name} of" in one.text for one in said), left_out


def test_attached_and_inline_are_judged_together_and_across_two_roles_they_are_not() -> None:
    apart = Thing(POLICY, "apart", {"policy": document(allow("lambda:CreateFunction"))})
    attached = Thing(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "attached",
        {"role": "x-role", "policyArn": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"},
        {"role": ["role"], "policyArn": ["apart"]},
    )
    passing = inline(allow(["iam:PassRole", "lambda:InvokeFunction"]))
    assert len(found("aws-privilege-escalation", role(), apart, attached, passing)) == 1
    elsewhere = inline(allow(["iam:PassRole", "lambda:InvokeFunction"]), of="other")
    assert (
        found("aws-privilege-escalation", role(), role("other"), apart, attached, elsewhere) == []
    )


@pytest.mark.parametrize(
    "statement",
    [
        allow("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}"),
        allow("lambda:UpdateFunctionCode", "arn:aws:lambda:eu-west-2:111111111111:function:one"),
        allow("ssm:StartSession", Condition={"StringEquals": {"aws:ResourceTag/team": "a"}}),
        allow(
            "iam:PutRolePolicy",
            "arn:aws:iam::111111111111:role/*",
            Condition={"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::1:policy/b"}},
        ),
        allow("codebuild:StartBuild", "arn:aws:codebuild:eu-west-2:111111111111:project/site"),
    ],
)
def test_what_is_narrowed_is_no_path(statement: dict[str, Any]) -> None:
    assert found("aws-privilege-escalation", role(), inline(statement)) == []


def test_a_role_that_may_change_itself_is_a_path() -> None:
    itself = allow("iam:PutRolePolicy", "arn:aws:iam::111111111111:role/x-role")
    assert len(found("aws-privilege-escalation", role(), inline(itself))) == 1


def test_who_writes_what_another_may_do_is_held_by_a_boundary_and_not_by_a_name() -> None:
    another = allow("iam:PutRolePolicy", "arn:aws:iam::111111111111:role/other")
    assert len(found("aws-privilege-escalation", role(), inline(another))) == 1
    under = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111111111111:policy/b"}}
    assert found("aws-privilege-escalation", role(), inline({**another, "Condition": under})) == []


def test_passing_to_another_service_than_the_one_that_would_run_is_no_path() -> None:
    def passed_to(service: str) -> list[Said]:
        passing = allow(
            "iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": service}}
        )
        return found("aws-privilege-escalation", role(), inline(passing, allow("ec2:RunInstances")))

    assert len(passed_to("ec2.amazonaws.com")) == 1
    assert passed_to("states.amazonaws.com") == []


def test_what_is_denied_for_good_is_no_path() -> None:
    deny = {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}
    assert found("aws-privilege-escalation", role(), inline(allow("iam:PutRolePolicy"), deny)) == []
    maybe = {**deny, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}
    assert found("aws-privilege-escalation", role(), inline(allow("iam:PutRolePolicy"), maybe))


def test_a_boundary_bounds() -> None:
    bound = Thing(POLICY, "bound", {"policy": document(allow("s3:GetObject", "arn:aws:s3:::b/*"))})
    bounded = Thing(
        ROLE,
        "role",
        {
            "name": "x-role",
            "assumeRolePolicy": TRUST,
            "permissionsBoundary": "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        },
        {"permissionsBoundary": ["bound"]},
    )
    assert (
        found("aws-privilege-escalation", bounded, bound, inline(allow("iam:PutRolePolicy"))) == []
    )


# --- who is let in


def trust(principal: dict[str, Any], action: str = "sts:AssumeRole", **more: Any) -> Thing:
    statement = {"Effect": "Allow", "Action": action, "Principal": principal, **more}
    return Thing(ROLE, "role", {"assumeRolePolicy": document(statement)})


def test_another_account_is_named() -> None:
    [one] = found("aws-foreign-account", trust({"AWS": f"arn:aws:iam::{OTHER}:root"}))
    assert OTHER in one.text
    assert found("aws-foreign-account", trust({"AWS": f"arn:aws:iam::{OWN}:root"})) == []
    proof = {"StringEquals": {"sts:ExternalId": "agreed"}}
    assert found("aws-foreign-account", trust({"AWS": OTHER}, Condition=proof)) == []


def test_another_account_in_a_queues_policy_is_named() -> None:
    statement = {
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Principal": {"AWS": [f"arn:aws:iam::{OWN}:role/a", f"arn:aws:iam::{OTHER}:role/b"]},
        "Resource": "*",
    }
    queue = Thing("aws:sqs/queuePolicy:QueuePolicy", "q", {"policy": document(statement)})
    [one] = found("aws-foreign-account", queue)
    assert OTHER in one.text
    assert OWN not in one.text


GITHUB = {"Federated": f"arn:aws:iam::{OWN}:oidc-provider/token.actions.githubusercontent.com"}
SUBJECT = "token.actions.githubusercontent.com:sub"


@pytest.mark.parametrize(
    ("condition", "open_"),
    [
        ({"StringEquals": {SUBJECT: "repo:org/app:ref:refs/heads/main"}}, False),
        ({"StringLike": {SUBJECT: "repo:org/app:*"}}, False),
        ({"StringLike": {SUBJECT: "repo:*"}}, True),
        ({"StringLike": {SUBJECT: "*"}}, True),
        ({"StringEquals": {SUBJECT.replace("sub", "aud"): "sts.amazonaws.com"}}, True),
        ({}, True),
    ],
)
def test_a_token_of_a_public_provider_says_whose_it_is(
    condition: dict[str, Any], open_: bool
) -> None:
    more = {"Condition": condition} if condition else {}
    said = found("aws-web-identity", trust(GITHUB, "sts:AssumeRoleWithWebIdentity", **more))
    assert bool(said) is open_


def test_a_service_calls_a_function_on_somebodys_behalf() -> None:
    kind = "aws:lambda/permission:Permission"
    service = {"action": "lambda:InvokeFunction", "principal": "s3.amazonaws.com"}
    assert len(found("aws-confused-deputy", Thing(kind, "p", service))) == 1
    sourced = {**service, "sourceArn": "arn:aws:s3:::bucket"}
    [gone] = found("aws-confused-deputy", Thing(kind, "p", sourced))
    assert "after it is deleted" in gone.text
    ours = Thing("aws:s3/bucket:Bucket", "files", {"bucket": "bucket"})
    unnamed = Thing(kind, "p", {**service, "sourceArn": UNKNOWN}, {"sourceArn": ["files"]})
    accounted = {**sourced, "sourceAccount": "111111111111"}
    topic = {**service, "principal": "sns.amazonaws.com"}
    topic["sourceArn"] = "arn:aws:sns:eu-west-2:111111111111:news"
    for sound in ([ours, Thing(kind, "p", sourced)], [ours, unnamed]):
        assert found("aws-confused-deputy", *sound) == []
    for props in (accounted, topic):
        assert found("aws-confused-deputy", Thing(kind, "p", props)) == []


def test_an_exception_covers_the_statement_it_names_and_no_other() -> None:
    two = inline(
        {**allow("s3:GetObject"), "Sid": "Meant"}, {**allow("sqs:SendMessage"), "Sid": "Slip"}
    )

    def said(**more: str) -> list[str]:
        listed = {
            "rule": "aws-broad-resource",
            "resource": "inline",
            "reason": "A test needs it so.",
            **more,
        }
        court = Court(exceptions=[listed])
        return [s.text for s in court.on_stack([role(), two]) if s.rule == "aws-broad-resource"]

    [left] = said(statement="Meant")
    assert "sqs:SendMessage" in left
    assert len(said()) == 2, "an exception for a document is one for whatever is added to it"
