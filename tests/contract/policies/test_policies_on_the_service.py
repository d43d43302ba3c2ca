"""The notes service obeys the pack with the exceptions its own file lists, and no other."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pilaster_cli import project
from pilaster_local import engine

ROOT = Path(__file__).parents[3]
SETTINGS = ROOT / "policies-service-aws.json"


def judged(stack: str, settings: Path | None) -> engine.Plan:
    pack = engine.PolicyPack(folder=ROOT / "policies", settings=settings)
    provider = project.provider(ROOT, stack, None)
    return engine.preview(ROOT, stack, provider=provider, policy_packs=[pack])


@pytest.mark.parametrize("stack", ["dev-service", "local-service"])
def test_no_stack_of_the_service_breaks_a_policy(stack: str, tmp_path: Path):
    strict = tmp_path / "strict.json"
    said = json.loads(SETTINGS.read_text())
    said["graph"] = {"source": str(ROOT), "calls": str(ROOT / "calls.json")}
    strict.write_text(json.dumps({**said, "not-known-yet": {"strict": True}}))
    plan = judged(stack, strict)
    assert len(plan.steps) > 50
    assert [str(v) for v in plan.violations if v.mandatory] == []
    # Where it is deployed here, all is known.
    for v in plan.violations:
        for unknown, asked in re.findall(r"(\d+) of (\d+) properties that", v.message):
            assert int(unknown) < 0.05 * int(asked), v.message


def test_without_its_exceptions_the_two_open_routes_are_named():
    plan = judged("dev-service", None)
    broken = {v.urn.rpartition("::")[2] for v in plan.violations if v.mandatory}
    assert broken == {"notes-api-default-route", "notes-api-get-health-route"}
