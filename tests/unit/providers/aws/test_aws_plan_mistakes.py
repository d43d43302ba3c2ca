"""Mistakes in types and settings that other stacks will use are found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from pilaster_local.providers.aws import plan

from tests.support.plan_mistakes import Mistake, made
from tests.support.plan_mistakes_elsewhere import GOOD, OTHERS


@dataclass(frozen=True)
class Planned:
    urn: str
    type: str
    inputs: dict[str, Any]


def planned(token: str, inputs: dict[str, Any]) -> Planned:
    return Planned(f"urn:pulumi:prod::p::{token}::thing", token, inputs)


@pytest.mark.parametrize("token", sorted(GOOD))
def test_what_is_right_is_let_pass(token: str):
    assert plan.check([planned(token, GOOD[token])]) == []


@pytest.mark.parametrize("mistake", OTHERS, ids=str)
def test_a_mistake_is_found_where_it_is(mistake: Mistake):
    found = plan.check([planned(mistake.token, made(GOOD[mistake.token], mistake))])
    top = mistake.path.split(".")[0].split("[")[0]
    assert any(finding.property.startswith(top) for finding in found), found
