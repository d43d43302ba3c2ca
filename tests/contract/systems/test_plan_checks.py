"""What `pilaster preview --check` finds in the plans of our own stacks: nothing as they are, and
each of the mistakes put into them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pilaster import packaging
from pilaster_local import engine
from pilaster_local.providers.aws import plan as checks
from pilaster_local.providers.aws.plan.collecting import CollectingProvider

from tests.support.plan_mistakes import OURS, Mistake, made

ROOT = Path(__file__).parents[3]
STACKS = {"local": "000000000000", "dev": "111111111111", "prod": "222222222222"}
REGION = "eu-west-2"
"""A further resource costs at most so much."""


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """The resources of each stack's plan, from a copy without any state; no package is built."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("Pulumi.yaml", "__main__.py", "systems", "lambdas"):
        (folder / name).symlink_to(ROOT / name)
    for stack in STACKS:
        (folder / f"Pulumi.{stack}.yaml").symlink_to(ROOT / f"Pulumi.{stack}.yaml")
    site = folder / "web" / "dist"
    site.mkdir(parents=True)
    (site / "index.html").write_text("<!doctype html>")
    archive = folder / "package.zip"
    archive.write_bytes(b"stands in for a package")
    package = packaging.Package(path=archive, key="0" * 64, zipped_bytes=1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(packaging, "build", lambda *_, **__: package)
        return {stack: _resources(folder, stack, account) for stack, account in STACKS.items()}


def _resources(folder: Path, stack: str, account: str) -> list[Any]:
    provider = CollectingProvider(None, region=REGION, account=account)
    plan = engine.preview(folder, stack, provider=provider)
    return checks.of_plan(plan.steps)


def found(resources: list[Any]) -> list[checks.Finding]:
    return checks.check(resources, region=REGION, account=STACKS["prod"])


@pytest.mark.parametrize("stack", STACKS)
def test_aws_would_refuse_nothing_of_our_stacks(plans: dict[str, list[Any]], stack: str):
    resources = plans[stack]
    assert len(resources) > 100
    assert checks.check(resources, region=REGION, account=STACKS[stack]) == []


def seeded(resources: list[Any], mistake: Mistake) -> list[Any]:
    """The plan with the mistake in the first resource that has the property."""
    for resource in resources:
        if resource.type != mistake.token or mistake.name not in resource.urn.split("::")[-1]:
            continue
        try:
            wrong = replace(resource, inputs=made(resource.inputs, mistake))
        except (KeyError, AssertionError):
            continue  # another of this type has it
        return [wrong if each is resource else each for each in resources]
    raise LookupError(f"no resource of the plan takes the mistake {mistake}")


@pytest.mark.parametrize("mistake", OURS, ids=str)
def test_a_mistake_in_our_prod_stack_is_found(plans: dict[str, list[Any]], mistake: Mistake):
    findings = found(seeded(plans["prod"], mistake))
    assert findings, f"nothing was found of {mistake}"
    top = mistake.path.split(".")[0].split("[")[0]
    assert any(finding.property.split(".")[0].split("[")[0] == top for finding in findings)


def test_how_many_mistakes_are_found_is_printed(plans: dict[str, list[Any]]):
    missed = [mistake for mistake in OURS if not found(seeded(plans["prod"], mistake))]
    kinds = Counter(mistake.kind for mistake in OURS)
    print(f"{len(OURS) - len(missed)} of {len(OURS)} mistakes found")
    print(", ".join(f"{count} {kind}" for kind, count in kinds.most_common()))
    for mistake in missed:
        print(f"not found: {mistake}")
    properties = {(mistake.token, mistake.path) for mistake in OURS}
    assert len(properties) >= 60
    assert len(missed) <= len(OURS) // 10


def test_the_mistakes_are_in_every_type_of_the_prod_stack(plans: dict[str, list[Any]]):
    types = {each.type for each in plans["prod"] if each.type.startswith("aws:")}
    # Its only properties are tags and the id of its network.
    assert types - {mistake.token for mistake in OURS} == {"aws:ec2/routeTable:RouteTable"}


def test_what_the_account_must_have_is_said_with_its_reason(plans: dict[str, list[Any]]):
    demands = {each.what: each.why for each in checks.account(plans["prod"], region=REGION)}
    assert "the zones eu-west-2a, eu-west-2b, eu-west-2c" in demands
    assert "aurora-postgresql 17.7 on offer in eu-west-2" in demands
    assert "no more than 50 mails a day" in demands
    assert all(demands.values())
    assert not [what for what in demands if "this plan does not make" in what]
