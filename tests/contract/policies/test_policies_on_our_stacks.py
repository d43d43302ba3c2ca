"""Our own stacks obey the pack with the exceptions the repository lists, and with no other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pilaster_cli import project
from pilaster_local import engine

ROOT = Path(__file__).parents[3]
PACK = ROOT / "policies"


def judged(stack: str, pack: engine.PolicyPack | Path) -> engine.Plan:
    provider = project.provider(ROOT, stack, None)
    return engine.preview(ROOT, stack, provider=provider, policy_packs=[pack])


@pytest.mark.parametrize("stack", ["local", "dev", "prod"])
def test_no_stack_of_ours_breaks_a_policy(stack: str) -> None:
    plan = judged(stack, PACK)
    assert len(plan.steps) > 150
    assert [str(v) for v in plan.violations if v.mandatory] == []


def test_little_is_not_known_before_the_first_deployment() -> None:
    """What hides is each policy that names an id AWS draws: of the database, the sockets' API."""
    plan = judged("prod", PACK)
    assert {v.urn.split("$")[-1].split("::")[0] for v in plan.violations} <= {
        "aws:iam/rolePolicy:RolePolicy"
    }
    assert all(
        v.urn.endswith(("-policy-documents-data", "-policy-documents-push"))
        for v in plan.violations
    )


def test_the_exceptions_are_open_routes_and_a_tick_that_may_be_lost() -> None:
    """Without them the pack names exactly what they list: none is there in reserve."""
    settings = json.loads((ROOT / "policies.json").read_text())
    listed = sorted(each["resource"] for each in settings["exceptions"]["exceptions"])
    plan = judged("dev", engine.PolicyPack(folder=PACK))
    broken = [v for v in plan.violations if v.mandatory]
    assert sorted(v.urn.rsplit("::", 1)[-1] for v in broken) == listed
    assert listed == [
        "documents-api-default-route",
        "documents-api-get-api-v1-openapi-json-route",
        "documents-api-get-health-route",
        "documents-api-post-api-v1-auth-confirm-route",
        "documents-api-post-api-v1-auth-login-route",
        "documents-api-post-api-v1-auth-refresh-route",
        "documents-api-post-api-v1-auth-register-route",
        "documents-review-watch-to-function",
    ]
