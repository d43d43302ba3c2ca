"""The whole system, deployed once for all tests here as a person deploys it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.deployed import Deployed, copy


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    deployed = copy(tmp_path_factory.mktemp("system"))
    try:
        deployed.up()
        yield deployed
    finally:
        assert deployed.pilaster("down", "--purge").code == 0
