"""Pilaster's small host for an Azure Functions app in Python. It is not Microsoft's.

    python -I -S host.py FOLDER PORT

It loads FOLDER (an unpacked package) as the Functions worker does: the dependencies from
`.python_packages/lib/site-packages`, the app from `function_app.py`, routes and timeouts from
`host.json`; and calls the functions with the objects of `azure.functions` that are in the package.
It knows HTTP and timer triggers, sync and async functions. On 127.0.0.1 only.

It stands alone: the standard library and what the package brings are all it sees.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import re
import sys
import threading
import uuid
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, cast
from urllib.parse import parse_qsl, urlsplit

SITE_PACKAGES = ".python_packages/lib/site-packages"
MAX_BODY = 100 * 1024 * 1024
"""As much as the Functions host takes."""
WORKERS = 8
DEFAULT_SECONDS = 1800.0
_NO_BODY = (204, 304)


class HostError(Exception):
    """The package is none the worker would load."""


class App:
    """The functions of a package, ready to be called."""

    def __init__(self, folder: Path) -> None:
        settings = json.loads((folder / "host.json").read_text("utf-8"))
        if settings.get("version") != "2.0":
            raise HostError("host.json has no version 2.0")
        self.seconds = _seconds(settings.get("functionTimeout"))
        http = settings.get("extensions", {}).get("http", {})
        self._prefix = "/".join(filter(None, ["", http.get("routePrefix", "api")]))
        sys.path[:0] = [str(folder), str(folder / SITE_PACKAGES)]
        self.func: Any = importlib.import_module("azure.functions")
        module = importlib.import_module("function_app")
        found = [
            each for each in vars(module).values() if isinstance(each, self.func.FunctionRegister)
        ]
        if len(found) != 1:
            raise HostError(f"function_app.py holds {len(found)} apps, and the worker wants one")
        self.functions = {each.get_function_name(): each for each in found[0].get_functions()}
        self.routes = sorted(
            (self._route(name, each) for name, each in self.functions.items() if _is_http(each)),
            # What is written out goes before what is open, as in the host's own router.
            key=lambda route: ("{" in route.template, -len(route.template)),
        )
        self._workers = ThreadPoolExecutor(WORKERS, "function")
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="functions", daemon=True).start()

    def call(self, name: str, **arguments: Any) -> Any:
        """The function's answer. Raises TimeoutError where it takes longer than host.json says."""
        user = cast(Callable[..., Any], self.functions[name].get_user_function())
        if "context" in inspect.signature(user).parameters:
            arguments["context"] = SimpleNamespace(
                invocation_id=str(uuid.uuid4()), function_name=name, function_directory="."
            )
        working: Future[Any]
        if inspect.iscoroutinefunction(user):
            coroutine = cast(Coroutine[Any, Any, Any], user(**arguments))
            working = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        else:
            working = self._workers.submit(user, **arguments)
        return working.result(self.seconds)

    def timers(self) -> list[str]:
        """Those with a timer."""
        return [n for n, each in self.functions.items() if _kind(each) == "timerTrigger"]

    def route(self, method: str, path: str) -> tuple[str, str, dict[str, str]] | None:
        """The function a request is for, its parameter's name, and what the path holds."""
        for route in self.routes:
            found = route.pattern.fullmatch(path)
            if found and method.lower() in route.methods:
                return route.name, route.parameter, found.groupdict()
        return None

    def _route(self, name: str, function: Any) -> SimpleNamespace:
        trigger = function.get_trigger().get_dict_repr()
        template = f"{self._prefix}/{(trigger.get('route') or name).lstrip('/')}"
        pattern = re.sub(r"\\\{\\\*(\w+)\\\}", r"(?P<\1>.*)", re.escape(template))
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", pattern)
        methods = trigger.get("methods") or ("get", "post")
        return SimpleNamespace(
            name=name,
            template=template,
            parameter=trigger["name"],
            pattern=re.compile(pattern),
            methods={str(getattr(each, "value", each)).lower() for each in methods},
        )


class Handler(BaseHTTPRequestHandler):
    """One request, as an HTTP trigger hands it over. `app` is set on a subclass."""

    app: ClassVar[App]
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self._body()
        if body is None:
            return
        path = urlsplit(self.path).path
        if path.startswith("/admin/"):
            self._admin(path)
            return
        routed = self.app.route(self.command, path)
        if routed is None:
            self._send(404, b"", {})
            return
        name, parameter, held = routed
        request = self.app.func.HttpRequest(
            method=self.command,
            url=f"http://{self.headers.get('host', 'localhost')}{self.path}",
            headers={each.lower(): value for each, value in self.headers.items()},
            params=dict(parse_qsl(urlsplit(self.path).query)),
            route_params=held,
            body=body,
        )
        try:
            response = self.app.call(name, **{parameter: request})
        except Exception as error:  # noqa: BLE001 (whatever it raises is the host's own 500)
            print(f"{name} failed: {type(error).__name__}", file=sys.stderr, flush=True)
            self._send(500, b"", {})
            return
        headers = {**dict(response.headers), "content-type": _content_type(response)}
        self._send(response.status_code, response.get_body(), headers)

    do_DELETE = do_GET = do_HEAD = do_OPTIONS = do_PATCH = do_POST = do_PUT = answer

    def _admin(self, path: str) -> None:
        """As the host's own: `/admin/host/status`, and `/admin/functions/NAME` calls a timer's.

        The host wants its master key for them; this one is on the loopback address, and waits.
        """
        name = path.removeprefix("/admin/functions/")
        if path == "/admin/host/status":
            self._send(200, b'{"state":"Running"}', {"content-type": "application/json"})
        elif self.command == "POST" and name in self.app.timers():
            self._send(202 if run_timer(self.app, name) else 500, b"", {})
        else:
            self._send(404, b"", {})

    def _body(self) -> bytes | None:
        try:
            length = int(self.headers.get("content-length", 0))
        except ValueError:
            length = -1
        if "transfer-encoding" in self.headers or not 0 <= length <= MAX_BODY:
            self.close_connection = True
            self._send(413 if length > MAX_BODY else 411, b"", {})
            return None
        return self.rfile.read(length)

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() != "content-length" and (body or name.lower() != "content-type"):
                self.send_header(name, value)
        if status not in _NO_BODY:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status not in _NO_BODY:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: paths hold ids, and functions have lines of their own."""


def run_timer(app: App, name: str) -> bool:
    """Whether the timer's function went through."""
    parameter = app.functions[name].get_trigger().get_dict_repr()["name"]
    try:
        app.call(name, **{parameter: SimpleNamespace(past_due=False)})
    except Exception as error:  # noqa: BLE001 (the host notes it and goes on)
        print(f"{name} failed: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return False
    return True


def _kind(function: Any) -> str:
    return str(function.get_trigger().get_dict_repr()["type"])


def _is_http(function: Any) -> bool:
    return _kind(function) == "httpTrigger"


def _content_type(response: Any) -> str:
    kind = str(response.mimetype)
    textual = kind.startswith("text/") and "charset" not in kind
    return f"{kind}; charset={response.charset}" if textual else kind


def _seconds(text: str | None) -> float:
    if not text or text == "-1":
        return DEFAULT_SECONDS
    hours, minutes, seconds = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main(folder: Path, port: int) -> None:
    app = App(folder.resolve())
    server = _Server(("127.0.0.1", port), type("Of", (Handler,), {"app": app}))
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
