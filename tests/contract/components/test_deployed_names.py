"""What all components together deploy: names, permissions, tags. Which children each has is held by
`test_promises`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pilaster.aws import (
    Api,
    ApiArgs,
    Bucket,
    BucketArgs,
    BucketPages,
    BucketPagesArgs,
    Bus,
    BusArgs,
    Code,
    DataTier,
    DataTierArgs,
    Expiry,
    FunctionArgs,
    Migrations,
    MigrationsArgs,
    Network,
    NetworkArgs,
    Pipeline,
    PipelineArgs,
    Start,
    Table,
    TableArgs,
    Users,
    UsersArgs,
    iam,
)
from pilaster.flow import Flow, Publish, Step, Task

from tests.unit.components.deployment import Deployment, code_folder, deployed, place

FLOW = Flow(
    start="read",
    on_error="failed",
    steps={
        "read": Step(task=Task(function="read", next="done")),
        "done": Step(publish=Publish(event="job.completed", source="docs", detail={})),
        "failed": Step(publish=Publish(event="job.failed", source="docs", detail={})),
    },
)


def everything(root: Path) -> None:
    """One of each, wired as a page does it."""
    here = place(code_folder(root))

    def function(**more: Any) -> FunctionArgs:
        return FunctionArgs(place=here, code=Code(entry_point="lambdas.handler"), **more)

    network = Network("net", NetworkArgs(place=here))
    files = Bucket(
        "files",
        BucketArgs(
            place=here,
            expire=[Expiry(prefix="work/", days=1)],
        ),
    )
    BucketPages("files-pages", BucketPagesArgs(bucket=files.name, origins=["https://app.example"]))
    table = Table("outbox", TableArgs(place=here, partition_key="pk"))
    bus = Bus("bus", BusArgs(place=here))
    users = Users("people", UsersArgs(place=here, groups=["reviewers"]))
    data = DataTier(
        "data", DataTierArgs(place=here, network=network.database, database_name="docs")
    )
    migrations = Migrations(
        "moved",
        MigrationsArgs(
            place=here,
            digest="abc",
            function=function(grants=[data.execute_statements(), data.read_master_secret()]),
        ),
    )
    inside = function(
        network=network.inside,
        environment={"HOST": migrations.after(data.host)},
        grants=[data.connect("api"), files.read_objects(), table.write_items()],
    )
    Api(
        "web",
        ApiArgs(
            place=here,
            issuer=users.issuer,
            audience=[users.client_id],
            public_routes=["GET /health"],
            routes={
                "GET /health": function(tracing=True),
                "GET /api/v1/things/{id}": inside,
                "POST /api/v1/auth/register": function(grants=[users.confirm(), users.find()]),
            },
        ),
    )
    Pipeline(
        "docs",
        PipelineArgs(
            place=here,
            flow=FLOW,
            functions={"read": inside},
            bus_name=bus.name,
            start=Start(
                bucket_name=files.name,
                prefix="uploads/",
                function=function(grants=[Pipeline.start_executions(here, "docs"), bus.publish()]),
            ),
        ),
    )


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    root = tmp_path_factory.mktemp("project")
    return deployed(lambda: everything(root))


def documents(stack: Deployment) -> Iterator[tuple[str, dict[str, Any]]]:
    for each in stack.resources:
        for key in ("policy", "assumeRolePolicy"):
            if key in each.inputs:
                for statement in json.loads(each.inputs[key])["Statement"]:
                    yield each.name, statement


def test_nothing_is_allowed_by_a_wildcard_action(stack: Deployment):
    found = list(documents(stack))
    assert len(found) > 30, "the lint must see the documents"
    assert [
        (name, action)
        for name, statement in found
        if statement["Effect"] == "Allow"
        for action in [statement["Action"]]
        if "*" in json.dumps(action)
    ] == []


def test_every_resource_is_named_but_for_actions_the_table_gives_a_reason_for(stack: Deployment):
    unexplained = [
        (name, action)
        for name, statement in documents(stack)
        if statement["Effect"] == "Allow" and "*" in statement.get("Resource", [])
        for action in statement["Action"]
        if action not in iam.NO_RESOURCE_LEVEL
    ]
    assert unexplained == []


def test_every_physical_name_starts_with_the_stack(stack: Deployment):
    """Permissions of the network's endpoints rely on it, and so does whoever cleans up."""
    named = {
        "aws:s3/bucket:Bucket": "bucket",
        "aws:rds/cluster:Cluster": "clusterIdentifier",
        "aws:rds/clusterInstance:ClusterInstance": "identifier",
    }
    shared = {"aws:iam/rolePolicy:RolePolicy", "aws:apigatewayv2/authorizer:Authorizer"}
    shared |= {"aws:apigatewayv2/stage:Stage", "aws:cognito/userGroup:UserGroup"}
    wrong = {
        (each.type, name)
        for each in stack.resources
        if each.type.startswith("aws:") and each.type not in shared
        for name in [each.inputs.get(named.get(each.type, "name"))]
        if name is not None and not name.split("/")[-1].startswith("pilaster-dev-")
    }
    assert wrong == set()


def test_only_what_holds_data_is_protected(stack: Deployment):
    assert {each.type for each in stack.resources if each.protect} == {
        "aws:cognito/userPool:UserPool",
        "aws:dynamodb/table:Table",
        "aws:rds/cluster:Cluster",
        "aws:s3/bucket:Bucket",
    }


def test_everything_that_can_carry_tags_says_which_component_owns_it(stack: Deployment):
    import inspect

    import pulumi
    import pulumi_aws as aws

    def takes_tags(token: str) -> bool:
        _, module, name = token.split(":")
        package = {"lambda": "lambda_"}.get(module.split("/")[0], module.split("/")[0])
        resource = getattr(getattr(aws, package), name)
        return "tags" in inspect.signature(resource._internal_init).parameters

    assert issubclass(aws.s3.Bucket, pulumi.CustomResource)
    bare = [
        each.name
        for each in stack.resources
        if each.type.startswith("aws:")
        and takes_tags(each.type)
        and "pilaster:component" not in each.inputs.get("tags", {})
    ]
    assert bare == []


def test_every_component_registers_its_outputs(stack: Deployment):
    ours = {f"{each.type} {each.name}" for each in stack.resources if "pilaster:" in each.type}
    assert {name for name, outputs in stack.outputs.items() if outputs} == ours
