"""A secret on Azure: a vault that one network reaches, and a role on the one secret in it."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pulumi_azure_native", reason="`cli/setup.sh clouds` installs it")

from pilaster_local import engine
from pilaster_local.providers.azure.provider import AzureProvider

PACK = Path(__file__).parents[3] / "policies"
PROGRAM = """
from pilaster.azure import (
    Group, GroupArgs, Identity, IdentityArgs, Network, NetworkArgs, Place, Secret, SecretArgs
)

place = Place(
    project="p",
    stack="dev",
    subscription="11111111-1111-4111-8111-111111111111",
    tenant="22222222-2222-4222-8222-222222222222",
    location="uksouth",
)
group = Group("group", GroupArgs(place=place)).name
network = Network("network", NetworkArgs(place=place, group=group))
args = SecretArgs(place=place, group=group, network=network.inside, secret_name="api-key")
secret = Secret("key", args)
Identity("reader", IdentityArgs(place=place, group=group, grants=[secret.read_value()]))
"""


def test_a_secret_is_read_by_whom_it_was_granted_to_and_obeys_the_policies(tmp_path: Path):
    (tmp_path / "Pulumi.yaml").write_text("name: p\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    plan = engine.preview(
        tmp_path,
        "dev",
        provider={"azure-native": AzureProvider()},
        policy_packs=[engine.PolicyPack(folder=PACK)],
    )
    assert [str(v) for v in plan.violations] == []
    made = {step.new.type: step.new for step in plan.steps if step.new is not None}
    vault = made["azure-native:keyvault:Vault"]
    assert vault.protect
    said = vault.inputs["properties"]
    assert said["networkAcls"]["defaultAction"] == "Deny"
    assert [
        each["id"].rpartition("/")[2] for each in said["networkAcls"]["virtualNetworkRules"]
    ] == ["functions"]
    assert "azure-native:keyvault:Secret" not in made, "its value is in no program and no state"
    granted = made["azure-native:authorization:RoleAssignment"].inputs
    name = vault.inputs["vaultName"]
    assert granted["scope"].endswith(f"/Microsoft.KeyVault/vaults/{name}/secrets/api-key")
    assert granted["roleDefinitionId"].endswith("/4633458b-17de-408a-b874-0445c86b69e6")
