"""The local edge answers as the distribution says, for which it is told nothing else."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.integration.services.conftest import Own
from tests.support import distribution as cdn
from tests.support.distribution import Site
from tests.support.local_cloud import Cloud
from tests.support.origin_server import Answer, Origin

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

ECHO = """
    import json

    def handler(event, context):
        return {"statusCode": 200, "headers": {"content-type": "application/json"},
                "body": json.dumps({"path": event["rawPath"], "query": event["rawQueryString"],
                                    "headers": event["headers"],
                                    "domain": event["requestContext"]["domainName"]})}
"""
PAGE, SCRIPT = b"<h1>timetable</h1>" * 100, b"let lesson = 1;\n" * 500


@pytest.fixture
def site(cloud: Cloud, made: list[Site]) -> Site:
    """A site in a private bucket."""
    bucket, s3 = cloud.bucket(), cloud.client("s3")
    s3.put_object(
        Bucket=bucket,
        Key="index.html",
        Body=PAGE,
        ContentType="text/html",
        CacheControl="no-cache",
    )
    s3.put_object(
        Bucket=bucket,
        Key="assets/a b.js",
        Body=SCRIPT,
        ContentType="text/javascript",
        CacheControl="public, max-age=31536000",
    )
    s3.put_object(Bucket=bucket, Key="assets/small.css", Body=b"a{}", ContentType="text/css")
    control = cdn.access_control(cloud)
    site = cdn.make(
        cloud,
        [cdn.bucket_origin(bucket, control)],
        cdn.behavior(
            "site",
            cache=cdn.OPTIMIZED,
            methods=["GET", "HEAD"],
            ResponseHeadersPolicyId=cdn.SECURITY,
        ),
        DefaultRootObject="index.html",
    )
    made.append(site)
    cdn.read_by(cloud, bucket, site.arn)
    return site


def test_a_private_bucket_is_read_through_its_distribution(site: Site):
    page = site.get("/", accept_encoding="identity")
    assert (page.status_code, page.content) == (200, PAGE)
    assert page.headers["content-type"] == "text/html"
    assert site.get("/assets/a%20b.js").content == SCRIPT
    assert site.get("/nothing.js").status_code == 403, "who may not list is told nothing"


def test_another_distribution_may_not_read_that_bucket(site: Site, cloud: Cloud, made: list[Site]):
    other = cdn.make(cloud, site.config["Origins"]["Items"], site.config["DefaultCacheBehavior"])
    made.append(other)
    assert other.get("/index.html").status_code == 403


def test_what_is_not_allowed_is_answered_by_the_edge(site: Site):
    with site.http as http:
        answer = http.post("/index.html", content=b"x")
    assert answer.status_code == 403
    assert "not configured to allow the HTTP request method" in answer.text
    assert answer.headers["x-cache"] == "Error from cloudfront"


def test_an_api_gets_the_path_as_it_is_and_the_headers_the_policy_passes(
    cloud: Cloud, made: list[Site], site: Site
):
    domain = cdn.http_api(cloud, cloud.function(ECHO))
    both = cdn.make(
        cloud,
        [
            *site.config["Origins"]["Items"],
            cdn.custom_origin(domain, name="api", headers={"X-Origin-Secret": "of the edge"}),
        ],
        site.config["DefaultCacheBehavior"],
        {"/api/*": cdn.behavior("api", OriginRequestPolicyId=cdn.ALL_BUT_HOST)},
    )
    made.append(both)
    answer = both.get("/api/v1/a%20b/c?x=1&y=%2F", authorization="Bearer t", x_origin_secret="mine")
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert said["path"] in ("/api/v1/a b/c", "/api/v1/a%20b/c")
    assert said["query"] == "x=1&y=%2F"
    assert said["headers"]["authorization"] == "Bearer t"
    assert said["headers"]["x-origin-secret"] == "of the edge", "a viewer's own is not passed on"
    assert answer.headers["x-cache"] == "Miss from cloudfront"
    both.change(
        CacheBehaviors=cdn.listed(
            [
                {
                    "PathPattern": "/api/*",
                    **cdn.behavior("api", OriginRequestPolicyId=cdn.ALL_VIEWER),
                }
            ]
        )
    )
    refused = both.get("/api/v1/a")
    assert (refused.status_code, refused.text) == (403, '{"message":"Forbidden"}'), (
        "API Gateway does not know itself by the viewer's name"
    )


def test_the_first_behaviour_that_fits_counts(cloud: Cloud, made: list[Site], origin: Origin):
    origins = [
        cdn.custom_origin("127.0.0.1", origin.port, name=name, path=f"/{name}")
        for name in ("first", "second", "rest")
    ]
    site = cdn.make(
        cloud,
        origins,
        cdn.behavior("rest"),
        {"/a/*.jpg": cdn.behavior("first"), "a/?*": cdn.behavior("second")},
    )
    made.append(site)
    for path, arrives in (
        ("/a/x.jpg", "/first/a/x.jpg"),
        ("/a/b/x.jpg", "/first/a/b/x.jpg"),
        ("/a/x.png", "/second/a/x.png"),
        ("/a/", "/rest/a/"),
        ("/A/x.jpg", "/rest/A/x.jpg"),
        ("/b", "/rest/b"),
    ):
        assert site.get(path).json()["path"] == arrives


def test_a_path_with_dots_is_matched_by_where_it_leads(
    cloud: Cloud, made: list[Site], origin: Origin
):
    origins = [
        cdn.custom_origin("127.0.0.1", origin.port, name="api", headers={"x-lock": "secret"}),
        cdn.custom_origin("127.0.0.1", origin.port, name="rest"),
    ]
    site = cdn.make(cloud, origins, cdn.behavior("rest"), {"/api/*": cdn.behavior("api")})
    made.append(site)
    assert "x-lock" not in raw_get(site, "/api/../other")
    assert "x-lock" in raw_get(site, "/other/../api/v1")


def raw_get(site: Site, path: str) -> str:
    """With a path no client library would send."""
    import socket

    host, port = site.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: line.recv(65536), b"")).decode()


def test_only_the_edge_says_who_the_viewer_is(own: Own):
    site = own(OriginRequestPolicyId=cdn.WITH_CLOUDFRONT)
    said = site.get(
        "/",
        cloudfront_viewer_address="6.6.6.6:1",
        cloudfront_viewer_country="XX",
        x_amz_cf_id="spoofed",
        x_real_ip="6.6.6.6",
        x_forwarded_proto="gopher",
        x_forwarded_for="1.2.3.4",
    ).json()["headers"]
    assert re.fullmatch(r"127\.0\.0\.1:\d+", said["cloudfront-viewer-address"])
    assert said["x-forwarded-for"] == "1.2.3.4, 127.0.0.1", "it is added to, as CloudFront does"
    assert "cloudfront-viewer-country" not in said
    assert "x-real-ip" not in said
    assert "x-forwarded-proto" not in said
    assert said["x-amz-cf-id"] != "spoofed"
    assert re.fullmatch(r"1\.1 \w{32}\.cloudfront\.net \(CloudFront\)", said["via"])


def test_without_a_policy_hardly_anything_is_passed_on(own: Own):
    site = own()
    with site.http as http:
        asked = {"cookie": "a=1", "x-own": "1", "accept": "text/html", "referer": "x"}
        asked["authorization"] = "Bearer t"
        said = http.get("/p?q=1", headers=asked).json()
        posted = http.post("/p?q=1", headers=asked, content=b"abc").json()
    assert said["path"] == "/p"
    assert said["headers"]["user-agent"] == "Amazon CloudFront"
    assert said["headers"]["host"] == "127.0.0.1", "the origin's own name"
    assert not {"cookie", "x-own", "referer", "authorization"} & said["headers"].keys()
    assert posted["headers"]["authorization"] == "Bearer t", "of a method that changes something"
    assert (posted["size"], posted["headers"]["content-length"]) == (3, "3")


def test_what_the_policy_names_is_passed_on(cloud: Cloud, own: Own):
    named = cdn.policy(
        cloud,
        "request",
        HeadersConfig={"HeaderBehavior": "whitelist", "Headers": cdn.listed(["X-Own"])},
        CookiesConfig={"CookieBehavior": "whitelist", "Cookies": cdn.listed(["b"])},
        QueryStringsConfig={"QueryStringBehavior": "whitelist", "QueryStrings": cdn.listed(["q"])},
    )
    site = own(OriginRequestPolicyId=named)
    said = site.get("/p?a=1&q=%20&q=3&b=2", x_own="1", x_other="2", cookie="a=1; b=2").json()
    assert said["path"] == "/p?q=%20&q=3"
    assert (said["headers"]["x-own"], said["headers"]["cookie"]) == ("1", "b=2")
    assert "x-other" not in said["headers"]


def test_compression_is_as_documented(site: Site):
    packed = site.get("/assets/a%20b.js", accept_encoding="gzip, br;q=0.5")
    assert packed.headers["content-encoding"] == "br", "CloudFront prefers it"
    zipped = site.get("/assets/a%20b.js", accept_encoding="gzip")
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.content == SCRIPT
    assert zipped.headers["etag"].startswith('W/"')
    assert "accept-encoding" in zipped.headers["vary"].lower()
    plain = site.get("/assets/a%20b.js", accept_encoding="identity")
    assert plain.headers["etag"] == zipped.headers["etag"].removeprefix("W/")
    assert "content-encoding" not in plain.headers
    small = site.get("/assets/small.css", accept_encoding="gzip, br")
    assert "content-encoding" not in small.headers, "less than 1,000 bytes"


@pytest.mark.parametrize(
    ("size", "kind", "more", "packed"),
    [
        (999, "text/plain", {}, False),
        (1_000, "text/plain", {}, True),
        (10_000_001, "text/plain", {}, False),
        (5_000, "image/png", {}, False),
        (5_000, "application/json; charset=utf-8", {}, True),
        (5_000, "text/plain", {"content-encoding": "gzip"}, False),
    ],
)
def test_only_what_fits_is_compressed(
    own: Own, origin: Origin, size: int, kind: str, more: dict[str, str], packed: bool
):
    body = gzip.compress(b"x" * size) if more else b"x" * size
    origin.answer = lambda asked: Answer(headers={"content-type": kind, **more}, body=body)
    site = own(cache=cdn.OPTIMIZED)
    answer = site.get("/", accept_encoding="gzip")
    assert answer.content == b"x" * size
    given = answer.headers.get("content-encoding")
    assert given == ("gzip" if packed or more else None)


def test_headers_policies_keep_to_their_override(cloud: Cloud, own: Own, origin: Origin):
    headers = cdn.policy(
        cloud,
        "response",
        SecurityHeadersConfig={
            "ContentSecurityPolicy": {
                "Override": True,
                "ContentSecurityPolicy": "default-src 'self'",
            },
            "FrameOptions": {"Override": False, "FrameOption": "DENY"},
        },
        CustomHeadersConfig=cdn.listed([{"Header": "X-Own", "Value": "edge", "Override": False}]),
        RemoveHeadersConfig=cdn.listed([{"Header": "X-Powered-By"}]),
        CorsConfig={
            "AccessControlAllowOrigins": cdn.listed(["https://*.example.org"]),
            "AccessControlAllowHeaders": cdn.listed(["authorization"]),
            "AccessControlAllowMethods": cdn.listed(["GET"]),
            "AccessControlAllowCredentials": False,
            "OriginOverride": True,
        },
    )
    origin.answer = lambda asked: Answer(
        headers={
            "content-security-policy": "default-src *",
            "x-frame-options": "SAMEORIGIN",
            "x-powered-by": "us",
            "set-cookie": "a=1",
        },
        body=b"ok",
    )
    site = own(ResponseHeadersPolicyId=headers)
    answer = site.get("/", origin="https://a.example.org").headers
    assert answer["content-security-policy"] == "default-src 'self'"
    assert answer["x-frame-options"] == "SAMEORIGIN", "the origin's own stays"
    assert answer["x-own"] == "edge"
    assert answer["set-cookie"] == "a=1"
    assert "x-powered-by" not in answer
    assert answer["access-control-allow-origin"] == "https://a.example.org"
    assert "access-control-allow-origin" not in site.get("/", origin="https://evil.org").headers
