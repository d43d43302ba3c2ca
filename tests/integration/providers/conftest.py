"""A provider per test, against the local services all integration tests share."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import pytest
from pilaster_local.providers.aws.provider import AwsProvider

from tests.integration.providers.desk import Desk


@pytest.fixture(scope="session")
def endpoint(request: pytest.FixtureRequest) -> str:
    """The shared platform's, or an emulator's that PILASTER_TEST_ENDPOINT names."""
    running = os.environ.get("PILASTER_TEST_ENDPOINT")
    return running or request.getfixturevalue("platform").endpoint


@pytest.fixture(scope="session")
def provider(endpoint: str) -> AwsProvider:
    return AwsProvider(endpoint, region="eu-central-1")


@pytest.fixture
def desk(provider: AwsProvider) -> Iterator[Desk]:
    """An engine's place, in a project of its own; what it made is deleted again."""
    desk = Desk(provider, project=f"t{uuid.uuid4().hex[:6]}")
    yield desk
    desk.clear()
