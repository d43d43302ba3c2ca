"""CloudFront: distributions, functions, policies and access controls; certificates beside them.

Sources: CloudFront API reference, DistributionConfig, CacheBehavior, CachePolicyConfig,
ResponseHeadersPolicyConfig; Developer Guide, "Quotas", "Restrictions on CloudFront Functions",
"Requirements for using SSL/TLS certificates with CloudFront", "Using AWS WAF protections".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pilaster_local.providers.aws.plan.bounds import Table, count, number, one_of, text
from pilaster_local.providers.aws.plan.finding import Said
from pilaster_local.providers.aws.plan.rules.managed_policies import MANAGED
from pilaster_local.providers.aws.values import UNKNOWN

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
_FUNCTION = "aws:cloudfront/function:Function"
_CACHE = "aws:cloudfront/cachePolicy:CachePolicy"
_REQUEST = "aws:cloudfront/originRequestPolicy:OriginRequestPolicy"
_RESPONSE = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
_CONTROL = "aws:cloudfront/originAccessControl:OriginAccessControl"

LARGEST_FUNCTION = 10_240
_SAFE = {"GET", "HEAD"}
_METHOD_SETS = (
    _SAFE,
    {"GET", "HEAD", "OPTIONS"},
    {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"},
)
_ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
_SECURITY_HEADERS = frozenset(
    {"content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy",
     "strict-transport-security", "x-xss-protection"}
)  # fmt: skip
_NAME = text(r"[\w-]+", "a name: letters, digits, '_' and '-'", most=128, least=1)


def behaviors(inputs: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """All of a distribution that are known, with where they stand."""
    default, ordered = inputs.get("defaultCacheBehavior"), inputs.get("orderedCacheBehaviors")
    if isinstance(default, Mapping):
        yield "defaultCacheBehavior", default
    for index, each in enumerate(ordered if isinstance(ordered, list) else []):
        if isinstance(each, Mapping):
            yield f"orderedCacheBehaviors[{index}]", each


def origins(inputs: Mapping[str, Any]) -> dict[str, tuple[str, Mapping[str, Any]]] | None:
    """A distribution's origins by id, with where they stand; None if one is not known."""
    given = inputs.get("origins")
    if not isinstance(given, list):
        return None
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for index, each in enumerate(given):
        if not isinstance(each, Mapping) or not isinstance(each.get("originId"), str):
            return None
        found[each["originId"]] = (f"origins[{index}]", each)
    return found


def _origins(inputs: Mapping[str, Any]) -> Said:
    given = inputs.get("origins")
    if isinstance(given, list) and not given:
        yield "origins", "a distribution has an origin"
    known = origins(inputs)
    groups = inputs.get("originGroups")
    if known is None or groups is UNKNOWN:
        return
    if isinstance(given, list) and len(known) < len(given):
        yield "origins", "two origins have the same originId"
    ids = {*known, *(each.get("originId") for each in groups or [] if isinstance(each, Mapping))}
    for where, behavior in behaviors(inputs):
        target = behavior.get("targetOriginId", UNKNOWN)
        if isinstance(target, str) and target not in ids:
            listed = ", ".join(sorted(map(str, ids)))
            yield f"{where}.targetOriginId", f"there is no origin {target!r}; there are {listed}"
    for where, origin in known.values():
        yield from _origin(where, origin)


def _origin(where: str, origin: Mapping[str, Any]) -> Said:
    domain = origin.get("domainName")
    if isinstance(domain, str) and ("/" in domain or ":" in domain):
        yield f"{where}.domainName", f"{domain!r} is no name of a host: no scheme, port or path"
    path = origin.get("originPath")
    if isinstance(path, str) and path and (not path.startswith("/") or path.endswith("/")):
        yield f"{where}.originPath", f"{path!r} begins with a slash and does not end in one"
    if "customOriginConfig" in origin and "s3OriginConfig" in origin:
        yield f"{where}.s3OriginConfig", "an origin is either one of S3 or a custom one"
    if "s3OriginConfig" in origin and isinstance(domain, str) and not _is_bucket(domain):
        yield f"{where}.domainName", f"{domain!r} is no bucket of S3: say customOriginConfig"
    identity = origin.get("s3OriginConfig")
    named = isinstance(identity, Mapping) and identity.get("originAccessIdentity")
    if origin.get("originAccessControlId") and named:
        yield (
            f"{where}.originAccessControlId",
            "an origin has an access control or an access identity, not both",
        )


def _is_bucket(domain: str) -> bool:
    return ".s3." in f".{domain}" or ".s3-" in domain or domain.endswith(".s3.amazonaws.com")


def _behaviors(inputs: Mapping[str, Any]) -> Said:
    seen: list[str] = []
    for where, behavior in behaviors(inputs):
        yield from _methods(where, behavior)
        yield from _policies(where, behavior)
        yield from _functions(where, behavior)
        pattern = behavior.get("pathPattern")
        if not isinstance(pattern, str) or where == "defaultCacheBehavior":
            continue
        if pattern.removeprefix("/") in seen:
            yield f"{where}.pathPattern", f"{pattern!r} stands twice"
        if pattern in ("*", "/*"):
            yield f"{where}.pathPattern", "this is the default behaviour's: nothing comes after it"
        elif hides := next((each for each in seen if _covers(each, pattern)), None):
            yield (
                f"{where}.pathPattern",
                f"{pattern!r} is never reached: {hides!r} stands before it and fits all of it",
            )
        seen.append(pattern.removeprefix("/"))


def _covers(before: str, after: str) -> bool:
    """Whether a pattern that ends in its only `*` fits all of another."""
    stem = before.removesuffix("*")
    plain = before.endswith("*") and not set("*?") & set(stem)
    return plain and after.removeprefix("/").startswith(stem)


def _methods(where: str, behavior: Mapping[str, Any]) -> Said:
    allowed, cached = behavior.get("allowedMethods"), behavior.get("cachedMethods")
    if isinstance(allowed, list) and UNKNOWN not in allowed and set(allowed) not in _METHOD_SETS:
        yield (
            f"{where}.allowedMethods",
            f"{', '.join(map(str, allowed))}: CloudFront takes GET and HEAD, those and OPTIONS, or "
            "all seven",
        )
    if not isinstance(cached, list) or UNKNOWN in cached:
        return
    if set(cached) not in _METHOD_SETS[:2]:
        yield f"{where}.cachedMethods", "GET and HEAD are cached, or those and OPTIONS"
    elif isinstance(allowed, list) and UNKNOWN not in allowed and set(cached) - set(allowed):
        yield f"{where}.cachedMethods", "what is cached is allowed, too"


def _policies(where: str, behavior: Mapping[str, Any]) -> Said:
    if "cachePolicyId" in behavior and behavior.get("forwardedValues"):
        yield f"{where}.forwardedValues", "with a cache policy there are no forwarded values"
    if not {"cachePolicyId", "forwardedValues"} & behavior.keys():
        yield f"{where}.cachePolicyId", "a behaviour has a cache policy"
    for name, ids in MANAGED.items():
        given = behavior.get(name)
        if isinstance(given, str) and _is_elsewhere_managed(given, name):
            other = next(kind for kind, known in MANAGED.items() if given in known)
            yield f"{where}.{name}", f"{MANAGED[other][given]} is a policy for {other}"
        elif isinstance(given, str) and given not in ids and not _is_id(given):
            yield f"{where}.{name}", f"{given!r} is no policy's id: it is a UUID, not a name"


def _is_elsewhere_managed(policy: str, name: str) -> bool:
    return policy not in MANAGED[name] and any(policy in known for known in MANAGED.values())


def _is_id(policy: str) -> bool:
    parts = policy.split("-")
    lengths = [len(part) for part in parts] == [8, 4, 4, 4, 12]
    return lengths and all(set(part.lower()) <= set("0123456789abcdef") for part in parts)


def _functions(where: str, behavior: Mapping[str, Any]) -> Said:
    ours = behavior.get("functionAssociations") or []
    lambdas = behavior.get("lambdaFunctionAssociations") or []
    if not isinstance(ours, list) or not isinstance(lambdas, list):
        return
    events = [each.get("eventType") for each in ours if isinstance(each, Mapping)]
    theirs = [each.get("eventType") for each in lambdas if isinstance(each, Mapping)]
    for event in events:
        if isinstance(event, str) and event not in ("viewer-request", "viewer-response"):
            yield f"{where}.functionAssociations", f"no CloudFront function runs on {event!r}"
    if len(events) > len(set(map(str, events))):
        yield f"{where}.functionAssociations", "one event runs one function"
    if events and any(isinstance(e, str) and e.startswith("viewer") for e in theirs):
        yield (
            f"{where}.lambdaFunctionAssociations",
            "where CloudFront functions see the viewer, Lambda@Edge does not",
        )


def _certificate(inputs: Mapping[str, Any]) -> Said:
    held = inputs.get("viewerCertificate")
    aliases = inputs.get("aliases")
    if not isinstance(held, Mapping):
        return
    own = held.get("acmCertificateArn") or held.get("iamCertificateId")
    if isinstance(aliases, list) and aliases and not own:
        yield "viewerCertificate", "names of one's own want a certificate: say acmCertificateArn"
    arn = held.get("acmCertificateArn")
    if isinstance(arn, str) and arn.startswith("arn:") and arn.split(":")[3] != "us-east-1":
        yield (
            "viewerCertificate.acmCertificateArn",
            f"the certificate is in {arn.split(':')[3]}: CloudFront takes those of us-east-1 alone",
        )
    if own and "sslSupportMethod" not in held:
        yield "viewerCertificate.sslSupportMethod", "with a certificate of one's own it is said"
    if own and held.get("cloudfrontDefaultCertificate") is True:
        yield "viewerCertificate.cloudfrontDefaultCertificate", "it has a certificate of its own"


def _firewall(inputs: Mapping[str, Any]) -> Said:
    acl = inputs.get("webAclId")
    if not isinstance(acl, str) or not acl.startswith("arn:") or ":wafv2:" not in acl:
        return
    parts = acl.split(":", 5)
    if parts[3] != "us-east-1" or not parts[5].startswith("global/webacl/"):
        yield (
            "webAclId",
            f"{acl} is a web ACL for regional things: a distribution takes one of scope CLOUDFRONT "
            "in us-east-1",
        )


def _errors(inputs: Mapping[str, Any]) -> Said:
    given = inputs.get("customErrorResponses")
    for index, each in enumerate(given if isinstance(given, list) else []):
        if not isinstance(each, Mapping):
            continue
        page, code = each.get("responsePagePath"), each.get("responseCode")
        if (page is None) != (code is None):
            missing = "responsePagePath" if page is None else "responseCode"
            yield f"customErrorResponses[{index}].{missing}", "a page and its status come together"
        if isinstance(page, str) and not page.startswith("/"):
            yield f"customErrorResponses[{index}].responsePagePath", "it begins with a slash"
    codes = [each.get("errorCode") for each in given or [] if isinstance(each, Mapping)]
    if len(codes) > len(set(map(str, codes))):
        yield "customErrorResponses", "a status stands twice"


def _root(inputs: Mapping[str, Any]) -> Said:
    root = inputs.get("defaultRootObject")
    if isinstance(root, str) and root.startswith("/"):
        yield "defaultRootObject", f"{root!r} is a key, which does not begin with a slash"


def _size(inputs: Mapping[str, Any]) -> Said:
    code = inputs.get("code")
    if isinstance(code, str) and (size := len(code.encode())) > LARGEST_FUNCTION:
        yield "code", f"{size:,} bytes: a function has {LARGEST_FUNCTION:,} at most"
    if isinstance(code, str) and "handler" not in code:
        yield "code", "there is no function 'handler' in it"
    if inputs.get("runtime") == "cloudfront-js-1.0" and inputs.get("keyValueStoreAssociations"):
        yield "keyValueStoreAssociations", "key value stores want the runtime cloudfront-js-2.0"


def _ttls(inputs: Mapping[str, Any]) -> Said:
    least, usual, most = (inputs.get(name) for name in ("minTtl", "defaultTtl", "maxTtl"))
    for name, low, high in (("minTtl", least, usual), ("defaultTtl", usual, most)):
        if isinstance(low, int) and isinstance(high, int) and low > high:
            yield name, f"{low:,} s is more than {high:,} s"
    parameters = inputs.get("parametersInCacheKeyAndForwardedToOrigin")
    if most == 0 and isinstance(parameters, Mapping):
        for name in ("enableAcceptEncodingGzip", "enableAcceptEncodingBrotli"):
            if parameters.get(name) is True:
                yield (
                    f"parametersInCacheKeyAndForwardedToOrigin.{name}",
                    "where nothing is cached (maxTtl 0), nothing is compressed: it must be false",
                )


def _response_headers(inputs: Mapping[str, Any]) -> Said:
    custom = inputs.get("customHeadersConfig")
    given = custom.get("items") if isinstance(custom, Mapping) else None
    for index, each in enumerate(given if isinstance(given, list) else []):
        header = each.get("header") if isinstance(each, Mapping) else None
        if isinstance(header, str) and header.lower() in _SECURITY_HEADERS:
            yield (
                f"customHeadersConfig.items[{index}].header",
                f"{header!r} is a security header: it goes into securityHeadersConfig",
            )
    cors = inputs.get("corsConfig")
    if isinstance(cors, Mapping) and cors.get("accessControlAllowCredentials") is True:
        for name in ("accessControlAllowOrigins", "accessControlAllowHeaders"):
            held = cors.get(name)
            if isinstance(held, Mapping) and "*" in (held.get("items") or []):
                yield f"corsConfig.{name}", "with credentials each is named: '*' is refused"


_BEHAVIOR: Table = {
    "viewerProtocolPolicy": one_of("allow-all", "https-only", "redirect-to-https"),
    "functionAssociations": count(0, 2, "functions"),
}

BOUNDS: Mapping[str, Table] = {
    DISTRIBUTION: {
        "priceClass": one_of("PriceClass_100", "PriceClass_200", "PriceClass_All"),
        "httpVersion": one_of("http1.1", "http2", "http2and3", "http3"),
        "origins": count(1, 25, "origins"),
        "orderedCacheBehaviors": count(0, 25, "behaviours"),
        "aliases": count(0, 100, "names"),
        "comment": text(r".*", "a comment", most=128),
        "customErrorResponses[].errorCode": one_of(*_ERRORS),
        "customErrorResponses[].errorCachingMinTtl": number(0, 31_536_000),
        "origins[].connectionAttempts": number(1, 3),
        "origins[].connectionTimeout": number(1, 10),
        "origins[].customOriginConfig.originProtocolPolicy": one_of(
            "http-only", "https-only", "match-viewer"),
        "origins[].customOriginConfig.originReadTimeout": number(1, 120),
        "origins[].customOriginConfig.originKeepaliveTimeout": number(1, 120),
        "origins[].customOriginConfig.httpPort": number(1024, 65_535, also=(80, 443)),
        "origins[].customOriginConfig.httpsPort": number(1024, 65_535, also=(80, 443)),
        "viewerCertificate.minimumProtocolVersion": one_of(
            "SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016", "TLSv1.2_2018", "TLSv1.2_2019",
            "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"),
        "viewerCertificate.sslSupportMethod": one_of("sni-only", "vip", "static-ip"),
        "restrictions.geoRestriction.restrictionType": one_of("none", "blacklist", "whitelist"),
        **{f"defaultCacheBehavior.{path}": test for path, test in _BEHAVIOR.items()},
        **{f"orderedCacheBehaviors[].{path}": test for path, test in _BEHAVIOR.items()},
        "orderedCacheBehaviors[].pathPattern": text(
            r"[A-Za-z0-9_\-.*$/~\"'@:+&?%]+", "a path pattern", most=255, least=1),
    },
    _FUNCTION: {
        "name": text(r"[A-Za-z0-9_-]+", "a name: letters, digits, '_' and '-'", most=64, least=1),
        "runtime": one_of("cloudfront-js-1.0", "cloudfront-js-2.0"),
        "keyValueStoreAssociations": count(0, 1, "stores"),
    },
    _CACHE: {
        "name": _NAME,
        "minTtl": number(0, 31_536_000),
        "defaultTtl": number(0, 31_536_000),
        "maxTtl": number(0, 31_536_000),
    },
    _REQUEST: {"name": _NAME},
    _RESPONSE: {"name": _NAME, "customHeadersConfig.items": count(0, 10, "headers")},
    _CONTROL: {
        "name": text(r"[^\s].*", "a name", most=64, least=1),
        "originAccessControlOriginType": one_of(
            "s3", "mediastore", "mediapackagev2", "lambda"),
        "signingBehavior": one_of("always", "never", "no-override"),
        "signingProtocol": one_of("sigv4"),
    },
}  # fmt: skip

RULES = {
    DISTRIBUTION: (_origins, _behaviors, _certificate, _firewall, _errors, _root),
    _FUNCTION: (_size,),
    _CACHE: (_ttls,),
    _RESPONSE: (_response_headers,),
}
