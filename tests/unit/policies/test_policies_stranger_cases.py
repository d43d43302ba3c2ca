"""Cases by somebody who knew AWS's documentation and not the rules: each has its verdict."""

from __future__ import annotations

from functools import cache

import pytest

from tests.support.judging import Court
from tests.support.policy_cases_access import CASES as ACCESS
from tests.support.policy_cases_access import OURS, Case
from tests.support.policy_cases_databases import CASES as DATABASES
from tests.support.policy_cases_grants import CASES as GRANTS
from tests.support.policy_cases_platform import CASES as PLATFORM
from tests.support.policy_cases_services import CASES as SERVICES
from tests.support.policy_cases_wire import CASES as WIRE

ASKED = {
    "who": {
        "aws-confused-deputy",
        "aws-foreign-account",
        "aws-public-bucket",
        "aws-web-identity",
        "aws-wildcard-principal",
    },
    "grants": {
        "aws-broad-resource",
        "aws-pass-role",
        "aws-privilege-escalation",
        "aws-resource-mismatch",
        "aws-unknown-action",
        "aws-wildcard-action",
    },
    "secrets": {"aws-plain-secret"},
    "rest": {"aws-encryption-at-rest"},
    "transit": {"aws-encryption-in-transit"},
    "routes": {"aws-open-route"},
    "kept": {"aws-production-data"},
    "tags": {"aws-tags"},
    "boundary": {"aws-permissions-boundary"},
    "path": {"aws-database-path", "aws-public-database", "aws-wildcard-principal"},
    "way": {"aws-database-path"},
    "login": {"aws-database-login"},
    "letters": {"aws-dead-letters"},
    "logs": {"aws-log-retention"},
    "shield": {"aws-edge-firewall"},
    "lock": {"aws-origin-lock"},
}
CASES = ACCESS + DATABASES + GRANTS + PLATFORM + SERVICES + WIRE
PRODUCTION = ("kept", "shield")
SETTINGS = {"graph": {"tags": ["project", "owner"], "boundary": f"arn:aws:iam::{OURS}:policy/edge"}}


@cache
def court(stack: str) -> Court:
    return Court(stack=stack, settings=SETTINGS)


@pytest.mark.parametrize("case", [pytest.param(c, id=c[0]) for c in CASES])
def test_a_stranger_s_case_has_its_verdict(case: Case) -> None:
    what, topic, broken, things = case
    said = court("prod" if topic in PRODUCTION else "dev").on_stack(things)
    found = {s.rule: s.text for s in said if s.level == "mandatory" and s.rule in ASKED[topic]}
    assert bool(found) is broken, f"{what}: {found or 'nothing said'}"
