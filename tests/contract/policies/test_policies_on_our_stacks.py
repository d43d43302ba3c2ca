"""Our own stacks obey the pack with the exceptions the repository lists, and with no other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pilaster_cli import project
from pilaster_local import engine

from tests.support import deployed

ROOT = Path(__file__).parents[3]
PACK = ROOT / "policies"


SETTINGS = json.loads((ROOT / "policies.json").read_text())
STACKS = {file.suffixes[0][1:] for file in ROOT.glob("Pulumi.*.yaml")}


def expected(rule: str, stack: str) -> set[str]:
    listed = SETTINGS["exceptions"]["exceptions"]
    return {
        each["resource"]
        for each in listed
        if each["rule"] == rule and each.get("stack", stack) == stack
    }


Judged = Callable[[str, Path | None], engine.Plan]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """Each stack's first preview: what somebody deployed from this checkout is not known to it."""
    folder = deployed.copy(tmp_path_factory.mktemp("judged")).folder

    def judge(stack: str, settings: Path | None) -> engine.Plan:
        provider = project.provider(folder, stack, None)
        pack = engine.PolicyPack(folder=PACK, settings=settings)
        return engine.preview(folder, stack, provider=provider, policy_packs=[pack])

    return judge


@pytest.mark.parametrize("stack", ["local", "dev", "prod"])
def test_our_stacks_break_no_policy_even_where_unknown_is_fatal(
    stack: str, judged: Judged, tmp_path: Path
) -> None:
    """What hides is each policy that names an id AWS draws: of a database, an API, a site."""
    strict = {**SETTINGS, "not-known-yet": {"strict": True}}
    # The folders of the code and of its calls are named from the pack's own, wherever this lies.
    settings = tmp_path / "policies.json"
    settings.write_text(json.dumps(strict))
    plan = judged(stack, settings)
    assert len(plan.steps) > 150
    assert [str(v) for v in plan.violations if v.mandatory] == []

    [count] = [v.message for v in plan.violations if "properties that rules decide by" in v.message]
    unknown, asked = map(int, re.findall(r"(\d+) of (\d+) prop", count)[0])
    assert asked > 500
    assert unknown < 0.05 * asked, count
    waiting = {v.urn.rpartition("::")[2] for v in plan.violations}
    waiting.remove("pilaster-" + stack)
    drawn = ("-data", "-push", "-policy-documents-cdn", "-cdn-site-policy", "-site-bucket")
    pool = ("-policy-documents-users",) if stack == "local" else ()
    assert all(each.endswith((*drawn, *pool)) for each in waiting)
    assert waiting == expected("not-known-yet", stack), "what stays unknown is listed, no more"


def test_an_exception_for_one_stack_names_a_stack_there_is() -> None:
    named = {each.get("stack") for each in SETTINGS["exceptions"]["exceptions"]} - {None}
    assert named <= STACKS, "one for a stack there is not would never be missed"


def test_the_exceptions_are_open_routes_and_a_tick_that_may_be_lost(judged: Judged) -> None:
    """Without them the pack names exactly what they list: none is there in reserve."""
    listed = sorted(expected("aws-open-route", "dev") | expected("aws-dead-letters", "dev"))
    plan = judged("dev", None)
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
