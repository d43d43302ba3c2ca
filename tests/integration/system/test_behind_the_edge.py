"""Who calls the API past the distribution is refused on every route, and throttled all the same."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.support.deployed import Deployed
from tests.support.local_cloud import eventually
from tests.support.patient import http

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

REFUSED = "/problems/not-through-the-edge"
SETTINGS, ITS_OWN = "Pulumi.local.yaml", "    log_days: 0\n"
ASKED = ("/health", "/api/v1/openapi.json", "/api/v1/documents")
PAUSE_SECONDS = 0.05


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
    return http.request(method, url + path, headers=named, timeout=60)


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


@contextmanager
def asking(system: Deployed) -> Iterator[Counter[tuple[str, int]]]:
    """People who use the system all the while: what they were answered, and how often."""
    token = f"Bearer {system.user().token}"
    site, answers, over = system.outputs["site_url"], Counter[tuple[str, int]](), threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=site, trust_env=False, timeout=60) as http:
            while not over.wait(PAUSE_SECONDS):
                for path in ASKED:
                    answer = http.get(path, headers={"authorization": token})
                    answers[path, answer.status_code] += 1

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(ask)
        try:
            yield answers
        finally:
            over.set()
            done.result()


def test_a_secret_is_changed_without_one_request_refused_and_a_firewall_put_up(system: Deployed):
    """One after the other, as each `up` takes its time."""
    gateway, held = system.outputs["gateway_url"], [secret(system)]

    def up(**more: object) -> None:
        said = "".join(f"    {name}: {value}\n" for name, value in more.items())
        with system.changed(SETTINGS, lambda text: text.replace(ITS_OWN, ITS_OWN + said)):
            system.up()

    def taken() -> list[int]:
        """What the API answers each secret there was, the oldest first."""
        return [eventually(lambda each=each: answered(each), 60) for each in held]

    def answered(secret: str) -> int | None:
        status = call(gateway, "GET", "/health", x_origin_secret=secret).status_code
        return None if status == 429 else status  # the route is full of those who ask meanwhile

    try:
        with asking(system) as answers:
            for generation, good in ((2, [200, 200]), (3, [403, 200, 200])):
                up(secret_generation=generation)
                held.append(secret(system))
                assert taken() == good
        assert len(set(held)) == 3
        # A route may be full, nobody is refused.
        assert answers.keys() - {(path, 429) for path in ASKED} == {(path, 200) for path in ASKED}

        up(firewall="true", requests_per_address=100)
        # Not the address of the other tests: theirs is not to be full.
        elsewhere = httpx.HTTPTransport(local_address="127.0.0.7")
        site = system.outputs["site_url"]
        with httpx.Client(transport=elsewhere, base_url=site, timeout=60) as http:
            statuses = [http.get("/").status_code for _ in range(110)]
        assert statuses == [200] * 100 + [429] * 10
        assert call(site, "GET", "/").status_code == 200, "who asks from elsewhere"
    finally:
        system.up()
