"""A reviewer at the keyboard, an owner who looks on, and two reviewers who want the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2 as pdfium
import pytest
from PIL import Image

from tests.support.deployed import SAMPLES, Deployed
from tests.support.person import expecting, log_in, pick, row

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]

GAPS = SAMPLES / "teacher.pdf"
"""Has free periods, which nobody but a person can tell from lessons that were not read."""


def test_a_reviewer_corrects_by_keyboard_and_the_owner_sees_it_arrive(
    system: Deployed, visitor: Callable[..., Page]
) -> None:
    from playwright.sync_api import expect

    owner, reviewer, colleague = visitor(), visitor(), visitor()
    log_in(owner, system.account())
    owner.evaluate("window.stayed = true")
    pick(owner, GAPS)
    expect(row(owner, GAPS.name)).to_contain_text("With a person")
    row(owner, GAPS.name).get_by_role("link").click()
    expect(owner.get_by_role("main")).to_contain_text("A person is looking at it")
    review = f"/reviews/{owner.url.rpartition('/')[2]}"

    for page in (reviewer, colleague):
        log_in(page, system.account("reviewers"))
        page.get_by_role("link", name="Reviews").click()
        expect(page.get_by_role("button", name="Take it").first).to_be_visible()
        page.goto(review)
        expect(page.get_by_role("img", name="Page 1 of the scan")).to_be_visible()
    reviewer.get_by_role("button", name="Take it").click()
    expect(reviewer.get_by_text("Yours until")).to_be_visible()
    expecting(colleague.context, "409")
    colleague.get_by_role("button", name="Take it").click()
    expect(colleague.get_by_role("alert")).to_contain_text("Another reviewer has it until")

    keys = reviewer.keyboard
    keys.press("n")
    cell = reviewer.locator("[data-cell]:focus")
    expect(cell).to_be_visible()
    keys.press("Enter")
    field = reviewer.get_by_role("textbox", name="What")
    expect(field).to_be_focused()
    keys.press("ControlOrMeta+a")
    keys.type("Written by hand")
    keys.press("Enter")
    expect(reviewer.get_by_role("button", name="What: Written by hand")).to_be_focused()
    keys.press("ControlOrMeta+Enter")
    expect(reviewer.get_by_text("Corrected. Its owner is told.")).to_be_visible()

    expect(owner.get_by_role("main")).to_contain_text("Checked by a person")
    expect(owner.get_by_text("Written by hand")).to_be_visible()
    assert owner.evaluate("window.stayed"), "the page was loaded again"
    colleague.get_by_role("button", name="Take it").click()
    expect(colleague.get_by_role("alert")).to_contain_text("It was decided already")


def test_a_reviewer_approves_what_was_read(system: Deployed, visitor: Callable[..., Page]) -> None:
    from playwright.sync_api import expect

    email = system.account()
    api = system.signed_in(email)
    document = api.upload(GAPS)
    answer = api.wait(document, timeout_seconds=60, seen=lambda _: None)
    assert answer["status"] == "needs_review"
    page = visitor(f"/reviews/{document}")
    log_in(page, system.account("reviewers"))
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.get_by_text("Approved. Its owner is told.")).to_be_visible()
    assert api.wait(document, timeout_seconds=60, seen=lambda _: None)["status"] == "completed"


def crooked(folder: Path) -> Path:
    """A page that lay askew on the glass, with the grain of a sensor."""
    with pdfium.PdfDocument(GAPS) as document:
        page = document[0].render(scale=150 / 72).to_pil().convert("RGB")
    page = page.rotate(2.5, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)
    grain = Image.effect_noise(page.size, 60).convert("RGB")
    file = folder / "crooked.jpg"
    Image.blend(page, grain, 0.06).save(file, quality=85)
    return file


def test_doubts_are_marked_on_the_straightened_page_and_the_original_is_there_too(
    system: Deployed, visitor: Callable[..., Page], tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    email = system.account("reviewers")
    api = system.signed_in(email)
    document = api.upload(crooked(tmp_path))
    answer = api.wait(document, timeout_seconds=120, seen=lambda _: None)
    assert answer["status"] == "needs_review"
    page = visitor(f"/reviews/{document}")
    log_in(page, email)
    marks = page.get_by_role("region", name="The scan: arrow keys").get_by_role("button")
    expect(marks.first).to_be_visible()
    page.get_by_role("button", name="Original").click()
    expect(marks).to_have_count(0)
    expect(page.get_by_role("img", name="Page 1 of the scan")).to_be_visible()
    page.get_by_role("button", name="Original").click()
    expect(marks.first).to_be_visible()
