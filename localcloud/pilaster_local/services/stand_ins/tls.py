"""TLS before a PostgreSQL that was built without: who does not ask for it is told so, and no more.

As `ssl_mode: ENCRYPTED_ONLY` has it. The password inside is the server's matter.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import struct
import threading
from pathlib import Path

from pilaster_local.services.ports import LOOPBACK

_TLS = struct.pack("!II", 8, 80877103)
_KERBEROS = struct.pack("!II", 8, 80877104)
_CHUNK = 65_536
_open: set[asyncio.Task[None] | None] = set()
_NO_PLAIN = b"SFATAL\0VFATAL\0C28000\0Mpg_hba.conf rejects the connection: SSL is required\0\0"


def listen(port: int, socket: Path, authority: Path) -> None:
    """Takes connections on that port, for as long as the process lives, to that Unix socket."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "server.pem", authority / "server.key")
    ready = threading.Event()

    async def serve() -> None:
        server = await asyncio.start_server(
            lambda reader, writer: _connected(reader, writer, context, socket), LOOPBACK, port
        )
        ready.set()
        await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(serve()), name="tls", daemon=True).start()
    ready.wait()


async def _connected(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    context: ssl.SSLContext,
    socket: Path,
) -> None:
    # asyncio itself keeps no hold of who serves a connection: one that waits could be collected.
    serving = asyncio.current_task()
    _open.add(serving)
    try:
        await _serve(reader, writer, context, socket)
    finally:
        _open.discard(serving)


async def _serve(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    context: ssl.SSLContext,
    socket: Path,
) -> None:
    with contextlib.suppress(OSError, ssl.SSLError, asyncio.IncompleteReadError):
        asked = await reader.readexactly(8)
        if asked == _KERBEROS:
            writer.write(b"N")
            asked = await reader.readexactly(8)
        if asked != _TLS:
            writer.write(b"E" + struct.pack("!I", len(_NO_PLAIN) + 4) + _NO_PLAIN)
            await writer.drain()
        else:
            writer.write(b"S")
            await writer.drain()
            await writer.start_tls(context)
            inward, outward = await asyncio.open_unix_connection(str(socket))
            await asyncio.gather(_pump(reader, outward), _pump(inward, writer))
    with contextlib.suppress(OSError, ssl.SSLError):
        writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    except (OSError, ssl.SSLError):
        pass  # one end is gone: the other is told by the close
    finally:
        with contextlib.suppress(OSError, ssl.SSLError):
            writer.close()
