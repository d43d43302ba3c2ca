"""Who is logged in, for how long, and what is left of it in a browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from pilaster_cli.api import Api

from tests.support.deployed import SAMPLES, Deployed
from tests.support.patient import http
from tests.support.person import STORED, enter, expecting, log_in, row, stored

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]

SCAN = SAMPLES / "demo.png"
SECONDS = 60
NOTING = """() => {
  const Plain = WebSocket;
  window.WebSocket = class extends Plain {
    constructor(...given) {
      super(...given);
      this.addEventListener("open", () => { window.opened = true; });
    }
  };
}"""
TOKEN = "() => JSON.parse(sessionStorage.getItem('session')).refreshToken"


@pytest.fixture(scope="module")
def owner(system: Deployed) -> tuple[str, Api, str]:
    """Their address, who calls the API for them, and a document of theirs that was read."""
    email = system.account()
    api = system.signed_in(email)
    document = api.upload(SCAN)
    assert api.wait(document, timeout_seconds=SECONDS, seen=lambda _: None)["status"] == "completed"
    return email, api, document


def end_elsewhere(system: Deployed, access_token: str, refresh_token: str) -> None:
    answer = http.post(
        f"{system.outputs['api_url']}/api/v1/auth/logout",
        json={"refresh_token": refresh_token},
        headers={"Authorization": f"Bearer {access_token}"},
    )
    assert answer.status_code < 300, answer.text


def test_whose_session_ended_logs_in_again_and_is_back_at_the_same_page(
    system: Deployed, visitor: Callable[..., Page], owner: tuple[str, Api, str]
) -> None:
    from playwright.sync_api import expect

    email, api, document = owner
    page = visitor(f"/documents/{document}")
    log_in(page, email)
    heading = page.get_by_role("heading", level=1, name="Class 6M timetable")
    expect(heading).to_be_visible()
    end_elsewhere(system, api.token, page.evaluate(TOKEN))
    expecting(page.context, "401")
    page.reload()
    expect(page.get_by_text("Your session has ended. Please log in again.")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    enter(page, email, "Log in")
    expect(heading).to_be_visible()
    assert page.url.endswith(f"/documents/{document}")


def test_a_session_that_is_ended_elsewhere_loses_its_socket(
    system: Deployed, visitor: Callable[..., Page], owner: tuple[str, Api, str]
) -> None:
    page = visitor()
    page.evaluate(NOTING)
    with page.expect_websocket() as opened, page.expect_request("**/api/v1/documents?*") as asked:
        log_in(page, owner[0])
    page.wait_for_function("() => window.opened")
    access = asked.value.headers["authorization"].removeprefix("Bearer ")
    expecting(page.context, "401", "403", "WebSocket")
    with opened.value.expect_event("close"):
        end_elsewhere(system, access, page.evaluate(TOKEN))
    # It asks for a ticket of the session that ended, is refused, and says so.
    page.reload()
    page.get_by_text("Your session has ended. Please log in again.").wait_for()


@pytest.mark.parametrize("keep", [False, True], ids=["for this tab", "kept on the device"])
def test_who_logs_out_leaves_no_token_no_timetable_and_no_socket(
    system: Deployed, visitor: Callable[..., Page], owner: tuple[str, Api, str], keep: bool
) -> None:
    from playwright.sync_api import expect

    email, _, document = owner
    page = visitor()
    with page.expect_websocket() as opened:
        log_in(page, email, keep=keep)
    row(page, SCAN.name).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1, name="Class 6M timetable")).to_be_visible()
    held = stored(page)
    kept = held["session"].get("session") or json.dumps(held["pilaster-session/kept"])
    token = json.loads(kept)[0]["refreshToken"] if keep else json.loads(kept)["refreshToken"]
    assert document in json.dumps(held["pilaster-kept/answers"])

    with opened.value.expect_event("close"):
        page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    page.wait_for_function(f"async () => !(await ({STORED})()).includes({email!r})")
    left = json.dumps(stored(page))
    for word in (token, document, email, SCAN.name, "Morning Register"):
        assert word not in left
    again = http.post(
        f"{system.outputs['api_url']}/api/v1/auth/refresh", json={"refresh_token": token}
    )
    assert again.status_code == 401
