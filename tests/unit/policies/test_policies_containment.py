"""Containment of policies, case by case as AWS documents what they mean."""

from __future__ import annotations

from typing import Any

import pytest
from pilaster_policies.documents import statements
from pilaster_policies.proof.containment import Power, no_broader
from pilaster_policies.values import Unknown

from tests.support import iam
from tests.support.containment_cases import CASES, Case, allow, deny


def power(document: Any, *, version: str = "2012-10-17") -> Power:
    found = statements({"Version": version, "Statement": document})
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
