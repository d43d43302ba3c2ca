"""Debian's Chromium, driven as a person would: one browser, a fresh profile for every test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.deployed import Deployed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

FLAGS = [
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # It would call home, and a machine without internet would refuse it by the second.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 30_000
"""A busy machine takes its time; what is there at once is not waited for."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if found is None:
        pytest.skip("no Chromium here: `make test` installs Debian's where apt may be used")
    # Only `make test` fetches it.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(system: Deployed) -> str:
    """The address people go to."""
    return system.outputs["site_url"]


@pytest.fixture
def visitor(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """A person with a browser of their own: `visitor()` opens the site. Whatever a page complains
    of on its console, or throws, fails the test; `page.complaints` is that list, to be emptied by
    a test that provoked it."""
    contexts: list[BrowserContext] = []
    pages: list[Page] = []

    def arrive(path: str = "/", **options: object) -> Page:
        context = browser.new_context(base_url=site, **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: _note(complaints, said.type, said.text))
        page.on("pageerror", lambda error: complaints.append(f"thrown: {error}"))
        page.complaints = complaints  # type: ignore[attr-defined]
        pages.append(page)
        page.goto(path)
        return page

    yield arrive
    complaints = [each for page in pages for each in page.complaints]  # type: ignore[attr-defined]
    for context in contexts:
        context.close()
    assert complaints == []


def _note(complaints: list[str], kind: str, text: str) -> None:
    if kind in ("error", "warning"):
        complaints.append(f"{kind}: {text}")
