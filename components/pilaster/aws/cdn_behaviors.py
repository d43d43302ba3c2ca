"""How a distribution treats a path: what it keeps, what it passes on, and to whom."""

from typing import Any

import pulumi
import pulumi_aws as aws

from pilaster.naming import Place

SITE = "site"
API = "api"
SOCKET = "socket"
SECRET_HEADER = "x-origin-secret"
UNCACHED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""AWS's own policy CachingDisabled, the same in every account."""
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
YEAR_SECONDS = 365 * 24 * 3600
API_SECONDS = 30
"""API Gateway answers within these, and nothing is waited for longer."""


def api_host(place: Place, api_id: pulumi.Input[str]) -> pulumi.Output[str]:
    """The name of an API Gateway API."""
    return pulumi.Output.concat(api_id, f".execute-api.{place.region}.amazonaws.com")


def locked_origin(
    origin_id: str, host: pulumi.Input[str], secret: pulumi.Input[str]
) -> aws.cloudfront.DistributionOriginArgsDict:
    """An API that answers only who brings the secret."""
    return {
        "origin_id": origin_id,
        "domain_name": host,
        "custom_headers": [{"name": SECRET_HEADER, "value": secret}],
        "custom_origin_config": {
            "http_port": 80,
            "https_port": 443,
            "origin_protocol_policy": "https-only",
            "origin_ssl_protocols": ["TLSv1.2"],
            "origin_read_timeout": API_SECONDS,
        },
    }


def site_cache(
    name: str, policy_name: str, child: pulumi.ResourceOptions
) -> aws.cloudfront.CachePolicy:
    """Files are kept as long as they say themselves, compressed as the browser takes them."""
    return aws.cloudfront.CachePolicy(
        name,
        name=policy_name,
        min_ttl=0,
        default_ttl=0,
        max_ttl=YEAR_SECONDS,
        parameters_in_cache_key_and_forwarded_to_origin={
            "enable_accept_encoding_brotli": True,
            "enable_accept_encoding_gzip": True,
            "cookies_config": {"cookie_behavior": "none"},
            "headers_config": {"header_behavior": "none"},
            "query_strings_config": {"query_string_behavior": "none"},
        },
        opts=child,
    )


def everything_but_host(
    name: str, policy_name: str, child: pulumi.ResourceOptions
) -> aws.cloudfront.OriginRequestPolicy:
    """API Gateway answers to its own name alone; of all else the API decides what it reads."""
    return aws.cloudfront.OriginRequestPolicy(
        name,
        name=policy_name,
        cookies_config={"cookie_behavior": "none"},
        headers_config={"header_behavior": "allExcept", "headers": {"items": ["host"]}},
        query_strings_config={"query_string_behavior": "all"},
        opts=child,
    )


def site(
    function_arn: pulumi.Input[str],
    cache_policy_id: pulumi.Input[str],
    response_headers: pulumi.Input[str],
) -> aws.cloudfront.DistributionDefaultCacheBehaviorArgsDict:
    """Files of the bucket, read only."""
    return {
        "target_origin_id": SITE,
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": ["GET", "HEAD"],
        "cached_methods": ["GET", "HEAD"],
        "compress": True,
        "cache_policy_id": cache_policy_id,
        "response_headers_policy_id": response_headers,
        "function_associations": _first(function_arn),
    }


def uncached(
    path_pattern: str,
    origin_id: str,
    function_arn: pulumi.Input[str],
    passed_policy_id: pulumi.Input[str],
    response_headers: pulumi.Input[str] | None = None,
) -> aws.cloudfront.DistributionOrderedCacheBehaviorArgsDict:
    """All methods, and nothing kept."""
    return {
        "path_pattern": path_pattern,
        "target_origin_id": origin_id,
        # Who posts a password in plain text is told so, and not helped over it.
        "viewer_protocol_policy": "https-only",
        "allowed_methods": list(METHODS),
        "cached_methods": ["GET", "HEAD"],
        "compress": True,
        "cache_policy_id": UNCACHED,
        "origin_request_policy_id": passed_policy_id,
        "response_headers_policy_id": response_headers,
        "function_associations": _first(function_arn),
    }


def _first(function_arn: pulumi.Input[str]) -> list[Any]:
    return [{"event_type": "viewer-request", "function_arn": function_arn}]
