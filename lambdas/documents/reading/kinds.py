"""What an upload turns out to be, and the one way in which it is refused."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    TEXT_PDF = "text_pdf"
    """A PDF whose every page carries its own text."""
    SCAN_PDF = "scan_pdf"
    """A PDF of pictures (or of text and pictures mixed)."""
    PICTURE = "picture"
    """A drawn image: a screenshot or an export, without noise."""
    PHOTO = "photo"
    """A JPEG: photographed or scanned."""


class UnreadableError(Exception):
    """The file is refused; `reason` is for the teacher who sent it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
