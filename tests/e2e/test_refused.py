"""What is not taken, and what people are told of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.deployed import SAMPLES, Deployed
from tests.support.person import asked, log_in, pick, row, sending

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]

PNG = b"\x89PNG\r\n\x1a\n"
TOO_LARGE = 20 * 2**20 + 1
REFUSED: dict[str, tuple[bytes, str]] = {
    "week.xlsx": (b"PK\x03\x04 and more", "a zip archive or an Office document"),
    "week.heic": (b"\0\0\0\x18ftypheic", "a HEIC photo or a film"),
    "week.gif": (b"GIF89a", "This kind of picture is not read"),
    "week.txt": (b"Monday 9:00 Maths", "neither a PDF nor a picture"),
    "nothing.pdf": (b"", "The file is empty"),
}
UNREADABLE: dict[str, bytes] = {
    "half.png": (SAMPLES / "demo.png").read_bytes()[:9000],
    "broken.pdf": b"%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 1 0 R >> endobj\n",
}


def payload(name: str, content: bytes) -> FilePayload:
    # What a browser says of the kind is not believed, and so it says what would be taken.
    return {"name": name, "mimeType": "image/png", "buffer": content}


def test_a_file_of_the_wrong_kind_or_size_is_refused_with_the_reason_before_anything_is_sent(
    system: Deployed, visitor: Callable[..., Page], tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    page = visitor()
    log_in(page, system.account())
    huge = tmp_path / "huge.png"
    with huge.open("wb") as file:
        file.write(PNG)
        file.truncate(TOO_LARGE)
    announced, put = asked(page), asked(page, "PUT", "")
    pick(page, *(payload(name, content) for name, (content, _) in REFUSED.items()))
    pick(page, huge)
    expect(sending(page, huge.name)).to_contain_text("has 20 MB + 1 byte; at most 20 MB")
    for name, (_, why) in REFUSED.items():
        expect(sending(page, name)).to_contain_text(why)
        expect(sending(page, name).get_by_role("status")).to_contain_text(f"{name} was not sent")
    page.get_by_role("button", name="Close week.gif").click()
    expect(sending(page, "week.gif")).to_have_count(0)
    assert (announced, put) == ([], [])


def test_a_document_that_cannot_be_read_is_refused_in_plain_words(
    system: Deployed, visitor: Callable[..., Page]
) -> None:
    from playwright.sync_api import expect

    page = visitor()
    log_in(page, system.account())
    pick(page, *(payload(name, content) for name, content in UNREADABLE.items()))
    pick(page, SAMPLES / "letter.pdf")
    for name in (*UNREADABLE, "letter.pdf"):
        expect(row(page, name)).to_contain_text("Refused")
        row(page, name).get_by_role("link").click()
        expect(page.get_by_role("main")).to_contain_text("This could not be taken")
        said = page.get_by_role("main").inner_text()
        assert not any(each in said for each in ("Error", "Traceback", "lambda", "{", "_")), said
        page.get_by_role("link", name="Send another file").click()
