"""What holds for every test, and the whole system, deployed once as a person deploys it.

`RECORD=write` adds what its functions called to `calls.json` at the end.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from tests.support.deployed import Deployed, copy

# A job in the background of a shell ignores Ctrl-C, and so would everything that is started here.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """Shared by the tests of the API (integration/system) and of the pages (e2e)."""
    deployed = copy(tmp_path_factory.mktemp("system"))
    try:
        deployed.up()
        yield deployed
        if os.environ.get("RECORD") == "write":
            deployed.record()
    finally:
        assert deployed.pilaster("down", "--purge").code == 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pages after the API, so that one deployment serves both."""
    places = ("tests/contract/", "tests/integration/", "tests/e2e/")

    def place(item: pytest.Item) -> int:
        return next((n for n, each in enumerate(places) if each in item.nodeid), len(places))

    items.sort(key=place)
