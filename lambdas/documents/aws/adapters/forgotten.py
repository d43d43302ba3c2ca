"""Readings in the cache, as who erases sees them: without the reader, which is large."""

from __future__ import annotations

import re

from lambdas.documents.aws.adapters.valkey import CacheUnavailableError, Valkey
from lambdas.documents.model.errors import StorageUnavailableError

_CONTENT = re.compile(r"[0-9a-f]{64}")


class ForgottenReadings:
    """Entries of `known.CachedReadings`."""

    def __init__(self, valkey: Valkey) -> None:
        self._valkey = valkey

    def forget(self, content: str) -> None:
        try:
            self._valkey.ask("DEL", entry_of(content))
        except CacheUnavailableError as error:
            raise StorageUnavailableError("the cache does not answer: could not forget") from error


def entry_of(content: str) -> str:
    if not _CONTENT.fullmatch(content):
        raise ValueError(f"content {content!r} is no SHA-256 in hexadecimal")
    return f"reading:{content}"
