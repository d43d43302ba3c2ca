"""What is not known yet is said by `<id>-unknown`: advice, or with `strict` a violation."""

from __future__ import annotations

import pytest

from tests.support.judging import UNKNOWN, Court, Said, Thing, secret

STRICT = {"not-known-yet": {"strict": True}}
ROUTE = Thing(
    "aws:apigatewayv2/route:Route", "r", {"routeKey": "GET /x", "authorizationType": UNKNOWN}
)
ROLE = Thing("aws:iam/role:Role", "role")
POLICY = Thing(
    "aws:iam/rolePolicy:RolePolicy",
    "policy",
    {"role": UNKNOWN, "policy": UNKNOWN},
    {"role": ["role"]},
)
PERMISSION = {"action": "lambda:InvokeFunction", "principal": "s3.amazonaws.com"}


def spoken(found: list[Said]) -> set[tuple[str, str]]:
    return {(said.rule, said.level) for said in found if said.rule != "not-known-yet"}


def test_it_is_advice_by_a_policy_beside_the_rules_own() -> None:
    [said] = Court().on(ROUTE)
    assert (said.rule, said.level) == ("aws-open-route-unknown", "advisory")
    assert said.text == "not known yet: authorizationType, and with it whether the rule is kept"


def test_with_strict_the_rule_itself_says_it() -> None:
    [said] = Court(settings=STRICT).on(ROUTE)
    assert (said.rule, said.level) == ("aws-open-route", "mandatory")
    assert said.text.startswith("not known yet: authorizationType")


def test_rules_over_the_stack_say_it_the_same_way() -> None:
    rules = {"aws-broad-resource", "aws-pass-role", "aws-privilege-escalation"}
    advice = spoken(Court().on_stack([ROLE, POLICY]))
    assert {(f"{rule}-unknown", "advisory") for rule in rules} <= advice
    fatal = spoken(Court(settings=STRICT).on_stack([ROLE, POLICY]))
    assert {(rule, "mandatory") for rule in rules} <= fatal


@pytest.mark.parametrize("rule", ["not-known-yet", "aws-open-route-unknown"])
def test_what_is_expected_to_be_unknown_stays_advice_in_spite_of_strict(rule: str) -> None:
    expected = {"rule": rule, "resource": "r", "reason": "It is drawn by the provider."}
    court = Court([expected], settings=STRICT)
    assert spoken(court.on(ROUTE)) == {("aws-open-route-unknown", "advisory")}
    known = Thing(ROUTE.type, "r", {"routeKey": "GET /x", "authorizationType": "NONE"})
    found = Court([expected], settings=STRICT).on_stack([known])
    assert spoken(found) == {("aws-open-route", "mandatory")}, "known, it is judged as any other"


def test_an_expectation_of_nothing_is_an_error() -> None:
    expected = {"rule": "not-known-yet", "resource": "gone", "reason": "It was here once."}
    assert ("exceptions", "mandatory") in spoken(Court([expected]).on_stack([ROLE]))


def test_what_it_was_made_of_answers_first() -> None:
    bucket = Thing("aws:s3/bucket:Bucket", "files", {"bucket": "files"})
    by_ours = Thing(
        "aws:lambda/permission:Permission",
        "p",
        {**PERMISSION, "sourceArn": UNKNOWN},
        {"sourceArn": ["files"]},
    )
    by_whom = Thing(by_ours.type, "p", by_ours.props)
    rule = "aws-confused-deputy-unknown"
    assert rule not in {said.rule for said in Court().on_stack([bucket, by_ours])}
    assert rule in {said.rule for said in Court().on_stack([bucket, by_whom])}


def test_what_only_has_to_be_set_is_set() -> None:
    queue = Thing(
        "aws:sqs/queue:Queue", "q", {"sqsManagedSseEnabled": False, "kmsMasterKeyId": UNKNOWN}
    )
    assert Court().on(queue) == []


def test_the_count_names_what_was_asked_and_what_is_unknown() -> None:
    [said] = [s for s in Court().on_stack([ROUTE]) if s.rule == "not-known-yet"]
    assert said.text == "1 of 2 properties that rules decide by are not known yet (50.0 %)"


def test_no_message_holds_a_secret_wherever_it_stands() -> None:
    hidden = "hunter-2-and-more"
    bucket = Thing("aws:s3/bucket:Bucket", "b", {"acl": "public-read", "bucket": secret(hidden)})
    cluster = Thing("aws:rds/cluster:Cluster", "c", {"storageEncrypted": secret(hidden)})
    role = Thing(
        "aws:iam/role:Role",
        "r",
        {
            "assumeRolePolicy": secret(
                '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:*", '
                f'"Sid": "{hidden}"}}}}'
            )
        },
    )
    found = Court().on_stack([bucket, cluster, role])
    assert {"b", "c", "r"} <= {said.resource for said in found}
    assert not [said.text for said in found if hidden in said.text]
