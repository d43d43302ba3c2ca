"""The notes service obeys the pack with the exceptions its own file lists, and no other."""

from __future__ import annotations

import json
import re
import shutil
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


def test_a_stack_with_warm_instances_can_be_previewed(tmp_path: Path):
    """With the provider that checks each input, and not with mocks that take all."""
    folder = tmp_path / "project"
    for name in ("systems", "lambdas"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("__main__.py", "Pulumi.yaml"):
        shutil.copy(ROOT / name, folder / name)
    warm = (ROOT / "Pulumi.dev-service.yaml").read_text() + "  pilaster:warm_instances: 2\n"
    (folder / "Pulumi.dev-service.yaml").write_text(warm)
    provider = project.provider(folder, "dev-service", None)
    made = {step.type for step in engine.preview(folder, "dev-service", provider=provider).steps}
    assert "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig" in made
