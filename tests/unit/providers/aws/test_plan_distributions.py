"""What CloudFront refuses of a distribution is found before it is asked."""

from __future__ import annotations

from typing import Any

import pytest
from pilaster_local.providers.aws.plan import rules
from pilaster_local.providers.aws.plan.resources import Planned
from pilaster_local.providers.aws.plan.together import across
from pilaster_local.providers.aws.values import UNKNOWN

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
FUNCTION = "aws:cloudfront/function:Function"
CACHE = "aws:cloudfront/cachePolicy:CachePolicy"
RESPONSE = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
ACL = "aws:wafv2/webAcl:WebAcl"
CERTIFICATE = "aws:acm/certificate:Certificate"
OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
ARN = "arn:aws:acm:{}:222222222222:certificate/0a1b2c3d-1111-2222-3333-444455556666"
FIREWALL = "arn:aws:wafv2:{}:222222222222:{}/webacl/x/0a1b2c3d-1111-2222-3333-444455556666"


def behavior(**more: Any) -> dict[str, Any]:
    return {
        "targetOriginId": "site",
        "viewerProtocolPolicy": "redirect-to-https",
        "allowedMethods": ["GET", "HEAD"],
        "cachedMethods": ["GET", "HEAD"],
        "cachePolicyId": OPTIMIZED,
        **more,
    }


def good() -> dict[str, Any]:
    """Odd in places, and correct."""
    return {
        "enabled": True,
        "aliases": ["a.example.org"],
        "origins": [
            {"originId": "site", "domainName": "b.s3.eu-west-2.amazonaws.com"},
            {
                "originId": "api",
                "domainName": "x.execute-api.eu-west-2.amazonaws.com",
                "originPath": "/v1",
                "customOriginConfig": {
                    "httpPort": 80,
                    "httpsPort": 8443,
                    "originProtocolPolicy": "https-only",
                    "originSslProtocols": ["TLSv1.2"],
                },
            },
        ],
        "defaultCacheBehavior": behavior(),
        "orderedCacheBehaviors": [
            behavior(pathPattern="/api/a", targetOriginId="api"),
            behavior(
                pathPattern="/api/*",
                targetOriginId="api",
                allowedMethods=["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
                originRequestPolicyId=ALL_VIEWER,
                functionAssociations=[{"eventType": "viewer-request", "functionArn": UNKNOWN}],
            ),
        ],
        "customErrorResponses": [
            {"errorCode": 404, "errorCachingMinTtl": 0},
            {"errorCode": 403, "responsePagePath": "/sorry.html", "responseCode": 200},
        ],
        "restrictions": {"geoRestriction": {"restrictionType": "none"}},
        "viewerCertificate": {
            "acmCertificateArn": ARN.format("us-east-1"),
            "sslSupportMethod": "sni-only",
            "minimumProtocolVersion": "TLSv1.2_2021",
        },
        "webAclId": FIREWALL.format("us-east-1", "global"),
        "defaultRootObject": "index.html",
    }


def test_a_good_distribution_has_nothing_said_of_it():
    assert not list(rules.broken(DISTRIBUTION, good()))
    plain = {**good(), "aliases": None, "webAclId": None}
    plain["viewerCertificate"] = {"cloudfrontDefaultCertificate": True}
    assert not list(rules.broken(DISTRIBUTION, plain))


def at(inputs: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The inputs with a value put in, by a path such as `origins.0.originPath`."""
    place: Any = inputs
    *steps, last = path.split(".")
    for step in steps:
        place = place[int(step)] if step.isdigit() else place[step]
    place[int(last) if last.isdigit() else last] = value
    return inputs


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        ("viewerCertificate", {"cloudfrontDefaultCertificate": True}, "viewerCertificate"),
        (
            "viewerCertificate.acmCertificateArn",
            ARN.format("eu-west-2"),
            "viewerCertificate.acmCertificateArn",
        ),
        ("webAclId", FIREWALL.format("eu-west-2", "regional"), "webAclId"),
        ("webAclId", FIREWALL.format("us-east-1", "regional"), "webAclId"),
        ("defaultCacheBehavior.targetOriginId", "sites", "defaultCacheBehavior.targetOriginId"),
        (
            "orderedCacheBehaviors.1.cachePolicyId",
            "CachingDisabled",
            "orderedCacheBehaviors[1].cachePolicyId",
        ),
        (
            "orderedCacheBehaviors.1.cachePolicyId",
            ALL_VIEWER,
            "orderedCacheBehaviors[1].cachePolicyId",
        ),
        (
            "orderedCacheBehaviors.1.originRequestPolicyId",
            OPTIMIZED,
            "orderedCacheBehaviors[1].originRequestPolicyId",
        ),
        ("orderedCacheBehaviors.0.pathPattern", "/api/*", "orderedCacheBehaviors[1].pathPattern"),
        ("orderedCacheBehaviors.0.pathPattern", "/*", "orderedCacheBehaviors[0].pathPattern"),
        ("orderedCacheBehaviors.0.pathPattern", "/ap*", "orderedCacheBehaviors[1].pathPattern"),
        (
            "defaultCacheBehavior.allowedMethods",
            ["GET", "HEAD", "POST"],
            "defaultCacheBehavior.allowedMethods",
        ),
        (
            "defaultCacheBehavior.cachedMethods",
            ["GET", "HEAD", "OPTIONS"],
            "defaultCacheBehavior.cachedMethods",
        ),
        (
            "defaultCacheBehavior.functionAssociations",
            [{"eventType": "origin-request", "functionArn": "x"}],
            "defaultCacheBehavior.functionAssociations",
        ),
        (
            "defaultCacheBehavior.functionAssociations",
            [{"eventType": "viewer-request", "functionArn": each} for each in "ab"],
            "defaultCacheBehavior.functionAssociations",
        ),
        (
            "defaultCacheBehavior.viewerProtocolPolicy",
            "https",
            "defaultCacheBehavior.viewerProtocolPolicy",
        ),
        ("origins.1.originId", "site", "origins"),
        ("origins.1.originPath", "v1/", "origins[1].originPath"),
        ("origins.1.domainName", "https://x.example.org", "origins[1].domainName"),
        ("origins.1.customOriginConfig.httpsPort", 22, "origins[1].customOriginConfig.httpsPort"),
        ("origins.0.connectionAttempts", 4, "origins[0].connectionAttempts"),
        ("customErrorResponses.0.errorCode", 401, "customErrorResponses[0].errorCode"),
        ("customErrorResponses.1.responseCode", None, "customErrorResponses[1].responseCode"),
        ("defaultRootObject", "/index.html", "defaultRootObject"),
        ("priceClass", "PriceClass_50", "priceClass"),
        ("httpVersion", "http/2", "httpVersion"),
    ],
)
def test_a_mistake_in_a_distribution_is_found_where_it_stands(path: str, value: Any, found: str):
    inputs = at(good(), path, value)
    assert found in [where for where, _ in rules.broken(DISTRIBUTION, inputs)]


@pytest.mark.parametrize(
    ("token", "inputs", "found"),
    [
        (FUNCTION, {"name": "a", "runtime": "nodejs22.x", "code": "handler"}, "runtime"),
        (
            FUNCTION,
            {"name": "a", "runtime": "cloudfront-js-2.0", "code": "handler" + "x" * 10_240},
            "code",
        ),
        (FUNCTION, {"name": "a", "runtime": "cloudfront-js-2.0", "code": "var x = 1"}, "code"),
        (FUNCTION, {"name": "a b", "runtime": "cloudfront-js-2.0", "code": "handler"}, "name"),
        (CACHE, {"name": "a", "minTtl": 10, "defaultTtl": 5}, "minTtl"),
        (
            CACHE,
            {
                "name": "a",
                "maxTtl": 0,
                "parametersInCacheKeyAndForwardedToOrigin": {"enableAcceptEncodingGzip": True},
            },
            "parametersInCacheKeyAndForwardedToOrigin.enableAcceptEncodingGzip",
        ),
        (
            RESPONSE,
            {"name": "a", "customHeadersConfig": {"items": [{"header": "X-Frame-Options"}]}},
            "customHeadersConfig.items[0].header",
        ),
        (
            RESPONSE,
            {
                "name": "a",
                "corsConfig": {
                    "accessControlAllowCredentials": True,
                    "accessControlAllowOrigins": {"items": ["*"]},
                },
            },
            "corsConfig.accessControlAllowOrigins",
        ),
    ],
)
def test_a_mistake_in_a_policy_or_function_is_found(token: str, inputs: dict[str, Any], found: str):
    assert found in [where for where, _ in rules.broken(token, inputs)]


def resource(token: str, name: str, inputs: dict[str, Any], **more: Any) -> Planned:
    return Planned(f"urn:pulumi:s::p::{token}::{name}", token, inputs, **more)


def findings(*resources: Planned) -> list[str]:
    return [each.property for each in across(list(resources), "eu-west-2", "222222222222")]


def test_what_a_distribution_takes_is_held_against_what_the_plan_makes():
    regional = resource(ACL, "acl", {"name": "acl", "scope": "REGIONAL"})
    elsewhere = resource(CERTIFICATE, "certificate", {"domainName": "a.example.org"})
    inputs = {**good(), "webAclId": UNKNOWN}
    inputs["viewerCertificate"] = {"acmCertificateArn": UNKNOWN, "sslSupportMethod": "sni-only"}
    sources = {"webAclId": (regional.urn,), "viewerCertificate": (elsewhere.urn,)}
    site = resource(DISTRIBUTION, "site", inputs, comes_from=sources)
    assert findings(regional, elsewhere, site) == ["webAclId", "viewerCertificate"]
    at_home = resource(ACL, "acl", {"scope": "CLOUDFRONT"}, region="us-east-1")
    good_one = resource(CERTIFICATE, "certificate", {}, region="us-east-1")
    assert not findings(at_home, good_one, site)
    away = resource(ACL, "acl", {"scope": "CLOUDFRONT"})
    assert findings(away) == ["scope"]


def test_only_a_published_function_runs_and_a_name_is_one_distributions():
    function = resource(FUNCTION, "pages", {"publish": False})
    sources = {"defaultCacheBehavior": (function.urn,)}
    one = resource(DISTRIBUTION, "one", good(), comes_from=sources)
    other = resource(DISTRIBUTION, "other", good())
    assert findings(function, one, other) == ["publish", "aliases"]
