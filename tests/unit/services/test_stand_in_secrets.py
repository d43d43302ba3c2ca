"""Secrets of Google's and Azure's on this machine: what is refused, by name and with what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pilaster_local.services.azure import vaults
from pilaster_local.services.azure.places import Places as AzurePlaces
from pilaster_local.services.errors import PlatformError
from pilaster_local.services.google import secrets as google
from pilaster_local.services.google.places import Places as GooglePlaces
from pilaster_local.services.stand_ins import apart
from pilaster_local.services.stand_ins.secrets import LONGEST_BYTES, Store

EMAIL = "reader@notes-4711.iam.gserviceaccount.com"
VOLUME = {
    "mountPath": "/secrets/key",
    "secret": "p-key",
    "versions": [{"version": "latest", "path": "value"}],
}
GRANT = {
    "secretId": "p-key",
    "role": "roles/secretmanager.secretAccessor",
    "member": f"serviceAccount:{EMAIL}",
}
VAULT = "/subscriptions/1/resourceGroups/g/providers/Microsoft.KeyVault/vaults/p-Vault"
ROLE = f"/subscriptions/1/providers/Microsoft.Authorization/roleDefinitions/{vaults.ROLE}"
ASSIGNED = {"scope": f"{VAULT}/secrets/key", "principalId": "me", "roleDefinitionId": ROLE}
REFERENCE = "@Microsoft.KeyVault(SecretUri=https://p-vault.vault.azure.net/secrets/key)"


def mounted(
    root: Path, volume: dict[str, Any], grant: dict[str, Any], **service: Any
) -> dict[str, dict[str, Any]]:
    places = GooglePlaces(root, "local-x")
    places.make()
    Store(places.secrets).put("p-key", "v")
    resources = [
        {"type": "gcp:secretmanager/secret:Secret", "inputs": {"secretId": "p-key"}},
        {"type": "gcp:secretmanager/secret:Secret", "inputs": {"secretId": "p-empty"}},
        {"type": "gcp:secretmanager/secretIamMember:SecretIamMember", "inputs": grant},
        {
            "type": "gcp:secretmanager/secretIamBinding:SecretIamBinding",
            "inputs": {
                "secretId": "projects/notes-4711/secrets/p-empty",
                "role": google.ROLE,
                "members": [f"serviceAccount:{EMAIL}"],
            },
        },
    ]
    config = {"serviceAccountEmail": EMAIL, "secretVolumes": [volume], **service}
    return google.mounted(places, resources, {"name": "reader", "serviceConfig": config})


def test_google_mounts_what_is_granted(tmp_path: Path):
    [(where, found)] = mounted(tmp_path, VOLUME, GRANT).items()
    assert where == "/secrets/key"
    assert (Path(found["folder"]) / "value").read_text() == "v"


@pytest.mark.parametrize(
    ("volume", "grant", "why"),
    [
        ({}, {"member": "serviceAccount:somebody@else"}, "may not read secret 'p-key'"),
        ({}, {"member": f"user:{EMAIL}"}, "may not read"),
        ({}, {"role": "roles/secretmanager.viewer"}, "may not read"),
        ({}, {"secretId": "p-key-2"}, "may not read"),
        ({}, {"condition": {"expression": "true"}}, "may not read"),
        ({"secret": "p-other"}, {}, "which this stack does not make.*it makes p-empty, p-key"),
        ({"secret": "p-empty"}, {}, "pilaster secret set p-empty --stack local-x"),
        ({"versions": [{"version": "1", "path": "value"}]}, {}, "version 'latest', path 'value'"),
        ({"versions": [{"version": "latest", "path": "k"}]}, {}, "version 'latest', path 'value'"),
        ({"mountPath": "/etc/keys"}, {}, "mount it below /secrets"),
        ({"mountPath": "/secrets/../etc"}, {}, "mount it below /secrets"),
        ({"mountPath": "secrets/key"}, {}, "mount it below /secrets"),
        ({"mountPath": "/secrets"}, {}, "mount it below /secrets"),
    ],
)
def test_google_refuses_what_it_cannot_or_may_not_mount(
    tmp_path: Path, volume: dict[str, Any], grant: dict[str, Any], why: str
):
    with pytest.raises(PlatformError, match=why):
        mounted(tmp_path, {**VOLUME, **volume}, {**GRANT, **grant})


def test_google_refuses_a_secret_in_a_variable(tmp_path: Path):
    variable = [{"key": "KEY", "secret": "p-key", "version": "latest"}]
    with pytest.raises(PlatformError, match=r"as the variable KEY.*mounted as a file"):
        mounted(tmp_path, VOLUME, GRANT, secretEnvironmentVariables=variable)


def resolved(
    root: Path, setting: str, assignment: dict[str, Any], **app: Any
) -> dict[str, dict[str, Any]]:
    places = AzurePlaces(root, "local-x")
    places.make()
    Store(places.secrets).put("p-vault/key", "v")
    own = "/subscriptions/1/resourceGroups/g/providers/Microsoft.ManagedIdentity/"
    who = f"{own}userAssignedIdentities/reader"
    inputs = {
        "name": "app",
        "keyVaultReferenceIdentity": who,
        "identity": {"userAssignedIdentities": [who]},
        "siteConfig": {"appSettings": [{"name": "KEY", "value": setting}]},
        **app,
    }
    resources = [
        {"type": "azure-native:keyvault:Vault", "inputs": {"vaultName": "p-Vault"}},
        {
            "type": "azure-native:managedidentity:UserAssignedIdentity",
            "inputs": {"resourceName": "reader"},
            "outputs": {"principalId": "me"},
        },
        {"type": "azure-native:authorization:RoleAssignment", "inputs": assignment},
        {"type": "azure-native:web:WebApp", "inputs": inputs},
    ]
    return vaults.resolved(places, resources, inputs)


@pytest.mark.parametrize(
    "setting",
    [
        REFERENCE,
        REFERENCE.replace("/key)", "/key/)"),
        REFERENCE.replace("p-vault", "P-Vault"),
        "@Microsoft.KeyVault(VaultName=p-vault;SecretName=key)",
    ],
)
def test_azure_resolves_every_way_to_refer_to_a_secret(tmp_path: Path, setting: str):
    assert resolved(tmp_path, setting, ASSIGNED)["KEY"]["secret"] == "p-vault/key"


def test_azure_takes_a_role_on_the_vault_and_leaves_plain_settings_alone(tmp_path: Path):
    assert resolved(tmp_path, REFERENCE, {**ASSIGNED, "scope": VAULT}).keys() == {"KEY"}
    assert resolved(tmp_path, "plain", ASSIGNED) == {}


@pytest.mark.parametrize(
    ("assignment", "app", "why"),
    [
        ({"principalId": "you"}, {}, "may not read secret 'p-vault/key' for KEY"),
        ({"roleDefinitionId": ROLE[:-1]}, {}, "may not read"),
        ({"scope": f"{VAULT}/secrets/key-2"}, {}, "may not read"),
        ({"scope": f"{VAULT}-2"}, {}, "may not read"),
        ({"condition": "true"}, {}, "may not read"),
        ({}, {"keyVaultReferenceIdentity": "/somebody/else"}, "may not read"),
        ({}, {"identity": None}, "may not read"),
    ],
)
def test_azure_refuses_an_identity_without_the_role(
    tmp_path: Path, assignment: dict[str, Any], app: dict[str, Any], why: str
):
    with pytest.raises(PlatformError, match=why):
        resolved(tmp_path, REFERENCE, {**ASSIGNED, **assignment}, **app)


def test_a_vaults_secrets_are_those_somebody_reads_or_may_read():
    def app(uri: str) -> dict[str, Any]:
        setting = REFERENCE.replace("p-vault.vault.azure.net/secrets/key", uri)
        inputs = {"siteConfig": {"appSettings": [{"name": "KEY", "value": setting}]}}
        return {"type": "azure-native:web:WebApp", "inputs": inputs}

    resources = [
        {"type": "azure-native:keyvault:Vault", "inputs": {"vaultName": "p-Vault"}},
        {"type": "azure-native:authorization:RoleAssignment", "inputs": ASSIGNED},
        app("p-vault.vault.azure.net/secrets/read"),
        app("q-vault.vault.azure.net/secrets/elsewhere"),
    ]
    assert vaults.names(resources) == ["p-vault/key", "p-vault/read"]


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        (REFERENCE.replace("/key)", "/none)"), "no value on this machine yet"),
        (REFERENCE.replace("p-vault", "q-vault"), "which this stack does not make"),
        (REFERENCE.replace("/key)", "/key/0f3a)"), "leave the version out"),
        (REFERENCE.replace("https", "http"), "is no reference to a secret"),
        ("@Microsoft.KeyVault(SecretName=key)", "is no reference to a secret"),
        ("@Microsoft.KeyVault(VaultName=../x;SecretName=key)", "is no reference to a secret"),
    ],
)
def test_azure_refuses_a_reference_that_leads_nowhere(tmp_path: Path, setting: str, why: str):
    with pytest.raises(PlatformError, match=why):
        resolved(tmp_path, setting, {**ASSIGNED, "scope": VAULT})


@pytest.mark.parametrize("value", ["", "a\0b", "x" * (LONGEST_BYTES + 1)])
def test_a_value_that_none_could_hold_is_not_stored_and_not_repeated(tmp_path: Path, value: str):
    with pytest.raises(PlatformError) as refused:
        Store(tmp_path / "s").put("key", value)
    assert not value or value not in str(refused.value)
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("name", ["../key", "a/b/c", "/etc/passwd", "a/..", "", ".", "a.b"])
def test_no_name_leads_out_of_the_store(tmp_path: Path, name: str):
    with pytest.raises(PlatformError, match="is no name of a secret"):
        Store(tmp_path / "s").put(name, "v")


def test_without_bubblewrap_a_stack_with_secrets_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(apart.shutil, "which", lambda _: None)
    with pytest.raises(PlatformError, match="there is no bubblewrap"):
        apart.check()
