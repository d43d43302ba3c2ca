"""Several files at once, one that is cancelled, and a connection that breaks in the middle."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.support.deployed import SAMPLES, Deployed
from tests.support.person import expecting, log_in, pick, row, sending

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]

SCAN, LETTER, CANCELLED = (SAMPLES / name for name in ("demo.png", "letter.pdf", "college.png"))
SLOW = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": 40_000}
"""Bytes a second: a file of 300 KB takes so long that something can happen to it."""
FAST = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}


def test_of_several_files_one_is_cancelled_and_the_others_arrive(
    system: Deployed, visitor: Callable[..., Page]
) -> None:
    from playwright.sync_api import expect

    page = visitor()
    email = system.account()
    log_in(page, email)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", {"offline": False, **SLOW})
    pick(page, SCAN, LETTER, CANCELLED)
    expect(sending(page, CANCELLED.name)).to_contain_text("Sending")
    page.get_by_role("button", name=f"Cancel {CANCELLED.name}").click()
    expect(sending(page, CANCELLED.name)).to_have_count(0)
    line.send("Network.emulateNetworkConditions", {"offline": False, **FAST})
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
    with (
        expecting(page.context, "ERR_CONNECTION_RESET"),
        page.expect_request(lambda each: each.method == "PUT") as second,
    ):
        held[0].abort("connectionreset")
    expect(row(page, CANCELLED.name)).to_be_visible()
    assert first.value.url == second.value.url, "the same document is sent to again"
    assert [each["name"] for each in system.signed_in(email).documents()] == [CANCELLED.name]
