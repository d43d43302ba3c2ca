"""What holds for every test, and the whole system, deployed once as a person deploys it.

`RECORD=write` adds what its functions called to `calls.json` at the end, and what deploying did to
`deployer.json`.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.deployed import Deployed, copy

# A job in the background of a shell ignores Ctrl-C, and so would everything that is started here.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples each time: what is found anew is for `make test-long`, not for whoever changes
# something else.
settings.register_profile("same", derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """Shared by the tests of the API (integration/system) and of the pages (e2e)."""
    deployed = copy(tmp_path_factory.mktemp("system"))
    try:
        deployed.up()
        deployed.first.update(deployed.deploying)
        yield deployed
        if os.environ.get("RECORD") == "write":
            deployed.record()
    finally:
        assert deployed.pilaster("down", "--purge").code == 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pages last: while a browser is driven, this thread has an event loop that runs, and no other
    test could run one of its own."""
    items.sort(key=lambda item: "tests/e2e/" in item.nodeid)
