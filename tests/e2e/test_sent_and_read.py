"""From a new account to a timetable on the screen, on paper and in a calendar."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pypdfium2 as pdfium
import pytest

from tests.support.deployed import SAMPLES, Deployed
from tests.support.person import Socket, enter, log_in, pick, row

if TYPE_CHECKING:
    import icalendar
    from playwright.sync_api import Page

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]

SCAN = SAMPLES / "demo.png"
NEVER = "() => { window.stayed = true; window.setInterval = () => 0; }"
"""The page asks nobody by the clock any more, and knows whether it was loaded again."""


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return json.loads(SCAN.with_suffix(".truth.json").read_text())


def test_who_registers_and_sends_a_scan_is_told_of_the_timetable_by_the_socket(
    visitor: Callable[..., Page], truth: dict[str, Any]
) -> None:
    import icalendar
    from playwright.sync_api import expect

    page = visitor()
    socket = Socket(page)
    page.evaluate(NEVER)
    page.get_by_role("link", name="Create one").click()
    enter(page, f"{uuid.uuid4().hex[:12]}@example.com", "Create account")
    expect(page.get_by_role("heading", name="No timetables yet")).to_be_visible()
    pick(page, SCAN)
    expect(row(page, SCAN.name)).to_contain_text("Ready")
    assert "job.completed" in socket.types()
    assert page.evaluate("window.stayed"), "the page was loaded again"

    row(page, SCAN.name).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1, name=truth["title"])).to_be_visible()
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        blocks = page.get_by_role("region", name=day).get_by_role("listitem")
        wanted = [each for each in truth["blocks"] if each["day"] == day]
        expect(blocks).to_have_count(len(wanted))
        for shown, block in zip(blocks.all(), wanted, strict=True):
            expect(shown).to_contain_text(block["title"])
            expect(shown).to_contain_text(block["start"])

    with page.expect_download() as download:
        page.get_by_role("button", name="Calendar file").click()
    assert download.value.suggested_filename.endswith(".ics")
    calendar = icalendar.Calendar.from_ical(download.value.path().read_bytes())
    assert sorted(_event(each) for each in calendar.walk("VEVENT")) == sorted(
        (each["day"], each["start"], each["end"], each["title"]) for each in truth["blocks"]
    )

    with pdfium.PdfDocument(page.pdf(prefer_css_page_size=True)) as paper:
        assert len(paper) == 1
        text = paper[0].get_textpage().get_text_bounded()
    for word in (truth["title"], "Friday", *(each["title"] for each in truth["blocks"])):
        assert word in " ".join(text.split()), "not on paper"
    assert "Log out" not in text


def _event(event: icalendar.Component) -> tuple[str, str, str, str]:
    start, end = event["DTSTART"].dt, event["DTEND"].dt
    return f"{start:%A}", f"{start:%H:%M}", f"{end:%H:%M}", str(event["SUMMARY"])


def test_where_no_socket_gets_through_the_timetable_arrives_by_asking(
    system: Deployed, visitor: Callable[..., Page]
) -> None:
    from playwright.sync_api import expect

    page = visitor()
    page.route_web_socket("**/ws?*", lambda socket: socket.close())
    page.evaluate("window.stayed = true")
    log_in(page, system.account())
    pick(page, SCAN)
    expect(row(page, SCAN.name)).to_contain_text("Ready")
    assert page.evaluate("window.stayed"), "the page was loaded again"
