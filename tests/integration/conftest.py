"""One local cloud for all tests that need one, in a folder of its own, gone when they are done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pilaster_local.services import platform as local_cloud
from pilaster_local.services.platform import Platform


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform that runs. It is shared: name what you make so that nobody else meets it."""
    root: Path = tmp_path_factory.mktemp("platform")
    platform = local_cloud.start(root, say=lambda _: None)
    try:
        yield platform
    finally:
        local_cloud.purge(root)
