"""What AWS takes is let pass: the inputs that every type lives by on the local cloud."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pilaster_local.engine.values import UNKNOWN as SENTINEL
from pilaster_local.providers.aws import checking, plan
from pilaster_local.providers.aws.cloud import Cloud
from pilaster_local.providers.aws.table import kind_of
from pilaster_local.providers.aws.values import UNKNOWN

from tests.integration.providers.lives import LIVES, Neighbours


@dataclass(frozen=True)
class Planned:
    """A resource as the engine plans it."""

    urn: str
    type: str
    inputs: dict[str, Any]
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)


class NotYet(str):
    """An output nobody knows; what is written around it is not known either."""

    def __new__(cls) -> NotYet:
        return super().__new__(cls, SENTINEL)


class Drawn:
    """A thing that would be made: all that it will have is unknown."""

    id = NotYet()

    def __getitem__(self, name: str) -> str:
        return self.id


class Paper:
    """A desk at which nothing is made."""

    project = "paper"

    def create(self, token: str, name: str, inputs: dict[str, Any]) -> Drawn:
        return Drawn()


CLOUD = Cloud(endpoint=None, region="eu-central-1", account="123456789012", zones=())

REFUSED = {
    # Lambda wants two letters.
    ("aws:lambda/function:Function", "environment.variables.A"),
    ("aws:lambda/function:Function", "environment.variables.B"),
    # It is replaced by a WebSocket API, which has no CORS.
    ("aws:apigatewayv2/api:Api", "corsConfiguration"),
    # No account is called "0".
    ("aws:apigatewayv2/stage:Stage", "accessLogSettings.destinationArn"),
    # It is replaced by one of type HTTP_PROXY without a method.
    ("aws:apigatewayv2/integration:Integration", "integrationMethod"),
    # They are replaced by what lies in "another", which is no id.
    ("aws:sqs/queuePolicy:QueuePolicy", "queueUrl"),
    ("aws:ec2/routeTable:RouteTable", "vpcId"),
    ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "securityGroupId"),
    ("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "securityGroupId"),
}
"""What the lives on the local cloud hold, whose emulator does not mind, and AWS refuses."""


def planned(token: str, inputs: dict[str, Any]) -> Planned:
    """As the engine plans it: with what the provider's check adds."""
    known = {name: _known(value) for name, value in inputs.items()}
    added = checking.complete(kind_of(token), CLOUD, "thing", {}, known, b"seed")
    urn = f"urn:pulumi:dev::p::{token}::thing"
    return Planned(urn, token, _unknown({**inputs, **added}))


def _known(value: Any) -> Any:
    return UNKNOWN if isinstance(value, str) and SENTINEL in value else value


def _unknown(value: Any) -> Any:
    """As the engine has it: one unknown piece makes the whole text unknown."""
    if isinstance(value, dict):
        return {key: _unknown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_unknown(item) for item in value]
    if value is UNKNOWN or (isinstance(value, str) and SENTINEL in value):
        return SENTINEL
    return value


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.token)
def test_what_a_type_is_made_with_and_changed_to_is_no_mistake(life: Any, tmp_path: Path):
    neighbours = Neighbours(Paper(), tmp_path)  # type: ignore[arg-type]
    first = life.made(neighbours)
    for change in (None, life.changed, life.replaced):
        inputs = first if change is None else {**first, **change(neighbours)}
        found = [
            (each.property, each.message)
            for each in plan.check([planned(life.token, inputs)])
            if (life.token, each.property) not in REFUSED
        ]
        assert found == []
