"""Readings by content in the cache.

An entry says which reader made it: another's is none. What a reader is derives from its code, its
dependencies and its settings, so that nobody has to remember to raise a number.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from lambdas.documents.aws.adapters.forgotten import entry_of
from lambdas.documents.aws.adapters.valkey import (
    CacheSettings,
    CacheUnavailableError,
    Valkey,
    open_valkey,
)
from lambdas.documents.reading.page import Reading
from lambdas.shared.logging import Log, chain

LARGEST_KEPT = 2 * 2**20
"""Compressed; a page is some 10 KB. What is larger is read again."""
LARGEST_READING = 16 * 2**20


@dataclass(frozen=True, kw_only=True)
class KnownSettings(CacheSettings):
    """What a function reads that looks up readings, or keeps them."""

    reader_version: str
    readings_kept_days: int


class CachedReadings:
    def __init__(self, valkey: Valkey, *, version: str, days: int) -> None:
        self._valkey = valkey
        self._version = version.encode()
        self._seconds = days * 24 * 3600

    def find(self, content: str) -> Reading | None:
        try:
            kept = self._valkey.ask("GET", entry_of(content))
        except CacheUnavailableError:
            return None
        if not isinstance(kept, bytes):
            return None
        version, _, body = kept.partition(b"\n")
        if version != self._version:
            return None
        try:
            unpacked = zlib.decompressobj().decompress(body, LARGEST_READING)
            return Reading.from_json(unpacked.decode())
        except (zlib.error, ValueError, KeyError, TypeError) as error:
            # Nothing of ours writes such a thing: it is read again, and written over.
            Log().warning("a cached reading is damaged", error=chain(error))
            return None

    def remember(self, content: str, reading: Reading) -> None:
        if reading.remarks:  # something could not be read: another time it may be
            return
        value = b"%s\n%s" % (self._version, zlib.compress(reading.to_json().encode()))
        if len(value) > LARGEST_KEPT:
            return
        try:
            self._valkey.ask("SET", entry_of(content), value, "EX", self._seconds)
        except CacheUnavailableError:
            return


def open_known(settings: KnownSettings) -> CachedReadings:
    """The readings in the cache of `settings`."""
    return CachedReadings(
        open_valkey(settings), version=settings.reader_version, days=settings.readings_kept_days
    )
