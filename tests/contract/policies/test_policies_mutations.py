"""Every mistake that can be made mechanically in our prod stack is caught by the pack."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import Any

import pytest
from pilaster_policies.registry import Graph, Resource

from tests.support.condition_mutations import PROVIDER
from tests.support.policy_mutations import (
    alone,
    bounded,
    dropped,
    findings,
    judged,
    mutants,
    previewed,
)


@cache
def prod() -> Graph:
    """With a boundary around its roles: to ask for one is up to who has teams."""
    return bounded(previewed("prod"), "arn:aws:iam::*:policy/pilaster-edge")


def test_no_mistake_made_mechanically_survives(capsys: pytest.CaptureFixture[str]) -> None:
    made: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    survivors: list[str] = []
    for mutant, found in judged(prod(), [*mutants(prod())]):
        made[mutant.operator] += 1
        caught.update({rule for rule, _, _ in found})
        if not found:
            survivors.append(f"{mutant.operator}: {mutant.what}")
    with capsys.disabled():
        print(f"\n{made.total()} mistakes in prod, {len(survivors)} survived")
        print("  made:", ", ".join(f"{n} x {name}" for name, n in made.most_common()))
        print("  caught by:", ", ".join(f"{rule} {n}" for rule, n in caught.most_common()))
    assert made.total() > 1_000, "the stack is read, and its policies are known"
    assert survivors == []


@pytest.mark.long
def test_made_alone_each_of_them_is_caught_as_well() -> None:
    """Made together they are no easier to see: what is caught so is caught by the same rules."""
    sound = findings(prod())
    easier: dict[str, set[str]] = {}
    for mutant, found in judged(prod(), [*mutants(prod())]):
        by = {rule for rule, _, _ in alone(prod(), sound, mutant)}
        if more := {rule for rule, _, _ in found} - by:
            easier[f"{mutant.operator}: {mutant.what}"] = more
    assert easier == {}


OURS = {"allowedAccountIds": json.dumps(["111111111111"])}
GITHUB = "token.actions.githubusercontent.com"
CLUSTER = "oidc.eks.eu-west-2.amazonaws.com/id/0A1B2C"
IDENTITIES = "cognito-identity.amazonaws.com"
MACHINE = "arn:aws:states:eu-west-2:111111111111:stateMachine:shop"


def trust(principal: Any, action: str = "sts:AssumeRole", **tests: dict[str, Any]) -> Resource:
    statement = {"Effect": "Allow", "Action": action, "Principal": principal, "Condition": tests}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return thing("aws:iam/role:Role", "role", assumeRolePolicy=text)


def thing(type_: str, name: str, **props: Any) -> Resource:
    return Resource(type=type_, name=name, urn=f"urn::{name}", props=props, provider=OURS)


def token(issuer: str, **tests: dict[str, Any]) -> Resource:
    provider = {"Federated": f"arn:aws:iam::111111111111:oidc-provider/{issuer}"}
    return trust(provider, "sts:AssumeRoleWithWebIdentity", **tests)


def provider(issuer: str, *audiences: str) -> Resource:
    return thing(PROVIDER, "tokens", url=f"https://{issuer}", clientIdLists=[*audiences])


@pytest.mark.parametrize(
    ("made", "others", "mistakes"),
    [
        (trust({"AWS": "arn:aws:iam::999999999999:root"}, StringEquals={"sts:ExternalId": "s7"}),
         [], ["all"]),
        (trust({"AWS": "*"}, StringEquals={"aws:PrincipalOrgID": "o-0123456789"}), [], ["all"]),
        (trust({"Service": "states.amazonaws.com"}, ArnEquals={"aws:SourceArn": MACHINE}),
         [], ["all"]),
        # Its account is in the ARN: without that test nobody else comes.
        (trust({"Service": "states.amazonaws.com"},
               StringEquals={"aws:SourceAccount": "111111111111"},
               ArnLike={"aws:SourceArn": MACHINE}),
         [], ["all", "ArnLike aws:SourceArn"]),
        (token(GITHUB, StringLike={f"{GITHUB}:sub": "repo:us/shop:*"}), [], ["all"]),
        (token(GITHUB, StringEquals={f"{GITHUB}:sub": "repo:us/shop:ref:refs/heads/main",
                                     f"{GITHUB}:aud": "sts.amazonaws.com"}),
         [provider(GITHUB, "sts.amazonaws.com")], ["all", f"StringEquals {GITHUB}:sub"]),
        (token(CLUSTER, StringEquals={f"{CLUSTER}:sub": "system:serviceaccount:shop:api",
                                      f"{CLUSTER}:aud": "sts.amazonaws.com"}),
         [provider(CLUSTER, "sts.amazonaws.com")], ["all", f"StringEquals {CLUSTER}:sub"]),
        (trust({"Federated": IDENTITIES}, "sts:AssumeRoleWithWebIdentity",
               StringEquals={f"{IDENTITIES}:aud": "eu-west-2:6f2c"}), [], ["all"]),
    ],
)  # fmt: skip
def test_a_condition_dropped_from_a_stranger_s_trust_is_caught(
    made: Resource, others: list[Resource], mistakes: list[str]
) -> None:
    graph = Graph([made, *others])
    graph.sources = ["states.amazonaws.com"]
    sound = findings(graph)
    assert sound == set()
    found = [*dropped(graph)]
    assert [each.what.partition(": ")[2] for each in found] == mistakes
    assert [each.what for each in found if not alone(graph, sound, each)] == []
