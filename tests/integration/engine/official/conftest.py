"""Tests here run the official engine; where it is not on PATH they are skipped and say so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from pilaster_local.services import platform

from tests.support import deployed
from tests.support.both_engines import Small
from tests.support.deployed import Deployed


@pytest.fixture(scope="session", autouse=True)
def official_engine() -> None:
    if shutil.which("pulumi") is None:
        pytest.skip("the official `pulumi` is not on PATH")


@pytest.fixture(scope="session")
def project(official_engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The whole project as a person has it, with a platform of its own if a test starts one."""
    copy = deployed.copy(tmp_path_factory.mktemp("official"))
    yield copy
    assert copy.pilaster("down", "--purge").code == 0


@pytest.fixture(scope="session")
def deployed_small(
    official_engine: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Small]:
    """The small project, deployed by both engines; a test leaves it as it found it."""
    folder = tmp_path_factory.mktemp("small")
    try:
        small = Small(folder)
        assert small.both() == ({"create": small.ALL}, {"create": small.ALL})
        yield small
    finally:
        platform.purge(folder)


@pytest.fixture
def small(deployed_small: Small) -> Iterator[Small]:
    yield deployed_small
    deployed_small.as_at_the_beginning()
    deployed_small.both()
