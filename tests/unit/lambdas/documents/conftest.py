"""Whatever a handler of a route answers in any of these tests, the OpenAPI document foresees it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.support import edge
from tests.support.documents_openapi import Judge, judged, loaded_routes

JUDGE = Judge()
os.environ["ORIGIN_SECRET_SHA256"] = edge.SHA256  # handlers read it when they are imported


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    # After the fixtures: they import the handlers.
    with pytest.MonkeyPatch.context() as patched:
        for route, module in loaded_routes():
            patched.setattr(module, "handler", judged(JUDGE, module, route))
        return (yield)
