"""A distribution as the edge reads it: origins, behaviours in order, policies. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_S3 = re.compile(r"(?P<bucket>[a-z0-9][a-z0-9.-]+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com")
ERROR_CACHING_SECONDS = 10


@dataclass(frozen=True)
class Choice:
    """Which headers, cookies or query parameters a policy takes."""

    kind: str = "none"
    names: frozenset[str] = frozenset()

    def takes(self, name: str) -> bool:
        """Of what a viewer sent. Names of headers are in lower case."""
        if self.kind in ("all", "allViewer", "allViewerAndWhitelistCloudFront"):
            return True
        if self.kind == "allExcept":
            return name not in self.names
        return self.kind == "whitelist" and name in self.names

    def adds(self, name: str) -> bool:
        """Of what CloudFront makes itself: its headers are there where they are named."""
        return self.kind in ("whitelist", "allViewerAndWhitelistCloudFront") and name in self.names


@dataclass(frozen=True)
class Choices:
    headers: Choice = Choice()
    cookies: Choice = Choice()
    queries: Choice = Choice()


@dataclass(frozen=True, kw_only=True)
class CachePolicy:
    min_ttl: float = 0
    default_ttl: float = 86_400
    max_ttl: float = 31_536_000
    key: Choices = Choices()
    gzip: bool = False
    brotli: bool = False


@dataclass(frozen=True, kw_only=True)
class Behavior:
    pattern: str
    """`*` of the default one."""
    fits: re.Pattern[str]
    origin: str
    allowed: frozenset[str]
    cached: frozenset[str]
    viewer_protocol: str
    compress: bool
    cache: CachePolicy
    forwarded: Choices
    """What goes to the origin beside the cache key."""
    response: Mapping[str, Any] | None
    functions: Mapping[str, str]
    """ARNs by event: `viewer-request`, `viewer-response`."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    id: str
    domain: str
    path: str
    headers: Mapping[str, str]
    bucket: str | None
    """Of an S3 origin."""
    signed: bool
    """Whether an access control signs what goes there."""
    protocol: str
    http_port: int
    https_port: int
    read_seconds: float
    keep_alive_seconds: float
    connect_seconds: float
    attempts: int


@dataclass(frozen=True, kw_only=True)
class ErrorResponse:
    page: str
    status: int | None
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Distribution:
    id: str
    arn: str
    address: str
    enabled: bool
    root: str
    behaviors: tuple[Behavior, ...]
    origins: Mapping[str, Origin]
    errors: Mapping[int, ErrorResponse]
    functions: Mapping[str, str]
    web_acl: Mapping[str, Any] | None = field(default=None)

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def behavior(self, path: str) -> Behavior:
        """The first whose pattern the path fits; the default one fits all."""
        return next(each for each in self.behaviors if each.fits.fullmatch(path))


def read(entry: Mapping[str, Any]) -> Distribution:
    """From an entry of the plan (`plan.whole`)."""
    config = entry["config"]
    ordered = [
        _behavior(each, each["PathPattern"], entry) for each in items(config.get("CacheBehaviors"))
    ]
    return Distribution(
        id=entry["id"],
        arn=entry["arn"],
        address=entry["address"],
        enabled=entry["enabled"],
        root=config.get("DefaultRootObject") or "",
        behaviors=(*ordered, _behavior(config["DefaultCacheBehavior"], "*", entry)),
        origins={each["Id"]: _origin(each) for each in items(config["Origins"])},
        errors={
            each["ErrorCode"]: ErrorResponse(
                page=each.get("ResponsePagePath") or "",
                status=int(each["ResponseCode"]) if each.get("ResponseCode") else None,
                seconds=each.get("ErrorCachingMinTTL", ERROR_CACHING_SECONDS),
            )
            for each in items(config.get("CustomErrorResponses"))
        },
        functions={arn: code for arn, code in entry["functions"].items() if code},
        web_acl=entry.get("web_acl"),
    )


def items(block: Any) -> list[Any]:
    return (block or {}).get("Items") or []


def _behavior(given: Mapping[str, Any], pattern: str, entry: Mapping[str, Any]) -> Behavior:
    methods = given.get("AllowedMethods") or {}
    request_policy = entry["origin_request_policies"].get(given.get("OriginRequestPolicyId"))
    policy = entry["cache_policies"].get(given.get("CachePolicyId"))
    legacy = given.get("ForwardedValues")
    return Behavior(
        pattern=pattern,
        fits=_pattern(pattern),
        origin=given["TargetOriginId"],
        allowed=frozenset(methods.get("Items") or ("GET", "HEAD")),
        cached=frozenset(items(methods.get("CachedMethods")) or ("GET", "HEAD")),
        viewer_protocol=given.get("ViewerProtocolPolicy", "allow-all"),
        compress=bool(given.get("Compress")),
        cache=_legacy_cache(given, legacy) if legacy else _cache(policy or {}),
        forwarded=_choices(request_policy or {}),
        response=entry["response_headers_policies"].get(given.get("ResponseHeadersPolicyId")),
        functions={
            each["EventType"]: each["FunctionARN"]
            for each in items(given.get("FunctionAssociations"))
        },
    )


def _pattern(text: str) -> re.Pattern[str]:
    """`*` is anything, `?` is one character; a slash at the beginning may be left out."""
    text = text if text.startswith(("/", "*")) else f"/{text}"
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(each) or re.escape(each) for each in text), re.DOTALL)


def _cache(policy: Mapping[str, Any]) -> CachePolicy:
    parameters = policy.get("Parameters") or {}
    return CachePolicy(
        min_ttl=policy.get("MinTTL", 0),
        default_ttl=policy.get("DefaultTTL", max(86_400, policy.get("MinTTL", 0))),
        max_ttl=policy.get("MaxTTL", max(31_536_000, policy.get("MinTTL", 0))),
        key=_choices(parameters),
        gzip=bool(parameters.get("EnableAcceptEncodingGzip")),
        brotli=bool(parameters.get("EnableAcceptEncodingBrotli")),
    )


def _legacy_cache(given: Mapping[str, Any], forwarded: Mapping[str, Any]) -> CachePolicy:
    cookies = forwarded.get("Cookies") or {}
    headers = frozenset(name.lower() for name in items(forwarded.get("Headers")))
    whole = "*" in headers
    return CachePolicy(
        min_ttl=given.get("MinTTL", 0),
        # All headers in the key: documented as "CloudFront does not cache".
        default_ttl=0 if whole else given.get("DefaultTTL", 86_400),
        max_ttl=0 if whole else given.get("MaxTTL", 31_536_000),
        key=Choices(
            headers=Choice("allViewer") if whole else Choice("whitelist", headers),
            cookies=Choice(
                cookies.get("Forward", "none"), frozenset(items(cookies.get("WhitelistedNames")))
            ),
            queries=Choice("all" if forwarded.get("QueryString") else "none"),
        ),
        gzip=True,
    )


def _choices(held: Mapping[str, Any]) -> Choices:
    return Choices(
        headers=Choice(
            held.get("HeaderBehavior", "none"),
            frozenset(name.lower() for name in held.get("Headers") or ()),
        ),
        cookies=Choice(held.get("CookieBehavior", "none"), frozenset(held.get("Cookies") or ())),
        queries=Choice(
            held.get("QueryStringBehavior", "none"), frozenset(held.get("QueryStrings") or ())
        ),
    )


def _origin(given: Mapping[str, Any]) -> Origin:
    custom = given.get("CustomOriginConfig") or {}
    found = _S3.fullmatch(given["DomainName"].lower())
    return Origin(
        id=given["Id"],
        domain=given["DomainName"],
        path=given.get("OriginPath") or "",
        headers=dict(_custom_headers(given)),
        bucket=found["bucket"] if found and not custom else None,
        signed=bool(given.get("OriginAccessControlId")),
        protocol=custom.get("OriginProtocolPolicy", "match-viewer"),
        http_port=custom.get("HTTPPort", 80),
        https_port=custom.get("HTTPSPort", 443),
        read_seconds=custom.get("OriginReadTimeout", 30),
        keep_alive_seconds=custom.get("OriginKeepaliveTimeout", 5),
        connect_seconds=given.get("ConnectionTimeout", 10),
        attempts=given.get("ConnectionAttempts", 3),
    )


def _custom_headers(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in items(given.get("CustomHeaders")):
        yield each["HeaderName"].lower(), each["HeaderValue"]
