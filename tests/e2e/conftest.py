"""Debian's Chromium, driven as a person would: one browser, a fresh profile for every test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.deployed import Deployed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

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
PATIENCE_MS = 60_000
"""A busy machine takes its time; what is there at once is not waited for."""


@pytest.fixture(scope="session", autouse=True)
def _patience() -> None:
    try:
        from playwright.sync_api import expect
    except ImportError:
        return  # the tests skip
    expect.set_options(timeout=PATIENCE_MS)


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
    """A person with a browser of their own: `visitor()` opens the site. Whatever one of its pages
    complains of on its console, or throws, fails the test, but for what a test expects
    (`tests.support.person.expecting`)."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def arrive(path: str = "/", **options: object) -> Page:
        context = browser.new_context(base_url=site, locale="en-GB", **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        meant: list[str] = []
        context.meant = meant  # type: ignore[attr-defined]
        context.on("console", lambda said: _note(complaints, meant, said))
        context.on("weberror", lambda error: complaints.append(f"thrown: {error.error}"))
        page = context.new_page()
        page.goto(path)
        return page

    yield arrive
    for context in contexts:
        context.close()
    assert complaints == []


def _note(complaints: list[str], meant: list[str], said: ConsoleMessage) -> None:
    if said.type in ("error", "warning") and not any(word in said.text for word in meant):
        complaints.append(f"{said.type}: {said.text} ({said.location['url'].partition('?')[0]})")
