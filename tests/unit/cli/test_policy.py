"""`pilaster policy`: by rule, with the fix; a shell learns whether anything mandatory is broken."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pilaster_cli import policy, project
from pilaster_cli.main import main
from pilaster_local import engine
from pilaster_local.engine import Diagnostic, PolicyPack, Violation

ROUTE = "urn:pulumi:dev::p::x:y:Z$aws:apigatewayv2/route:Route::open"
BROKEN = Violation(
    policy="aws-open-route",
    pack="rules",
    mandatory=True,
    message="Why it is so.\nanybody may call it. Fix: close it",
    urn=ROUTE,
)
LATER = Violation(
    policy="graph-unknown",
    pack="rules",
    mandatory=False,
    message="What decides is unknown.\n[aws-open-route-unknown] not known yet: authorizationType",
    urn=ROUTE,
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """A project with a pack; the engine finds what `found` says."""
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (tmp_path / "policies.json").write_text("{}")
    known: dict[str, Any] = {"found": [], "root": tmp_path}

    def preview(root: Path, stack: str, **more: Any) -> engine.Plan:
        known.update(stack=stack, packs=more["policy_packs"])
        plan = engine.Plan(project="p", stack=stack)
        plan.violations = list(known["found"])
        plan.diagnostics = [
            *(Diagnostic(severity="error", message=str(v), urn=v.urn) for v in known["found"]),
            Diagnostic(severity="warning", message="the program's own"),
        ]
        return plan

    monkeypatch.setattr(project, "find", lambda: tmp_path)
    monkeypatch.setattr(project, "provider", lambda *given: None)
    monkeypatch.setattr(engine, "preview", preview)
    return known


def test_the_projects_own_pack_is_taken_with_the_settings_beside_it(asked: dict[str, Any]) -> None:
    assert main(["policy", "--stack", "dev"]) == 0
    root = asked["root"]
    expected = PolicyPack(folder=root / "policies", settings=root / "policies.json")
    assert (asked["stack"], asked["packs"]) == ("dev", [expected])


def test_another_pack_and_other_settings_may_be_named(asked: dict[str, Any]) -> None:
    other = asked["root"] / "other.json"
    main(["policy", "--stack", "dev", "--pack-config", str(other)])
    assert asked["packs"][0].settings == other
    assert main(["policy", "--stack", "dev", "--pack", str(asked["root"])]) == 1, "no pack there"


def test_settings_beside_another_projects_pack_are_that_projects(
    asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(project, "find", lambda: tmp_path / "elsewhere")
    pack = tmp_path / "policies"
    assert main(["policy", "--stack", "dev", "--pack", str(pack)]) == 0
    assert asked["packs"] == [PolicyPack(folder=pack)]


def test_settings_without_a_pack_are_no_settings(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["preview", "--stack", "dev", "--policy-pack-config", "some.json"]) == 1
    assert "and no pack" in capsys.readouterr().err


def test_brackets_inside_a_message_stay(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    asked["found"] = [replace(BROKEN, message="Why.\ningress[0] opens it. Fix: close it")]
    main(["policy", "--stack", "dev"])
    assert "open: ingress[0] opens it" in capsys.readouterr().out


def test_what_is_broken_is_listed_by_rule_with_its_fix(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    asked["found"] = [LATER, BROKEN]
    assert main(["policy", "--stack", "dev"]) == 1
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "aws-open-route",
        "  broken   aws:apigatewayv2/route:Route open: anybody may call it",
        "           fix: close it",
        "not known yet",
        "  advisory aws:apigatewayv2/route:Route open: not known yet: authorizationType",
        "dev, 0 resources: 1 broken, 1 advisory",
    ]
    assert "the program's own" in told.err
    assert "anybody" not in told.err, "said once"


def test_what_is_only_advisory_fails_nothing(asked: dict[str, Any]) -> None:
    asked["found"] = [LATER]
    assert main(["policy", "--stack", "dev"]) == 0


def test_json_is_a_list_and_nothing_else(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    asked["found"] = [BROKEN, LATER]
    assert main(["policy", "--stack", "dev", "--json"]) == 1
    first, second = json.loads(capsys.readouterr().out)
    assert first == {
        "rule": "aws-open-route",
        "level": "mandatory",
        "resource": ROUTE,
        "message": "anybody may call it",
        "fix": "close it",
        "policy": "aws-open-route",
        "pack": "rules",
    }
    assert (second["rule"], second["level"]) == ("aws-open-route-unknown", "advisory")
    assert second["fix"] is None


def test_a_rule_that_speaks_for_itself_is_its_policy() -> None:
    assert policy.rule_of(BROKEN) == "aws-open-route"
