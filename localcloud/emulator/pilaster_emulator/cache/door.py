"""The door before the caches: what ElastiCache does between TLS and Valkey, which knows no IAM.

It ends TLS and answers nothing but AUTH, or HELLO with AUTH, until a token was shown; then it goes
on as that user over the cache's Unix socket and passes everything through.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Callable
from pathlib import Path

from pilaster_emulator.cache.access import Admission, RefusedError
from pilaster_emulator.cache.server import Server, encoded
from pilaster_emulator.forward import both_ways
from pilaster_emulator.functions.specification import Specification
from pilaster_emulator.functions.worker import Connection

log = logging.getLogger("pilaster.cache")

_PATIENCE = 30.0
_MOST_WORDS, _LONGEST_WORD = 8, 70_000
_WRONG = b"-WRONGPASS invalid username-password pair or user is disabled.\r\n"
_FIRST = b"-NOAUTH Authentication required.\r\n"

Decide = Callable[[str, str, Specification | None], Admission]


class Door:
    """Answers at the caches' port, on this machine and in the networks of inside functions."""

    def __init__(
        self, certificates: Path, decide: Decide, server: Callable[[str], Server | None]
    ) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._decide = decide
        self._server = server

    def connection(self, caller: Specification | None) -> Connection:
        """What answers a connection that came from this function, or from this machine."""

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await self._answer(reader, writer, caller)
            except (EOFError, OSError, TimeoutError, ssl.SSLError, ValueError):
                log.info("a connection ended during the login")
            finally:
                writer.close()

        return answer

    async def _answer(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        caller: Specification | None,
    ) -> None:
        async with asyncio.timeout(_PATIENCE):
            await writer.start_tls(self._context)
            far = await self._logged_in(reader, writer, caller)
        await both_ways((reader, writer), far)

    async def _logged_in(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        caller: Specification | None,
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while True:
            words = await _command(reader)
            if (said := _login(words)) is None:
                writer.write(_FIRST)
                continue
            user, token = said
            try:
                admission = await asyncio.to_thread(self._decide, token, user, caller)
            except RefusedError as refused:
                log.info("refused: %r: %s", user, refused)
                writer.write(_WRONG)
                continue
            server = self._server(admission.cache)
            if server is None or not server.running:
                raise ConnectionError(f"cache {admission.cache!r} is not running")
            password = await asyncio.to_thread(server.let_in, user, admission.access)
            far = await asyncio.open_unix_connection(str(server.socket))
            far[1].write(encoded([password if word == token else word for word in words]))
            with contextlib.suppress(ConnectionError):
                await far[1].drain()
            return far


async def _command(reader: asyncio.StreamReader) -> list[str]:
    """One command: an array of strings. Anything else ends the connection."""
    count = int(_after(b"*", await reader.readuntil(b"\r\n")))
    if not 1 <= count <= _MOST_WORDS:
        raise ValueError("this is no login")
    words: list[str] = []
    for _ in range(count):
        length = int(_after(b"$", await reader.readuntil(b"\r\n")))
        if not 0 <= length <= _LONGEST_WORD:
            raise ValueError("this is no login")
        words.append((await reader.readexactly(length + 2))[:-2].decode(errors="replace"))
    return words


def _after(sign: bytes, line: bytes) -> bytes:
    if not line.startswith(sign):
        raise ValueError("this is not Valkey's protocol")
    return line[1:]


def _login(words: list[str]) -> tuple[str, str] | None:
    """User and password of `AUTH user password` or `HELLO n AUTH user password ...`."""
    match [words[0].upper(), *words[1:]]:
        case ["AUTH", user, password]:
            return user, password
        case ["HELLO", _, auth, user, password, *_] if auth.upper() == "AUTH":
            return user, password
        case _:
            return None
