"""What the emulator's CloudFront holds, as one plain document: all the edge ever learns.

Distributions stand in it as `GetDistributionConfig` gives them, so that nothing here has to be kept
in step with what a program may configure.
"""

from __future__ import annotations

from functools import cache
from typing import Any

Plan = dict[str, Any]


def whole() -> Plan:
    """`{"distributions": [...]}`, every enabled one with the policies and functions it names."""
    from ministack.core.responses import request_scope
    from ministack.services import cloudfront

    found: list[Plan] = []
    for (account, _), record in cloudfront._distributions._data.items():
        with request_scope(account, "us-east-1"):
            found.append(_distribution(cloudfront, record))
    return {"distributions": found}


def _distribution(cloudfront: Any, record: dict[str, Any]) -> Plan:
    config = _config(cloudfront, record["Id"])
    behaviors = [config["DefaultCacheBehavior"], *_items(config.get("CacheBehaviors"))]

    def named(member: str, read: Any) -> dict[str, Any]:
        wanted = {behavior.get(member) for behavior in behaviors} - {None, ""}
        return {each: read(each) for each in sorted(wanted)}

    functions = {
        each["FunctionARN"]
        for behavior in behaviors
        for each in _items(behavior.get("FunctionAssociations"))
    }
    return {
        "id": record["Id"],
        "arn": record["ARN"],
        "address": record["DomainName"],
        "enabled": record["enabled"],
        "config": config,
        "cache_policies": named("CachePolicyId", lambda each: _cache_policy(cloudfront, each)),
        "origin_request_policies": named(
            "OriginRequestPolicyId", cloudfront.origin_request_policy_config
        ),
        "response_headers_policies": named(
            "ResponseHeadersPolicyId", cloudfront.response_headers_policy_config
        ),
        "functions": {arn: _code(cloudfront, arn) for arn in sorted(functions)},
        "web_acl": _web_acl(config.get("WebACLId") or ""),
    }


def _items(block: Any) -> list[Any]:
    return (block or {}).get("Items") or []


def _config(cloudfront: Any, distribution: str) -> Plan:
    from botocore.parsers import RestXMLParser

    status, headers, body = cloudfront._get_distribution_config(distribution)
    answer = {"status_code": status, "headers": headers, "body": body}
    parsed = RestXMLParser().parse(answer, _operation().output_shape)
    return parsed["DistributionConfig"]


@cache
def _operation() -> Any:
    import botocore.session

    return (
        botocore.session.get_session()
        .get_service_model("cloudfront")
        .operation_model("GetDistributionConfig")
    )


def _cache_policy(cloudfront: Any, policy: str) -> Any:
    held = cloudfront._cache_policies.get(policy) or cloudfront._MANAGED_CACHE_POLICIES.get(policy)
    return held["Config"] if held else None


def _code(cloudfront: Any, arn: str) -> str | None:
    code = cloudfront.live_function_code(arn)
    return code.decode(errors="replace") if isinstance(code, bytes) else code


def _web_acl(arn: str) -> Any:
    """The ACL of this ARN; what is not there stops nobody."""
    from ministack.services import waf

    if not arn:
        return None
    found = [acl for acl in waf._web_acls._data.values() if acl["ARN"] == arn]
    if not found:
        return None
    return {"arn": arn, "rules": found[0]["Rules"], "default": found[0]["DefaultAction"]}
