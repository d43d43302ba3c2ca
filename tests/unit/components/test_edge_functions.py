"""What runs at the edge, in the engine the local edge runs it in."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import pytest
from pilaster.aws import edge_functions
from pilaster_local.services import environment

HOST = "timetables.example.org"
ADDRESS = "203.0.113.7"

Asked = Callable[..., Any]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Mapping[str, Any]], Any]:
    """The edge's own, loaded from its file: it lives in another environment."""
    for name in ("pilaster_emulator", "pilaster_emulator.edge"):
        package = ModuleType(name)
        package.__path__ = [str(environment.PROJECT / name.replace(".", "/"))]
        monkeypatch.setitem(sys.modules, name, package)
    before = set(sys.modules)
    functions = importlib.import_module("pilaster_emulator.edge.functions")
    for name in set(sys.modules) - before:
        # Forgotten after the test.
        monkeypatch.setitem(sys.modules, name, sys.modules.pop(name))
    return lambda name, event: functions.call(edge_functions.code(name), event)


@pytest.fixture
def asked(call: Asked) -> Asked:
    """The request as the function of that name passes it on."""
    return lambda name, uri="/", **headers: call(name, event(uri, **headers))


def event(uri: str, **headers: str) -> dict[str, Any]:
    """A viewer's request, as CloudFront hands it over; `_` is a hyphen in the headers' names."""
    sent = {name.replace("_", "-"): {"value": value} for name, value in headers.items()}
    return {
        "version": "1.0",
        "context": {"eventType": "viewer-request"},
        "viewer": {"ip": ADDRESS},
        "request": {
            "method": "GET",
            "uri": uri,
            "querystring": {"print": {"value": "1"}},
            "headers": {"host": {"value": HOST}, **sent},
            "cookies": {},
        },
    }


@pytest.mark.parametrize("uri", ["/", "/week", "/documents/3f2a/review", "/login/", "/v1.2/week"])
def test_an_address_without_a_files_ending_is_the_page(asked: Asked, uri: str):
    request = asked("pages", uri)
    assert request["uri"] == "/index.html"
    assert request["querystring"] == {"print": {"value": "1"}}


@pytest.mark.parametrize(
    "uri", ["/index.html", "/assets/index-3f2a.js", "/manifest.webmanifest", "/assets/gone-1.css"]
)
def test_a_file_stays_the_file_so_that_a_missing_one_is_missing(asked: Asked, uri: str):
    assert asked("pages", uri)["uri"] == uri


@pytest.mark.parametrize("uri", ["/api", "/api/", "/api/v1/documents", "/health", "/ws"])
def test_what_belongs_to_the_api_is_never_the_page(asked: Asked, uri: str):
    assert asked("pages", uri)["uri"] == uri


@pytest.mark.parametrize("uri", ["/apis", "/healthy", "/wsx", "/week/api"])
def test_what_only_looks_like_the_api_is_the_page(asked: Asked, uri: str):
    assert asked("pages", uri)["uri"] == "/index.html"


def test_the_api_hears_who_asks_and_under_which_name(asked: Asked):
    headers = asked("viewer", "/api/v1/documents")["headers"]
    assert headers["x-viewer-address"] == {"value": ADDRESS}
    assert headers["x-viewer-host"] == {"value": HOST}


def test_what_a_viewer_says_of_itself_is_overwritten(asked: Asked):
    forged = asked("viewer", x_viewer_address="198.51.100.1", x_viewer_host="evil.example")
    assert forged["headers"]["x-viewer-address"] == {"value": ADDRESS}
    assert forged["headers"]["x-viewer-host"] == {"value": HOST}


def test_several_forged_headers_leave_one_value(call: Asked):
    """A header that was sent twice has its values in `multiValue` too."""
    sent = event("/api/v1/documents", x_viewer_address="198.51.100.1")
    forged = [{"value": "198.51.100.1"}, {"value": "198.51.100.2"}]
    sent["request"]["headers"]["x-viewer-address"]["multiValue"] = forged
    headers = call("viewer", sent)["headers"]
    assert headers["x-viewer-address"] == {"value": ADDRESS}


def test_the_path_the_query_and_the_rest_pass_as_they_are(asked: Asked):
    request = asked("viewer", "/api/v1/documents/a%20b", authorization="Bearer t")
    assert (request["uri"], request["method"]) == ("/api/v1/documents/a%20b", "GET")
    assert request["querystring"] == {"print": {"value": "1"}}
    assert request["headers"]["authorization"] == {"value": "Bearer t"}
