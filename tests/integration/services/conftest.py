from __future__ import annotations

import pytest
from pilaster_local.services.platform import Platform

from tests.support.local_cloud import Cloud


@pytest.fixture
def cloud(platform: Platform) -> Cloud:
    return Cloud(platform)
