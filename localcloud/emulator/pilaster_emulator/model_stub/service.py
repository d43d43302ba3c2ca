"""The stub as an HTTP service: `POST /v1/messages`, one connection at a time and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import json
from http import HTTPStatus

from pilaster_emulator.model_stub.script import HEADER, MODEL, Answer, Script

MOST_BYTES = 32 << 20
"""Of a question; the real service takes as much."""


async def serve(
    script: Script, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Answers one request, of which `head` (through the empty line) was read, and hangs up."""
    try:
        async with asyncio.timeout(60):
            answer = await _answer(script, head, reader)
            writer.write(_written(answer))
            await writer.drain()
    except (TimeoutError, ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError, OSError):
            await writer.wait_closed()


async def _answer(script: Script, head: bytes, reader: asyncio.StreamReader) -> Answer:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, _, rest = first.partition(" ")
    path = rest.rpartition(" ")[0].partition("model.stub")[2] or rest.rpartition(" ")[0]
    named = (line.partition(":") for line in lines if ":" in line)
    headers = {name.strip().lower(): value.strip() for name, _, value in named}
    size = int(headers.get("content-length") or 0)
    if size > MOST_BYTES:
        return Answer(413, b"{}")
    body = await reader.readexactly(size)
    if (method, path) != ("POST", "/v1/messages"):
        return Answer(404, b"{}")
    if not headers.get("x-api-key") or not headers.get("anthropic-version"):
        return Answer(401, b"{}")
    try:
        question = json.loads(body)
    except ValueError:
        return Answer(400, b"{}")
    return script.answer(question) if isinstance(question, dict) else Answer(400, b"{}")


def _written(answer: Answer) -> bytes:
    headers = {
        HEADER: MODEL,
        **answer.headers,
        "content-length": str(len(answer.body)),
        "connection": "close",
    }
    try:
        phrase = HTTPStatus(answer.status).phrase
    except ValueError:
        phrase = "Overloaded"  # 529 is nobody's standard
    lines = [f"HTTP/1.1 {answer.status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body
