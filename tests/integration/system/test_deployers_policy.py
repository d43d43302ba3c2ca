"""What `pilaster policy --deployer` prints for `local` holds for all an `up` of it really calls.

Resource by resource, by the proof that holds what functions call; what AWS names by no resource, or
the local cloud asks for with `*`, is held by its action.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pilaster_cli import deployer, project
from pilaster_local import engine
from pilaster_policies.calls.granted import answer
from pilaster_policies.documents import statements
from pilaster_policies.principals import Granted, Principal
from pilaster_policies.registry import Resource

from tests.support.deployed import ROOT, Deployed, copy

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def printed() -> Principal:
    """An identity with the policies printed for `local`, and nothing else."""
    plan = engine.preview(ROOT, "local", provider=project.provider(ROOT, "local", None))
    found, _, _ = deployer.of_stack(plan, ROOT, "local")
    identity = Resource(type="aws:iam/role:Role", name="deployer", urn="deployer", props={})
    documents = [json.dumps(each) for each in found.policies]
    return Principal(
        identity,
        [Granted(identity, "policy", each) for text in documents for each in _read(text)],
    )


def _read(text: str) -> list:
    found = statements(text)
    assert isinstance(found, list)
    return found


def refused(printed: Principal, called: dict[str, list[str]]) -> list[str]:
    listed = {action for each in printed.granted for action in each.statement.actions}
    return [
        f"{action} on {resource}: {said.verdict} {said.said}"
        for action, resources in sorted(called.items())
        for resource in resources
        if resource != "*" or action not in listed
        if (said := answer(printed, action, resource)).verdict != "granted"
    ]


def test_all_an_up_calls_is_granted(
    system: Deployed, printed: Principal, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = [(action, each) for action, found in system.first.items() for each in found]
    named = sum(resource != "*" for _, resource in calls)
    with capsys.disabled():
        print(f"\n{len(calls)} different calls of an up, {named} of them with a resource")
    assert len(calls) > 300
    assert named > 200
    assert refused(printed, system.first) == []


def test_the_list_of_what_deploying_takes_is_not_stale(system: Deployed) -> None:
    """`RECORD=write` with the tests of the providers and of the system writes it anew."""
    listed = set(json.loads((ROOT / "deployer.json").read_text()))
    assert set(system.first) <= listed


@pytest.mark.long
def test_so_is_all_that_destroys_it_again(printed: Principal, tmp_path: Path) -> None:
    deployed = copy(tmp_path / "project")
    try:
        deployed.up()
        before = deployed.deploying
        provider = project.provider(deployed.folder, "local", deployed.platform.endpoint)
        engine.destroy(deployed.folder, "local", provider=provider)
        called = deployed.deploying
    finally:
        assert deployed.pilaster("down", "--purge").code == 0
    assert sum("Delete" in each for each in set(called) - set(before)) > 20
    assert refused(printed, called) == []


def test_what_is_deployed_obeys_the_policies_too(system: Deployed) -> None:
    """Its ids are known now, and rules that had to leave them open look at them."""
    ran = system.pilaster("policy", "--stack", "local")
    assert ran.code == 0, ran.out + ran.err
