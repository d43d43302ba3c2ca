"""The login proxy: what Aurora does between TLS and PostgreSQL, which knows no IAM.

It ends TLS, reads the start-up message, asks for the password and takes it for an IAM token; if the
login may be, it goes on as that user over the server's Unix socket and passes everything through.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
import struct
from collections.abc import Callable
from pathlib import Path

from pilaster_emulator.database.access import Admission, Refusal
from pilaster_emulator.forward import both_ways
from pilaster_emulator.functions.specification import Specification
from pilaster_emulator.functions.worker import Connection

log = logging.getLogger("pilaster.login")

_TLS, _ENCRYPTED_GSS, _CANCEL = 80877103, 80877104, 80877102
_PROTOCOL_3 = 3
_PATIENCE = 30.0
_LONGEST_START_UP = 10_000
_LONGEST_PASSWORD = 70_000
_INVALID_AUTHORIZATION = "28000"
_UNAVAILABLE = "57P03"

Decide = Callable[[str, str, Specification | None], Admission | Refusal]


class _RefusedError(Exception):
    def __init__(self, message: str, code: str = _INVALID_AUTHORIZATION) -> None:
        super().__init__(message)
        self.code = code


class LoginProxy:
    """Answers at the database's port, on this machine and in the networks of inside functions."""

    def __init__(
        self,
        certificates: Path,
        decide: Decide,
        sockets: Callable[[str | None], list[Path]],
    ) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._decide = decide
        self._sockets = sockets
        """The Unix socket of one cluster's server, or of all."""

    def door(self, caller: Specification | None) -> Connection:
        """What answers a connection that came from this function, or from this machine."""

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await self._answer(reader, writer, caller)
            except _RefusedError as refused:
                log.info("refused: %s", refused)
                with contextlib.suppress(ConnectionError):
                    writer.write(_fatal(str(refused), refused.code))
                    await writer.drain()
            except (asyncio.IncompleteReadError, ConnectionError, TimeoutError, ssl.SSLError):
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
            start_up = await self._start_up(reader, writer)
            if start_up is None:
                return
            parameters = _parameters(start_up)
            user = parameters.get("user", "")
            writer.write(struct.pack("!cii", b"R", 8, 3))
            await writer.drain()
            password = await _password(reader)
            decision = await asyncio.to_thread(self._decide, password, user, caller)
            if isinstance(decision, Refusal):
                raise _RefusedError(
                    f'IAM authentication failed for user "{user}": {decision.reason}'
                )
            far = await self._connect(decision.identifier)
            far[1].write(start_up)
            await self._let_in(far, writer, user)
        await both_ways((reader, writer), far)

    async def _start_up(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bytes | None:
        """The start-up message, read under TLS; None: it was another kind of request."""
        encrypted = False
        while True:
            length, code = struct.unpack("!ii", await reader.readexactly(8))
            if not 8 <= length <= _LONGEST_START_UP:
                raise _RefusedError("this is not PostgreSQL's protocol")
            rest = await reader.readexactly(length - 8)
            if code == _TLS and not encrypted:
                writer.write(b"S")
                await writer.drain()
                await writer.start_tls(self._context)
                encrypted = True
            elif code == _ENCRYPTED_GSS:
                writer.write(b"N")
                await writer.drain()
            elif code == _CANCEL:
                await self._cancel(struct.pack("!ii", length, code) + rest)
                return None
            elif code >> 16 != _PROTOCOL_3:
                raise _RefusedError(f"unknown protocol {code >> 16}.{code & 0xFFFF}")
            elif not encrypted:
                raise _RefusedError("the connection is not encrypted: use sslmode=verify-full")
            else:
                return struct.pack("!ii", length, code) + rest

    async def _connect(self, identifier: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        paths = self._sockets(identifier)
        if not paths:
            raise _RefusedError(f"cluster {identifier!r} is not running", _UNAVAILABLE)
        try:
            return await asyncio.open_unix_connection(str(paths[0]))
        except OSError as error:
            raise _RefusedError(f"cluster {identifier!r} is not running", _UNAVAILABLE) from error

    async def _let_in(
        self,
        far: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        writer: asyncio.StreamWriter,
        user: str,
    ) -> None:
        """PostgreSQL lets members of `rds_iam` in, and asks others for a password: refuse those."""
        try:
            while True:
                kind, length = struct.unpack("!ci", await far[0].readexactly(5))
                message = await far[0].readexactly(length - 4)
                if kind == b"R" and struct.unpack("!i", message[:4])[0] != 0:
                    raise _RefusedError(
                        f'IAM authentication failed for user "{user}": the user is not granted '
                        f'rds_iam, run: GRANT rds_iam TO "{user}"'
                    )
                writer.write(struct.pack("!ci", kind, length) + message)
                if kind in (b"R", b"E"):
                    return
        except BaseException:
            far[1].close()
            raise

    async def _cancel(self, request: bytes) -> None:
        """A cancel names a session by a secret that one server knows and the others ignore."""
        for path in self._sockets(None):
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_unix_connection(str(path))
                writer.write(request)
                await writer.drain()
                writer.close()


def _parameters(start_up: bytes) -> dict[str, str]:
    words = [word.decode(errors="replace") for word in start_up[8:].split(b"\0")]
    return dict(zip(words[::2], words[1::2], strict=False))


async def _password(reader: asyncio.StreamReader) -> str:
    kind, length = struct.unpack("!ci", await reader.readexactly(5))
    if kind != b"p" or not 4 <= length <= _LONGEST_PASSWORD:
        raise _RefusedError("a password was expected")
    return (await reader.readexactly(length - 4)).rstrip(b"\0").decode(errors="replace")


def _fatal(message: str, code: str) -> bytes:
    fields = (("S", "FATAL"), ("V", "FATAL"), ("C", code), ("M", message))
    body = b"".join(kind.encode() + text.encode() + b"\0" for kind, text in fields) + b"\0"
    return struct.pack("!ci", b"E", len(body) + 4) + body
