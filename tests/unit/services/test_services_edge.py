"""What the edge decides without any I/O: how long an answer is kept, and what a pattern fits."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from pilaster_local.services import environment


@pytest.fixture(autouse=True)
def edge(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The modules by name, loaded from their files: they live in another environment."""
    for name in ("pilaster_emulator", "pilaster_emulator.edge"):
        package = ModuleType(name)
        package.__path__ = [str(environment.PROJECT / name.replace(".", "/"))]
        monkeypatch.setitem(sys.modules, name, package)
    loaded: dict[str, Any] = {}
    for name in ("distribution", "freshness", "viewer", "store", "firewall"):
        whole = f"pilaster_emulator.edge.{name}"
        monkeypatch.delitem(sys.modules, whole, raising=False)
        loaded[name] = importlib.import_module(whole)
        monkeypatch.setitem(sys.modules, whole, loaded[name])
    return SimpleNamespace(**loaded)


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (200, {}, 60),
        (200, {"cache-control": "max-age=5"}, 10),
        (200, {"cache-control": "max-age=500"}, 100),
        (200, {"cache-control": "s-maxage=20, max-age=90"}, 20),
        (200, {"cache-control": "no-store"}, 10),
        (200, {"expires": "Sat, 21 Nov 2026 10:00:30 GMT",
               "date": "Sat, 21 Nov 2026 10:00:00 GMT"}, 30),
        (200, {"expires": "never"}, 10),
        (206, {"cache-control": "max-age=50"}, 0),
        (304, {"cache-control": "max-age=50"}, 0),
        (404, {}, 10),
        (404, {"cache-control": "no-store"}, 0),
        (404, {"cache-control": "max-age=50"}, 50),
        (503, {"cache-control": "no-store"}, 10),
        (403, {}, 0),
        (403, {"cache-control": "max-age=50"}, 50),
        (401, {"cache-control": "max-age=50"}, 0),
        (429, {}, 0),
    ],
)  # fmt: skip
def test_how_long_an_answer_is_kept(
    edge: SimpleNamespace, status: int, headers: dict[str, str], seconds: float
):
    policy = edge.distribution.CachePolicy(min_ttl=10, default_ttl=60, max_ttl=100)
    assert edge.freshness.seconds(status, headers, policy, None) == seconds


def test_an_error_is_kept_as_long_as_the_distribution_says(edge: SimpleNamespace):
    policy = edge.distribution.CachePolicy(min_ttl=0, default_ttl=0, max_ttl=0)
    never = edge.distribution.ErrorResponse(page="", status=None, seconds=0)
    assert edge.freshness.seconds(503, {}, policy, None) == 10, "caching disabled or not"
    assert edge.freshness.seconds(503, {}, policy, never) == 0


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/api/*", "/api/v1", True),
        ("api/*", "/api/", True),
        ("/api/*", "/api", False),
        ("/api/*", "/API/v1", False),
        ("*.js", "/a/b.js", True),
        ("/a?c", "/abc", True),
        ("/a?c", "/ac", False),
        ("/a.c", "/abc", False),
    ],
)
def test_a_pattern_fits_as_cloudfronts_do(
    edge: SimpleNamespace, pattern: str, path: str, fits: bool
):
    assert bool(edge.distribution._pattern(pattern).fullmatch(path)) is fits


def test_an_invalidation_names_a_path_or_a_beginning(edge: SimpleNamespace):
    store = edge.store.Store()
    for path in ("/a", "/a/b", "/ab", "/c"):
        kept = edge.store.Kept(status=200, headers=[], body=b"x", path=path, until=1e12)
        store.put((path,), kept)
    assert store.empty(["/a"]) == 1
    assert store.empty(["/a*"]) == 2
    assert store.empty(["/*"]) == 1


def test_a_firewall_passes_over_what_it_cannot_judge(edge: SimpleNamespace):
    request = edge.viewer.Request(
        method="GET", path="/Admin", query="", headers=[], address="10.0.0.1", port=1
    )
    bytes_match = {
        "SearchString": "/admin",
        "FieldToMatch": {"UriPath": {}},
        "TextTransformations": [{"Priority": 0, "Type": "LOWERCASE"}],
        "PositionalConstraint": "STARTS_WITH",
    }
    unknown = {"Name": "geo", "Priority": 0, "Statement": {"GeoMatchStatement": {}}}
    blocks = {"Name": "admin", "Priority": 1, "Statement": {"ByteMatchStatement": bytes_match}}
    action = {"Action": {"Block": {}}}
    firewall = edge.firewall.Firewall({"rules": [{**blocks, **action}, {**unknown, **action}]})
    assert firewall.refusal(request) == 403
    request.path = "/"
    assert firewall.refusal(request) is None
