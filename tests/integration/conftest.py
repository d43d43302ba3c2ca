"""One local cloud for all tests that need one, in a folder of its own, gone when they are done.

`RECORD=write` adds what the provider called in them to `deployer.json`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pilaster_cli import deployer, grants
from pilaster_local.services import platform as local_cloud
from pilaster_local.services.platform import Platform

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform that runs. It is shared: name what you make so that nobody else meets it."""
    root: Path = tmp_path_factory.mktemp("platform")
    platform = local_cloud.start(root, say=lambda _: None)
    try:
        yield platform
        if os.environ.get("RECORD") == "write":
            deployer.record(ROOT, grants.called(platform)["deployer"])
    finally:
        local_cloud.purge(root)
