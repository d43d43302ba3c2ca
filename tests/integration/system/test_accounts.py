"""Sessions of the deployed system: they begin, refresh and end; and guessing is slow."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from pilaster_cli.api import Api, Problem
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from lambdas.documents.model.attempts import FROM_ONE_ADDRESS
from tests.support.deployed import PASSWORD, Deployed

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

LOGIN, LOGOUT = "/api/v1/auth/login", "/api/v1/auth/logout"
AT_ONCE_SECONDS = 5


def person(system: Deployed) -> tuple[Api, str]:
    """Somebody new who is logged in, and their address."""
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    api = Api(system.outputs["api_url"])
    api.register(email, PASSWORD)
    api.login(email, PASSWORD)
    return api, email


def again(system: Deployed, email: str) -> Api:
    """Another session of the same person."""
    api = Api(system.outputs["api_url"])
    api.login(email, PASSWORD)
    return api


def log_out(api: Api) -> None:
    api._call("POST", LOGOUT, {"refresh_token": api.refresh_token})


def socket_of(api: Api) -> ClientConnection:
    return connect(api.ticket(), proxy=None, open_timeout=30)


def works(socket: ClientConnection) -> bool:
    socket.send('{"action": "ping"}')
    return "pong" in str(socket.recv(timeout=30))


@contextmanager
def client_set(system: Deployed, **settings: Any) -> Iterator[None]:
    """The pool's client with other settings: a clock turned instead of waited for."""
    cognito, outputs = system.client("cognito-idp"), system.outputs
    which = {
        "UserPoolId": outputs["user_pool_id"],
        "ClientId": outputs["user_pool_client_id"],
    }
    before = cognito.describe_user_pool_client(**which)["UserPoolClient"]
    cognito.update_user_pool_client(**which, **settings)
    try:
        yield
    finally:
        cognito.update_user_pool_client(**which, **{name: before[name] for name in settings})


def test_a_refresh_token_is_good_once(system: Deployed) -> None:
    with client_set(
        system, RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
    ):
        api, _ = person(system)
        first = api.refresh_token
        api.refresh()
        second = api.refresh_token
        assert second != first
        stolen = Api(system.outputs["api_url"])
        stolen.refresh_token = first
        with pytest.raises(Problem) as refused:
            stolen.refresh()
        assert refused.value.status == 401
        api.refresh()
        assert api.refresh_token not in (first, second)
        assert list(api.documents()) == []


def test_a_refresh_whose_answer_was_lost_may_be_asked_for_again(system: Deployed) -> None:
    api, _ = person(system)
    lost = api.refresh_token
    api.refresh()
    api.refresh_token = lost
    api.refresh()
    assert list(api.documents()) == []


def test_a_logout_ends_the_session_and_no_other(system: Deployed) -> None:
    api, email = person(system)
    other = again(system, email)
    used = api.refresh_token
    api.refresh()
    unused_ticket = api.ticket()
    with socket_of(api) as one, socket_of(api) as two, socket_of(other) as elsewhere:
        assert works(one)
        assert works(two)
        log_out(api)
        began = time.monotonic()
        for each in (one, two):
            with pytest.raises(ConnectionClosed):
                each.recv(timeout=AT_ONCE_SECONDS)
        assert time.monotonic() - began < AT_ONCE_SECONDS
        assert works(elsewhere)
    for dead in (api.refresh_token, used):  # the latter is within the time of a lost answer
        api.refresh_token = dead
        with pytest.raises(Problem) as refused:
            api.refresh()
        assert refused.value.status == 401
    # What was asked for before opens nothing after, and neither does the access token that is left.
    for address in (unused_ticket, api.ticket()):
        with pytest.raises(InvalidStatus):
            connect(address, proxy=None, open_timeout=30)
    other.refresh()
    assert list(other.documents()) == []


def test_a_logout_twice_is_one(system: Deployed) -> None:
    api, _ = person(system)
    log_out(api)
    log_out(api)


def test_an_access_token_is_refused_after_its_end_and_the_client_goes_on(system: Deployed) -> None:
    units = {"AccessToken": "seconds", "IdToken": "minutes", "RefreshToken": "days"}
    with client_set(system, AccessTokenValidity=2, TokenValidityUnits=units):
        api, _ = person(system)
        old = api.token
    began = time.monotonic()
    plain = httpx.Client(base_url=system.outputs["api_url"].rstrip("/"), trust_env=False)
    ask = {"authorization": f"Bearer {old}"}
    while (answer := plain.get("/api/v1/documents", headers=ask)).status_code == 200:
        assert time.monotonic() - began < 10, "it is good for two seconds"
        time.sleep(0.2)
    assert answer.status_code == 401
    assert "expired" in answer.headers["www-authenticate"]
    # The client asks for a new one by itself.
    assert list(api.documents()) == []
    assert api.token != old


def test_access_tokens_live_for_five_minutes(system: Deployed) -> None:
    _, email = person(system)
    answer = Api(system.outputs["api_url"])._once(
        "POST", LOGIN, {"email": email, "password": PASSWORD}
    )
    assert answer["expires_in"] == 300


def test_who_guesses_is_told_to_wait_whether_or_not_there_is_an_account(system: Deployed) -> None:
    _, email = person(system)
    other, other_email = person(system)
    nobody = f"{uuid.uuid4().hex[:12]}@example.com"
    with httpx.Client(base_url=system.outputs["api_url"].rstrip("/"), trust_env=False) as http:
        somebody_told, nobody_told = guesses(http, email), guesses(http, nobody)
        assert somebody_told[0] == nobody_told[0], "the answers tell who has an account"
        for told, count in (somebody_told, nobody_told):
            # A window may have ended in between.
            assert FROM_ONE_ADDRESS <= count <= 2 * FROM_ONE_ADDRESS, told
        # The right one does not help any more, nor does it to say that one is elsewhere.
        for headers in ({}, {"x-forwarded-for": "192.0.2.7"}):
            answer = asked(http, email, PASSWORD, headers)
            assert answer.status_code == 429
            assert 1 <= int(answer.headers["retry-after"]) <= 15 * 60
    other.login(other_email, PASSWORD)


def guesses(http: httpx.Client, email: str) -> tuple[tuple[Any, ...], int]:
    """What a wrong password is answered with, first and last, and how many were tried."""
    first = asked(http, email, "Wrong-password-1")
    answer, count = first, 0
    while answer.status_code == 401:
        count += 1
        assert count <= 2 * FROM_ONE_ADDRESS, "nobody is told to wait"
        answer = asked(http, email, f"Wrong-password-{count}")
    return (first.status_code, first.json()["title"], answer.status_code), count


def asked(
    http: httpx.Client, email: str, password: str, headers: dict[str, str] | None = None
) -> httpx.Response:
    """The API's own answer; the gateway's throttle is for all clients together."""
    body = {"email": email, "password": password}
    while True:
        answer = http.post(LOGIN, json=body, headers=headers or {}, timeout=40)
        if answer.status_code != 429 or "retry-after" in answer.headers:
            return answer
        time.sleep(0.3)
