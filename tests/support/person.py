"""What a person does in the site: by the words, roles and labels that are on the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.deployed import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, FilePayload, Locator, Page

STORED = """async () => {
  const held = { local: { ...localStorage }, session: { ...sessionStorage } };
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((done, no) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => no(asked.error);
    });
    for (const store of db.objectStoreNames) {
      const all = db.transaction(store).objectStore(store).getAll();
      held[`${name}/${store}`] = await new Promise((done) => {
        all.onsuccess = () => done(all.result);
      });
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    held[name] = (await (await caches.open(name)).keys()).map((request) => request.url);
  }
  return JSON.stringify(held);
}"""


def enter(page: Page, email: str, button: str, *, keep: bool = False) -> None:
    """Fills in the form that is there."""
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    if keep:
        page.get_by_label("Keep me logged in").check()
    page.get_by_role("button", name=button).click()


def log_in(page: Page, email: str, *, keep: bool = False) -> None:
    enter(page, email, "Log in", keep=keep)
    page.get_by_role("button", name="Log out").wait_for()


def pick(page: Page, *files: Path | FilePayload) -> None:
    """By the button, as people do."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(list(files))  # type: ignore[arg-type]


def row(page: Page, name: str) -> Locator:
    """A document in the list."""
    return page.get_by_role("listitem").filter(has=page.get_by_role("link", name=name))


def sending(page: Page, name: str) -> Locator:
    """A file in the list of those that are being sent."""
    return (
        page.get_by_role("list", name="Files being sent")
        .get_by_role("listitem")
        .filter(has_text=name)
    )


def stored(page: Page) -> dict[str, Any]:
    """All that the browser holds for the site."""
    return json.loads(page.evaluate(STORED))


class Socket:
    """What the site's socket was told. Made before somebody logs in."""

    def __init__(self, page: Page) -> None:
        self.told: list[dict[str, Any]] = []
        self.opened = self.closed = 0
        page.on("websocket", self._open)

    def _open(self, socket: Any) -> None:
        self.opened += 1
        socket.on("framereceived", self._hear)
        socket.on("close", self._close)

    def _hear(self, frame: str | bytes) -> None:
        self.told.append(json.loads(frame))

    def _close(self, _: object) -> None:
        self.closed += 1

    def types(self) -> list[str]:
        return [each["type"] for each in self.told]


def asked(page: Page, method: str = "POST", path: str = "/api/v1/documents") -> list[str]:
    """The requests of this kind from now on."""
    seen: list[str] = []
    page.on(
        "request",
        lambda each: (
            seen.append(each.url)
            if each.method == method and each.url.partition("?")[0].endswith(path)
            else None
        ),
    )
    return seen


def expecting(context: BrowserContext, *words: str) -> None:
    """The browser itself writes each refusal on the console: from now on those with these words are
    meant. For good, since a page asks again by itself whenever its socket opens."""
    context.meant.extend(words)  # type: ignore[attr-defined]
