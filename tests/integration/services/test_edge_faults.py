"""The local edge when something goes wrong: with an origin, with a viewer, with the edge itself."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from pilaster_local.services import platform as local_cloud

from tests.integration.services.conftest import Own
from tests.support import distribution as cdn
from tests.support.distribution import Site
from tests.support.local_cloud import Cloud, eventually
from tests.support.origin_server import Answer, Asked, Origin, origin_server, told

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

MIB = 1 << 20
MARKS = """
function handler(event) {
  event.request.headers['x-f'] = { value: '1' };
  return event.request;
}
"""


def test_an_origin_that_is_not_there_is_a_502(own: Own, cloud: Cloud, made: list[Site]):
    with origin_server() as gone:
        port = gone.port
    never = cdn.listed([{"ErrorCode": 502, "ErrorCachingMinTTL": 0}])
    site = cdn.make(
        cloud,
        [cdn.custom_origin("127.0.0.1", port)],
        cdn.behavior("own"),
        CustomErrorResponses=never,
    )
    made.append(site)
    answer = site.get("/")
    assert (answer.status_code, answer.headers["x-cache"]) == (502, "Error from cloudfront")
    assert "connect to the origin" in answer.text


def test_an_origin_that_takes_too_long_is_a_504(cloud: Cloud, made: list[Site], origin: Origin):
    origin.answer = lambda asked: Answer(seconds=5)
    site = cdn.make(
        cloud,
        [cdn.custom_origin("127.0.0.1", origin.port, seconds=1)],
        cdn.behavior("own"),
    )
    made.append(site)
    began = time.monotonic()
    assert site.get("/").status_code == 504
    assert time.monotonic() - began < 4.5


@pytest.mark.parametrize("cached", [True, False])
def test_half_an_answer_never_looks_like_a_whole_one(own: Own, origin: Origin, cached: bool):
    body = os.urandom(MIB)
    headers = {"cache-control": "max-age=60", "content-type": "image/png"}
    origin.answer = lambda asked: Answer(headers=headers, body=body, breaks_after=MIB // 2)
    site = own(cache=cdn.OPTIMIZED if cached else cdn.DISABLED)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        site.get("/")
    origin.answer = lambda asked: Answer(headers=headers, body=body)
    whole = site.get("/")
    assert whole.content == body, "and half of it was not kept"
    assert whole.headers["x-cache"] == "Miss from cloudfront"


def test_half_of_what_is_compressed_is_an_error_too(own: Own, origin: Origin):
    headers = {"content-type": "text/plain", "cache-control": "max-age=60"}
    body = b"x" * 50_000
    origin.answer = lambda asked: Answer(headers=headers, body=body, breaks_after=20_000)
    site = own(
        {"CustomErrorResponses": cdn.listed([{"ErrorCode": 502, "ErrorCachingMinTTL": 0}])},
        cache=cdn.OPTIMIZED,
    )
    assert site.get("/", accept_encoding="gzip").status_code == 502
    origin.answer = lambda asked: Answer(headers=headers, body=body)
    assert site.get("/", accept_encoding="gzip").content == body


def test_large_bodies_go_through_in_both_directions(own: Own, origin: Origin):
    body = os.urandom(MIB) * 64
    sizes: list[int] = []

    def answer(asked: Asked) -> Answer:
        sizes.append(len(asked.body))
        digest = hashlib.sha256(asked.body).hexdigest()
        return Answer(headers={"x-digest": digest, "cache-control": "max-age=60"}, body=body)

    origin.answer = answer
    site = own(cache=cdn.OPTIMIZED)
    with site.http as http:
        sent = http.post("/up", content=body)
        pieces = http.post("/up", content=(body[:MIB] for _ in range(3)))
    assert sent.headers["x-digest"] == hashlib.sha256(body).hexdigest()
    assert sent.content == body
    assert sizes == [len(body), 3 * MIB]
    assert pieces.headers["x-digest"] == hashlib.sha256(body[:MIB] * 3).hexdigest()
    before = memory(cloud_of(site))
    for _ in range(3):
        with site.http as http, http.stream("GET", "/down") as down:
            assert sum(map(len, down.iter_raw())) == len(body)
    assert memory(cloud_of(site)) - before < 64 * MIB, "it is not held"


def cloud_of(site: Site) -> Cloud:
    return site.cloud


def memory(cloud: Cloud) -> int:
    """What the edge's process holds."""
    running = local_cloud.running(cloud.platform.root)
    assert running is not None
    status = Path(f"/proc/{running.processes['edge']}/status").read_text()
    [line] = [each for each in status.splitlines() if each.startswith("VmRSS")]
    return int(line.split()[1]) * 1024


def raw(site: Site) -> socket.socket:
    host, port = site.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=30)


def test_a_viewer_that_vanishes_takes_nobody_with_it(own: Own, origin: Origin):
    body = os.urandom(MIB) * 16
    origin.answer = lambda asked: Answer(body=body)
    site = own()
    for sent in (
        b"GET /",
        b"GET / HTTP/1.1\r\nhost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
    ):
        with raw(site) as line:
            line.sendall(sent)
            if b"GET / HTTP" in sent:
                line.recv(1000)
    origin.answer = told
    assert site.get("/").status_code == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nhost: x\r\nx-a: " + b"a" * 12_000 + b"\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nhost: x\r\n" + b"x-a: a\r\n" * 500 + b"\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc", b"403"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"400"),
        (b"GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n",
         b"400"),
        (b"GET / HTTP/1.1\r\nhost: x\r\nx: a\x00b\r\n\r\n", b"400"),
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused(own: Own, origin: Origin, sent: bytes, status: bytes):
    site = own()
    with raw(site) as line:
        with contextlib.suppress(ConnectionError):
            line.sendall(sent)
        assert line.recv(4096).split(b" ", 2)[1] == status
    assert not origin.asked


def test_connections_to_an_origin_are_used_again(own: Own, origin: Origin):
    site = own()
    for _ in range(10):
        assert site.get("/").status_code == 200
    assert origin.connections < 5


def test_fifty_at_once(own: Own, origin: Origin):
    body = os.urandom(256 * 1024)
    site = own()

    def upload(number: int) -> int:
        with site.http as http:
            return http.put(f"/{number}", content=body).json()["size"]

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(upload, range(50))) == [len(body)] * 50
    assert sorted(asked.path for asked in origin.asked) == sorted(f"/{n}" for n in range(50))


def test_an_edge_that_died_is_back(own: Own, cloud: Cloud):
    site, other = own(), own()
    assert [each.get("/").status_code for each in (site, other)] == [200, 200]
    running = local_cloud.running(cloud.platform.root)
    assert running is not None

    def answers(at: Site) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return at.get("/").status_code == 200
        return False

    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        os.kill(running.processes["edge"], signal.SIGKILL)
        eventually(lambda: bound(stranger, site), 5)
        eventually(lambda: answers(other), 60)
    eventually(lambda: answers(site), 60)


def bound(listener: socket.socket, site: Site) -> bool:
    """Takes the address of a site whose edge has gone."""
    with contextlib.suppress(OSError):
        listener.bind(("127.0.0.1", int(site.url.rpartition(":")[2])))
        listener.listen()
        return True
    return False


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_a_distribution_outlives_the_local_cloud_with_its_address(tmp_path: Path, how: str):
    with origin_server() as origin:
        origin.answer = told
        try:
            cloud = Cloud(local_cloud.start(tmp_path, say=lambda _: None))
            arn = cdn.published(cloud, MARKS)
            site = cdn.make(
                cloud,
                [cdn.custom_origin("127.0.0.1", origin.port)],
                cdn.behavior("own", OriginRequestPolicyId=cdn.ALL_BUT_HOST, **cdn.function(arn)),
            )
            assert site.get("/").json()["headers"]["x-f"] == "1"
            running = local_cloud.running(tmp_path)
            assert running is not None
            edge = running.processes["edge"]
            if how == "stopped":
                local_cloud.stop(tmp_path)
            else:
                assert local_cloud.snapshot(cloud.platform)
                os.kill(running.processes["emulator"], signal.SIGKILL)
            eventually(lambda: not alive(edge), 20)
            with pytest.raises(httpx.TransportError):
                site.get("/")
            local_cloud.start(tmp_path, say=lambda _: None)
            assert site.get("/").json()["headers"]["x-f"] == "1"
        finally:
            local_cloud.purge(tmp_path)


def test_an_address_that_was_taken_meanwhile_is_another_and_the_next_deployment_looks(
    tmp_path: Path,
):
    with origin_server() as origin:
        try:
            here = local_cloud.start(tmp_path, say=lambda _: None)
            cloud = Cloud(here)
            site = cdn.make(
                cloud, [cdn.custom_origin("127.0.0.1", origin.port)], cdn.behavior("own")
            )
            local_cloud.stop(tmp_path)
            with socket.create_server(("127.0.0.1", int(site.url.rpartition(":")[2]))):
                after = local_cloud.start(tmp_path, say=lambda _: None)
                found = Cloud(after).client("cloudfront").get_distribution(Id=site.id)
                moved = f"http://{found['Distribution']['DomainName']}"
                assert moved != site.url
                assert httpx.get(moved, trust_env=False).text == "fine"
                assert after.instance != here.instance
        finally:
            local_cloud.purge(tmp_path)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")
