"""The notes service on Google Cloud as its page draws it: grants, doors, and sizes that fit."""

from __future__ import annotations

import base64
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pilaster_local.engine import values
from pilaster_local.providers.gcp import descriptions
from pilaster_local.providers.gcp.provider import SDK

from tests.support.google import needs_types, resources

ROOT = Path(__file__).parents[3]
pytestmark = needs_types

GOLDEN = Path(__file__).parent / "golden" / "service-gcp.txt"
PROJECT = "notes-development"
PREFIX = "pilaster-dev-gcp-"
ONE_INSTANCE = (
    f'resource.name == "projects/{PROJECT}/instances/{PREFIX}service-data" && '
    'resource.type == "sqladmin.googleapis.com/Instance"'
)
LOGIN = ("lambdas/shared/gcp/login.py", "https://www.googleapis.com/auth/sqlservice.login")
BUILD = "components/pilaster/gcp/function.py"
GRANTS = {
    ("service-api", "roles/cloudsql.instanceUser", ONE_INSTANCE): LOGIN,
    ("service-migrate", "roles/cloudsql.instanceUser", ONE_INSTANCE): LOGIN,
    ("service-api-gateway", "roles/run.invoker", "service-api"): (
        "components/pilaster/gcp/routes.py",
        '"jwt_audience": backend',
    ),
    ("service-sources-builder", "roles/storage.objectViewer", "bucket"): (
        BUILD,
        "storage_source=",
    ),
    (
        "service-sources-builder",
        "roles/storage.objectViewer",
        'resource.name.startsWith("projects/_/buckets/gcf-v2-sources-") && '
        'resource.type == "storage.googleapis.com/Object"',
    ): (BUILD, "service_account=args.sources.builder"),
    ("service-sources-builder", "roles/artifactregistry.writer", "repository"): (
        BUILD,
        "docker_repository=args.sources.repository",
    ),
    ("service-sources-builder", "roles/logging.logWriter", "the project"): (
        BUILD,
        "service_account=args.sources.builder",
    ),
}
"""Who has which role on what, and the line that uses it."""


def of(type_: str) -> list[tuple[str, dict[str, Any]]]:
    return [(name, inputs) for each, name, inputs in resources() if each.endswith(f":{type_}")]


def account(member: str) -> str:
    """The component whose account it is: a name of 30 characters may be cut."""
    accounts = {
        inputs["accountId"]: name.removesuffix("-account") for name, inputs in of("Account")
    }
    found = re.fullmatch(rf"serviceAccount:(.+)@{PROJECT}\.iam\.gserviceaccount\.com", member)
    assert found is not None, member
    return accounts[found[1]]


def on(type_: str, inputs: dict[str, Any]) -> str:
    if condition := inputs.get("condition"):
        return condition["expression"]
    return {
        "gcp:storage/bucketIAMMember:BucketIAMMember": "bucket",
        "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": "repository",
        "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": str(
            inputs.get("name", "")
        ).removeprefix(PREFIX),
        "gcp:projects/iAMMember:IAMMember": "the project",
    }[type_]


def test_identities_hold_exactly_what_is_used_and_each_grant_has_its_call_site():
    bound = {
        (account(inputs["member"]), inputs["role"], on(type_, inputs))
        for type_, _, inputs in resources()
        if re.search(r"I(am|AM)(Member|Binding|Policy)$", type_)
    }
    assert bound == GRANTS.keys()
    for grant, (file, line) in GRANTS.items():
        assert line in (ROOT / file).read_text(), grant


def test_a_name_is_an_identity():
    """GOLDEN=write writes it anew: a rename carries an alias and a line in the changelog."""
    names = "\n".join(sorted(f"{type_} {name}" for type_, name, _ in resources())) + "\n"
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(names)
    assert names == GOLDEN.read_text()


def test_a_region_without_a_gateway_is_refused_before_anything_is_made():
    from systems.service.gcp import page
    from systems.service.settings import load
    from systems.stack_file import SettingsError

    config = yaml.safe_load((ROOT / "Pulumi.dev-gcp.yaml").read_text())["config"]
    with pytest.raises(SettingsError, match="gcp:region 'europe-west4' has no API Gateway: take"):
        page.deploy(load({**config, "gcp:region": "europe-west4"}))


def test_each_function_and_the_gateway_is_an_account_of_its_own_and_none_has_a_key():
    functions = {inputs["serviceConfig"]["serviceAccountEmail"] for _, inputs in of("Function")}
    assert len(functions) == 2
    assert len(of("Account")) == 4
    assert of("Key") == []


def test_the_database_has_no_public_path():
    [(_, instance)] = of("DatabaseInstance")
    address = instance["settings"]["ipConfiguration"]
    assert address["ipv4Enabled"] is False
    assert address["sslMode"] == "ENCRYPTED_ONLY"
    assert "authorizedNetworks" not in address
    assert all(user["type"] == "CLOUD_IAM_SERVICE_ACCOUNT" for _, user in of("User"))
    [(_, network)] = of("Network")
    assert network["deleteDefaultRoutesOnCreate"] is True
    rules = dict(of("Firewall"))
    assert {rule["direction"] for rule in rules.values()} == {"EGRESS"}
    out = rules["service-network-to-database"]
    assert out["allows"] == [{"protocol": "tcp", "ports": ["5432"]}]
    assert rules["service-network-to-nothing-else"]["destinationRanges"] == ["0.0.0.0/0"]


def test_functions_are_inside_and_all_they_send_stays_there():
    for name, inputs in of("Function"):
        service = inputs["serviceConfig"]
        assert service["directVpcEgress"] == "VPC_EGRESS_ALL_TRAFFIC", name
        assert service["directVpcNetworkInterfaces"][0]["tags"] == ["functions-inside"], name


def test_every_type_is_described_by_google_or_is_one_of_these():
    used = {type_ for type_, _, _ in resources()}
    assert used - descriptions.TYPES.keys() == {
        "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
        "gcp:cloudrunv2/serviceIamMember:ServiceIamMember",
        "gcp:projects/iAMMember:IAMMember",
        "gcp:storage/bucketIAMMember:BucketIAMMember",
        "gcp:storage/bucketObject:BucketObject",
    }, "these have only the SDK's names and types (docs/clouds/gcp.md says so)"
    assert used <= SDK.types


def test_local_is_the_same_but_for_its_names_and_what_the_machine_says():
    def shape(stack: str) -> list[tuple[str, str]]:
        return sorted((type_, name) for type_, name, _ in resources(stack))

    assert shape("local-gcp") == shape("dev-gcp")


def test_the_gateway_wants_a_token_for_all_but_health():
    [(_, config)] = of("ApiConfig")
    encoded = config["openapiDocuments"][0]["document"]["contents"]
    if values.contains_unknown({"it": encoded}):
        from pilaster.gcp import routes

        from systems.service.gcp import page

        document = json.loads(
            routes.document(
                "t",
                page.ROUTES,
                public=page.PUBLIC,
                backend="https://f.example",
                seconds=25,
                issuer="https://i.example",
                keys_url="https://i.example/keys",
                audience=["a"],
            )
        )
    else:
        document = json.loads(base64.b64decode(encoded))
    open_ = {
        (path, method)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if not operation["security"]
    }
    assert open_ == {("/health", "get")}


@pytest.mark.parametrize("size", ["small", "medium", "large"])
def test_no_size_lets_functions_ask_for_more_connections_than_there_are(size: str):
    from pilaster.gcp.data_tier import max_connections

    from systems.service.gcp.sizes import SIZES

    each = SIZES[size]
    assert each.max_instances * each.at_once + 1 <= max_connections(each.tier) - 6
