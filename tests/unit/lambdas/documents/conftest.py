"""Whatever a handler of a route answers in any of these tests, the OpenAPI document foresees it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.documents_openapi import Judge, judged, loaded_routes

JUDGE = Judge()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    # After the fixtures: they import the handlers.
    with pytest.MonkeyPatch.context() as patched:
        for route, module in loaded_routes():
            patched.setattr(module, "handler", judged(JUDGE, module, route))
        return (yield)
