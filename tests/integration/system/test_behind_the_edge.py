"""Who calls the API past the distribution is refused on every route, and throttled all the same."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.support.deployed import Deployed

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

REFUSED = "/problems/not-through-the-edge"


def routes(system: Deployed) -> list[tuple[str, str]]:
    """Method and path of each, with something where a path has a hole."""
    api = system.outputs["gateway_url"].rpartition("/")[2]
    found = system.client("apigatewayv2").get_routes(ApiId=api)["Items"]
    keys = [each["RouteKey"] for each in found]
    assert "$default" in keys
    named = [key.split(" ") for key in keys if key != "$default"]
    filled = [(method, re.sub(r"\{\w+\}", "x", path)) for method, path in named]
    return [*filled, ("GET", "/api/v1/nowhere")]


def secret(system: Deployed) -> str:
    """What the distribution sends."""
    cloudfront = system.client("cloudfront")
    held = cloudfront.get_distribution_config(Id=system.outputs["distribution_id"])
    origins = held["DistributionConfig"]["Origins"]["Items"]
    [found] = {
        each["HeaderValue"]
        for origin in origins
        for each in origin.get("CustomHeaders", {}).get("Items", [])
        if each["HeaderName"].lower() == "x-origin-secret"
    }
    return found


def call(url: str, method: str, path: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.request(method, url + path, headers=named, timeout=60, trust_env=False)


def test_every_route_refuses_who_comes_past_the_edge(system: Deployed):
    token = f"Bearer {system.user('reviewers').token}"
    gateway = system.outputs["gateway_url"]
    found = routes(system)
    assert len(found) > 10

    def kind(route: tuple[str, str], **more: str) -> Any:
        answer = call(gateway, *route, authorization=token, **more)
        return answer.status_code, answer.json().get("type")

    for route in found:
        assert kind(route) == (403, REFUSED), route
        assert kind(route, x_origin_secret="guessed") == (403, REFUSED), route


def test_the_edge_brings_the_secret_whatever_the_viewer_says(system: Deployed):
    site = system.outputs["site_url"]
    assert system.outputs["api_url"] == site
    assert call(site, "GET", "/health").status_code == 200
    assert call(site, "GET", "/health", x_origin_secret="guessed").status_code == 200
    gateway = system.outputs["gateway_url"]
    assert call(gateway, "GET", "/health", x_origin_secret=secret(system)).status_code == 200


def test_the_secret_stands_in_no_output_and_no_function(system: Deployed):
    held = secret(system)
    assert held not in str(system.outputs)
    for each in system.client("lambda").list_functions()["Functions"]:
        assert held not in str(each.get("Environment")), each["FunctionName"]


def test_who_comes_past_the_edge_is_throttled_too(system: Deployed):
    gateway = system.outputs["gateway_url"]
    # The public route that takes the fewest: a busy machine is still faster than two a second.
    route = ("POST", "/api/v1/auth/confirm")
    with ThreadPoolExecutor(32) as pool:
        statuses = list(pool.map(lambda _: call(gateway, *route).status_code, range(150)))
    assert set(statuses) == {403, 429}
