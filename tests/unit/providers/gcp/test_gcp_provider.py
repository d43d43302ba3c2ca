"""Google Cloud's types are previewed, and what Google would refuse is refused here."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pilaster_local.providers.aws.cloud import OfflineError
from pilaster_local.providers.aws.values import UNKNOWN, wrap_map
from pilaster_local.providers.gcp import descriptions, names
from pilaster_local.providers.gcp.extract import ROOTS
from pilaster_local.providers.gcp.provider import SDK, GcpProvider
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import CheckRequest, CreateRequest, DiffRequest

from tests.support.google import needs_types

pytestmark = needs_types

FUNCTION = "gcp:cloudfunctionsv2/function:Function"
INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
SECRET = "gcp:secretmanager/secret:Secret"
BUCKET = "gcp:storage/bucket:Bucket"
FIREWALL = "gcp:compute/firewall:Firewall"


def urn(token: str) -> str:
    return f"urn:pulumi:dev::shop::{token}::it"


def said(token: str, inputs: dict[str, Any]) -> dict[str, str]:
    asked = CheckRequest(urn(token), {}, wrap_map(inputs), b"seed")
    answer = asyncio.run(GcpProvider().check(asked))
    return {failure.property: failure.reason for failure in answer.failures or []}


def instance(**settings: Any) -> dict[str, Any]:
    return {
        "databaseVersion": "POSTGRES_17",
        "settings": {"tier": "db-f1-micro", **settings},
    }


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        (FUNCTION, {"location": "europe-west2", "name": "notes", "serviceConfig": UNKNOWN}),
        (INSTANCE, instance(ipConfiguration={"sslMode": "ENCRYPTED_ONLY"}, diskSize=10)),
        (SECRET, {"secretId": "key", "replication": {"userManaged": {"replicas": []}}}),
        (SECRET, {"secretId": "key", "replication": {"auto": {}}}),
        (
            BUCKET,
            {
                "location": "EU",
                "publicAccessPrevention": "enforced",
                "lifecycleRules": [{"action": {"type": "Delete"}, "condition": {"age": 3}}],
            },
        ),
        (FIREWALL, {"network": "n", "allows": [{"protocol": "tcp", "ports": ["1"]}]}),
        ("gcp:pubsub/topic:Topic", {"name": "anything"}),
        ("gcp:container/cluster:Cluster", {"location": "europe-west2", "initialNodeCount": 1}),
    ],
)
def test_what_google_takes_is_previewed_whether_it_is_described_here_or_not(
    token: str, inputs: dict[str, Any]
):
    assert said(token, inputs) == {}


@pytest.mark.parametrize(
    ("token", "inputs", "where", "why"),
    [
        (FUNCTION, {"location": "r", "nme": "x"}, "nme", "no such input; did you mean 'name'?"),
        (FUNCTION, {"name": "x"}, "location", "it is required, and not given"),
        (FUNCTION, {"location": "r", "name": "Notes"}, "name", "no id Google takes"),
        (
            FUNCTION,
            {"location": "r", "serviceConfig": {"ingressSettings": "ALLOW_INTERNAL"}},
            "serviceConfig.ingressSettings",
            "is none of ALLOW_ALL, ALLOW_INTERNAL_ONLY, ALLOW_INTERNAL_AND_GCLB",
        ),
        (
            FUNCTION,
            {"location": "r", "serviceConfig": {"maxInstanceCount": 2**31}},
            "serviceConfig.maxInstanceCount",
            "does not fit into int32",
        ),
        (
            INSTANCE,
            instance(ipConfiguration={"sslMode": "REQUIRE"}),
            "settings.ipConfiguration.sslMode",
            "is none of",
        ),
        (INSTANCE, {"databaseVersion": "POSTGRES_71", "settings": {"tier": "t"}},
         "databaseVersion", "'POSTGRES_71' is none of POSTGRES_1"),
        (INSTANCE, instance(databaseFlags=[{"name": "a"}]),
         "settings.databaseFlags[0].value", "it is required"),
        (FIREWALL, {"network": "n", "direction": "OUT"}, "direction", "none of EGRESS, INGRESS"),
        (FIREWALL, {"network": "n", "name": "-x"}, "name", "is not written as"),
        (BUCKET, {"location": "EU", "name": "my-google-bucket"}, "name", "without 'google'"),
        ("gcp:serviceaccount/account:Account", {"accountId": "api"}, "accountId", "6 to 30"),
    ],
)  # fmt: skip
def test_what_google_would_refuse_is_refused_with_where_and_why(
    token: str, inputs: dict[str, Any], where: str, why: str
):
    found = said(token, inputs)
    assert why in found[where]


def test_a_type_that_does_not_exist_names_the_nearest():
    assert "gcp:sql/database:Database" in GcpProvider().unknown_type("gcp:sql/database:Databse")


def test_what_is_secret_is_not_quoted():
    hidden = {"location": PropertyValue("r"), "nme": PropertyValue("hunter2").with_secret(True)}
    asked = CheckRequest(urn(FUNCTION), {}, hidden, b"seed")
    answer = asyncio.run(GcpProvider().check(asked))
    assert [failure.property for failure in answer.failures or []] == ["nme"]
    assert "hunter2" not in str(answer.failures)


def test_without_a_machine_nothing_is_made():
    with pytest.raises(OfflineError, match="can only preview"):
        asyncio.run(GcpProvider().create(CreateRequest(urn(BUCKET), {}, 0, False)))


def test_another_id_is_another_thing_and_another_size_is_not():
    def diff(**new: Any) -> list[str]:
        old = {"name": "a", "location": "EU", "storageClass": "STANDARD"}
        asked = DiffRequest(urn(BUCKET), "a", wrap_map(old), wrap_map({**old, **new}), [])
        return asyncio.run(GcpProvider().diff(asked)).replaces

    assert diff(name="b") == ["name"]
    assert diff(storageClass="NEARLINE") == []


def test_every_described_type_exists_and_every_description_is_of_use():
    assert descriptions.TYPES.keys() <= SDK.types
    assert names.RULES.keys() <= SDK.types
    used = {(each.document, each.schema) for each in descriptions.TYPES.values()}
    roots = {(document, schema) for document, schemas in ROOTS.items() for schema in schemas}
    assert used == roots


def test_a_rename_or_an_input_of_the_providers_own_names_an_input_there_is():
    for token, described in descriptions.TYPES.items():
        inputs = set(SDK.inputs(token))
        assert described.our_own <= inputs, token


def test_the_extract_says_where_it_is_from_and_when():
    assert descriptions.source().startswith("google_api_python_client 2.")
    folder = Path(descriptions.__file__).parent
    found = json.loads((folder / "described.json").read_text())
    assert all(len(each["revision"]) == 8 for each in found["documents"].values())


def test_a_preview_of_aws_loads_nothing_of_googles():
    code = (
        "import sys; import pilaster_cli.project; "
        "print([m for m in sys.modules if m.startswith('pulumi_gcp')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
