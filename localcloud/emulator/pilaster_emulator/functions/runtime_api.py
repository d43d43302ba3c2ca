"""The Runtime API of one process: `next`, `response`, `error`, `init/error` over HTTP/1.1.

Only awslambdaric speaks to it, so it knows that client's requests and refuses all else.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass

from pilaster_emulator.functions.call import Answer, Call, answered, raised

PORT = 9001
_BASE = "/2018-06-01/runtime"
_RESULT = re.compile(rf"{_BASE}/invocation/([^/]+)/(response|error)")
_ACCEPTED = b'{"status":"OK"}'
_MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class _Request:
    method: str
    path: str
    body: bytes


class RuntimeApi:
    """Hands one call at a time to a process and takes its answer."""

    def __init__(self) -> None:
        self.initialised: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        """None once the process asks for its first call; an answer if it could not start."""
        self._call: asyncio.Queue[tuple[Call, float]] = asyncio.Queue()
        self._waiting: dict[str, asyncio.Future[Answer]] = {}

    def hand_over(self, call: Call, deadline: float) -> asyncio.Future[Answer]:
        """Give the process a call; the future holds what it answers."""
        future = asyncio.get_running_loop().create_future()
        self._waiting[call.request_id] = future
        self._call.put_nowait((call, deadline))
        return future

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection; the client keeps it open."""
        try:
            while (request := await _read(reader)) is not None:
                await self._answer(request, writer)
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            pass
        finally:
            writer.close()

    async def _answer(self, request: _Request, writer: asyncio.StreamWriter) -> None:
        if (request.method, request.path) == ("GET", f"{_BASE}/invocation/next"):
            if not self.initialised.done():
                self.initialised.set_result(None)
            call, deadline = await self._call.get()
            _write(writer, 200, call.event, _headers(call, deadline))
        elif (request.method, request.path) == ("POST", f"{_BASE}/init/error"):
            if not self.initialised.done():
                self.initialised.set_result(raised(request.body))
            _write(writer, 202, _ACCEPTED)
        elif request.method == "POST" and (match := _RESULT.fullmatch(request.path)):
            waiting = self._waiting.pop(match[1], None)
            if waiting is not None and not waiting.done():
                read = answered if match[2] == "response" else raised
                waiting.set_result(read(request.body))
            _write(writer, 202, _ACCEPTED)
        else:
            _write(writer, 404, b'{"errorType":"InvalidRequest"}')
        await writer.drain()


def _headers(call: Call, deadline: float) -> dict[str, str]:
    headers = {
        "Lambda-Runtime-Aws-Request-Id": call.request_id,
        "Lambda-Runtime-Deadline-Ms": str(int((time.time() + deadline - time.monotonic()) * 1000)),
        "Lambda-Runtime-Invoked-Function-Arn": call.function_arn,
    }
    if call.trace:
        headers["Lambda-Runtime-Trace-Id"] = call.trace
    return headers


async def _read(reader: asyncio.StreamReader) -> _Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = await _read_chunks(reader)
    else:
        length = int(headers.get("content-length") or 0)
        if length > _MOST_BYTES:
            # Too large by far: read past it and let the size be judged by what is kept.
            body = await _read_and_drop(reader, length)
        else:
            body = await reader.readexactly(length)
    return _Request(method, path, body)


async def _read_and_drop(reader: asyncio.StreamReader, length: int) -> bytes:
    kept = await reader.readexactly(_MOST_BYTES)
    left = length - _MOST_BYTES
    while left > 0:
        piece = await reader.read(min(left, 1 << 20))
        if not piece:
            raise ConnectionError("the process ended in the middle of its answer")
        left -= len(piece)
    return kept


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    parts: list[bytes] = []
    size = 0
    while length := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        part = await reader.readexactly(length)
        await reader.readexactly(2)
        size += length
        if size <= _MOST_BYTES:
            parts.append(part)
    await reader.readuntil(b"\r\n")
    return b"".join(parts)


def _write(
    writer: asyncio.StreamWriter, status: int, body: bytes, headers: dict[str, str] | None = None
) -> None:
    lines = [
        f"HTTP/1.1 {status} {'OK' if status == 200 else 'Accepted'}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
