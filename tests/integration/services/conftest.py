from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pilaster_local.services.platform import Platform

from tests.support import distribution as cdn
from tests.support.distribution import Site
from tests.support.local_cloud import Cloud
from tests.support.origin_server import Origin, origin_server, told

Own = Callable[..., Site]


@pytest.fixture
def cloud(platform: Platform) -> Cloud:
    return Cloud(platform)


@pytest.fixture
def origin() -> Iterator[Origin]:
    """One that says what it was asked."""
    with origin_server() as running:
        running.answer = told
        yield running


@pytest.fixture
def made(cloud: Cloud) -> Iterator[list[Site]]:
    """Distributions of the test, deleted after it."""
    sites: list[Site] = []
    yield sites
    for site in sites:
        site.delete()


@pytest.fixture
def own(cloud: Cloud, made: list[Site], origin: Origin) -> Own:
    """Makes a distribution before the test's own origin: `own(behaviour's settings...)`."""

    def make(more: dict[str, Any] | None = None, **default: Any) -> Site:
        site = cdn.make(
            cloud,
            [cdn.custom_origin("127.0.0.1", origin.port)],
            cdn.behavior("own", **default),
            **(more or {}),
        )
        made.append(site)
        return site

    return make
