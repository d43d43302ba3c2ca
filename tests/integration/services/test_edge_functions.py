"""CloudFront functions and web ACLs at the local edge."""

from __future__ import annotations

import httpx
import pytest

from tests.integration.services.conftest import Own
from tests.support import distribution as cdn
from tests.support.local_cloud import Cloud
from tests.support.origin_server import Answer, Origin

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

PAGES = """
function handler(event) {
  const request = event.request;
  if (!request.uri.split('/').at(-1).includes('.')) request.uri = '/index.html';
  request.headers['x-viewer'] = { value: event.viewer.ip };
  request.headers['x-seen'] = { value: Object.keys(request.querystring).join() };
  return request;
}
"""
SENDS_AWAY = """
async function handler(event) {
  return { statusCode: 302, statusDescription: 'Found',
           headers: { location: { value: '/new' + event.request.uri } },
           cookies: { seen: { value: 'yes', attributes: 'Path=/; Secure' } } };
}
"""
SIGNS = """
function handler(event) {
  event.response.headers['x-signed'] = { value: event.response.statusCode + event.request.uri };
  delete event.response.headers['x-inner'];
  return event.response;
}
"""


def test_a_function_may_change_the_request(cloud: Cloud, own: Own):
    arn = cdn.published(cloud, PAGES)
    site = own(OriginRequestPolicyId=cdn.ALL_BUT_HOST, **cdn.function(arn))
    said = site.get("/week/36?print=1&a=b&a=c", x_viewer="6.6.6.6", cookie="a=1; b=2").json()
    assert said["path"] == "/index.html?print=1&a=b&a=c"
    assert said["headers"]["x-viewer"] == "127.0.0.1"
    assert said["headers"]["x-seen"] == "print,a"
    assert said["headers"]["cookie"] == "a=1; b=2"
    assert site.get("/a.js").json()["path"] == "/a.js"


def test_a_function_may_answer_by_itself(cloud: Cloud, own: Own, origin: Origin):
    site = own(**cdn.function(cdn.published(cloud, SENDS_AWAY)))
    answer = site.get("/old")
    assert (answer.status_code, answer.headers["location"]) == (302, "/new/old")
    assert answer.headers["set-cookie"] == "seen=yes; Path=/; Secure"
    assert answer.headers["x-cache"] == "FunctionGeneratedResponse from cloudfront"
    assert not origin.asked


def test_a_function_may_change_the_answer_but_of_no_error(cloud: Cloud, own: Own, origin: Origin):
    site = own(**cdn.function(cdn.published(cloud, SIGNS), "viewer-response"))
    origin.answer = lambda asked: Answer(
        404 if asked.path == "/no" else 200, {"x-inner": "1"}, b"body"
    )
    fine = site.get("/yes")
    assert (fine.headers["x-signed"], fine.text) == ("200/yes", "body")
    assert "x-inner" not in fine.headers
    failed = site.get("/no")
    assert "x-signed" not in failed.headers
    assert failed.headers["x-inner"] == "1"


@pytest.mark.parametrize(
    "code",
    [
        "function handler(event) { throw new Error('no'); }",
        "function handler(event) { while (true) {} }",
        "function handler(event) { let a = []; while (true) a.push('x'.repeat(1e5)); }",
        "function handler(event) { return handler(event); }",
        "function handler(event) { return 7; }",
        "function handler(event) { return fetch('http://127.0.0.1/'); }",
        "function handler(event) { return require('fs'); }",
        "function handler(event) { event.request.uri = 'http://evil/'; return event.request; }",
        "function handler(event) { event.request.headers['x-a'] = {value: 'a\\r\\nb: c'};"
        " return event.request; }",
        "const other = 1;",
    ],
)
def test_a_function_that_fails_is_a_503_and_harms_nobody(
    cloud: Cloud, own: Own, origin: Origin, code: str
):
    site = own(**cdn.function(cdn.published(cloud, code)))
    answer = site.get("/")
    assert answer.status_code == 503
    assert "CloudFront function" in answer.text
    assert not origin.asked
    assert site.get("/").status_code == 503, "the edge still answers"


def test_a_function_remembers_nothing(cloud: Cloud, own: Own):
    counts = "var n = 0; function handler(e) { n++; e.request.uri = '/' + n; return e.request; }"
    site = own(**cdn.function(cdn.published(cloud, counts)))
    assert [site.get("/").json()["path"] for _ in range(2)] == ["/1", "/1"]


def test_what_is_published_runs_and_what_is_only_written_does_not(cloud: Cloud, own: Own):
    arn = cdn.published(cloud, SENDS_AWAY)
    site = own(**cdn.function(arn))
    cloudfront, name = cloud.client("cloudfront"), arn.rsplit("/", 1)[-1]
    version = cloudfront.describe_function(Name=name, Stage="DEVELOPMENT")["ETag"]
    config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
    cloudfront.update_function(
        Name=name, IfMatch=version, FunctionConfig=config, FunctionCode=PAGES.encode()
    )
    version = cloudfront.describe_function(Name=name, Stage="DEVELOPMENT")["ETag"]
    assert site.get("/old").status_code == 302
    cloudfront.publish_function(Name=name, IfMatch=version)
    assert site.get("/old").status_code == 200


def acl(cloud: Cloud, *rules: dict, otherwise: str = "Allow") -> str:
    seen = {
        "SampledRequestsEnabled": False,
        "CloudWatchMetricsEnabled": False,
        "MetricName": "m",
    }
    return cloud.client("wafv2", region_name="us-east-1").create_web_acl(
        Name=cloud.name("acl"),
        Scope="CLOUDFRONT",
        DefaultAction={otherwise: {}},
        Rules=[{"VisibilityConfig": seen, **rule} for rule in rules],
        VisibilityConfig=seen,
    )["Summary"]["ARN"]


def test_a_rate_rule_counts_by_address(cloud: Cloud, own: Own, origin: Origin):
    rate = {"Limit": 10, "AggregateKeyType": "IP", "EvaluationWindowSec": 60}
    managed = {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}
    firewall = acl(
        cloud,
        {
            "Name": "managed",
            "Priority": 0,
            "Statement": {"ManagedRuleGroupStatement": managed},
            "OverrideAction": {"None": {}},
        },
        {
            "Name": "rate",
            "Priority": 1,
            "Statement": {"RateBasedStatement": rate},
            "Action": {"Block": {"CustomResponse": {"ResponseCode": 429}}},
        },
    )
    site = own({"WebACLId": firewall})
    assert [site.get("/").status_code for _ in range(12)] == [200] * 10 + [429] * 2
    elsewhere = httpx.HTTPTransport(local_address="127.0.0.2")
    with httpx.Client(transport=elsewhere, base_url=site.url) as http:
        assert http.get("/").status_code == 200
    assert len(origin.asked) == 11


def test_what_no_rule_names_is_left_to_the_default(cloud: Cloud, own: Own):
    there = {
        "SearchString": b"/there",
        "FieldToMatch": {"UriPath": {}},
        "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
        "PositionalConstraint": "STARTS_WITH",
    }
    rule = {
        "Name": "there",
        "Priority": 0,
        "Statement": {"ByteMatchStatement": there},
        "Action": {"Allow": {}},
    }
    site = own({"WebACLId": acl(cloud, rule, otherwise="Block")})
    assert [site.get(path).status_code for path in ("/there", "/elsewhere")] == [200, 403]
