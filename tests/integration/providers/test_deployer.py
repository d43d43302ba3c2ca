"""What `pilaster policy --deployer` prints is enough to deploy with, and no action of it that was
used can be taken away: resources live their lives under an identity that has just that policy.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import boto3
import pytest
from pilaster_local.providers.aws import clients
from pilaster_local.providers.aws.provider import AwsProvider
from pilaster_local.providers.aws.values import plain_map
from pilaster_policies.deployer.policy import Deployer, deployer
from pilaster_policies.registry import Graph, Resource

from tests.integration.providers.desk import Desk
from tests.integration.providers.lives import LIVES, Life, Neighbours

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]
REGION, ACCOUNT = "eu-central-1", "000000000000"
# Others' calls the emulator asks its evaluator for with `*` in place of what is made.
LIVED = {
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:iam/role:Role",
    "aws:sqs/queue:Queue",
}


def graph_of(desk: Desk, subject: tuple[str, dict[str, Any]]) -> Graph:
    found = [
        Resource(
            type=thing.urn.split("$")[-1].split("::")[0],
            name=thing.urn.rpartition("::")[2],
            urn=thing.urn,
            props=plain_map(thing.inputs),
        )
        for thing in desk.made
    ]
    token, inputs = subject
    return Graph([*found, Resource(type=token, name="subject", urn="subject", props=inputs)])


class Identity:
    """An IAM user of the emulator with exactly these statements."""

    def __init__(self, endpoint: str) -> None:
        self._iam = boto3.client(
            "iam",
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        self.name = f"deployer-{uuid.uuid4().hex[:8]}"
        self._iam.create_user(UserName=self.name)
        self.key = self._iam.create_access_key(UserName=self.name)["AccessKey"]

    def may(self, needs: Deployer, without: str = "") -> None:
        for number, document in enumerate(needs.policies):
            statements = [
                {**each, "Action": [a for a in each["Action"] if a != without]}
                for each in document["Statement"]
            ]
            kept = [each for each in statements if each["Action"]]
            self._iam.put_user_policy(
                UserName=self.name,
                PolicyName=f"part-{number}",
                PolicyDocument=json.dumps({**document, "Statement": kept}),
            )


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations the provider asks for, as `service:Operation`."""
    found: list[str] = []
    stock = clients.called

    def called(client: Any, service: str, operation: str, *more: Any) -> Any:
        found.append(f"{service}:{operation}")
        return stock(client, service, operation, *more)

    monkeypatch.setattr(clients, "called", called)
    return found


@pytest.mark.parametrize(
    "life",
    [each for each in LIVES if each.token in LIVED],
    ids=lambda life: life.token.rsplit(":", 1)[-1],
)
def test_a_life_takes_what_is_printed_and_no_less(
    life: Life,
    desk: Desk,
    endpoint: str,
    tmp_path: Path,
    seen: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    neighbours = Neighbours(desk, tmp_path)
    changed = life.changed(neighbours) if life.changed else {}
    made = life.made(neighbours)
    identity = Identity(endpoint)

    def needed(name: str) -> tuple[dict[str, Any], Deployer]:
        inputs = plain_map(desk.check(life.token, name, made))
        if life.token.endswith(":LogGroup"):
            inputs["name"] = f"/{identity.name}/{name}"  # its life has one name for all
        graph = graph_of(desk, (life.token, inputs))
        return inputs, deployer(graph, prefix="test-", region=REGION, account=ACCOUNT)

    monkeypatch.setattr(clients, "KEY", identity.key["AccessKeyId"])
    monkeypatch.setattr(clients, "SECRET", identity.key["SecretAccessKey"])
    theirs = Desk(AwsProvider(endpoint, region=REGION), project=desk.project)

    def live(name: str, without: str = "") -> Deployer:
        """Under a name of its own: what a refusal leaves behind is in nobody's way."""
        inputs, needs = needed(name)
        identity.may(needs, without)
        thing = theirs.create(life.token, name, inputs)
        theirs.read(thing)
        if changed:
            theirs.update(thing, {**inputs, **changed})
        theirs.delete(thing)
        return needs

    seen.clear()
    needs = live("whole")
    asked = {operation.lower() for operation in seen}
    used = sorted(action for action in needs.actions if action.lower() in asked)
    assert used, "its operations are called like their actions"
    for number, action in enumerate(used):
        with pytest.raises(Exception, match=r"(?i)access ?denied|not authorized"):
            live(f"less{number}", without=action)
