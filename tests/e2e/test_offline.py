"""Without a connection, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.support.deployed import SAMPLES, Deployed
from tests.support.person import asked, expecting, log_in, pick, row, sending

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]

SCAN, LATER = SAMPLES / "demo.png", SAMPLES / "tiles.png"
CONTROLLED = """async () => {
  const workers = navigator.serviceWorker;
  await workers.ready;
  return workers.controller !== null
    || new Promise((done) => workers.addEventListener("controllerchange", () => done(true)));
}"""


def test_the_site_opens_offline_with_the_last_timetables_and_sends_once_what_was_chosen_meanwhile(
    system: Deployed, visitor: Callable[..., Page]
) -> None:
    from playwright.sync_api import expect

    email = system.account()
    api = system.signed_in(email)
    api.wait(api.upload(SCAN), timeout_seconds=60, seen=lambda _: None)
    page = visitor()
    context = page.context
    log_in(page, email, keep=True)
    row(page, SCAN.name).get_by_role("link").click()
    title = page.get_by_role("heading", level=1, name="Class 6M timetable")
    expect(title).to_be_visible()
    assert page.evaluate(CONTROLLED)
    page.close()

    expecting(context, "ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED")
    context.set_offline(True)
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_text("There is no connection. This is how it was on")).to_be_visible()
    row(page, SCAN.name).get_by_role("link").click()
    title = page.get_by_role("heading", level=1, name="Class 6M timetable")
    expect(title).to_be_visible()
    page.get_by_role("link", name="All timetables").click()
    pick(page, LATER)
    expect(sending(page, LATER.name)).to_contain_text("It is kept on this device")
    page.close()  # the device goes into the bag

    page = context.new_page()
    announced = asked(page)
    page.goto("/")
    expect(sending(page, LATER.name)).to_contain_text("It is kept on this device")
    announced.clear()  # those found no way out
    context.set_offline(False)
    expect(row(page, LATER.name)).to_be_visible()
    expect(page.get_by_text("There is no connection.")).to_have_count(0)
    assert [each["name"] for each in api.documents()].count(LATER.name) == 1
    page.reload()
    expect(row(page, LATER.name)).to_be_visible()
    expect(sending(page, LATER.name)).to_have_count(0)
    assert [each["name"] for each in api.documents()].count(LATER.name) == 1
