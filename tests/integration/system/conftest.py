"""The whole system, deployed once for all tests here as a person deploys it.

`RECORD=write` adds what its functions called to `calls.json` at the end.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.support.deployed import Deployed, copy


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    deployed = copy(tmp_path_factory.mktemp("system"))
    try:
        deployed.up()
        yield deployed
        if os.environ.get("RECORD") == "write":
            deployed.record()
    finally:
        assert deployed.pilaster("down", "--purge").code == 0
