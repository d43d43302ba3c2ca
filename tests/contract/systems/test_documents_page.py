"""The documents system on AWS as its page draws it: names that are pinned, doors that are listed.

What it deployed under a name is deleted if the name changes: a rename carries an alias and a line
under "Replaces resources" in the changelog; then write the golden file anew with GOLDEN=write.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from pilaster import packaging

from lambdas.documents.aws.openapi.document import document
from systems.documents.aws import page
from systems.settings import load
from tests.support.documents_openapi import operations
from tests.unit.components.deployment import Deployment, deployed

ROOT = Path(__file__).parents[3]
GOLDEN = Path(__file__).parent / "golden" / "documents-aws.txt"


def deploy(
    stack: str, folder: Path, monkeypatch: pytest.MonkeyPatch, **changed: object
) -> Deployment:
    """The page with the settings of a real stack; only the packages are not built."""
    archive = folder / "package.zip"
    archive.write_bytes(b"stands in for a package")
    package = packaging.Package(path=archive, key="0" * 64, zipped_bytes=1)
    monkeypatch.setattr(packaging, "build", lambda *_, **__: package)
    monkeypatch.chdir(ROOT)
    config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    config |= {f"pilaster:{name}": value for name, value in changed.items()}
    text = {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()
    }
    return deployed(lambda: page.deploy(load(text)))


@pytest.fixture(params=["local", "dev", "prod"])
def system(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Deployment:
    return deploy(request.param, tmp_path, monkeypatch)


def test_the_system_keeps_the_names_it_has_deployed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the site's build names by its content changes with it.
    kept = [each for each in deploy("dev", tmp_path, monkeypatch).tree() if "-assets/" not in each]
    tree = "\n".join(kept) + "\n"
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(tree)
    assert tree == GOLDEN.read_text()


def of(system: Deployment, kind: str, api: str = "documents-api") -> list[Any]:
    """The routes or stages of one API: there is one for HTTP and one for sockets."""
    return [each for each in system.all(kind) if each.inputs["apiId"] == f"{api}-api-id"]


def test_a_socket_opens_by_a_ticket_alone(system: Deployment) -> None:
    routes = of(system, "Route", "documents-push")
    assert {each.inputs["routeKey"]: each.inputs["authorizationType"] for each in routes} == {
        "$connect": "CUSTOM",
        "$disconnect": "NONE",
        "$default": "NONE",
    }


def test_only_the_listed_routes_are_open(system: Deployment) -> None:
    def route(resource: Any) -> str:
        return resource.inputs["routeKey"]

    routes = of(system, "Route")
    assert {route(each) for each in routes if each.inputs["authorizationType"] == "NONE"} == {
        "$default",
        "GET /api/v1/openapi.json",
        "GET /health",
        "POST /api/v1/auth/confirm",
        "POST /api/v1/auth/login",
        "POST /api/v1/auth/refresh",
        "POST /api/v1/auth/register",
    }
    assert {each.inputs["authorizationType"] for each in routes} == {"NONE", "JWT"}


def test_the_openapi_document_has_every_route_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those for mail are where a stack writes any."""
    wishes = {"GET /api/v1/mail/wishes", "PUT /api/v1/mail/wishes"}
    described = {
        route: "NONE" if operation.get("security") == [] else "JWT"
        for route, operation in operations(document()).items()
    }
    for stack in ("local", "dev", "prod"):
        system = deploy(stack, tmp_path, monkeypatch)
        routes = {
            each.inputs["routeKey"]: each.inputs["authorizationType"]
            for each in of(system, "Route")
            if each.inputs["routeKey"] != "$default"
        }
        mail = wishes if wishes & set(routes) else set()
        assert routes == {
            route: kind for route, kind in described.items() if route not in wishes - mail
        }


def test_every_route_has_a_throttle_and_those_where_passwords_are_guessed_a_narrow_one(
    system: Deployment,
) -> None:
    stage = of(system, "Stage")[0].inputs
    throttles = {
        each["routeKey"]: (each["throttlingRateLimit"], each["throttlingBurstLimit"])
        for each in stage["routeSettings"]
    }
    assert set(throttles) == {each.inputs["routeKey"] for each in of(system, "Route")}
    guessed = {route for route in throttles if "/auth/" in route} - {"POST /api/v1/auth/refresh"}
    assert guessed == {
        "POST /api/v1/auth/register",
        "POST /api/v1/auth/confirm",
        "POST /api/v1/auth/login",
        "POST /api/v1/auth/logout",
    }
    reads = [throttles["GET /api/v1/documents"], throttles["GET /api/v1/documents/{id}"]]
    narrow = [throttles[route] for route in guessed]
    assert all(rate <= 5 and burst <= 20 for rate, burst in narrow)
    assert all(rate >= 50 and burst >= 100 for rate, burst in reads)


def test_what_takes_unknown_addresses_knows_every_route(system: Deployment) -> None:
    [told] = [
        each.inputs["environment"]["variables"]["ROUTES"]
        for each in system.all("Function")
        if "ROUTES" in (each.inputs.get("environment") or {}).get("variables", {})
    ]
    routes = {each.inputs["routeKey"] for each in of(system, "Route")} - {"$default"}
    assert set(told.split(",")) == routes


def test_pages_of_the_named_origins_may_call_and_upload_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origins = ["https://app.example"]
    system = deploy("dev", tmp_path, monkeypatch, allowed_origins=origins)
    cors = system.one("Api", "documents-api-api").inputs["corsConfiguration"]
    assert (cors["allowOrigins"], cors["allowCredentials"]) == (origins, False)
    [rule] = system.one("BucketCorsConfiguration").inputs["corsRules"]
    site, *others = rule["allowedOrigins"]
    assert site.startswith("https://"), "the pages of the distribution upload, too"
    assert (others, rule["allowedMethods"]) == (origins, ["GET", "PUT"])
    closed = deploy("dev", tmp_path, monkeypatch)
    assert "corsConfiguration" not in closed.one("Api", "documents-api-api").inputs
    [rule] = closed.one("BucketCorsConfiguration").inputs["corsRules"]
    assert rule["allowedOrigins"] == [site]


def test_no_function_is_told_a_secret(system: Deployment) -> None:
    """Names of secrets, never their values: variables stand in the state and the console."""
    told = {
        name
        for function in system.all("Function")
        for name in (function.inputs.get("environment") or {}).get("variables", {})
    }
    assert [name for name in told if "PASSWORD" in name or "KEY" in name or "TOKEN" in name] == []
    assert "MASTER_SECRET_ARN" in told


def test_the_database_is_private_encrypted_and_asks_for_an_identity(system: Deployment) -> None:
    cluster = system.one("Cluster").inputs
    assert cluster["storageEncrypted"] is True
    assert cluster["iamDatabaseAuthenticationEnabled"] is True
    assert cluster["manageMasterUserPassword"] is True
    assert [each.inputs["publiclyAccessible"] for each in system.all("ClusterInstance")] == [False]
    assert all("0.0.0.0/0" not in str(each.inputs) for each in system.resources)


KEPT = {
    "documents-admission-table",
    "documents-cdn-logs-bucket",
    "documents-cdn-site-bucket",
    "documents-data-cluster",
    "documents-files-bucket",
    "documents-outbox-table",
    "documents-records-bucket",
    "documents-report-results-bucket",
    "documents-reviews-table",
    "documents-users-pool",
}
"""What cannot be made again or was asked for (reports), and the site's files, without which nobody
sees anything."""


@pytest.mark.parametrize(("stack", "kept"), [("local", set()), ("dev", set()), ("prod", KEPT)])
def test_what_holds_data_is_protected_in_production_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stack: str, kept: set[str]
) -> None:
    """`local` and `dev` are there to be thrown away."""
    protected = [each for each in deploy(stack, tmp_path, monkeypatch).resources if each.protect]
    assert {each.name for each in protected} == kept


def test_with_textract_the_pages_are_read_outside_by_a_function_that_may_do_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = deploy("dev", tmp_path, monkeypatch, documents={"ocr": "textract"})
    read = system.one("Function", "documents-pipeline-read-function")
    assert read.inputs.get("vpcConfig") is None
    policies = [
        str(each.inputs["policy"])
        for each in system.all("RolePolicy")
        if each.name.startswith("documents-pipeline-read-")
    ]
    assert sum("textract:DetectDocumentText" in policy for policy in policies) == 1
    inside = deploy("dev", tmp_path, monkeypatch).one("Function", read.name)
    assert inside.inputs["vpcConfig"]


def test_an_image_runs_in_place_of_the_archive_where_the_setting_names_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = deploy("dev", tmp_path, monkeypatch)
    place = str(plain.one("Function", "documents-pipeline-read-function").inputs["role"])
    account = place.split(":")[4]
    image = f"{account}.dkr.ecr.eu-west-2.amazonaws.com/reading@sha256:{'5' * 64}"
    system = deploy("dev", tmp_path, monkeypatch, documents={"read_image": image})
    before, read = (
        dict(each.one("Function", "documents-pipeline-read-function").inputs)
        for each in (plain, system)
    )
    archive = {key: before.pop(key) for key in ("code", "handler", "runtime", "sourceCodeHash")}
    assert all(archive.values())
    assert (read.pop("imageUri"), read.pop("packageType")) == (image, "Image")
    told = [dict(each.pop("environment")["variables"]) for each in (before, read)]
    versions = {each.pop("READER_VERSION") for each in told}
    assert len(versions) == 2, "what another image read is not this one's reading"
    assert told[0] == told[1]
    assert read == before


DATABASE_ACCESS = ("rds-db:connect", "rds-data:ExecuteStatement")


def _functions(system: Deployment) -> dict[str, Any]:
    return {each.inputs["name"]: each for each in system.all("Function") if "role" in each.inputs}


def _with_the_database(system: Deployment) -> set[str]:
    """Functions whose role may log in to the database or run statements in it."""
    roles = {
        policy.inputs["role"]
        for policy in system.all("RolePolicy")
        if any(action in str(policy.inputs["policy"]) for action in DATABASE_ACCESS)
    }
    found = _functions(system).items()
    return {name for name, each in found if each.inputs["role"].rpartition("/")[2] in roles}


def test_nothing_that_runs_by_the_clock_reaches_the_database(system: Deployment) -> None:
    """One session by a timer every few minutes, and a database never pauses."""
    timed = [rule for rule in system.all("EventRule") if rule.inputs.get("scheduleExpression")]
    assert timed, "the watch over reviews is one"
    rules = {rule.inputs["name"] for rule in timed}
    reached = {
        str(target.inputs["arn"]).rpartition(":")[2]
        for target in system.all("EventTarget")
        if target.inputs["rule"] in rules
    }
    # A queue hands on what came by the clock, to the function that takes from it.
    drawn = {f"arn:drawn:{each.name}": name for name, each in _functions(system).items()}
    for source in system.all("EventSourceMapping"):
        if str(source.inputs.get("eventSourceArn")).rpartition(":")[2] in reached:
            reached.add(drawn[source.inputs["functionName"]])
    assert len(reached & _functions(system).keys()) >= 2, "the watch, and admission's dispatch"
    assert not reached & _with_the_database(system)
    clocks = [each.type for each in system.all("Schedule") if each.type.startswith("aws:")]
    assert clocks == [], "EventBridge Scheduler would be another clock"
    assert _with_the_database(system), "or this test sees nothing"


def test_through_a_proxy_no_function_reaches_the_database_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = {"min_capacity": 0.5, "proxy": True, "idle_session_seconds": 600}
    system = deploy("dev", tmp_path, monkeypatch, data=data)
    assert system.one("Proxy").inputs["idleClientTimeout"] == 600
    logins = {
        policy.name: policy.inputs["policy"]
        for policy in system.all("RolePolicy")
        if "rds-db:connect" in str(policy.inputs["policy"])
    }
    [own] = [name for name, policy in logins.items() if name.startswith("documents-proxy")]
    assert str(logins.pop(own)).count("dbuser:") == 3
    assert logins
    for name, policy in logins.items():
        assert ":dbuser:documents-proxy-proxy" in str(policy), (name, policy)
    for function in _functions(system).values():
        variables = function.inputs.get("environment", {}).get("variables", {})
        if "DATABASE_HOST" in variables:
            assert variables["DATABASE_PROXIED"] == "true"
            assert variables["DATABASE_IDLE_SECONDS"] == "600"
