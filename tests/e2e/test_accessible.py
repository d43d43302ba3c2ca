"""What axe finds on the main pages: nothing serious, in light and dark, on a phone and a desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.deployed import ROOT, SAMPLES, Deployed
from tests.support.person import expecting, log_in, pick, row

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]

SCAN, LETTER, GAPS = (SAMPLES / name for name in ("demo.png", "letter.pdf", "teacher.pdf"))
SCREENS: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    "desktop": {"viewport": {"width": 1280, "height": 860}},
}
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
LOOK = """() => Promise
  // A colour on its way to another is neither.
  .allSettled(document.getAnimations()
    .filter((each) => each instanceof CSSTransition).map((each) => each.finished))
  .then(() => axe.run(document, { resultTypes: ["violations"] }))
  .then(({ violations }) => violations
  .filter(({ impact }) => impact === "serious" || impact === "critical")
  .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`))"""


@pytest.fixture(scope="module")
def reviewer(system: Deployed) -> tuple[str, dict[str, str]]:
    """A reviewer's address, and documents of theirs by their names: read, refused and asked."""
    email = system.account("reviewers")
    api = system.signed_in(email)
    sent = {file.name: api.upload(file) for file in (SCAN, LETTER, GAPS)}
    for document in sent.values():
        api.wait(document, timeout_seconds=60, seen=lambda _: None)
    return email, sent


def found(page: Page, where: str) -> list[str]:
    """Of both appearances. The script comes by the debugger: the page's own policy stays on."""
    wrong: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(AXE.read_text())
        wrong += [f"{where}, {scheme}: {each}" for each in page.evaluate(LOOK)]
    return wrong


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing_serious_on_the_main_pages(
    system: Deployed,
    visitor: Callable[..., Page],
    reviewer: tuple[str, dict[str, str]],
    screen: str,
) -> None:
    from playwright.sync_api import expect

    email, sent = reviewer
    page = visitor(**SCREENS[screen])
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    wrong = found(page, "login")
    page.get_by_role("link", name="Create one").click()
    expect(page.get_by_role("button", name="Create account")).to_be_visible()
    wrong += found(page, "register")
    page.goto("/")
    log_in(page, email)
    expect(row(page, SCAN.name)).to_contain_text("Ready")
    pick(page, {"name": "week.txt", "mimeType": "text/plain", "buffer": b"Monday 9:00 Maths"})
    expect(page.get_by_text("neither a PDF nor a picture").first).to_be_visible()
    wrong += found(page, "list")
    page.goto(f"/documents/{sent[SCAN.name]}")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    wrong += found(page, "week")
    page.goto(f"/documents/{sent[LETTER.name]}")
    expect(page.get_by_text("This could not be taken")).to_be_visible()
    wrong += found(page, "refused")
    page.goto(f"/documents/{sent[GAPS.name]}")
    expect(page.get_by_text("A person is looking at it")).to_be_visible()
    wrong += found(page, "with a person")
    expecting(page.context, "404")
    page.goto("/no/such/page")
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    wrong += found(page, "no such page")
    page.goto("/reviews")
    expect(page.get_by_role("listitem").first).to_be_visible()
    wrong += found(page, "reviews")
    page.goto(f"/reviews/{sent[GAPS.name]}")
    expect(page.get_by_role("img", name="Page 1 of the scan")).to_be_visible()
    wrong += found(page, "review")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    wrong += found(page, "keys")
    assert not wrong, "\n".join(wrong)
