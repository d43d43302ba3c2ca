"""Tests here run the official engine; where it is not on PATH they are skipped and say so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.support import deployed
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
