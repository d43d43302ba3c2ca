"""Our own stacks obey the pack with the exceptions the repository lists, and with no other."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pilaster_cli import project
from pilaster_local import engine

ROOT = Path(__file__).parents[3]
PACK = ROOT / "policies"


def expected(rule: str) -> set[str]:
    settings = json.loads((ROOT / "policies.json").read_text())
    listed = settings["exceptions"]["exceptions"]
    return {each["resource"] for each in listed if each["rule"] == rule}


def judged(stack: str, pack: engine.PolicyPack | Path) -> engine.Plan:
    provider = project.provider(ROOT, stack, None)
    return engine.preview(ROOT, stack, provider=provider, policy_packs=[pack])


@pytest.mark.parametrize("stack", ["local", "dev", "prod"])
def test_no_stack_of_ours_breaks_a_policy(stack: str) -> None:
    plan = judged(stack, PACK)
    assert len(plan.steps) > 150
    assert [str(v) for v in plan.violations if v.mandatory] == []


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_little_is_not_known_before_the_first_deployment(stack: str) -> None:
    """What hides is each policy that names an id AWS draws: of a database, an API, a site."""
    plan = judged(stack, PACK)
    [count] = [v.message for v in plan.violations if "properties that rules decide by" in v.message]
    unknown, asked = map(int, re.findall(r"(\d+) of (\d+) prop", count)[0])
    assert asked > 500
    assert unknown < 0.05 * asked, count
    waiting = {v.urn.rpartition("::")[2] for v in plan.violations}
    waiting.remove("pilaster-" + stack)
    drawn = ("-data", "-push", "-policy-documents-cdn", "-cdn-site-policy", "-site-bucket")
    assert all(each.endswith(drawn) for each in waiting)
    assert waiting == expected("not-known-yet"), "what stays unknown is listed, and nothing else"


def test_the_exceptions_are_open_routes_and_a_tick_that_may_be_lost() -> None:
    """Without them the pack names exactly what they list: none is there in reserve."""
    listed = sorted(expected("aws-open-route") | expected("aws-dead-letters"))
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
