"""A function's process as Lambda starts it: read-only files, AWS's runtime client, a Runtime API.

The Runtime API here answers on loopback, hands out one event and takes one answer. What is measured
is the time from starting the process to that answer.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pilaster_local.services import environment

PYTHON = "/var/lang/bin/python3"
_BOOT = """
import sys
sys.path[:] = ["/var/task", "/var/runtime", *(path for path in sys.path if path)]
from awslambdaric.__main__ import main
main(["bootstrap", {handler!r}])
"""
_MAKE = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from pilaster_emulator.functions import runtime_files
print(runtime_files.make(Path(sys.argv[2])))
"""
_SECONDS = 120
_NO_SUCH_KEY = b"<Error><Code>NoSuchKey</Code><Message>nothing is kept here</Message></Error>"


class NoAnswerError(Exception):
    """A process ended, or waited, without an answer to its first event."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A process that is killed resets its connection."""


@dataclass
class RuntimeApi:
    """One process, one event, one answer. Every other path is an empty object store."""

    event: Mapping[str, Any]
    answered: threading.Event = field(default_factory=threading.Event)
    answer: Any = None
    at: float = 0.0
    """When the answer came, by `time.perf_counter`."""

    def __post_init__(self) -> None:
        self.server = _Server(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    def take(self, answer: Any) -> None:
        self.at = time.perf_counter()
        self.answer = answer
        self.answered.set()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def make_runtime(root: Path, folder: Path) -> Path:
    """/var/lang and /var/runtime, as the local platform makes them of this machine's Python."""
    python = environment.make(root / ".pilaster" / "emulator", say=print)
    done = subprocess.run(
        [str(python), "-I", "-c", _MAKE, str(environment.PROJECT), str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    return Path(done.stdout.strip())


@dataclass(frozen=True)
class Start:
    """A process's start, up to its first answer."""

    seconds: float
    cpu_seconds: float
    """What it took of a processor: Lambda gives a function a share of one, by its memory."""
    answer: Any


def first_answer(
    runtime: Path,
    task: Path,
    handler: str,
    variables: Mapping[str, str],
    event: Mapping[str, Any],
    before: Callable[[], None] | None = None,
) -> Start:
    """Starts the process, hands it the event, ends it once it has answered. `before` runs in the
    process before anything else does."""
    api = RuntimeApi(event)
    given = {
        **variables,
        "AWS_LAMBDA_RUNTIME_API": api.address,
        "AWS_ENDPOINT_URL": f"http://{api.address}",
        "LD_LIBRARY_PATH": "/var/lang/lib:/var/runtime:/var/task",
        "LANG": "C.UTF-8",
    }
    settings = [word for pair in given.items() for word in ("--setenv", *pair)]
    bwrap = shutil.which("bwrap")
    assert bwrap, "/var/task is read-only: that takes bubblewrap"
    command = [
        *(bwrap, "--unshare-user", "--unshare-pid", "--die-with-parent", "--clearenv", *settings),
        *("--ro-bind", str(runtime), "/", "--ro-bind", str(task), "/var/task"),
        *("--tmpfs", "/tmp", "--proc", "/proc", "--dev", "/dev", "--chdir", "/var/task"),
        *(PYTHON, "-S", "-c", _BOOT.format(handler=handler)),
    ]
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=before
    )
    try:
        while not api.answered.wait(0.5):
            if process.poll() is not None or time.perf_counter() - began > _SECONDS:
                process.kill()
                said = process.communicate()[0].decode(errors="replace")
                raise NoAnswerError(f"{handler} gave no answer; it says:\n{said}")
        return Start(api.at - began, _cpu_seconds(process.pid), api.answer)
    finally:
        process.kill()
        process.communicate()
        api.close()


def _cpu_seconds(pid: int) -> float:
    """Of a process and those it started, while they live: bubblewrap's are not ours to wait for."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return own + sum(_cpu_seconds(int(child)) for child in children)


def _handler(api: RuntimeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if not self.path.endswith("/runtime/invocation/next"):
                self._send(404, _NO_SUCH_KEY)
            elif api.answered.is_set():
                time.sleep(_SECONDS)  # as a frozen process waits; it is killed meanwhile
            else:
                self._send(200, json.dumps(api.event).encode(), _headers())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.endswith("/response"):
                api.take(json.loads(body))
            elif self.path.endswith("/error"):
                api.take({"error": json.loads(body)["errorType"]})
            self._send(202, b"{}")

        def _send(self, status: int, body: bytes, more: Mapping[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {**(more or {}), "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: figures are what is printed."""

    return Handler


def _headers() -> dict[str, str]:
    return {
        "Lambda-Runtime-Aws-Request-Id": "11111111-1111-1111-1111-111111111111",
        "Lambda-Runtime-Deadline-Ms": str(int((time.time() + 60) * 1000)),
        "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-2:000000000000:function:x",
        "Content-Type": "application/json",
    }
