"""An origin of a test's own: an HTTP server that answers as it is told and remembers who asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CHUNK = 64 * 1024


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0
    """Waited before it is sent."""
    breaks_after: int | None = None
    """So many bytes of the body, and the connection is gone."""


@dataclass
class Origin:
    port: int
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    answer: Callable[[Asked], Answer] = lambda asked: Answer(body=b"fine")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    """Of the standard library's five many at once are turned away."""


@contextmanager
def origin_server() -> Iterator[Origin]:
    """Runs until the block ends. `origin.answer` may be replaced at any time."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            origin.connections += 1

        def do_any(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length)
            if self.headers.get("transfer-encoding") == "chunked":
                body = b"".join(_chunks(self.rfile))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, body)
            origin.asked.append(asked)
            answer = origin.answer(asked)
            time.sleep(answer.seconds)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if "content-length" not in {name.lower() for name in answer.headers}:
                self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            if self.command == "HEAD":
                return
            if answer.breaks_after is not None:
                self.wfile.write(answer.body[: answer.breaks_after])
                self.wfile.flush()
                self.close_connection = True
                return
            for start in range(0, len(answer.body), CHUNK):
                self.wfile.write(answer.body[start : start + CHUNK])

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = do_any

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    origin = Origin(port=server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield origin
    finally:
        server.shutdown()
        server.server_close()


def told(asked: Asked) -> Answer:
    """Says what it was asked."""
    said = {"method": asked.method, "path": asked.path, "headers": asked.headers}
    said["size"] = len(asked.body)
    body = json.dumps(said).encode()
    return Answer(headers={"content-type": "application/json"}, body=body)


def _chunks(stream: Any) -> Iterator[bytes]:
    while size := int(stream.readline().strip() or b"0", 16):
        yield stream.read(size)
        stream.readline()
    stream.readline()
