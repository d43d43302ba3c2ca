"""The shared suite's hosts. They open sockets: a plain `pytest` leaves the suite out."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.support.service_client import Client
from tests.support.service_hosts import HOSTS, Host


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """`pytest` alone is what takes seconds; `pytest tests` is all of them."""
    return True if config.args_source is pytest.Config.ArgsSource.TESTPATHS else None


@pytest.fixture(scope="session", params=HOSTS)
def host(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Host]:
    folder = tmp_path_factory.mktemp(f"service-{request.param}")
    with import_module(HOSTS[request.param]).running(folder) as running:
        yield running


@pytest.fixture
def anna(host: Host) -> Client:
    return Client(host.url, host.as_user("anna"))


@pytest.fixture
def bert(host: Host) -> Client:
    return Client(host.url, host.as_user("bert"))


@pytest.fixture
def nobody(host: Host) -> Client:
    return Client(host.url, {})
