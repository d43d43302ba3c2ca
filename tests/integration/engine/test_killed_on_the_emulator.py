"""SIGKILL after every answer of the real emulator: nothing is there twice, nothing is unknown."""

from __future__ import annotations

import json
import os
import signal
import uuid
from pathlib import Path
from typing import Any

import boto3
import pytest
from pilaster_local import engine
from pilaster_local.engine import deletion, deployment
from pilaster_local.providers.aws.provider import AwsProvider
from pilaster_local.services.platform import Platform
from pulumi.provider.experimental.provider import (
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    UpdateRequest,
    UpdateResponse,
)

pytestmark = [
    pytest.mark.integration,
    pytest.mark.enable_socket,
    # pulumi_aws imports its own deprecated modules
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

PROGRAM = """
import json
import pulumi
import pulumi_aws as aws

mark = "{mark}"
days = {days}
trust = {{
    "Version": "2012-10-17",
    "Statement": [
        {{
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {{"Service": "states.amazonaws.com"}},
        }}
    ],
}}
role = aws.iam.Role("role", name=f"{{mark}}-role", assume_role_policy=json.dumps(trust))
logs = aws.cloudwatch.LogGroup("logs", name=f"/{{mark}}/logs", retention_in_days=days)
bucket = aws.s3.Bucket("bucket", bucket=f"{{mark}}-bucket", tags={{"days": str(days)}})
table = aws.dynamodb.Table(
    "table",
    name=f"{{mark}}-table",
    billing_mode="PAY_PER_REQUEST",
    hash_key="id",
    attributes=[{{"name": "id", "type": "S"}}],
)
queue = aws.sqs.Queue("queue", name=f"{{mark}}-queue", visibility_timeout_seconds=days * 10)
bus = aws.cloudwatch.EventBus("bus", name=f"{{mark}}-bus")
secret = aws.secretsmanager.Secret("secret", name=f"{{mark}}-secret")
pool = aws.cognito.UserPool("pool", name=f"{{mark}}-pool")
client = aws.cognito.UserPoolClient("client", name=f"{{mark}}-client", user_pool_id=pool.id)
api = aws.apigatewayv2.Api("api", name=f"{{mark}}-api", protocol_type="HTTP")
integration = aws.apigatewayv2.Integration(
    "integration",
    api_id=api.id,
    integration_type="HTTP_PROXY",
    integration_method="GET",
    integration_uri="https://example.com/",
)
route = aws.apigatewayv2.Route(
    "route",
    api_id=api.id,
    route_key="GET /health",
    target=integration.id.apply(lambda id: f"integrations/{{id}}"),
)
vpc = aws.ec2.Vpc("vpc", cidr_block="10.7.0.0/16", tags={{"Name": f"{{mark}}-vpc"}})
subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.7.1.0/24")
pulumi.export("queue", queue.url)
"""
MADE = 14


class Mortal(AwsProvider):
    """Dies right after the n-th answer of the emulator, before the engine hears of it."""

    dies_at = ("", 0)
    answers = 0

    def _answered(self, call: str) -> None:
        if call == self.dies_at[0]:
            self.answers += 1
            if self.answers == self.dies_at[1]:
                os.kill(os.getpid(), signal.SIGKILL)

    async def create(self, request: CreateRequest) -> CreateResponse:
        answer = await super().create(request)
        self._answered("create")
        return answer

    async def update(self, request: UpdateRequest) -> UpdateResponse:
        answer = await super().update(request)
        self._answered("update")
        return answer

    async def delete(self, request: DeleteRequest) -> None:
        await super().delete(request)
        self._answered("delete")


class Project:
    def __init__(self, folder: Path, endpoint: str) -> None:
        self.folder = folder
        self.endpoint = endpoint
        self.mark = f"k{uuid.uuid4().hex[:8]}"
        (folder / "Pulumi.yaml").write_text(f"name: {self.mark}\nruntime: python\n")
        self.program(days=1)

    def program(self, days: int) -> None:
        text = PROGRAM.format(mark=self.mark, days=days)
        (self.folder / "__main__.py").write_text(text)

    def up(self, dies_at: tuple[str, int] = ("", 0)) -> engine.Outcome:
        provider = Mortal(self.endpoint, region="eu-central-1")
        provider.dies_at = dies_at
        return engine.up(self.folder, "local", provider=provider)

    def destroy(self, dies_at: tuple[str, int] = ("", 0)) -> engine.Outcome:
        provider = Mortal(self.endpoint, region="eu-central-1")
        provider.dies_at = dies_at
        return engine.destroy(self.folder, "local", provider=provider)

    def killed(self, what: str, dies_at: tuple[str, int]) -> bool:
        child = os.fork()
        if child == 0:
            signal.alarm(60)
            try:
                getattr(self, what)(dies_at)
            except BaseException:  # noqa: BLE001  a forked test must not return into pytest
                os._exit(99)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            assert os.WEXITSTATUS(status) == 0, "the run failed instead of being killed"
            return False
        assert os.WTERMSIG(status) == signal.SIGKILL, "it hung"
        return True

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name="eu-central-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def census(self) -> dict[str, int]:
        """How many of each thing of ours there are."""
        apis = [
            a
            for a in self.client("apigatewayv2").get_apis()["Items"]
            if a["Name"].startswith(self.mark)
        ]
        gateway = self.client("apigatewayv2")
        pools = [
            p
            for p in self.client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]
            if p["Name"].startswith(self.mark)
        ]
        cognito = self.client("cognito-idp")
        ec2 = self.client("ec2")
        named = [{"Name": "tag:Name", "Values": [f"{self.mark}-vpc"]}]
        vpcs = [v["VpcId"] for v in ec2.describe_vpcs(Filters=named)["Vpcs"]]
        subnets = [s for s in ec2.describe_subnets()["Subnets"] if s["VpcId"] in vpcs]
        return {
            "apis": len(apis),
            "routes": sum(len(gateway.get_routes(ApiId=a["ApiId"])["Items"]) for a in apis),
            "integrations": sum(
                len(gateway.get_integrations(ApiId=a["ApiId"])["Items"]) for a in apis
            ),
            "pools": len(pools),
            "clients": sum(
                len(
                    cognito.list_user_pool_clients(UserPoolId=p["Id"], MaxResults=60)[
                        "UserPoolClients"
                    ]
                )
                for p in pools
            ),
            "vpcs": len(vpcs),
            "subnets": len(subnets),
            "buckets": sum(
                b["Name"].startswith(self.mark) for b in self.client("s3").list_buckets()["Buckets"]
            ),
            "queues": len(
                self.client("sqs").list_queues(QueueNamePrefix=self.mark).get("QueueUrls", [])
            ),
            "tables": sum(
                t.startswith(self.mark) for t in self.client("dynamodb").list_tables()["TableNames"]
            ),
            "secrets": sum(
                s["Name"].startswith(self.mark)
                for s in self.client("secretsmanager").list_secrets()["SecretList"]
            ),
        }


@pytest.fixture
def project(tmp_path: Path, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "only for this test")
    project = Project(tmp_path, platform.endpoint)
    # Imports what the forked runs would otherwise import once each.
    engine.preview(tmp_path, "local", provider=None)
    return project


COUNTED = "apis routes integrations pools clients vpcs subnets buckets queues tables secrets"
ONE_OF_EACH = dict.fromkeys(COUNTED.split(), 1)


def test_killed_after_every_create_every_update_and_every_delete(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deployment, "PARALLEL", 1)  # else one kill is one for all in flight
    monkeypatch.setattr(deletion, "PARALLEL", 1)
    creates = kills_until_it_survives(project, "up", ("create", 1))
    assert creates == MADE, "after each of them"
    assert project.census() == ONE_OF_EACH
    assert project.up().changes == 0
    assert_nothing_is_open(project)

    # What is settled first is answered, too: it dies at the second answer to get any further.
    project.program(days=3)
    updates = kills_until_it_survives(project, "up", ("update", 2))
    assert project.census() == ONE_OF_EACH
    assert project.up().changes == 0
    assert_nothing_is_open(project)
    logs = project.client("logs").describe_log_groups(logGroupNamePrefix=f"/{project.mark}")
    assert [g["retentionInDays"] for g in logs["logGroups"]] == [3]

    deletes = kills_until_it_survives(project, "destroy", ("delete", 2))
    assert set(project.census().values()) == {0}
    assert creates + updates + deletes >= 20


def test_killed_with_many_in_flight(project: Project) -> None:
    kills = kills_until_it_survives(project, "up", ("create", 2))
    assert kills >= 2
    assert project.census() == ONE_OF_EACH
    assert project.up().changes == 0
    assert_nothing_is_open(project)
    project.destroy()
    assert set(project.census().values()) == {0}


def kills_until_it_survives(project: Project, what: str, dies_at: tuple[str, int]) -> int:
    for kills in range(3 * MADE):
        if not project.killed(what, dies_at):
            return kills
    raise AssertionError("it never gets any further")


def assert_nothing_is_open(project: Project) -> None:
    folder = project.folder / ".pilaster" / "stacks" / project.mark
    written = json.loads((folder / "local.json").read_text())["deployment"]
    assert not written.get("pending_operations")
    assert not (folder / "local.journal").exists()
    custom = [r for r in written["resources"] if r["type"].startswith("aws:")]
    assert len(custom) == MADE
    assert all(r.get("id") and not r.get("initErrors") for r in custom)


def test_what_the_emulator_lost_is_made_again_with_a_refresh(project: Project) -> None:
    project.up()
    project.client("sqs").delete_queue(QueueUrl=engine.outputs(project.folder, "local")["queue"])
    project.client("dynamodb").delete_table(TableName=f"{project.mark}-table")
    provider = AwsProvider(project.endpoint, region="eu-central-1")
    outcome = engine.up(project.folder, "local", provider=provider, refresh=True)
    assert {s.urn.rsplit("::", 1)[-1] for s in outcome.steps if s.op == "create"} == {
        "queue",
        "table",
    }
    assert project.census() == ONE_OF_EACH
    project.destroy()
