"""The notes service on AWS as its page draws it: names, doors, and grants that are all used."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from pilaster import packaging
from pilaster.packaging.closure import closure
from pilaster.packaging.source import read

from systems.service.aws import page
from systems.service.settings import load
from tests.unit.components.deployment import Deployment, deployed

ROOT = Path(__file__).parents[3]
GOLDEN = Path(__file__).parent / "golden" / "service-aws.txt"

DATA_API = "lambdas/shared/aws/data_api.py"
CALL_SITES = {
    "lambdas.service.aws.notes": {
        "rds-db:connect": ("lambdas/shared/aws/login.py", '"Action": "connect"'),
    },
    "lambdas.service.aws.migrate": {
        "rds-data:BeginTransaction": (DATA_API, ".begin_transaction("),
        "rds-data:CommitTransaction": (DATA_API, ".commit_transaction("),
        "rds-data:ExecuteStatement": (DATA_API, ".execute_statement("),
        "rds-data:RollbackTransaction": (DATA_API, ".rollback_transaction("),
        # The Data API reads the secret in the name of who calls it.
        "secretsmanager:GetSecretValue": (DATA_API, '"secretArn": secret'),
    },
    "lambdas.service.aws.health": {},
    "lambdas.service.aws.unknown": {},
}
"""Each grant of each function, and the line that uses it."""
PLATFORM = {"logs", "ec2"}
"""What Lambda itself does in a function's name: log lines, and network interfaces."""


def deploy(folder: Path, monkeypatch: pytest.MonkeyPatch, **changed: object) -> Deployment:
    """The page with the settings of the real stack; only the packages are not built."""
    archive = folder / "package.zip"
    archive.write_bytes(b"stands in for a package")
    package = packaging.Package(path=archive, key="0" * 64, zipped_bytes=1)
    monkeypatch.setattr(packaging, "build", lambda *_, **__: package)
    monkeypatch.chdir(ROOT)
    config = yaml.safe_load((ROOT / "Pulumi.dev-service.yaml").read_text())["config"]
    return deployed(
        lambda: page.deploy(load(config | {f"pilaster:{k}": v for k, v in changed.items()}))
    )


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    return deploy(tmp_path, monkeypatch)


def test_the_service_keeps_the_names_it_has_deployed(system: Deployment):
    tree = "\n".join(system.tree()) + "\n"
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(tree)
    assert tree == GOLDEN.read_text()


def test_only_health_and_what_is_no_route_are_answered_without_a_token(system: Deployment):
    assert {r.inputs["routeKey"]: r.inputs["authorizationType"] for r in system.all("Route")} == {
        "GET /health": "NONE",
        "$default": "NONE",
        "ANY /api/v1/{path+}": "JWT",
    }


def functions(system: Deployment) -> dict[str, tuple[str, set[str]]]:
    """By entry point: the physical name, and the actions its role allows."""
    allowed: dict[str, set[str]] = {}
    for policy in system.all("RolePolicy"):
        for statement in json.loads(policy.inputs["policy"])["Statement"]:
            allowed.setdefault(policy.inputs["role"], set()).update(statement["Action"])
    found: dict[str, tuple[str, set[str]]] = {}
    for each in system.all("Function"):
        if "handler" in each.inputs:
            entry = each.inputs["handler"].removesuffix(".handler").replace("/", ".")
            role = each.inputs["role"].rpartition("/")[2]
            found[entry] = (each.inputs["name"], allowed[role])
    return found


def test_every_grant_has_its_call_site_in_the_code_of_that_very_function(system: Deployment):
    """And no grant besides."""
    granted = {
        entry: {action for action in actions if action.partition(":")[0] not in PLATFORM}
        for entry, (_, actions) in functions(system).items()
    }
    assert granted == {entry: set(sites) for entry, sites in CALL_SITES.items()}
    for entry, sites in CALL_SITES.items():
        files = closure(entry, ROOT, read).files
        for action, (file, line) in sites.items():
            assert line in files.get(file, b"").decode(), f"{entry}: {action} is used nowhere"


def test_the_database_has_no_public_path(system: Deployment):
    [instance] = system.all("ClusterInstance")
    assert instance.inputs["publiclyAccessible"] is False
    rules = system.all("SecurityGroupIngressRule")
    assert rules
    assert all("referencedSecurityGroupId" in rule.inputs for rule in rules)
    assert not any("cidrIpv4" in rule.inputs or "cidrIpv6" in rule.inputs for rule in rules)
    assert system.all("InternetGateway") == []


@pytest.mark.parametrize(("size", "least"), [("small", 0), ("medium", 0.5), ("large", 2)])
def test_a_size_is_what_the_database_may_take(
    size: str, least: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    [cluster] = deploy(tmp_path, monkeypatch, size=size).all("Cluster")
    scaling: dict[str, Any] = cluster.inputs["serverlessv2ScalingConfiguration"]
    assert scaling["minCapacity"] == least
    assert scaling["maxCapacity"] > least


def test_warm_instances_stand_before_the_notes_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    system = deploy(tmp_path, monkeypatch, warm_instances=2)
    [kept] = system.all("ProvisionedConcurrencyConfig")
    assert kept.inputs["provisionedConcurrentExecutions"] == 2
    assert kept.name == "notes-api-any-api-v1-path-warm"


def test_tokens_of_another_issuer_take_the_place_of_a_pool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    tokens = {"issuer": "https://login.example/t", "audience": "client"}
    system = deploy(tmp_path, monkeypatch, tokens=tokens)
    assert system.all("UserPool") == []
    [authorizer] = system.all("Authorizer")
    assert authorizer.inputs["jwtConfiguration"] == {
        "issuer": tokens["issuer"],
        "audiences": [tokens["audience"]],
    }
