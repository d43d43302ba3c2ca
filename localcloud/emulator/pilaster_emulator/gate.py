"""The door before the emulator: what is ours is answered here, the rest goes on, within limits.

There is one door for this machine and one for the functions of each side. Behind a function's door
a caller is never root, never reaches the emulator's own controls, and from inside finds S3 and
DynamoDB alone, as behind the gateway endpoints of a private subnet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from pilaster_emulator.functions.call import PAYLOAD_LIMIT
from pilaster_emulator.functions.specification import Side, Specification
from pilaster_emulator.recording import PROVIDER, by_provider

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

INSIDE_SERVICES = ("s3", "dynamodb")

_HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})
_CONTROLS = ("/_ministack", "/_localstack", "/_pilaster")
_INVOKE = re.compile(r"/2015-03-31/functions/[^/]+/invocations")
_CODE = re.compile(r"/2015-03-31/functions(/[^/]+/code)?/?")


class Gate:
    """An ASGI application around ministack's."""

    def __init__(
        self,
        inner: Application,
        *,
        ports: Sequence[int],
        side: Side | None = None,
        owner: Callable[[str], Specification | None],
        controls: dict[tuple[str, str], Callable[[], dict[str, Any] | None]],
        changed: Callable[[], None],
        new_code: Callable[[], None],
    ) -> None:
        self._inner = inner
        self._hosts = [f"{name}:{port}" for port in ports for name in ("127.0.0.1", "localhost")]
        self._side = side
        self._owner = owner
        """The function that was given an access key."""
        self._controls = controls
        self._changed = changed
        self._new_code = new_code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" and self._side is not None:
            # ministack starts once, behind the door of this machine.
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        elif self._side != "inside":
            await self._inner(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        headers = _as_the_emulator_reads(scope["headers"])
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        refusal = self._refusal(scope["method"], path, headers, query)
        if refusal is not None:
            await _refuse(send, headers, query, refusal)
            return
        if path.startswith("/_pilaster/"):
            await self._ours(scope, send)
            return
        if (too_large := _too_large(path, headers)) is not None:
            await _answer(send, 413, too_large, {"x-amzn-errortype": "RequestTooLargeException"})
            return
        if scope["method"] not in _HARMLESS:
            self._changed()
        by_provider.set(PROVIDER in headers.get("user-agent", ""))
        scope = {**scope, "headers": _as_if_by_tls(scope["headers"])}
        await self._inner(scope, receive, send)
        if scope["method"] in ("POST", "PUT") and _CODE.fullmatch(path):
            self._new_code()

    def _refusal(
        self, method: str, path: str, headers: dict[str, str], query: dict[str, list[str]]
    ) -> str | None:
        """Why this request is not let through, or None."""
        from ministack.core.iam_evaluator import is_root_access_key
        from ministack.core.router import extract_access_key_id

        key = extract_access_key_id(headers, query)
        function = self._owner(key) if key else None
        if self._side is None and function is None:
            return None
        if path.startswith(_CONTROLS):
            return "a function does not reach the controls of the local cloud"
        if key and is_root_access_key(key):
            return "the access key is not one this function was given"
        if not key and (method, path) == ("GET", "/"):
            return "a list of all buckets wants a signature"
        # A function inside stays inside, whichever door it found.
        if "inside" not in (self._side, function.side if function is not None else None):
            return None
        service = _service(method, path, headers, query)
        if key and service in INSIDE_SERVICES and headers.get("host") in self._hosts:
            return None
        return (
            f"an inside function reaches {' and '.join(INSIDE_SERVICES)} only, not "
            f"{service or path}: take it out of the network, or let a function outside do this"
        )

    async def _ours(self, scope: Scope, send: Send) -> None:
        control = self._controls.get((scope["method"], scope["path"].removeprefix("/_pilaster/")))
        if control is None:
            await _answer(send, 404, {"error": f"there is no {scope['path']!r}"})
            return
        answer = control()
        await _answer(send, 500 if answer is None else 200, answer or {})


def _service(
    method: str, path: str, headers: dict[str, str], query: dict[str, list[str]]
) -> str | None:
    """The service a request is signed for, if the emulator would also hand it to that one."""
    from ministack.core.router import detect_service

    credential = (query.get("X-Amz-Credential") or [""])[0]
    if match := re.search(r"Credential=([^,\s]+)", headers.get("authorization", "")):
        credential = match[1]
    scope = credential.split("/")
    if len(scope) != 5 or path.startswith("/_aws"):
        return None
    signed = scope[3]
    routed = detect_service(method, path, headers, query)
    return signed if routed == signed else routed


def _as_the_emulator_reads(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Any bytes, and several of one name as one: what is judged here is what ministack acts on."""
    from ministack.core.sigv4 import decode_header_value

    found: dict[str, str] = {}
    for raw, value in headers:
        name, text = raw.decode("latin-1").lower(), decode_header_value(value)
        between = "; " if name == "cookie" else ", "
        found[name] = f"{found[name]}{between}{text}" if name in found else text
    return found


def _as_if_by_tls(headers: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Loopback stands in for TLS: a policy that wants `aws:SecureTransport` is met, as on AWS."""
    said = (name for name, _ in headers)
    if b"x-forwarded-proto" in said:
        return list(headers)
    return [*headers, (b"x-forwarded-proto", b"https")]


def _too_large(path: str, headers: dict[str, str]) -> dict[str, str] | None:
    size = int(headers.get("content-length") or 0)
    if _INVOKE.fullmatch(path) and size > PAYLOAD_LIMIT:
        return {"message": f"Request must be smaller than {PAYLOAD_LIMIT} bytes", "Type": "User"}
    return None


async def _refuse(
    send: Send, headers: dict[str, str], query: dict[str, list[str]], reason: str
) -> None:
    """In the protocol of the caller, so that its SDK reads the reason."""
    code = "AccessDeniedException"
    form = "form-urlencoded" in headers.get("content-type", "")
    s3 = "X-Amz-Signature" in query or "/s3/" in headers.get("authorization", "")
    if form or (s3 and "x-amz-target" not in headers):
        text = reason.replace("&", "&amp;").replace("<", "&lt;")
        error = f"<Error><Code>AccessDenied</Code><Message>{text}</Message></Error>"
        body = f"<ErrorResponse>{error}</ErrorResponse>" if form else error
        await _send(send, 403, body.encode(), {"content-type": "text/xml"})
    else:
        await _answer(send, 403, {"__type": code, "message": reason}, {"x-amzn-errortype": code})


async def _answer(
    send: Send, status: int, content: object, headers: dict[str, str] | None = None
) -> None:
    body = json.dumps(content).encode()
    await _send(send, status, body, {"content-type": "application/json", **(headers or {})})


async def _send(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    pairs.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
