"""CloudFront functions, run in QuickJS: no network, no files, no timers, no clock to wait on.

Each call has an engine of its own that remembers nothing. Time and memory are limited; whatever a
function does wrong is a `FunctionError`, which the viewer sees as a 503.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import quickjs

from pilaster_emulator.edge.viewer import Headers, Request

SECONDS = 0.1
"""Of processor time. CloudFront allows about a millisecond; a laptop is not its hardware."""
MEMORY_BYTES = 2 << 20
"""What CloudFront gives a function; the engine's own half a megabyte comes on top."""
_ENGINE_BYTES = 1 << 20
_STACK_BYTES = 256 << 10

_PRELUDE = """
globalThis.__logged = [];
const __log = (...words) => { if (__logged.length < 100) __logged.push(words.map((word) =>
  typeof word === "object" ? JSON.stringify(word) : String(word)).join(" ").slice(0, 2000)); };
globalThis.console = { log: __log, error: __log, warn: __log, info: __log, debug: __log };
"""
_CALL = """
(async () => JSON.stringify(await handler(JSON.parse(__event))))().then(
  (value) => { globalThis.__answer = value; },
  (error) => { globalThis.__failed = String((error && error.stack) || error); });
"""


class FunctionError(Exception):
    """The function threw, ran too long, took too much memory or answered what is no answer."""


def call(code: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """What `handler(event)` returns. Holds the thread for at most `SECONDS` of its own."""
    engine = quickjs.Context()
    engine.set_memory_limit(MEMORY_BYTES + _ENGINE_BYTES)
    engine.set_max_stack_size(_STACK_BYTES)
    engine.set_time_limit(SECONDS)
    try:
        engine.eval(_PRELUDE)
        engine.set("__event", json.dumps(event))
        engine.eval(code)
        engine.eval(_CALL)
        while engine.execute_pending_job():
            pass
        failed, answer = engine.get("__failed"), engine.get("__answer")
    except (quickjs.JSException, quickjs.StackOverflow) as error:
        raise FunctionError(str(error)) from None
    if failed is not None or not isinstance(answer, str):
        raise FunctionError(failed or "the handler returned nothing")
    returned = json.loads(answer)
    if not isinstance(returned, dict):
        raise FunctionError(f"the handler returned {type(returned).__name__}, not an object")
    return returned


def request_event(request: Request, context: Mapping[str, str]) -> dict[str, Any]:
    """The event of a viewer request."""
    return {
        "version": "1.0",
        "context": {**context, "eventType": "viewer-request", "requestId": request.id},
        "viewer": {"ip": request.address},
        "request": {
            "method": request.method,
            "uri": request.path,
            "querystring": _grouped([_split(piece) for _, piece in request.queries]),
            "headers": _grouped([pair for pair in request.headers if pair[0] != "cookie"]),
            "cookies": _grouped(request.cookies),
        },
    }


def response_event(
    event: Mapping[str, Any], status: int, description: str, headers: Headers
) -> dict[str, Any]:
    """The event of a viewer response, from that of its request."""
    cookies = [_split(value.partition(";")[0]) for name, value in headers if name == "set-cookie"]
    return {
        **event,
        "context": {**event["context"], "eventType": "viewer-response"},
        "response": {
            "statusCode": status,
            "statusDescription": description,
            "headers": _grouped([pair for pair in headers if pair[0] != "set-cookie"]),
            "cookies": _grouped(cookies),
        },
    }


def headers_of(given: Any) -> Headers:
    """The headers an event holds."""
    if given is None:
        return []
    if not isinstance(given, dict):
        raise FunctionError("headers are no object")
    found: Headers = []
    for name, held in given.items():
        if name != name.lower():
            raise FunctionError(f"header {name!r}: names are in lower case")
        found += [(name, value) for value in _values(name, held)]
    return found


def rewritten(request: Request, returned: Mapping[str, Any]) -> None:
    """Change the request to what a function returned."""
    uri = returned.get("uri", request.path)
    if not isinstance(uri, str) or not uri.startswith("/"):
        raise FunctionError(f"uri {uri!r} does not begin with a slash")
    request.path = uri
    query = returned.get("querystring")
    if isinstance(query, str):
        request.query = query
    elif isinstance(query, dict):
        pieces = [
            f"{name}={value}" if value else name
            for name, held in query.items()
            for value in _values(name, held)
        ]
        request.query = "&".join(pieces)
    headers = [pair for pair in headers_of(returned.get("headers")) if pair[0] != "cookie"]
    cookies = [
        f"{name}={value}"
        for name, held in (returned.get("cookies") or {}).items()
        for value in _values(name, held)
    ]
    if cookies:
        headers.append(("cookie", "; ".join(cookies)))
    # What a function cannot change.
    fixed = ("host", "content-length", "transfer-encoding", "connection", "upgrade")
    request.headers = [
        *(pair for pair in request.headers if pair[0] in fixed),
        *(pair for pair in headers if pair[0] not in fixed),
    ]


def set_cookies(given: Any) -> Headers:
    """`set-cookie` headers of a response that a function made."""
    found: Headers = []
    for name, held in (given or {}).items():
        for each in held.get("multiValue") or [held]:
            more = f"; {each['attributes']}" if each.get("attributes") else ""
            found.append(("set-cookie", f"{name}={each.get('value', '')}{more}"))
    return found


def _split(piece: str) -> tuple[str, str]:
    name, _, value = piece.partition("=")
    return name, value


def _grouped(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    grouped: dict[str, Any] = {}
    for name, value in pairs:
        if name not in grouped:
            grouped[name] = {"value": value}
            continue
        held = grouped[name]
        held.setdefault("multiValue", [{"value": held["value"]}]).append({"value": value})
    return grouped


def _values(name: str, held: Any) -> list[str]:
    if not isinstance(held, dict):
        raise FunctionError(f"{name!r} is no object with a value")
    entries = held.get("multiValue") or [held]
    values = [entry.get("value", "") for entry in entries]
    if any(not isinstance(value, str) or "\n" in value or "\r" in value for value in values):
        raise FunctionError(f"the value of {name!r} is no text of one line")
    return values
