"""WebSockets through the local edge."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import ServerConnection, serve
from websockets.typing import Subprotocol

from tests.support import distribution as cdn
from tests.support.distribution import Site
from tests.support.local_cloud import Cloud, eventually

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


@dataclass
class Far:
    """A WebSocket server that says back what it hears."""

    port: int = 0
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    closed: list[tuple[int | None, str | None]] = field(default_factory=list)

    def talk(self, line: ServerConnection) -> None:
        assert line.request is not None
        self.headers.append({k.lower(): v for k, v in line.request.headers.raw_items()})
        self.paths.append(line.request.path)
        try:
            for message in line:
                if message == "go":
                    line.close(4001, "as asked")
                elif message == "vanish":
                    line.socket.close()
                    return
                else:
                    line.send(message)
        except ConnectionClosed:
            pass
        self.closed.append((line.close_code, line.close_reason))


def choose(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    return next((each for each in offered if each.startswith("a.")), None)


def refuse(line: ServerConnection, request):
    return line.respond(401, "no ticket") if "ticket" not in request.path else None


@pytest.fixture
def far() -> Iterator[Far]:
    told = Far()
    with serve(
        told.talk, "127.0.0.1", 0, select_subprotocol=choose, process_request=refuse
    ) as server:
        told.port = server.socket.getsockname()[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield told
        server.shutdown()


@pytest.fixture
def site(cloud: Cloud, made: list[Site], far: Far) -> Site:
    site = cdn.make(
        cloud,
        [cdn.custom_origin("127.0.0.1", far.port, headers={"x-lock": "secret"})],
        cdn.behavior("own", OriginRequestPolicyId=cdn.ALL_BUT_HOST),
    )
    made.append(site)
    return site


def opened(site: Site, path: str = "/ws?ticket=1", **more) -> ClientConnection:
    url = site.url.replace("http", "ws", 1) + path
    return connect(url, proxy=None, open_timeout=20, **more)


def test_messages_go_both_ways(site: Site, far: Far):
    with opened(site) as line:
        for message in ("hello", b"\x00\xff", "ü" * 50_000):
            line.send(message)
            assert line.recv(timeout=20) == message
        assert line.ping().wait(20), "a ping is answered"
    assert far.paths == ["/ws?ticket=1"]
    assert far.headers[0]["x-lock"] == "secret"
    assert "(CloudFront)" in far.headers[0]["via"]


def test_the_origin_chooses_the_protocol(site: Site):
    with opened(
        site, subprotocols=[Subprotocol(each) for each in ("other", "a.v1", "a.v2")]
    ) as line:
        assert line.subprotocol == "a.v1"
    with opened(site) as line:
        assert line.subprotocol is None


def test_who_closes_says_why_to_the_other(site: Site, far: Far):
    with opened(site) as line:
        line.send("go")
        with pytest.raises(ConnectionClosed) as closed:
            line.recv(timeout=20)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4001, "as asked")
    with opened(site) as line:
        line.close(4002, "mine")
    eventually(lambda: (4002, "mine") in far.closed)


def test_an_origin_that_vanishes_is_gone_for_the_viewer_too(site: Site):
    with opened(site) as line:
        line.send("vanish")
        with pytest.raises(ConnectionClosed):
            line.recv(timeout=20)


def test_what_the_origin_refuses_is_refused(site: Site):
    with pytest.raises(InvalidStatus) as refused:
        opened(site, "/ws")
    assert refused.value.response.status_code == 401


def test_fifty_sockets_at_once(site: Site):
    def talk(number: int) -> str | bytes:
        with opened(site) as line:
            line.send(f"{number}")
            return line.recv(timeout=30)

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(talk, range(50))) == [str(number) for number in range(50)]
