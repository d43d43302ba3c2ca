"""The one way out of a sandbox: who has it, and how far it goes."""

from __future__ import annotations

from typing import Any

import pytest
from pilaster_local.services.platform import Platform

from tests.support.local_cloud import Cloud

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

CODE = """
    import http.client, os
    from urllib.parse import urlsplit

    def handler(event, context):
        proxy = os.environ.get("EGRESS_PROXY")
        if event.get("straight"):
            host, port = event["straight"]
        elif proxy is None:
            return {"proxy": None}
        else:
            host, port = urlsplit(proxy).hostname, urlsplit(proxy).port
        connection = http.client.HTTPConnection(host, port, timeout=5)
        try:
            connection.request(event["method"], event["target"], body=event.get("body"),
                               headers=event.get("headers", {}))
            answer = connection.getresponse()
            return {"status": answer.status, "stub": answer.headers.get("x-pilaster-stub"),
                    "body": answer.read().decode()}
        except OSError as error:
            return {"error": type(error).__name__}
"""
ASK: dict[str, Any] = {
    "method": "POST",
    "target": "http://model.stub/v1/messages",
    "body": '{"model": "m", "max_tokens": 1, "messages": []}',
    "headers": {"x-api-key": "k", "anthropic-version": "2023-06-01"},
}


def function(platform: Platform, url: str | None, *, inside: bool = False) -> Any:
    variables = {"MODEL_URL": url} if url else {}
    return Cloud(platform).function(CODE, inside=inside, Environment={"Variables": variables})


def test_a_function_that_names_the_stub_reaches_it_and_it_says_what_it_is(
    platform: Platform,
) -> None:
    answer = function(platform, "http://model.stub").call(ASK)
    assert (answer["status"], answer["stub"]) == (200, "pilaster-stub-no-model")
    assert "stub" in answer["body"]


def test_the_proxy_leads_nowhere_else(platform: Platform) -> None:
    stubbed = function(platform, "http://model.stub")
    for method, target in (
        ("CONNECT", "api.anthropic.com:443"),
        ("CONNECT", "example.com:443"),
        ("GET", "http://example.com/"),
        ("GET", "http://169.254.169.254/latest/meta-data/"),
        ("CONNECT", f"127.0.0.1:{platform.database_port}"),
    ):
        assert stubbed.call({"method": method, "target": target})["status"] == 403, target


def test_the_real_services_proxy_takes_its_host_on_its_port_alone(platform: Platform) -> None:
    real = function(platform, "https://api.anthropic.com")
    for target in ("example.com:443", "api.anthropic.com:80", "api.anthropic.com.evil:443"):
        assert real.call({"method": "CONNECT", "target": target})["status"] == 403, target
    assert real.call(ASK)["status"] == 403, "the stub is no part of it"


@pytest.mark.parametrize(
    ("url", "inside"),
    [(None, False), ("https://example.com", False), ("http://api.anthropic.com", False),
     ("http://model.stub", True), ("https://api.anthropic.com", True)],
)  # fmt: skip
def test_who_has_no_way_out(platform: Platform, url: str | None, inside: bool) -> None:
    walled = function(platform, url, inside=inside)
    assert walled.call(ASK) == {"proxy": None}
    if platform.isolation == "namespaces":
        answer = walled.call({**ASK, "straight": ["127.0.0.1", 3128]})
        assert answer == {"error": "ConnectionRefusedError"}
