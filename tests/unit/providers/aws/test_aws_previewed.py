"""Types this machine has nothing for: without an endpoint they are previewed all the same."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest
from pilaster_local.providers.aws import declared
from pilaster_local.providers.aws.cloud import OfflineError
from pilaster_local.providers.aws.plan.collecting import CollectingProvider
from pilaster_local.providers.aws.provider import AwsProvider
from pilaster_local.providers.aws.table import TYPES
from pilaster_local.providers.aws.values import plain_map, wrap, wrap_map
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    CheckRequest,
    CheckResponse,
    ConfigureRequest,
    CreateRequest,
    DiffRequest,
)

DATABASE = "aws:rds/instance:Instance"
GOOD = {"instanceClass": "db.t4g.micro", "allocatedStorage": 20, "engine": "postgres"}


def offline(kind: type[AwsProvider] = AwsProvider) -> AwsProvider:
    return kind(None, region="eu-west-2", account="222222222222")


def urn(token: str) -> str:
    return f"urn:pulumi:prod::shop::{token}::it"


def check(
    token: str, inputs: dict[str, PropertyValue], provider: AwsProvider | None = None
) -> CheckResponse:
    asked = CheckRequest(urn(token), {}, inputs, b"seed")
    return asyncio.run((provider or offline()).check(asked))


def said(token: str, inputs: dict[str, Any], provider: AwsProvider | None = None) -> dict[str, str]:
    failures = check(token, wrap_map(inputs), provider).failures or []
    return {failure.property: failure.reason for failure in failures}


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        (DATABASE, GOOD),
        ("aws:redshift/cluster:Cluster", {"clusterIdentifier": "c", "nodeType": "ra3.large"}),
        ("aws:ecs/service:Service", {"cluster": "c", "taskDefinition": "t:1", "desiredCount": 2}),
        ("aws:iam/user:User", {"name": "ci"}),
        ("aws:lb/listener:Listener", {"loadBalancerArn": "a", "defaultActions": [{"type": "x"}]}),
    ],
)
def test_a_type_only_the_sdk_knows_previews_with_its_inputs(token: str, inputs: dict[str, Any]):
    assert token not in TYPES
    answer = check(token, wrap_map(inputs))
    assert answer.failures == []
    assert plain_map(answer.inputs or {}) == inputs
    made = CreateRequest(urn(token), answer.inputs or {}, 0, preview=True)
    created = asyncio.run(offline().create(made))
    assert plain_map(created.properties or {}) == inputs
    assert not created.resource_id


def test_what_the_sdk_does_not_declare_is_refused_at_every_depth():
    assert said(DATABASE, {"instanceClas": "db.t4g.micro", "allocatedStorage": "many"}) == {
        "instanceClass": "it is required, and not given",
        "instanceClas": "there is no such input; did you mean 'instanceClass'?",
        "allocatedStorage": "'many' is not a whole number",
    }
    rules = {"defaultActions": [{"typ": "forward"}], "loadBalancerArn": "a"}
    assert said("aws:lb/listener:Listener", rules) == {
        "defaultActions[0].type": "it is required, and not given",
        "defaultActions[0].typ": "there is no such input; did you mean 'type'?",
    }


def test_what_is_not_known_yet_is_no_mistake():
    unknown = {name: PropertyValue.computed() for name in GOOD}
    assert check(DATABASE, unknown).failures == []


def test_a_secret_is_not_shown_by_what_is_wrong_with_it():
    hidden = {**wrap_map(GOOD), "allocatedStorage": wrap("hush-hush").with_secret(True)}
    [failure] = check(DATABASE, hidden).failures or []
    assert failure.property == "allocatedStorage"
    assert "secret" in failure.reason
    assert "hush" not in failure.reason


def test_the_stacks_own_tags_are_put_on_what_can_be_tagged():
    provider = offline()
    tags = {"defaultTags": wrap({"tags": {"team": "shop"}})}
    asyncio.run(provider.configure(ConfigureRequest({}, tags, True, True)))
    for token, expected in (
        (DATABASE, {"team": "shop"}),
        ("aws:iam/accountAlias:AccountAlias", None),
    ):
        answer = check(
            token, wrap_map(GOOD if token == DATABASE else {"accountAlias": "shop"}), provider
        )
        assert answer.failures == []
        assert plain_map(answer.inputs or {}).get("tagsAll") == expected


def test_a_changed_input_is_an_update_since_nobody_here_knows_better():
    old, new = wrap_map(GOOD), wrap_map({**GOOD, "engine": "mysql"})
    asked = DiffRequest(urn(DATABASE), "db-1", old, new, [])
    asked.old_inputs = old  # type: ignore[attr-defined]
    answer = asyncio.run(offline().diff(asked))
    assert (answer.changes, answer.diffs, answer.replaces) == (True, ["engine"], [])


def test_a_type_nobody_declares_is_refused_with_the_nearest_there_is():
    reason = said("aws:cloudfront/distributon:Distributon", {})[""]
    assert reason == (
        "pulumi_aws does not know the resource type 'aws:cloudfront/distributon:Distributon'; the "
        "nearest it knows is aws:cloudfront/distribution:Distribution"
    )
    # The right class of another type of the service does not make it one.
    assert "does not know" in said("aws:rds/nothing:Instance", GOOD)[""]
    assert (
        "does not know" in said("aws:rds/nothing:Instance", GOOD, offline(CollectingProvider))[""]
    )


def test_the_collecting_provider_stops_at_no_mistake_of_such_a_type():
    assert said(DATABASE, {"allocatedStorage": "many"}, offline(CollectingProvider)) == {}


def test_deploying_it_to_this_machine_is_refused_by_name():
    here = AwsProvider("http://127.0.0.1:4566")
    assert (
        "does not know the resource type 'aws:rds/instance:Instance'"
        in said(DATABASE, GOOD, here)[""]
    )
    with pytest.raises(OfflineError, match="can only preview"):
        asyncio.run(offline().create(CreateRequest(urn(DATABASE), wrap_map(GOOD), 0, False)))


def test_the_types_are_listed_as_the_sdk_registers_them():
    assert TYPES.keys() <= declared.types()
    assert "aws:quicksight/dashboard:Dashboard" in declared.types()


def test_only_the_module_of_the_type_is_loaded():
    script = (
        "import sys\n"
        "from pilaster_local.providers.aws.previewed import previewed\n"
        f"previewed({DATABASE!r}).check({GOOD!r})\n"
        "print(*(m for m in ('rds.instance', 'ec2.instance', 'quicksight.dashboard')"
        " if f'pulumi_aws.{m}' in sys.modules))\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["rds.instance"]
