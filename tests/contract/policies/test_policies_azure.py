"""The notes service on Azure obeys the pack without an exception, and no slip in it survives."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from pilaster_cli import project
from pilaster_local import engine
from pilaster_policies.registry import Graph
from pilaster_policies.testing import UNKNOWN, Thing

from tests.support import azure_mutations
from tests.support.policy_mutations import alone, findings, previewed

pytest.importorskip("pulumi_azure_native", reason="`cli/setup.sh clouds` installs it")

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return previewed("dev-azure")


def test_the_stack_obeys_every_rule_and_hides_nothing():
    pack = engine.PolicyPack(folder=ROOT / "policies")
    provider = project.provider(ROOT, "dev-azure", None)
    plan = engine.preview(ROOT, "dev-azure", provider=provider, policy_packs=[pack])
    assert len(plan.steps) > 40
    assert [str(v) for v in plan.violations] == []


def test_no_slip_survives(graph: Graph, capsys: pytest.CaptureFixture[str]):
    sound = findings(graph)
    made: Counter[str] = Counter()
    survivors: list[str] = []
    for mutant in azure_mutations.mutants(graph):
        made[mutant.operator] += 1
        if not alone(graph, sound, mutant):
            survivors.append(mutant.what)
    with capsys.disabled():
        print(f"\n{made.total()} mistakes in dev-azure, {len(survivors)} survived")
    assert made.total() > 80, "the stack is read, and its settings are known"
    assert survivors == []


def test_an_app_whose_front_is_taken_away_is_named(graph: Graph):
    found = findings(azure_mutations.without_fronts(graph)) - findings(graph)
    assert {(rule, urn.rpartition("::")[2]) for rule, urn, _ in found} == {
        ("azure-open-app", "notes-app-app")
    }


def one(type_: str, **props: object) -> set[str]:
    thing = Thing(f"azure-native:{type_}", "it", props)
    [resource] = _graph(thing)
    return {rule for rule, _, _ in findings(Graph([resource]), [resource])}


def _graph(thing: Thing) -> Graph:
    from pilaster_policies.registry import Resource
    from pilaster_policies.values import Unknown

    props = {name: Unknown() if v == UNKNOWN else v for name, v in thing.props.items()}
    return Graph([Resource(type=thing.type, name="it", urn=f"urn::{thing.type}::it", props=props)])


@pytest.mark.parametrize(
    ("type_", "props", "rules"),
    [
        ("sql:Server", {"publicNetworkAccess": "Enabled"}, {"azure-public-database"}),
        ("sql:Server", {}, {"azure-public-database"}),
        ("sql:Server", {"publicNetworkAccess": "Disabled", "minimalTlsVersion": "1.0"},
         {"azure-database-tls"}),
        ("dbformysql:Server", {"network": {"publicNetworkAccess": "enabled"}},
         {"azure-public-database"}),
        ("dbformysql:Server", {"network": {"delegatedSubnetResourceId": UNKNOWN}}, set()),
        ("sql:FirewallRule", {"startIpAddress": "0.0.0.0", "endIpAddress": "0.0.0.0"},
         {"azure-database-firewall"}),
        ("sql:FirewallRule", {"startIpAddress": "10.0.0.0", "endIpAddress": "10.255.255.255"},
         set()),
        ("redis:FirewallRule", {"startIP": "1.0.0.0", "endIP": "2.0.0.0"},
         {"azure-database-firewall"}),
        ("sql:FirewallRule", {"startIpAddress": "198.51.100.9", "endIpAddress": "nowhere"},
         {"azure-database-firewall"}),
        ("authorization:RoleAssignment",
         {"scope": "/providers/Microsoft.Management/managementGroups/all"}, {"azure-wide-scope"}),
        ("authorization:RoleAssignment", {"scope": "/"}, {"azure-wide-scope"}),
        ("authorization:RoleAssignment",
         {"scope": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/s"}, set()),
        ("authorization:RoleDefinition", {"permissions": [{"actions": ["*"]}]},
         {"azure-privileged-role"}),
        ("web:WebAppConnectionStrings", {"properties": {"db": {"value": "Server=x"}}},
         {"azure-plain-secret"}),
        ("web:WebAppApplicationSettings", {"properties": {"API_KEY": "0a1b2c3d4e5f60718293"}},
         {"azure-plain-secret"}),
        ("web:WebAppApplicationSettings", {"properties": {"MODE": "quick"}}, set()),
        ("redis:Redis", {"publicNetworkAccess": "Disabled", "enableNonSslPort": True},
         {"azure-database-tls"}),
        ("sql/v20230801preview:FirewallRule",
         {"startIpAddress": "0.0.0.0", "endIpAddress": "255.255.255.255"},
         {"azure-database-firewall"}),
        ("dbforpostgresql/v20171201:Server", {"properties": {"sslEnforcement": "Disabled",
         "publicNetworkAccess": "Disabled"}}, {"azure-database-tls"}),
        ("dbforpostgresql/v20240801:Server", {"network": {"publicNetworkAccess": "Disabled"}},
         set()),
        ("cache:Redis", {"publicNetworkAccess": "Disabled", "enableNonSslPort": True},
         {"azure-database-tls"}),
        ("cache/v20230801:FirewallRule", {"startIP": "1.0.0.0", "endIP": "2.0.0.0"},
         {"azure-database-firewall"}),
        ("documentdb:DatabaseAccount", {"disableLocalAuth": True},
         {"azure-public-database"}),
        ("web:WebApp", {"kind": "app", "httpsOnly": "true"}, set()),
        ("web:WebApp", {"kind": "functionapp", "httpsOnly": True}, {"azure-open-app"}),
    ],
)  # fmt: skip
def test_what_strangers_write(type_: str, props: dict[str, object], rules: set[str]):
    found = one(type_, **props)
    assert found - {"azure-database-login"} == rules
