"""Both engines ask the same of every resource, over all three stacks of the whole system.

What is compared is each RegisterResource request the program sends, before any check: type, name,
parent, inputs, provider, dependencies, and every option. What is set aside or made the same:

- the order of dependencies, which is that of a set in the SDK;
- inputs as output values (`OUTPUT`): the official engine takes them with their dependencies, which
  stand in `propertyDependencies` as well; the value, its secretness and whether it is known stay;
- aliases: the official engine takes their parts, the stand-in has the SDK make URNs of them;
- what says where in the source a resource is made, and what a client understands.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from pilaster_cli import project as command
from pilaster_local import engine
from pilaster_local.engine.monitor import Monitor
from pilaster_local.engine.values import OUTPUT, SECRET, SIGNATURE, UNKNOWN

from tests.support.deployed import Deployed
from tests.support.official import Official

pytestmark = [pytest.mark.integration, pytest.mark.engine, pytest.mark.enable_socket]

_SET_ASIDE = {
    "acceptResources",
    "acceptSecrets",
    "aliasSpecs",
    "aliasURNs",
    "aliases",
    "sourcePosition",
    "stackTrace",
    "supportsPartialValues",
    "supportsResultReporting",
}


@pytest.mark.parametrize(("stack", "at_least"), [("local", 160), ("dev", 160), ("prod", 160)])
def test_both_engines_are_asked_the_same(
    project: Deployed,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    stack: str,
    at_least: int,
) -> None:
    ours = _recorded(project.folder, stack, monkeypatch)
    pulumi = Official(project.folder, stack).begin()
    pulumi.environment["PILASTER_PREVIEW_ONLY"] = "1"
    theirs = {
        urn: _comparable(request)
        for urn, request in pulumi.registrations(tmp_path / "grpc.json").items()
    }
    assert len(theirs) >= at_least
    assert theirs.keys() == ours.keys()
    differing = {urn: (theirs[urn], ours[urn]) for urn in theirs if theirs[urn] != ours[urn]}
    assert differing == {}
    print(f"{stack}: {len(theirs)} registrations compared")


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_both_engines_plan_the_same(project: Deployed, stack: str) -> None:
    """After the check: the same resources, inputs and provider in the plan.

    The random end of an automatic name is made the same.
    """
    pulumi = Official(project.folder, stack).begin()
    theirs = _plan(pulumi)
    provider = command.provider(project.folder, stack, None)
    plan = engine.preview(project.folder, stack, provider=provider).to_json()
    ours = {step["urn"]: _planned(step) for step in plan["steps"]}
    assert theirs == ours


def _plan(pulumi: Official) -> dict[str, Any]:
    told = json.loads(pulumi.on_stack("preview", "--json").out)
    return {step["urn"]: _planned(step) for step in told["steps"]}


def _planned(step: dict[str, Any]) -> dict[str, Any]:
    new = step["newState"]
    inputs = new.get("inputs", {})
    for name in inputs.get("__defaults", []):
        if isinstance(inputs[name], str):
            inputs[name] = re.sub(r"-[0-9a-f]{7}\b", "-(random)", inputs[name])
    return {
        "op": step["op"],
        "type": new["type"],
        "parent": new.get("parent", ""),
        "provider": new.get("provider", "").rpartition("::")[0],
        "inputs": inputs,
    }


def _recorded(
    folder: Path, stack: str, monkeypatch: pytest.MonkeyPatch
) -> dict[str, dict[str, Any]]:
    """The stand-in's registrations, seen at the same place."""
    found: dict[str, dict[str, Any]] = {}
    register = Monitor.RegisterResource

    def recording(self: Monitor, request: Any) -> Any:
        answer = register(self, request)
        found[answer.urn] = _comparable(MessageToDict(request))
        return answer

    monkeypatch.setattr(Monitor, "RegisterResource", recording)
    engine.preview(folder, stack, provider=command.provider(folder, stack, None))
    return found


def _comparable(request: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in request.items() if name not in _SET_ASIDE and value}
    kept["object"] = _without_outputs(kept.get("object", {}))
    kept["dependencies"] = sorted(kept.get("dependencies", []))
    kept["propertyDependencies"] = {
        name: sorted(found.get("urns", []))
        for name, found in kept.get("propertyDependencies", {}).items()
    }
    return kept


def _without_outputs(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_outputs(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) == OUTPUT:
        inner = _without_outputs(value["value"]) if "value" in value else UNKNOWN
        return {SIGNATURE: SECRET, "value": inner} if value.get("secret") else inner
    return {name: _without_outputs(item) for name, item in value.items()}
