"""What the notes service on Azure grants and opens: each by name, with what asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pulumi_azure_native", reason="`cli/setup.sh clouds` installs it")

from pilaster.azure.iam import ROLES
from pilaster_cli import project
from pilaster_local import engine

from lambdas.service.azure.migrate import Settings as MigrateSettings
from lambdas.shared.settings import variables

ROOT = Path(__file__).parents[3]
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
Inputs = dict[str, Any]


@pytest.fixture(scope="module")
def plan() -> dict[str, list[tuple[str, Inputs]]]:
    """By type, names and inputs."""
    made: dict[str, list[tuple[str, Inputs]]] = {}
    provider = project.provider(ROOT, "dev-azure", None)
    for step in engine.preview(ROOT, "dev-azure", provider=provider).steps:
        if step.new is not None:
            found = made.setdefault(step.type.removeprefix("azure-native:"), [])
            found.append((step.urn.rpartition("::")[2], step.new.inputs))
    return made


def settings(app: Inputs) -> dict[str, str]:
    return {each["name"]: each["value"] for each in app["siteConfig"]["appSettings"]}


def test_each_role_has_one_resource_and_one_thing_that_asks_for_it(plan: Any):
    """The handlers call no service of Azure's (tests/unit/lambdas/service/test_service_azure.py);
    each role is the Functions host's, which is told of it by the setting named here."""
    names = {guid: name for name, guid in ROLES.items()}
    granted = {
        (name.split("-host-")[0], names[inputs["roleDefinitionId"].rpartition("/")[2]]): inputs
        for name, inputs in plan["authorization:RoleAssignment"]
    }
    apps = dict(plan["web:WebApp"])
    assert set(granted) == {
        (app, role)
        for app in ("notes-app", "notes-migrations-app")
        for role in ("Storage Blob Data Owner", "Monitoring Metrics Publisher")
    }
    for (app, role), inputs in granted.items():
        told = settings(apps[f"{app}-app"])
        parts = inputs["scope"].split("/")
        if role == "Storage Blob Data Owner":
            assert told["AzureWebJobsStorage__accountName"] == parts[-1]
            assert parts[-3:-1] == ["Microsoft.Storage", "storageAccounts"]
        else:
            assert "Authorization=AAD" in told["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] or (
                told["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] == UNKNOWN
            )
            assert parts[-3:-1] == ["Microsoft.Insights", "components"]
        assert inputs["principalType"] == "ServicePrincipal"


def test_each_app_is_told_exactly_what_it_reads(plan: Any):
    from lambdas.service.azure.database import DatabaseSettings

    platform = {
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "AzureWebJobsStorage__accountName",
        "AzureWebJobsStorage__clientId",
        "AzureWebJobsStorage__credential",
    }
    apps = {name: set(settings(inputs)) - platform for name, inputs in plan["web:WebApp"]}
    assert apps == {
        "notes-app-app": set(variables(DatabaseSettings).values()),
        "notes-migrations-app-app": set(variables(MigrateSettings).values()),
    }


def test_nothing_is_public_but_the_api(plan: Any):
    apps = dict(plan["web:WebApp"])
    doors = {
        name: inputs["siteConfig"]["ipSecurityRestrictionsDefaultAction"]
        for name, inputs in apps.items()
    }
    assert doors == {"notes-app-app": "Allow", "notes-migrations-app-app": "Deny"}
    [(_, front)] = plan["web:WebAppAuthSettingsV2"]
    assert front["name"] == apps["notes-app-app"]["name"]
    assert front["globalValidation"]["excludedPaths"] == ["/health"]
    [(_, server)] = plan["dbforpostgresql:Server"]
    assert server["network"]["publicNetworkAccess"] == "Disabled"
    assert server["network"]["delegatedSubnetResourceId"].endswith("/subnets/database")
    assert server["authConfig"]["passwordAuth"] == "Disabled"
    assert "dbforpostgresql:FirewallRule" not in plan
    assert "network:PublicIPAddress" not in plan


def test_the_database_s_administrator_is_the_app_no_request_reaches(plan: Any):
    [(_, administrator)] = plan["dbforpostgresql:AdministratorsMicrosoftEntra"]
    migrations = dict(plan["web:WebApp"])["notes-migrations-app-app"]
    assert settings(migrations)["DATABASE_USER"] == administrator["principalName"]
    assert settings(dict(plan["web:WebApp"])["notes-app-app"])["DATABASE_USER"] == "service_api"
