"""Several files at once, one that is cancelled, and a connection that breaks in the middle."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.support.deployed import SAMPLES, Deployed
from tests.support.person import expecting, log_in, pick, row, sending

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]

SCAN, LETTER, CANCELLED = (SAMPLES / name for name in ("demo.png", "letter.pdf", "college.png"))


def test_of_several_files_one_is_cancelled_and_the_others_arrive(
    system: Deployed, visitor: Callable[..., Page]
) -> None:
    from playwright.sync_api import Error, expect

    page = visitor()
    email = system.account()
    log_in(page, email)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "PUT":
            held.append(route)
        else:
            route.continue_()

    # However quick the machine is: nothing has arrived when one of them is cancelled.
    page.route(f"**/{system.outputs['documents_bucket']}/**", hold)
    pick(page, SCAN, LETTER, CANCELLED)
    expect(sending(page, CANCELLED.name)).to_contain_text("Sending")
    while len(held) < 3:
        page.wait_for_timeout(50)
    page.get_by_role("button", name=f"Cancel {CANCELLED.name}").click()
    expect(sending(page, CANCELLED.name)).to_have_count(0)
    for each in held:
        with suppress(Error):  # of the one that was cancelled
            each.continue_()
    expect(row(page, SCAN.name)).to_contain_text("Ready")
    expect(row(page, LETTER.name)).to_contain_text("Refused")
    expect(row(page, CANCELLED.name)).to_have_count(0)
    names = sorted(each["name"] for each in system.signed_in(email).documents())
    assert names == sorted([SCAN.name, LETTER.name])


def test_an_upload_whose_connection_breaks_in_the_middle_goes_on_by_itself(
    system: Deployed, visitor: Callable[..., Page]
) -> None:
    from playwright.sync_api import expect

    page = visitor()
    email = system.account()
    log_in(page, email)
    held: list[Route] = []

    def break_the_first(route: Route) -> None:
        if held or route.request.method != "PUT":
            route.continue_()
        else:
            held.append(route)

    page.route(f"**/{system.outputs['documents_bucket']}/**", break_the_first)
    with page.expect_request(lambda each: each.method == "PUT") as first:
        pick(page, CANCELLED)
    item = sending(page, CANCELLED.name)
    expect(item).to_contain_text("Sending")
    expecting(page.context, "ERR_CONNECTION_RESET")
    with page.expect_request(lambda each: each.method == "PUT") as second:
        held[0].abort("connectionreset")
    expect(row(page, CANCELLED.name)).to_be_visible()
    assert first.value.url == second.value.url, "the same document is sent to again"
    assert [each["name"] for each in system.signed_in(email).documents()] == [CANCELLED.name]
