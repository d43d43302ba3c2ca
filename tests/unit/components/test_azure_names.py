"""Names on Azure: within its limits, two for two things, written down before anything exists."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pilaster_local.providers.azure import bounds, names

pytest.importorskip("pulumi_azure_native", reason="`cli/setup.sh clouds` installs it")

from pilaster.azure import DataTierArgs, FunctionArgs, IdentityRef, NetworkRef, Place
from pilaster.azure.api import ApiArgs
from pilaster.azure.iam import Grant
from pilaster.azure.naming import LIMITS, WORLDWIDE
from pilaster.azure.network import NetworkArgs, database_rules, functions_rules, subnets
from pilaster.azure.secret import SecretArgs
from pilaster.azure.warm import always_ready
from pilaster.packaging import Code

PLACE = Place(
    project="pilaster",
    stack="dev-azure",
    subscription="11111111-1111-4111-8111-111111111111",
    tenant="22222222-2222-4222-8222-222222222222",
    location="uksouth",
)
WHO = IdentityRef(id="i", name="n", client_id="c", principal_id="p")
INSIDE = NetworkRef(subnet_id="s")
INPUTS = {
    "group": ("resources:ResourceGroup", "resourceGroupName"),
    "identity": ("managedidentity:UserAssignedIdentity", "resourceName"),
    "insights": ("applicationinsights:Component", "resourceName"),
    "network": ("network:VirtualNetwork", "virtualNetworkName"),
    "plan": ("web:AppServicePlan", "name"),
    "rules": ("network:NetworkSecurityGroup", "networkSecurityGroupName"),
    "workspace": ("operationalinsights:Workspace", "workspaceName"),
    "database": ("dbforpostgresql:Server", "serverName"),
    "site": ("web:WebApp", "name"),
    "storage": ("storage:StorageAccount", "accountName"),
    "vault": ("keyvault:Vault", "vaultName"),
}
paths = st.from_regex(r"[a-z][a-z0-9]{0,9}(-[a-z0-9]{1,12}){0,7}", fullmatch=True)


def named(kind: str, path: str) -> str:
    return PLACE.worldwide(kind, path) if kind in WORLDWIDE else PLACE.name(kind, path)


@pytest.mark.parametrize("kind", sorted({*LIMITS, *WORLDWIDE}))
@given(paths)
def test_every_name_is_one_azure_takes(kind: str, path: str):
    type_, name = INPUTS[kind]
    given = {name: named(kind, path)}
    token = f"azure-native:{type_}"
    assert [*bounds.failures(token, given), *names.failures(token, given)] == []


@pytest.mark.parametrize("kind", sorted({*LIMITS, *WORLDWIDE}))
def test_two_long_names_that_differ_at_their_end_stay_two(kind: str):
    long = "-".join(["component"] * 30)
    assert named(kind, f"{long}-a") != named(kind, f"{long}-b")


def test_the_same_thing_in_another_subscription_or_stack_has_another_worldwide_name():
    elsewhere = replace(PLACE, subscription="33333333-3333-4333-8333-333333333333")
    other = replace(PLACE, stack="prod-azure")
    for kind in WORLDWIDE:
        found = {each.worldwide(kind, "notes-app") for each in (PLACE, elsewhere, other)}
        assert len(found) == 3, kind


def test_an_assignment_is_the_same_guid_every_time():
    first = PLACE.assignment("api", "storage", "Owner")
    assert first == PLACE.assignment("api", "storage", "Owner")
    assert first != PLACE.assignment("migrations", "storage", "Owner")
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", first)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"subscription": "my subscription"}, "'my subscription' is no id of Azure's"),
        ({"tenant": "111111111111"}, "tenant '111111111111' is no id"),
        ({"location": "eu-west-2"}, "'eu-west-2' is no region of Azure's"),
        ({"stack": "Dev"}, "stack 'Dev' cannot start a name"),
        ({"project": "a-project-with-a-long-name"}, "shorten one"),
    ],
)
def test_a_place_that_is_none_is_refused_with_the_fix(changed: dict[str, str], message: str):
    with pytest.raises(ValueError, match=message):
        replace(PLACE, **changed)


def data(**more: object) -> DataTierArgs:
    whole = {"place": PLACE, "group": "g", "network": INSIDE, "database_name": "notes"}
    return DataTierArgs(**{**whole, "administrator": WHO, **more})  # pyright: ignore


def function(**more: object) -> FunctionArgs:
    code = Code(entry_point="lambdas.service.azure.notes", dependencies="service_azure")
    whole = {"place": PLACE, "group": "g", "code": code, "identity": WHO, "network": INSIDE}
    return FunctionArgs(**{**whole, **more})  # pyright: ignore


def api(**more: object) -> ApiArgs:
    whole = {"place": PLACE, "group": "g", "function_name": "f", "function_host": "h"}
    said = {"issuer": "https://login.microsoftonline.com/t/v2.0", "audience": ["a"], **more}
    return ApiArgs(**{**whole, **said})  # pyright: ignore


@pytest.mark.parametrize(
    ("made", "changed", "message"),
    [
        (data, {"size": "db.serverless"}, "'db.serverless' is not known: take one of Standard_B1"),
        (data, {"engine_version": "17.7"}, "write a major version"),
        (data, {"storage_gib": 20}, "take one of 32, 64"),
        (data, {"database_name": "Notes!"}, "quoted for ever"),
        (data, {"backup_retention_days": 1}, "not within 7 and 35"),
        (data, {"statement_timeout_seconds": 0}, "0 is no limit"),
        (function, {"memory_mib": 1024}, "take one of 512, 2048, 4096"),
        (function, {"maximum_instances": 10}, "not within 40 and 1000"),
        (function, {"warm_instances": 21}, "not within 0 and 20"),
        (function, {"log_retention_days": 7}, "not within 30 and 730"),
        (function, {"environment": {"WEBSITE_X": "y"}}, "the platform's own"),
        (function, {"environment": {"a b": "y"}}, "no variable's name"),
        (api, {"audience": []}, "tokens of any client would be taken"),
        (api, {"issuer": "http://login"}, "no address of a directory"),
        (api, {"public_routes": ["/*"]}, "no single path"),
    ],
)
def test_what_azure_does_not_take_is_refused_before_anything_is_made(
    made: object, changed: dict[str, object], message: str
):
    with pytest.raises(ValueError, match=message):
        made(**changed)  # pyright: ignore


def test_a_secret_and_a_network_are_refused_by_their_names_and_sizes():
    with pytest.raises(ValueError, match="no name of a secret"):
        SecretArgs(place=PLACE, group="g", network=INSIDE, secret_name="a/b")
    for cidr in ("10.0.0.0/28", "8.8.8.0/24", "2001:db8::/32", "nothing"):
        with pytest.raises(ValueError, match=r"no (private )?network"):
            NetworkArgs(place=PLACE, group="g", cidr=cidr)


@pytest.mark.parametrize(
    ("role", "scope", "message"),
    [
        ("Owner", PLACE.id("Microsoft.Storage", "storageAccounts", "a"), "is not granted here"),
        ("Key Vault Secrets User", "/subscriptions/x", "no single resource"),
        ("Key Vault Secrets User", "/subscriptions/x/resourceGroups/g", "no single resource"),
    ],
)
def test_a_grant_is_a_narrow_role_on_one_resource(role: str, scope: str, message: str):
    with pytest.raises(ValueError, match=message):
        Grant(owner="o", role=role, scope=scope, why="w")


def test_the_subnets_do_not_meet_and_what_is_not_meant_is_denied():
    functions, database = subnets("10.1.0.0/24")
    assert (functions, database) == ("10.1.0.0/26", "10.1.0.64/28")
    for rules in (functions_rules(database), database_rules(functions, database)):
        for direction in ("Inbound", "Outbound"):
            *open_, last = [rule for rule in rules if rule.direction == direction]
            assert (last.access, last.protocol, last.source_address_prefix) == ("Deny", "*", "*")
            assert {each.access for each in open_} <= {"Allow"}
    entering = [r for r in database_rules(functions, database) if r.direction == "Inbound"]
    assert {r.source_address_prefix for r in entering[:-1]} == {functions, database}
    assert {r.destination_port_range for r in entering[:-1]} == {"5432"}


def test_no_instance_waits_unless_somebody_asks():
    assert always_ready(0) == []
    [ready] = always_ready(2)
    assert (ready.name, ready.instance_count) == ("http", 2)
