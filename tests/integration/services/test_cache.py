"""The cache behind the serverless caches: who gets in, as whom, and what is left without it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pilaster_local.services.platform import Platform

from lambdas.documents.aws.adapters.limits import CachedLimits
from lambdas.documents.aws.adapters.valkey import (
    CacheLogin,
    CacheSettings,
    CacheUnavailableError,
    Valkey,
)
from lambdas.documents.model.errors import TooManyRequestsError
from lambdas.documents.model.identity import UserId
from lambdas.shared.aws.signing import Keys
from tests.support.local_cloud import REGION, Cloud, eventually

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

PAGES = "on ~page:* resetchannels -@all +get +set +ping"
ROOT = Keys("test", "test")


class Shop:
    """A serverless cache with one user, as the component makes it."""

    def __init__(self, cloud: Cloud, access: str = PAGES) -> None:
        self.cloud = cloud
        self.api = cloud.client("elasticache")
        self.user, self.name = cloud.name("reader"), cloud.name("cache")
        self._make_user(self.user, access)
        group = cloud.name("group")
        self.api.create_user_group(UserGroupId=group, Engine="valkey", UserIds=[self.user])
        self.api.create_serverless_cache(
            ServerlessCacheName=self.name, Engine="valkey", UserGroupId=group
        )

    def _make_user(self, user: str, access: str) -> None:
        self.api.create_user(
            UserId=user,
            UserName=user,
            Engine="valkey",
            AccessString=access,
            AuthenticationMode={"Type": "iam"},
        )

    @property
    def facts(self) -> dict[str, Any]:
        found = self.api.describe_serverless_caches(ServerlessCacheName=self.name)
        return found["ServerlessCaches"][0]

    def client(
        self, *, keys: Keys = ROOT, name: str = "", user: str = "", region: str = REGION
    ) -> Valkey:
        endpoint = self.facts["Endpoint"]
        settings = CacheSettings(
            cache_name=self.name,
            cache_host=endpoint["Address"],
            cache_port=endpoint["Port"],
            cache_user=user or self.user,
        )
        login = CacheLogin(
            keys=keys, region=region, cache=name or self.name, user=user or self.user
        )
        return Valkey(settings, login.token, connect=self._connect)

    def _connect(self, host: str, port: int) -> socket.socket:
        context = ssl.create_default_context(cafile=self.cloud.platform.certificate_authority)
        return context.wrap_socket(socket.create_connection((host, port)), server_hostname=host)


@pytest.fixture(scope="module")
def shop(platform: Platform) -> Iterator[Shop]:
    shop = Shop(Cloud(platform))
    yield shop
    shop.api.delete_serverless_cache(ServerlessCacheName=shop.name)


def test_a_token_lets_its_user_in_over_verified_tls(shop: Shop):
    valkey = shop.client()
    assert valkey.ask("SET", "page:1", b"\r\n\0 any bytes", "EX", 60) == b"OK"
    assert valkey.ask("GET", "page:1") == b"\r\n\0 any bytes"
    assert valkey.ask("GET", "page:2") is None


def test_a_user_has_its_keys_and_commands_and_no_others(shop: Shop, capfd: pytest.CaptureFixture):
    for words in (("GET", "other:1"), ("FLUSHALL",), ("ACL", "LIST"), ("AUTH", "default", "x")):
        with pytest.raises(CacheUnavailableError):
            shop.client().ask(*words)
    said = capfd.readouterr().out
    assert said.count('"reason": "NOPERM"') == 3
    assert said.count('"reason": "WRONGPASS"') == 1, "nobody becomes the default user"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "another-cache"},
        {"region": "us-east-1"},
        {"keys": Keys("test", "another secret")},
        {"keys": Keys("AKIAEXAMPLEEXAMPLE00", "test")},
        {"user": "stranger"},
    ],
    ids=["another cache", "another region", "another secret", "unknown key", "another user"],
)
def test_a_login_that_is_not_right_is_refused(
    shop: Shop, wrong: dict[str, Any], capfd: pytest.CaptureFixture
):
    with pytest.raises(CacheUnavailableError):
        shop.client(**wrong).ask("PING")
    assert '"reason": "WRONGPASS"' in capfd.readouterr().out


def test_nothing_is_answered_before_a_login(shop: Shop, capfd: pytest.CaptureFixture):
    valkey = shop.client()
    endpoint = shop.facts["Endpoint"]
    there = shop._connect(endpoint["Address"], endpoint["Port"])
    there.sendall(b"*1\r\n$4\r\nPING\r\n*1\r\n$8\r\nFLUSHALL\r\n")
    assert there.recv(200).startswith(b"-NOAUTH")
    there.close()
    with socket.create_connection((endpoint["Address"], endpoint["Port"]), timeout=5) as plain:
        plain.sendall(b"*1\r\n$4\r\nPING\r\n")
        assert plain.recv(100)[:1] not in (b"-", b"+"), "without TLS it speaks no Valkey"
    assert valkey.ask("PING") == b"PONG"


def test_a_name_that_is_not_the_id_is_refused_as_aws_does(shop: Shop):
    with pytest.raises(shop.api.exceptions.InvalidParameterCombinationException, match="equals"):
        shop.api.create_user(
            UserId=shop.cloud.name("a"),
            UserName="b",
            Engine="valkey",
            AccessString="on ~a:* +get",
            AuthenticationMode={"Type": "iam"},
        )


def test_a_cache_that_is_killed_is_an_error_by_name(
    platform: Platform, capfd: pytest.CaptureFixture
):
    shop = Shop(Cloud(platform))
    valkey = shop.client()
    assert valkey.ask("PING") == b"PONG"
    status = _status(platform)
    os.kill(status["processes"][f"valkey {shop.name}"], signal.SIGKILL)
    with pytest.raises(CacheUnavailableError):
        valkey.ask("PING")
    with pytest.raises(CacheUnavailableError, match="a moment ago"):
        valkey.ask("PING")
    assert capfd.readouterr().out.count("cache does not answer") == 1
    # Another is started after a while, and knows nothing.
    eventually(lambda: f"valkey {shop.name}" in _status(platform)["processes"], 60)

    def found() -> list[Any]:
        with contextlib.suppress(CacheUnavailableError):
            return [shop.client().ask("GET", "page:1")]
        return []

    assert eventually(found, 60) == [None]
    shop.api.delete_serverless_cache(ServerlessCacheName=shop.name)


def _status(platform: Platform) -> dict[str, Any]:
    from pilaster_local.services import health

    port = int(platform.endpoint.rpartition(":")[2])
    status = health.ask(port, "/_pilaster/status")
    assert status is not None
    return status


def test_users_are_counted_apart_and_at_once(platform: Platform):
    shop = Shop(Cloud(platform), access="on ~limit:* resetchannels -@all +eval +get +set +time")
    ann, ben = UserId("ann"), UserId("ben")

    def taken(user: UserId) -> bool:
        try:
            CachedLimits(shop.client(), kind="write", per_minute=20).take(user)
        except TooManyRequestsError as error:
            return error.seconds > 3  # one more is let through every three seconds
        return True

    # Beyond three seconds it would count as let through, and be one too many.
    with ThreadPoolExecutor(8) as pool:
        passed = sum(pool.map(taken, [ann] * 40))
    assert 20 <= passed <= 24, "a minute's worth at once, and what came meanwhile"
    assert taken(ben)
    shop.api.delete_serverless_cache(ServerlessCacheName=shop.name)


def test_the_login_of_the_third_protocol_is_taken_too(shop: Shop):
    """Which other clients use: HELLO with AUTH."""
    login = CacheLogin(keys=ROOT, region=REGION, cache=shop.name, user=shop.user)
    endpoint = shop.facts["Endpoint"]
    there = shop._connect(endpoint["Address"], endpoint["Port"])
    words = ["HELLO", "3", "AUTH", shop.user, login.token()]
    body = "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
    there.sendall(f"*{len(words)}\r\n{body}".encode())
    assert there.recv(4096).startswith(b"%"), "a map, as the third protocol has it"
    there.close()
