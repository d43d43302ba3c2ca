"""The whole system on this machine by the official engine, and by both in turn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import httpx
import pytest

from tests.support.deployed import Deployed
from tests.support.official import Official

pytestmark = [pytest.mark.integration, pytest.mark.engine, pytest.mark.enable_socket]

HANDLER = "lambdas/documents/aws/health/show.py"


@pytest.fixture(scope="module")
def pulumi(project: Deployed) -> Iterator[Official]:
    """Deployed by the official engine alone; at the end it is gone, and nothing is left."""
    assert project.pilaster("up", "--platform-only").code == 0
    official = Official(project.folder).begin()
    made = official.up()
    assert set(made) == {"create"}
    yield official
    official.on_stack("destroy", "--yes")
    assert official.export()["deployment"].get("resources", []) == []
    left = what_is_left(project)
    assert left == {}, "of what the stack made nothing stays"


def what_is_left(project: Deployed) -> dict[str, list[str]]:
    def ask(service: str, operation: str, key: str) -> list[str]:
        client = boto3.client(
            service,
            endpoint_url=project.status["endpoint"],
            region_name="eu-west-2",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        return getattr(client, operation)().get(key, [])

    asked = {
        "buckets": ask("s3", "list_buckets", "Buckets"),
        "clusters": ask("rds", "describe_db_clusters", "DBClusters"),
        "functions": ask("lambda", "list_functions", "Functions"),
        "machines": ask("stepfunctions", "list_state_machines", "stateMachines"),
        "queues": ask("sqs", "list_queues", "QueueUrls"),
        "roles": ask("iam", "list_roles", "Roles"),
        "apis": ask("apigatewayv2", "get_apis", "Items"),
    }
    return {what: found for what, found in asked.items() if found}


def outputs(pulumi: Official) -> dict[str, str]:
    return json.loads(pulumi.run("stack", "output", "-s", pulumi.stack, "--json").out)


def test_what_it_deploys_works_and_a_second_up_changes_nothing(pulumi: Official) -> None:
    answer = httpx.get(outputs(pulumi)["api_url"] + "/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert set(pulumi.up()) == {"same"}
    assert set(pulumi.preview()) == {"same"}


def test_a_refresh_finds_everything_as_it_was_made(pulumi: Official) -> None:
    pulumi.on_stack("refresh", "--yes")
    assert set(pulumi.last()) == {"same"}


def test_a_changed_handler_is_an_update_of_that_function_alone(
    project: Deployed, pulumi: Official
) -> None:
    with project.changed(HANDLER, lambda text: text.replace('"ok"', '"fine"')):
        changed = pulumi.up()
        assert {op: count for op, count in changed.items() if op != "same"} == {"update": 1}
        assert httpx.get(outputs(pulumi)["api_url"] + "/health").json() == {"status": "fine"}
    assert pulumi.up()["update"] == 1


def test_a_state_goes_to_the_stand_in_and_back(
    project: Deployed, pulumi: Official, tmp_path: Path
) -> None:
    all_of_it = sum(pulumi.preview().values())
    theirs, ours = tmp_path / "theirs.json", tmp_path / "ours.json"
    theirs.write_text(json.dumps(pulumi.export()))
    taken = project.pilaster("stack", "import", "--file", str(theirs))
    assert taken.code == 0, taken.err
    plan = json.loads(project.pilaster("preview", "--json").out)
    assert plan["changeSummary"] == {"same": all_of_it}
    assert project.up() == {"same": all_of_it}
    given = project.pilaster("stack", "export", "--file", str(ours))
    assert given.code == 0, given.err
    pulumi.take(ours)
    assert pulumi.preview() == {"same": all_of_it}
    assert pulumi.up() == {"same": all_of_it}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_stack_of_aws_is_refused_by_the_local_provider(
    project: Deployed, pulumi: Official, stack: str
) -> None:
    """With what is set for `local` it is not even previewed; with what is set for it, it is
    previewed, and the first resource that would be made is refused."""
    there = what_is_left(project)
    official = Official(project.folder, stack).begin()
    assert set(official.preview()) == {"create"}
    refused = official.on_stack("up", "--yes", "--skip-preview", fails=True)
    assert "this provider has no endpoint, so it can only preview" in refused.out
    made = [r for r in official.export()["deployment"].get("resources", []) if r.get("id")]
    assert [r["type"] for r in made] == ["pulumi:providers:aws"]
    del official.environment["PILASTER_PREVIEW_ONLY"]
    for command in (["preview"], ["up", "--yes", "--skip-preview"]):
        refused = official.on_stack(*command, fails=True)
        assert "this stack is not for this machine" in refused.out
    assert what_is_left(project) == there
