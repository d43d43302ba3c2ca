"""Azure's provider before the first call: what it takes, what it refuses, and on whose word."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from pilaster_local.providers.aws.values import UNKNOWN, wrap_map
from pilaster_local.providers.azure.provider import SDK, AzureProvider, described
from pulumi.provider.experimental.provider import CheckRequest, CreateRequest

pytest.importorskip("pulumi_azure_native", reason="`cli/setup.sh clouds` installs it")

ROOT = Path(__file__).parents[4]
GROUP = {"resourceGroupName": "orders"}


def refused(type_: str, **inputs: Any) -> dict[str, str]:
    urn = f"urn:pulumi:dev::p::some:Component$azure-native:{type_}::it"
    request = CheckRequest(urn, {}, wrap_map(inputs), b"")
    answer = asyncio.run(AzureProvider().check(request))
    return {each.property: each.reason for each in answer.failures or []}


@pytest.mark.parametrize(
    ("type_", "inputs", "property", "reason"),
    [
        # What the SDK declares, which is Azure's own specification
        ("storage:StorageAccount", {**GROUP, "kind": "StorageV2"}, "sku", "it is required"),
        ("web:AppServicePlan", {**GROUP, "resrved": True}, "resrved", "did you mean 'reserved'?"),
        ("web:WebApp", {**GROUP, "httpsOnly": "perhaps"}, "httpsOnly", "is not true or false"),
        ("web:WebApp", {**GROUP, "siteConfig": {"minTlsVersion": "1.9"}},
         "siteConfig.minTlsVersion", "is none of 1.0, 1.1, 1.2, 1.3"),
        ("dbforpostgresql:Server", {**GROUP, "version": "99"}, "version", "is none of"),
        ("storage:BlobContainer", {**GROUP, "accountName": "orders", "publicAccess": "All"},
         "publicAccess", "is none of Container, Blob, None"),
        # What Microsoft's libraries carry of it
        ("dbforpostgresql:Server", {**GROUP, "serverName": "x"}, "serverName", "3 and 63"),
        ("dbforpostgresql:Database", {**GROUP, "serverName": "orders", "collation": "C.UTF-8"},
         "collation", "is not written as"),
        ("storage:StorageAccount",
         {**GROUP, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "accountName": "Or-ders"},
         "accountName", "is not written as"),
        ("resources:ResourceGroup", {"resourceGroupName": "a" * 91}, "resourceGroupName", "90"),
        # What its naming rules say beside
        ("network:Subnet",
         {**GROUP, "virtualNetworkName": "orders", "subnetName": "database-"}, "subnetName",
         "no name Azure takes"),
        ("authorization:RoleAssignment",
         {"principalId": "me", "roleDefinitionId": "r", "scope": "s"}, "principalId", "the GUID"),
        ("nothing:AtAll", {}, "", "does not know the resource type"),
        ("web:WebAp", {}, "", "the nearest it knows is azure-native:web:WebApp"),
    ],
)  # fmt: skip
def test_what_azure_would_not_take_is_refused(
    type_: str, inputs: dict[str, Any], property: str, reason: str
):
    found = refused(type_, **inputs)
    assert list(found) == [property]
    assert reason in found[property]


def test_words_are_taken_in_any_capitals_and_what_is_not_known_yet_is_left_alone():
    site = {"siteConfig": {"ftpsState": "disabled"}, "serverFarmId": UNKNOWN}
    assert refused("web:WebApp", **GROUP, **site) == {}


def test_a_type_nobody_wrote_bounds_for_is_previewed_by_the_sdk_alone():
    types = SDK.types
    assert len(types) > 1_000
    assert "azure-native:cdn:Profile" in types
    assert "azure-native:cdn:Profile" not in described()
    profile = {**GROUP, "sku": {"name": "Standard_AzureFrontDoor"}}
    assert refused("cdn:Profile", **profile) == {}


def test_the_extract_says_where_each_bound_is_from_and_when():
    for token, source in described().items():
        assert token in SDK.types
        assert source.startswith("azure_mgmt_")
        assert ", packed 20" in source


def test_a_preview_gives_identities_back_as_the_sdk_wants_them():
    inputs = {"identity": {"type": "UserAssigned", "userAssignedIdentities": ["one"]}}
    urn = "urn:pulumi:dev::p::azure-native:web:WebApp::it"
    request = CreateRequest(urn, wrap_map(inputs), 0, True)
    answer = asyncio.run(AzureProvider().create(request))
    identity = answer.properties["identity"].value["userAssignedIdentities"]
    assert dict(identity.value).keys() == {"one"}


def test_the_extract_is_small_and_whole():
    file = ROOT / "localcloud/pilaster_local/providers/azure/described.json"
    assert file.stat().st_size < 10_000
    assert len(json.loads(file.read_text())) > 20
