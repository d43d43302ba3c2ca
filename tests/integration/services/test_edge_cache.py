"""What the local edge keeps, for how long, for whom, and how it is made to forget."""

from __future__ import annotations

import itertools
import time

import pytest

from tests.integration.services.conftest import Own
from tests.support import distribution as cdn
from tests.support.distribution import Site
from tests.support.local_cloud import Cloud, eventually
from tests.support.origin_server import Answer, Asked, Origin

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

HIT, MISS, REFRESHED = (f"{word} from cloudfront" for word in ("Hit", "Miss", "RefreshHit"))


def counting(origin: Origin, **headers: str) -> None:
    """Each answer of the origin is another one."""
    numbers = itertools.count(1)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    origin.answer = lambda asked: Answer(headers=named, body=f"{next(numbers)}".encode())


def results(site: Site, *paths: str, **headers: str) -> list[str]:
    return [site.get(path, **headers).headers["x-cache"] for path in paths]


def test_what_may_be_kept_is_asked_for_once(own: Own, origin: Origin):
    counting(origin, cache_control="max-age=60")
    site = own(cache=cdn.OPTIMIZED)
    assert results(site, "/a", "/a", "/b") == [MISS, HIT, MISS]
    again = site.get("/a")
    assert again.text == "1"
    assert int(again.headers["age"]) >= 0
    with site.http as http:
        assert http.head("/a").headers["x-cache"] == HIT
        assert http.post("/a").headers["x-cache"] == MISS
    assert [asked.method for asked in origin.asked] == ["GET", "GET", "POST"]


@pytest.mark.parametrize("said", ["no-store", "no-cache", "private, max-age=60", "max-age=0"])
def test_what_the_origin_forbids_is_not_kept(cloud: Cloud, own: Own, origin: Origin, said: str):
    counting(origin, cache_control=said)
    site = own(cache=cdn.policy(cloud, "cache", **cdn.caching(default=60)))
    assert results(site, "/", "/") == [MISS, MISS]


def test_the_policy_has_the_last_word(cloud: Cloud, own: Own, origin: Origin):
    counting(origin, cache_control="no-store")
    at_least = own(cache=cdn.policy(cloud, "cache", **cdn.caching(default=60, least=60)))
    assert results(at_least, "/", "/") == [MISS, HIT], "a least time is kept whatever is said"
    counting(origin, cache_control="max-age=600")
    at_most = own(cache=cdn.policy(cloud, "cache", **cdn.caching(most=1)))
    assert results(at_most, "/", "/") == [MISS, HIT]
    eventually(lambda: at_most.get("/").headers["x-cache"] == MISS, 20)
    never = own(cache=cdn.DISABLED)
    assert results(never, "/", "/") == [MISS, MISS]


def test_what_is_too_old_is_asked_for_again_and_kept_on(cloud: Cloud, own: Own, origin: Origin):
    def answer(asked: Asked) -> Answer:
        headers = {"etag": '"1"', "cache-control": "max-age=1"}
        if asked.headers.get("if-none-match") == '"1"':
            return Answer(304, headers)
        return Answer(headers=headers, body=b"whole")

    origin.answer = answer
    site = own(cache=cdn.policy(cloud, "cache", **cdn.caching()))
    assert results(site, "/") == [MISS]
    time.sleep(1.2)
    refreshed = site.get("/")
    assert (refreshed.headers["x-cache"], refreshed.text) == (REFRESHED, "whole")
    assert len(origin.asked) == 2


def test_of_what_is_too_old_and_cannot_be_had_the_old_is_given(
    cloud: Cloud, own: Own, origin: Origin
):
    counting(origin, cache_control="max-age=1", etag='"1"')
    site = own(cache=cdn.policy(cloud, "cache", **cdn.caching()))
    assert site.get("/").text == "1"
    origin.answer = lambda asked: Answer(503)
    time.sleep(1.2)
    assert site.get("/").text == "1"


def test_only_what_is_in_the_key_makes_two_of_one(cloud: Cloud, own: Own, origin: Origin):
    counting(origin, cache_control="max-age=60")
    key = cdn.caching(headers=["X-Own"], cookies=["c"], queries=["q"])
    site = own(cache=cdn.policy(cloud, "cache", **key))
    assert results(site, "/?q=1&a=1", "/?q=1&a=2", "/?q=2") == [MISS, HIT, MISS]
    assert results(site, "/h", x_own="1", x_other="1") == [MISS]
    assert results(site, "/h", x_own="1", x_other="2") == [HIT]
    assert results(site, "/h", x_own="2") == [MISS]
    assert results(site, "/c", cookie="c=1; d=1") == [MISS]
    assert results(site, "/c", cookie="d=2; c=1") == [HIT]
    assert results(site, "/c", cookie="c=2") == [MISS]


def test_a_cookie_for_one_is_not_set_for_the_next(own: Own, origin: Origin):
    counting(origin, cache_control="max-age=60", set_cookie="session=anns")
    site = own(cache=cdn.OPTIMIZED)
    assert site.get("/").headers["set-cookie"] == "session=anns"
    assert "set-cookie" not in site.get("/").headers


def test_who_has_it_already_is_told_so_and_ranges_are_cut(own: Own, origin: Origin):
    headers = {"etag": '"1"', "cache-control": "max-age=60", "content-type": "image/png"}
    origin.answer = lambda asked: Answer(headers=headers, body=bytes(range(100)))
    site = own(cache=cdn.OPTIMIZED)
    assert site.get("/").status_code == 200
    has_it = site.get("/", if_none_match='W/"0", "1"')
    assert (has_it.status_code, has_it.content) == (304, b"")
    assert has_it.headers["etag"] == '"1"'
    for asked, content, where in (
        ("bytes=10-19", bytes(range(10, 20)), "bytes 10-19/100"),
        ("bytes=90-", bytes(range(90, 100)), "bytes 90-99/100"),
        ("bytes=-5", bytes(range(95, 100)), "bytes 95-99/100"),
    ):
        part = site.get("/", range=asked)
        assert (part.status_code, part.content) == (206, content)
        assert part.headers["content-range"] == where
    beyond = site.get("/", range="bytes=100-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */100")
    assert site.get("/", range="bytes=0-9", if_range='"0"').status_code == 200
    assert len(origin.asked) == 1


def test_an_invalidation_empties_what_it_names(cloud: Cloud, own: Own, origin: Origin):
    counting(origin, cache_control="max-age=60")
    site = own(cache=cdn.OPTIMIZED)
    paths = ["/index.html", "/assets/a.js", "/assets/b.js"]
    assert results(site, *paths, *paths) == [MISS] * 3 + [HIT] * 3
    batch = site.invalidate("/index.html")
    assert results(site, *paths) == [MISS, HIT, HIT], "at once when it is answered"
    site.invalidate("/assets/*")
    assert results(site, *paths) == [HIT, MISS, MISS]
    site.invalidate("/*")
    assert results(site, *paths) == [MISS] * 3
    found = cloud.client("cloudfront").get_invalidation(DistributionId=site.id, Id=batch)
    assert found["Invalidation"]["Status"] == "Completed"


def test_errors_are_kept_for_ten_seconds_unless_it_is_said_otherwise(own: Own, origin: Origin):
    origin.answer = lambda asked: Answer(404, {"cache-control": asked.headers["x-say"]})
    site = own(cache=cdn.DISABLED, OriginRequestPolicyId=cdn.ALL_BUT_HOST)
    for path, said, times in (("/a", "public", 1), ("/b", "no-store", 2)):
        before = len(origin.asked)
        for _ in range(2):
            assert site.get(path, x_say=said).status_code == 404
        assert len(origin.asked) - before == times
    origin.answer = lambda asked: Answer(500, {"cache-control": "no-store"})
    assert [site.get("/c").status_code for _ in range(2)] == [500, 500]
    assert len(origin.asked) == 4, "an origin's no-store is not heeded with a 500"
    never = cdn.listed([{"ErrorCode": code, "ErrorCachingMinTTL": 0} for code in (404, 500)])
    site = own({"CustomErrorResponses": never}, cache=cdn.DISABLED)
    assert [site.get("/c").status_code for _ in range(2)] == [500, 500]
    assert len(origin.asked) == 6


def test_an_error_has_the_page_the_distribution_says(own: Own, origin: Origin):
    def answer(asked: Asked) -> Answer:
        if asked.path == "/sorry.html":
            return Answer(headers={"content-type": "text/html"}, body=b"<p>sorry</p>")
        return Answer(404, {"cache-control": "no-store"}, b"raw")

    origin.answer = answer
    page = {"ErrorCode": 404, "ResponsePagePath": "/sorry.html", "ResponseCode": "404"}
    site = own(
        {"CustomErrorResponses": cdn.listed([{**page, "ErrorCachingMinTTL": 0}])},
        cache=cdn.DISABLED,
    )
    found = site.get("/nowhere")
    assert (found.status_code, found.text) == (404, "<p>sorry</p>")
    assert found.headers["content-type"] == "text/html"
