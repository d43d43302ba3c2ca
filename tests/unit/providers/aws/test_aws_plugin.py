"""Which stacks `pulumi-resource-aws` takes, and for what."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from pilaster_local.providers.aws import plugin
from pilaster_local.providers.aws.cloud import OfflineError
from pilaster_local.providers.aws.configuration import ConfigurationError
from pilaster_local.providers.aws.plugin import LocalPlugin
from pilaster_local.providers.aws.values import plain_map, wrap_map
from pilaster_local.services.platform import Platform
from pulumi.provider.experimental.provider import (
    ConfigureRequest,
    CreateRequest,
    DeleteRequest,
    InvokeRequest,
    ReadRequest,
    UpdateRequest,
)

HERE = {"region": "eu-west-2", "allowedAccountIds": '["000000000000"]'}
ELSEWHERE = {"region": "eu-west-2", "allowedAccountIds": '["111111111111"]'}
TOPIC = "urn:pulumi:dev::p::aws:sns/topic:Topic::topic"


def configured(settings: dict[str, str], *, preview_only: bool = False) -> LocalPlugin:
    made = LocalPlugin(Path("/project"), preview_only=preview_only)
    asyncio.run(made.configure(ConfigureRequest({}, wrap_map(settings), True, True)))
    return made


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Platform(
        endpoint="http://127.0.0.1:4567",
        database_port=5432,
        isolation="none",
        instance="one",
        root=Path("/project"),
    )
    monkeypatch.setattr(plugin.platform, "running", lambda root: here)


@pytest.mark.usefixtures("running")
def test_a_stack_of_this_machine_is_deployed_to_the_platform_of_its_project() -> None:
    cloud = configured(HERE)._cloud
    assert (cloud.endpoint, cloud.account) == ("http://127.0.0.1:4567", "000000000000")
    assert cloud.region == "eu-west-2"


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize(
    "settings", [ELSEWHERE, {"region": "eu-west-2"}, {"allowedAccountIds": '["000000000000","1"]'}]
)
def test_a_stack_that_is_not_for_this_machine_is_refused(settings: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="this stack is not for this machine"):
        configured(settings)


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accessKey", "AKIAIOSFODNN7EXAMPLE"),
        ("secretKey", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("profile", "production"),
        ("endpoints", json.dumps([{"s3": "https://s3.eu-west-2.amazonaws.com"}])),
    ],
)
def test_what_is_meant_for_aws_is_refused(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError):
        configured({**HERE, name: value})


def test_without_a_platform_it_says_what_starts_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin.platform, "running", lambda root: None)
    with pytest.raises(ConfigurationError, match=r"`pilaster up --platform-only` starts it"):
        configured(HERE)


def test_for_a_preview_only_it_is_of_the_account_the_stack_is_for() -> None:
    made = configured(ELSEWHERE, preview_only=True)
    token = "aws:index/getCallerIdentity:getCallerIdentity"
    answer = asyncio.run(made.invoke(InvokeRequest(token, {})))
    assert plain_map(answer.return_value)["accountId"] == "111111111111"
    planned = asyncio.run(made.create(CreateRequest(TOPIC, wrap_map({"name": "t"}), 0, True)))
    assert plain_map(planned.properties)["name"] == "t"


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("create", CreateRequest(TOPIC, wrap_map({"name": "t"}), 0, False)),
        ("update", UpdateRequest(TOPIC, "t", {}, wrap_map({"name": "t"}), 0, [], False)),
        ("delete", DeleteRequest(TOPIC, "t", {}, 0)),
        ("read", ReadRequest(TOPIC, "t", {}, wrap_map({"name": "t"}))),
    ],
)
def test_for_a_preview_only_it_makes_changes_and_reads_nothing(method: str, request_: Any) -> None:
    made = configured(ELSEWHERE, preview_only=True)
    with pytest.raises(OfflineError, match="it can only preview"):
        asyncio.run(getattr(made, method)(request_))
