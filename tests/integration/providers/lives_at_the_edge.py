"""The lives of CloudFront's types and of the objects it serves."""

from __future__ import annotations

from typing import Any

import pulumi

from tests.integration.providers.lives import Inputs, Life, Neighbours

_NOTHING = {
    "cookiesConfig": {"cookieBehavior": "none"},
    "headersConfig": {"headerBehavior": "none"},
    "queryStringsConfig": {"queryStringBehavior": "none"},
}
_CODE = "function handler(event) { return event.request; }"


def _origin(**more: Any) -> Inputs:
    return {
        "originId": "api",
        "domainName": "api.example.org",
        "customHeaders": [{"name": "x-one", "value": "1"}],
        "customOriginConfig": {
            "httpPort": 80,
            "httpsPort": 443,
            "originProtocolPolicy": "https-only",
            "originSslProtocols": ["TLSv1.2"],
        },
        **more,
    }


def _behavior(**more: Any) -> Inputs:
    return {
        "targetOriginId": "api",
        "viewerProtocolPolicy": "https-only",
        "allowedMethods": ["GET", "HEAD", "OPTIONS"],
        "cachedMethods": ["GET", "HEAD"],
        "cachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        **more,
    }


def _distribution(n: Neighbours) -> Inputs:
    code = {"runtime": "cloudfront-js-2.0", "code": _CODE, "publish": True}
    first = n.need("aws:cloudfront/function:Function", "first", code)["arn"]
    runs = [{"eventType": "viewer-request", "functionArn": first}]
    return {
        "enabled": True,
        "origins": [_origin()],
        "defaultCacheBehavior": _behavior(functionAssociations=runs),
        "orderedCacheBehaviors": [_behavior(pathPattern="/a/*", compress=True)],
        "customErrorResponses": [{"errorCode": 404, "errorCachingMinTtl": 0}],
        "restrictions": {"geoRestriction": {"restrictionType": "none"}},
        "viewerCertificate": {"cloudfrontDefaultCertificate": True},
        "tags": {"a": "1"},
    }


def _rule(name: str, priority: int, **statement: Any) -> Inputs:
    return {
        "name": name,
        "priority": priority,
        "action": {"block": {"customResponse": {"responseCode": 429}}},
        "statement": statement,
        "visibilityConfig": _seen(name),
    }


def _seen(metric: str) -> Inputs:
    return {
        "metricName": metric,
        "cloudwatchMetricsEnabled": False,
        "sampledRequestsEnabled": False,
    }


LIVES = [
    Life(
        "aws:wafv2/webAcl:WebAcl",
        lambda n: {
            "scope": "CLOUDFRONT",
            "region": "us-east-1",
            "defaultAction": {"allow": {}},
            "rules": [_rule("often", 0, rateBasedStatement={"limit": 100})],
            "visibilityConfig": _seen("all"),
            "tags": {"a": "1"},
        },
        lambda n: {
            "rules": [
                _rule("often", 0, rateBasedStatement={"limit": 200}),
                _rule(
                    "there",
                    1,
                    byteMatchStatement={
                        "searchString": "/there",
                        "positionalConstraint": "STARTS_WITH",
                        "fieldToMatch": {"uriPath": {}},
                        "textTransformations": [{"priority": 0, "type": "NONE"}],
                    },
                ),
            ],
            "tags": {"b": "2"},
        },
        lambda n: {"scope": "REGIONAL"},
        "arn lockToken",
    ),
    Life(
        "aws:cloudfront/distribution:Distribution",
        _distribution,
        lambda n: {
            "comment": "other",
            "origins": [
                _origin(customHeaders=[{"name": "x-one", "value": "2"}]),
                {"originId": "site", "domainName": "files.s3.eu-central-1.amazonaws.com"},
            ],
            "orderedCacheBehaviors": [
                _behavior(pathPattern="/b/*"),
                _behavior(pathPattern="/c", targetOriginId="site"),
            ],
            "restrictions": {
                "geoRestriction": {"restrictionType": "whitelist", "locations": ["DE", "GB"]}
            },
            "tags": {"b": "2"},
        },
        lambda n: {"staging": True},
        "arn domainName status hostedZoneId etag",
    ),
    Life(
        "aws:cloudfront/function:Function",
        lambda n: {"runtime": "cloudfront-js-2.0", "code": _CODE, "publish": True},
        lambda n: {"code": f"// other\n{_CODE}", "comment": "other", "tags": {"a": "b"}},
        lambda n: {"name": "other"},
        "arn etag",
    ),
    Life(
        "aws:cloudfront/originAccessControl:OriginAccessControl",
        lambda n: {
            "originAccessControlOriginType": "s3",
            "signingBehavior": "always",
            "signingProtocol": "sigv4",
        },
        lambda n: {"signingBehavior": "no-override", "description": "other"},
        lambda n: {"name": "other"},
        "etag",
    ),
    Life(
        "aws:cloudfront/cachePolicy:CachePolicy",
        lambda n: {
            "minTtl": 0,
            "defaultTtl": 0,
            "maxTtl": 60,
            "parametersInCacheKeyAndForwardedToOrigin": {
                "enableAcceptEncodingBrotli": True,
                "enableAcceptEncodingGzip": True,
                **_NOTHING,
            },
        },
        lambda n: {"maxTtl": 90, "comment": "other"},
        lambda n: {"name": "other"},
        "etag",
    ),
    Life(
        "aws:cloudfront/originRequestPolicy:OriginRequestPolicy",
        lambda n: {
            **_NOTHING,
            "headersConfig": {"headerBehavior": "allExcept", "headers": {"items": ["host"]}},
        },
        lambda n: {"queryStringsConfig": {"queryStringBehavior": "all"}},
        lambda n: {"name": "other"},
        "etag",
    ),
    Life(
        "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
        lambda n: {
            "securityHeadersConfig": {
                "contentTypeOptions": {"override": True},
                "strictTransportSecurity": {
                    "accessControlMaxAgeSec": 60,
                    "includeSubdomains": True,
                    "override": True,
                },
            },
            "customHeadersConfig": {
                "items": [{"header": "x-a", "value": "1", "override": True}],
            },
        },
        lambda n: {
            "comment": "other",
            "customHeadersConfig": {
                "items": [{"header": "x-a", "value": "2", "override": True}],
            },
        },
        lambda n: {"name": "other"},
        "etag",
    ),
    Life(
        "aws:s3/bucketObjectv2:BucketObjectv2",
        lambda n: {
            "bucket": n.bucket["bucket"],
            "key": "index.html",
            "source": pulumi.StringAsset("<p>one"),
            "contentType": "text/html",
            "cacheControl": "no-cache",
        },
        lambda n: {
            "source": pulumi.StringAsset("<p>two"),
            "cacheControl": "max-age=60",
            "tags": {"a": "b"},
        },
        lambda n: {"key": "other.html"},
        "arn contentType",
    ),
]
