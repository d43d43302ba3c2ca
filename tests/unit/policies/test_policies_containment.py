"""Containment of policies, case by case as AWS documents what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pilaster_policies.documents import statements
from pilaster_policies.proof.containment import Power, no_broader
from pilaster_policies.values import Unknown

from tests.support import iam
from tests.support.containment_cases import CASES, Case, allow, deny
from tests.support.judging import UNKNOWN, Court, Thing, document


def power(written: Any, *, version: str = "2012-10-17") -> Power:
    found = statements({"Version": version, "Statement": written})
    assert isinstance(found, list)
    return Power(tuple(found))


def test_there_are_many_cases_each_once() -> None:
    assert len(CASES) >= 150
    assert len({case[0] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_containment_is_what_the_documentation_says(case: Case) -> None:
    _, narrow, wide, verdict = case
    proof = no_broader(power(narrow), power(wide))
    assert proof.verdict == verdict, proof
    if proof.request is not None:
        asked = (proof.request.action, proof.request.resource, proof.request.context)
        assert iam.allowed({"Version": "2012-10-17", "Statement": narrow}, *asked)
        assert not iam.allowed({"Version": "2012-10-17", "Statement": wide}, *asked)
    if verdict == "unknown":
        assert proof.why


def test_before_2012_a_variable_is_text() -> None:
    own = power([allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}")], version="2008-10-17")
    text = power([allow("s3:GetObject", "arn:aws:s3:::b/$*")], version="2008-10-17")
    assert no_broader(own, text).verdict == "contained"


def test_a_boundary_bounds_and_its_denials_count() -> None:
    (granted,) = power([allow("s3:*")]).statements
    bound = power([allow("*"), deny("s3:Delete*")]).statements
    bounded = Power((granted,), (bound,))
    wide = power([allow("s3:*"), deny("s3:DeleteObject")])
    assert no_broader(bounded, wide).verdict == "contained"
    assert no_broader(wide, bounded).verdict == "broader"


def test_what_is_not_known_yet_is_neither_inside_nor_outside() -> None:
    waiting = power([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": Unknown()}])
    assert no_broader(waiting, power([allow("s3:GetObject")])).verdict == "contained"
    proof = no_broader(waiting, power([allow("s3:GetObject", "arn:aws:s3:::b/*")]))
    assert (proof.verdict, proof.why) == ("unknown", "Resource of statement 1 is not known yet")


def test_a_principal_is_held_against_the_policy_written_down_for_it(tmp_path: Path) -> None:
    table = "arn:aws:dynamodb:eu-west-2:111111111111:table/orders"
    (tmp_path / "bound.json").write_text(document(allow("dynamodb:*Item", table)))
    (tmp_path / "none.json").write_text('"text"')

    def said(granted: str, **bounds: str) -> list[str]:
        court = Court()
        files = {name: str(tmp_path / file) for name, file in bounds.items()}
        court.configure({"graph": {"bounds": files}})
        things = [
            Thing("aws:iam/role:Role", "role", {}),
            Thing(
                "aws:iam/rolePolicy:RolePolicy",
                "policy",
                {"role": UNKNOWN, "policy": document(allow(granted, table))},
                {"role": ["role"]},
            ),
        ]
        return [each.text for each in court.on_stack(things) if each.rule == "aws-no-broader"]

    assert said("dynamodb:GetItem", role="bound.json") == []
    (broader,) = said("dynamodb:Query", role="bound.json")
    assert (
        f"it may do more than the policy it is held against: dynamodb:Query on {table}" in broader
    )
    (nobody,) = said("dynamodb:GetItem", other="bound.json")
    assert "nobody in the stack is called 'other'" in nobody
    (no_policy,) = said("dynamodb:GetItem", role="none.json")
    assert "it is not JSON" in no_policy
