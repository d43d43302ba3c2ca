"""One distribution as viewers meet it: from a request's first line to the last byte of its answer.

The order is CloudFront's: firewall, behaviour, method, viewer-request function, cache, origin,
custom error page, response headers policy, viewer-response function.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import posixpath
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
from aiohttp import web

from pilaster_emulator.edge import functions, patience, policies, reply, sockets, viewer, words
from pilaster_emulator.edge.distribution import Behavior, Distribution
from pilaster_emulator.edge.fetching import Fetch
from pilaster_emulator.edge.firewall import Firewall
from pilaster_emulator.edge.functions import FunctionError
from pilaster_emulator.edge.origins import MisnamedError, Origins, SlowError, UnreachableError
from pilaster_emulator.edge.reply import Reply
from pilaster_emulator.edge.store import Store
from pilaster_emulator.edge.viewer import Request

LARGEST_BODY = 20 << 30
_ATTEMPT = "viewer-request"

log = logging.getLogger("pilaster.edge")


class Front:
    """Answers the viewers of one distribution."""

    def __init__(self, distribution: Distribution, origins: Origins) -> None:
        self.distribution = distribution
        self.store = Store()
        self._origins = origins
        self._firewall = Firewall(distribution.web_acl)
        self._label = hashlib.sha256(distribution.id.encode()).hexdigest()[:32]

    def follow(self, distribution: Distribution) -> None:
        """Do as it says from the next request on. The cache stays, as CloudFront's does."""
        if distribution == self.distribution:
            return
        if distribution.web_acl != self.distribution.web_acl:
            self._firewall = Firewall(distribution.web_acl)
        self.distribution = distribution

    async def answer(self, incoming: web.BaseRequest) -> web.StreamResponse:
        request = _read(incoming)
        async with AsyncExitStack() as opened:
            found = await self._found(incoming, request, opened)
            if isinstance(found, web.StreamResponse):
                return found
            self._sign(found, request)
            try:
                return await reply.send(found, incoming)
            except (aiohttp.ClientError, OSError) as error:
                # The origin or the viewer: half an answer must not look like a whole one.
                log.warning("%s: an answer broke off: %r", self.distribution.id, error)
                if incoming.transport is not None:
                    incoming.transport.abort()
                raise ConnectionResetError("the answer broke off") from error

    async def _found(
        self, incoming: web.BaseRequest, request: Request, opened: AsyncExitStack
    ) -> Reply | web.StreamResponse:
        distribution = self.distribution
        if not distribution.enabled:
            return _said(403, words.DISABLED, request)
        if "(cloudfront)" in request.header("via").lower():
            return _said(403, words.LOOP, request)
        refused = self._firewall.refusal(request)
        if refused is not None:
            return _said(refused, words.BLOCKED, request)
        behavior = distribution.behavior(_normal(request.path))
        if request.method not in behavior.allowed:
            return _said(403, words.METHOD, request)
        has_body = incoming.body_exists
        if has_body and request.method in ("GET", "HEAD"):
            return _said(403, words.GET_BODY, request)
        if (incoming.content_length or 0) > LARGEST_BODY:
            return _said(413, words.TOO_LARGE, request)
        if request.path == "/" and distribution.root:
            request.path = f"/{distribution.root}"
        wants_socket = sockets.wanted(incoming)
        event: dict[str, Any] = {}
        if behavior.functions:
            context = {
                "distributionDomainName": distribution.address,
                "distributionId": distribution.id,
            }
            event = functions.request_event(request, context)
        try:
            made = self._ahead(behavior, request, event)
        except FunctionError as error:
            return self._failed(behavior, _ATTEMPT, error, request)
        if made is not None:
            return made
        if wants_socket:
            return await self._socket(incoming, request, behavior)
        found = await self._fetch(behavior, opened).reply(
            request, patience.body(incoming) if has_body else None
        )
        status = found.status
        found = await self._in_its_place(found, opened, request)
        found.headers = policies.applied(
            found.headers, behavior.response, method=request.method, origin=request.header("origin")
        )
        if status >= 400:
            return found
        try:
            self._after(behavior, found, event)
        except FunctionError as error:
            return self._failed(behavior, "viewer-response", error, request)
        return found

    def _fetch(self, behavior: Behavior, opened: AsyncExitStack) -> Fetch:
        return Fetch(
            distribution=self.distribution,
            behavior=behavior,
            origins=self._origins,
            store=self.store,
            label=self._label,
            open=opened,
        )

    def _ahead(self, behavior: Behavior, request: Request, event: dict[str, Any]) -> Reply | None:
        """Run the viewer-request function. A reply where it made one, or the request changed."""
        arn = behavior.functions.get("viewer-request")
        if arn is None:
            return None
        returned = functions.call(self._code(arn), event)
        if "statusCode" not in returned:
            functions.rewritten(request, returned)
            return None
        content = _content(returned)
        headers = [
            *functions.headers_of(returned.get("headers")),
            *functions.set_cookies(returned.get("cookies")),
        ]
        headers = [pair for pair in headers if pair[0] != "content-length"]
        return Reply(
            status=int(returned["statusCode"]), headers=headers, body=content, result=reply.MADE
        )

    def _after(self, behavior: Behavior, found: Reply, event: dict[str, Any]) -> None:
        """Run the viewer-response function, which may change all but a body that goes by."""
        arn = behavior.functions.get("viewer-response")
        if arn is None:
            return
        given = functions.response_event(
            event, found.status, words.phrase(found.status), found.headers
        )
        returned = functions.call(self._code(arn), given)
        length = found.header("content-length")
        headers = functions.headers_of(returned.get("headers"))
        headers = [pair for pair in headers if pair[0] not in ("content-length", "set-cookie")]
        found.status = int(returned.get("statusCode", found.status))
        found.headers = [*headers, *functions.set_cookies(returned.get("cookies"))]
        if "body" in returned:
            found.body = _content(returned)
        elif length:
            found.headers.append(("content-length", length))

    def _code(self, arn: str) -> str:
        code = self.distribution.functions.get(arn)
        if code is None:
            raise FunctionError(f"{arn} is not published")
        return code

    async def _in_its_place(self, found: Reply, opened: AsyncExitStack, request: Request) -> Reply:
        """The custom error page, where there is one for this status."""
        custom = self.distribution.errors.get(found.status)
        if custom is None or not custom.page or custom.status is None:
            return found
        behavior = self.distribution.behavior(custom.page)
        asked = Request(
            method="GET",
            path=custom.page,
            query="",
            headers=[p for p in request.headers if p[0] in ("accept-encoding", "host")],
            address=request.address,
            port=request.port,
            id=request.id,
        )
        page = await self._fetch(behavior, opened).reply(asked)
        if page.status >= 400:
            return page
        page.status, page.result, page.age = custom.status, reply.ERROR, None
        return page

    async def _socket(
        self, incoming: web.BaseRequest, request: Request, behavior: Behavior
    ) -> Reply | web.StreamResponse:
        origin = self.distribution.origins.get(behavior.origin)
        if origin is None or origin.bucket is not None:
            return _said(502, words.CONNECT, request)
        query = viewer.query(request, behavior)
        try:
            far = await self._origins.socket(
                origin,
                target=request.path + (f"?{query}" if query else ""),
                headers=viewer.to_origin(request, behavior, origin, self._label),
                protocols=sockets.protocols(incoming),
            )
        except aiohttp.WSServerHandshakeError as refusal:
            return Reply(status=refusal.status, headers=[], body=b"", result=reply.ERROR)
        except SlowError:
            return _said(504, words.SLOW, request)
        except (UnreachableError, MisnamedError) as error:
            log.warning("%s: %s", self.distribution.id, error)
            return _said(502, words.CONNECT, request)
        headers = [("via", viewer.via("1.1", self._label)), ("x-amz-cf-id", request.id)]
        return await sockets.through(incoming, far, headers)

    def _failed(
        self, behavior: Behavior, kind: str, error: FunctionError, request: Request
    ) -> Reply:
        log.error("%s of %s failed: %s", behavior.functions[kind], self.distribution.id, error)
        return _said(503, words.FUNCTION, request)

    def _sign(self, found: Reply, request: Request) -> None:
        """The headers every answer of CloudFront has."""
        ours = ("x-cache", "via", "x-amz-cf-pop", "x-amz-cf-id", "age")
        before = found.header("via")
        via = viewer.via("1.1", self._label)
        found.headers = [pair for pair in found.headers if pair[0] not in ours]
        found.headers += [
            ("x-cache", f"{found.result} from cloudfront"),
            ("via", f"{before}, {via}" if before else via),
            ("x-amz-cf-pop", "LOCAL1-P1"),
            ("x-amz-cf-id", request.id),
        ]
        if found.age is not None:
            found.headers.append(("age", str(found.age)))
        if not any(name == "server" for name, _ in found.headers):
            found.headers.append(("server", "CloudFront"))


def _read(incoming: web.BaseRequest) -> Request:
    address, port = (incoming.transport.get_extra_info("peername") or ("", 0))[:2]  # type: ignore[union-attr]
    raw = incoming.raw_path
    if not raw.startswith("/"):
        # The absolute form that proxies are asked in.
        raw = "/" + raw.partition("://")[2].partition("/")[2]
    path, _, query = raw.partition("?")
    return Request(
        method=incoming.method,
        path=path,
        query=query,
        headers=[(name.lower(), value) for name, value in incoming.headers.items()],
        address=address,
        port=port,
        version=f"{incoming.version.major}.{incoming.version.minor}",
    )


def _normal(path: str) -> str:
    """As CloudFront matches it; the origin gets it as it came (RFC 3986, 6.2.2.3)."""
    normal = posixpath.normpath(path)
    normal = normal + "/" if path.endswith("/") and normal != "/" else normal
    return "/" + normal.lstrip("/") if path.startswith("//") else normal


def _content(returned: dict[str, Any]) -> bytes:
    """The body a function gave, as text or `{"encoding", "data"}`."""
    body = returned.get("body") or ""
    if isinstance(body, str):
        return body.encode()
    data = str(body.get("data", ""))
    return base64.b64decode(data) if body.get("encoding") == "base64" else data.encode()


def _said(status: int, reason: str, request: Request) -> Reply:
    content = words.page(status, reason, request.id)
    return Reply(
        status=status, headers=[("content-type", "text/html")], body=content, result=reply.ERROR
    )
