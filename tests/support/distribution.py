"""A distribution of a test's own, made as any program makes one: by CloudFront's API."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.local_cloud import ACCOUNT, REGION, Cloud, Function

OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
WITH_CLOUDFRONT = "33f36d7e-f396-46d9-90e0-52428a34d9dc"
SECURITY = "67f7725c-6f97-4210-82d7-5512b31e9d03"
ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]

Config = dict[str, Any]


def listed(entries: list[Any]) -> Config:
    """A list as CloudFront's API counts it."""
    return {"Quantity": len(entries), "Items": entries} if entries else {"Quantity": 0}


def behavior(origin: str, *, cache: str = DISABLED, methods: list[str] | None = None, **more: Any):
    """A behaviour; what is given beside goes in as it is."""
    allowed: Config = listed(methods or ALL_METHODS)
    allowed["CachedMethods"] = listed(["GET", "HEAD"])
    return {
        "TargetOriginId": origin,
        "ViewerProtocolPolicy": "redirect-to-https",
        "Compress": True,
        "CachePolicyId": cache,
        "AllowedMethods": allowed,
        **more,
    }


def function(arn: str, event: str = "viewer-request") -> Config:
    return {"FunctionAssociations": listed([{"FunctionARN": arn, "EventType": event}])}


def bucket_origin(bucket: str, control: str = "", *, name: str = "site") -> Config:
    return {
        "Id": name,
        "DomainName": f"{bucket}.s3.eu-central-1.amazonaws.com",
        "OriginAccessControlId": control,
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }


def custom_origin(
    domain: str,
    port: int = 80,
    *,
    name: str = "own",
    path: str = "",
    headers: dict[str, str] | None = None,
    seconds: int = 30,
) -> Config:
    given = [{"HeaderName": n, "HeaderValue": value} for n, value in (headers or {}).items()]
    return {
        "Id": name,
        "DomainName": domain,
        "OriginPath": path,
        "CustomHeaders": listed(given),
        "CustomOriginConfig": {
            "HTTPPort": port,
            "HTTPSPort": 443,
            "OriginProtocolPolicy": "http-only",
            "OriginReadTimeout": seconds,
        },
    }


@dataclass
class Site:
    """A distribution that answers."""

    cloud: Cloud
    id: str
    arn: str
    url: str
    config: Config = field(repr=False)

    @property
    def http(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, trust_env=False, timeout=30)

    def get(self, path: str = "/", **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with self.http as http:
            return http.get(path, headers=named)

    def change(self, **changes: Any) -> None:
        cloudfront = self.cloud.client("cloudfront")
        version = cloudfront.get_distribution_config(Id=self.id)["ETag"]
        self.config = {**self.config, **changes}
        cloudfront.update_distribution(Id=self.id, IfMatch=version, DistributionConfig=self.config)

    def invalidate(self, *paths: str) -> str:
        batch = {"CallerReference": self.cloud.name("batch"), "Paths": listed(list(paths))}
        made = self.cloud.client("cloudfront").create_invalidation(
            DistributionId=self.id, InvalidationBatch=batch
        )
        return made["Invalidation"]["Id"]

    def delete(self) -> None:
        cloudfront = self.cloud.client("cloudfront")
        self.change(Enabled=False)
        version = cloudfront.get_distribution_config(Id=self.id)["ETag"]
        cloudfront.delete_distribution(Id=self.id, IfMatch=version)


def make(
    cloud: Cloud,
    origins: list[Config],
    default: Config,
    ordered: dict[str, Config] | None = None,
    **more: Any,
) -> Site:
    patterned = [{"PathPattern": path, **each} for path, each in (ordered or {}).items()]
    config: Config = {
        "CallerReference": cloud.name("site"),
        "Comment": "",
        "Enabled": True,
        "Origins": listed(origins),
        "DefaultCacheBehavior": default,
        "CacheBehaviors": listed(patterned),
        **more,
    }
    made = cloud.client("cloudfront").create_distribution(DistributionConfig=config)["Distribution"]
    return Site(cloud, made["Id"], made["ARN"], f"http://{made['DomainName']}", config)


def published(cloud: Cloud, code: str) -> str:
    """The ARN of a function that runs."""
    cloudfront, name = cloud.client("cloudfront"), cloud.name("function")
    made = cloudfront.create_function(
        Name=name,
        FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"},
        FunctionCode=code.encode(),
    )
    cloudfront.publish_function(Name=name, IfMatch=made["ETag"])
    return made["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]


def read_by(cloud: Cloud, bucket: str, arn: str) -> None:
    """Let this distribution, and nobody else, read the bucket."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": {"StringEquals": {"AWS:SourceArn": arn}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    cloud.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def access_control(cloud: Cloud) -> str:
    made = cloud.client("cloudfront").create_origin_access_control(
        OriginAccessControlConfig={
            "Name": cloud.name("control"),
            "OriginAccessControlOriginType": "s3",
            "SigningBehavior": "always",
            "SigningProtocol": "sigv4",
        }
    )
    return made["OriginAccessControl"]["Id"]


def policy(cloud: Cloud, kind: str, **settings: Any) -> str:
    """The id of a cache, origin request or response headers policy of one's own."""
    cloudfront, name = cloud.client("cloudfront"), cloud.name("policy")
    if kind == "cache":
        made = cloudfront.create_cache_policy(CachePolicyConfig={"Name": name, **settings})
        return made["CachePolicy"]["Id"]
    if kind == "request":
        config = {"Name": name, **settings}
        made = cloudfront.create_origin_request_policy(OriginRequestPolicyConfig=config)
        return made["OriginRequestPolicy"]["Id"]
    config = {"Name": name, **settings}
    made = cloudfront.create_response_headers_policy(ResponseHeadersPolicyConfig=config)
    return made["ResponseHeadersPolicy"]["Id"]


def caching(default: int = 0, least: int = 0, most: int = 31_536_000, **key: Any) -> Config:
    """Settings of a cache policy whose key holds the names in `headers`, `cookies`, `queries`."""

    def chosen(behaviors: str, names: str, member: str) -> Config:
        given = key.get(member)
        if given is None:
            return {behaviors: "none"}
        return {behaviors: "whitelist", names: listed(given)}

    return {
        "MinTTL": least,
        "DefaultTTL": default,
        "MaxTTL": most,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": True,
            "EnableAcceptEncodingBrotli": True,
            "HeadersConfig": chosen("HeaderBehavior", "Headers", "headers"),
            "CookiesConfig": chosen("CookieBehavior", "Cookies", "cookies"),
            "QueryStringsConfig": chosen("QueryStringBehavior", "QueryStrings", "queries"),
        },
    }


def http_api(cloud: Cloud, function: Function) -> str:
    """The name of an HTTP API whose every route is this function."""
    gateway = cloud.client("apigatewayv2")
    api = gateway.create_api(Name=cloud.name("api"), ProtocolType="HTTP")["ApiId"]
    integration = gateway.create_integration(
        ApiId=api,
        IntegrationType="AWS_PROXY",
        IntegrationUri=function.arn,
        PayloadFormatVersion="2.0",
    )["IntegrationId"]
    gateway.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    gateway.create_route(ApiId=api, RouteKey="$default", Target=f"integrations/{integration}")
    cloud.client("lambda").add_permission(
        FunctionName=function.name,
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}/*",
    )
    return f"{api}.execute-api.{REGION}.amazonaws.com"
