"""Where a distribution's requests go: names of AWS are on this machine, all others are what they
say."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from pilaster_emulator.edge.distribution import Distribution, Origin
from pilaster_emulator.edge.objects import SOURCE
from pilaster_emulator.edge.viewer import Headers

_API = re.compile(r"([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")
_AWS = re.compile(r".*\.(amazonaws\.com|on\.aws)(\.cn)?")
_LARGEST_LINE = 64 * 1024
_IDLE_SECONDS = 50.0
"""How long a connection to an origin is kept: below what servers close theirs after."""
MESSAGE_BYTES = 16 << 20
_NOTHING_OF_ITS_OWN = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class UnreachableError(Exception):
    """Nobody answers at the origin, or what answers is not HTTP."""


class SlowError(Exception):
    """The origin did not answer in its time."""


class MisnamedError(Exception):
    """The origin is asked for by a name that is not its own."""


class Origins:
    """Connections to all origins, kept open between requests. Make it inside the event loop."""

    def __init__(self, endpoint: str, objects: Path) -> None:
        self._endpoint = endpoint
        usual: dict[str, Any] = {
            "auto_decompress": False,
            "cookie_jar": aiohttp.DummyCookieJar(),
            "skip_auto_headers": _NOTHING_OF_ITS_OWN,
            "max_line_size": _LARGEST_LINE,
            "max_field_size": _LARGEST_LINE,
        }
        self._network = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE_SECONDS), **usual
        )
        self._objects = aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(str(objects), limit=0, keepalive_timeout=_IDLE_SECONDS),
            **usual,
        )

    async def close(self) -> None:
        await self._network.close()
        await self._objects.close()

    @asynccontextmanager
    async def asked(
        self,
        origin: Origin,
        distribution: Distribution,
        *,
        method: str,
        target: str,
        headers: Headers,
        body: Any = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer, its body unread. `target` is path and query. Raises one of the errors above,
        also while the body is read inside the `async with`."""
        session, url = self._network, self._url(origin, target, headers)
        sent = CIMultiDict(headers)
        if origin.bucket is not None:
            session = self._objects
            if origin.signed:
                sent[SOURCE] = distribution.arn
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=origin.connect_seconds, sock_read=origin.read_seconds
        )
        try:
            answer = await self._connected(
                session, origin, method, url, headers=sent, data=body, timeout=timeout
            )
            async with answer:
                yield answer
        except (TimeoutError, aiohttp.ServerTimeoutError) as error:
            raise SlowError(f"{origin.id}: {error!r}") from error
        except (aiohttp.ClientError, OSError) as error:
            raise UnreachableError(f"{origin.id}: {error!r}") from error

    @staticmethod
    async def _connected(
        session: aiohttp.ClientSession, origin: Origin, method: str, url: URL, **more: Any
    ) -> aiohttp.ClientResponse:
        """Tried as often as the origin says; what was sent is not sent again."""
        for attempt in range(1, origin.attempts + 1):
            try:
                return await session.request(method, url, allow_redirects=False, **more)
            except aiohttp.ClientConnectorError:
                if attempt == origin.attempts:
                    raise
                await asyncio.sleep(0.05 * attempt)
        raise AssertionError("an origin has an attempt")

    async def socket(
        self, origin: Origin, *, target: str, headers: Headers, protocols: list[str]
    ) -> aiohttp.ClientWebSocketResponse:
        """An open WebSocket. Raises WSServerHandshakeError where the origin refuses it."""
        url = self._url(origin, target, headers)
        kept = [pair for pair in headers if pair[0] != "content-length"]
        try:
            return await asyncio.wait_for(
                self._network.ws_connect(
                    url,
                    headers=CIMultiDict(kept),
                    protocols=protocols,
                    autoping=False,
                    compress=0,
                    max_msg_size=MESSAGE_BYTES,
                ),
                origin.connect_seconds + origin.read_seconds,
            )
        except TimeoutError as error:
            raise SlowError(f"{origin.id}: {error!r}") from error
        except aiohttp.WSServerHandshakeError:
            raise
        except (aiohttp.ClientError, OSError) as error:
            raise UnreachableError(f"{origin.id}: {error!r}") from error

    def _url(self, origin: Origin, target: str, headers: Headers) -> URL:
        """Not normalised: an origin gets the path that the viewer sent."""
        path = origin.path + target
        host = next(value for name, value in headers if name == "host")
        domain = origin.domain.lower()
        if origin.bucket is not None:
            _own(host, domain)
            return URL(f"http://objects/{origin.bucket}{path}", encoded=True)
        if found := _API.fullmatch(domain):
            _own(host, domain)
            return URL(f"{self._endpoint}/_aws/execute-api/{found[1]}{path}", encoded=True)
        if _AWS.fullmatch(domain):
            return URL(f"{self._endpoint}{path}", encoded=True)
        # The viewer came by HTTP, which stands for HTTPS on this machine.
        if origin.protocol == "https-only":
            return URL(f"https://{domain}:{origin.https_port}{path}", encoded=True)
        return URL(f"http://{domain}:{origin.http_port}{path}", encoded=True)


def _own(host: str, domain: str) -> None:
    """AWS's own services know themselves by one name."""
    if host.lower() != domain:
        raise MisnamedError(
            f"the origin is {domain!r} and was asked for as {host!r}: an origin request policy "
            "that forwards Host does not go with it (take AllViewerExceptHostHeader)"
        )
