"""In production a firewall that refuses something stands in front of every distribution.

One that only counts is how a firewall is tried out; left so, it lets every attack through. A
distribution takes none but of the scope CLOUDFRONT, and says so only once it is made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from pilaster_policies.references import Stack
from pilaster_policies.registry import Finding, Graph, NotKnown, Resource, Violation, graph_rule
from pilaster_policies.rules.production import in_production
from pilaster_policies.values import Unknown, Value, inside, is_unknown

ID = "aws-edge-firewall"
WHY = "In production known attacks and floods of requests are refused before they reach anything."
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
WEB_ACL = "aws:wafv2/webAcl:WebAcl"
GROUP = "aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation"
_REFUSING = ("block", "captcha", "challenge")


@graph_rule(ID, why=WHY)
def firewall(resources: Graph) -> Iterator[tuple[Resource, Finding]]:
    stack = Stack(resources)
    for distribution in stack.of(DISTRIBUTION):
        if not in_production(distribution) or distribution.get("enabled") is False:
            continue
        if not distribution.has("webAclId"):
            yield (
                distribution,
                Violation(
                    "webAclId is not set: whatever the internet sends reaches what is behind it",
                    "set it to the ARN of a WebAcl of scope CLOUDFRONT, with rules that block",
                ),
            )
            continue
        leads = stack.references(distribution, "webAclId", types=(WEB_ACL,))
        if any(":regional/" in each for each in leads.strangers):
            yield distribution, _scope("webAclId is the ARN of a regional web ACL")
        for acl in leads.found:
            scope = acl.get("scope")
            if not is_unknown(scope) and scope != "CLOUDFRONT":
                yield acl, _scope(f"scope is {scope!r}")
            yield from _refuses(acl, stack)


def _scope(what: str) -> Violation:
    return Violation(
        f"{what}: CloudFront refuses it when the distribution is made",
        "set the web ACL's scope to CLOUDFRONT, in us-east-1",
    )


def _refuses(acl: Resource, stack: Stack) -> Iterator[tuple[Resource, Finding]]:
    groups = [
        group
        for group in stack.of(GROUP)
        if acl in stack.references(group, "webAclArn", types=(WEB_ACL,)).found
    ]
    answers = [
        _acts(acl.get("defaultAction"), None),
        *(_acts(inside(each, "action"), inside(each, "overrideAction")) for each in _rules(acl)),
        *(group.get("overrideAction") != "count" for group in groups),
    ]
    if True in answers:
        return
    if any(is_unknown(each) for each in answers):
        yield acl, NotKnown("rules, and with them whether anything is refused")
    else:
        yield (
            acl,
            Violation(
                "no rule of it refuses anything, and neither does defaultAction: "
                "attacks are counted and let through",
                "let a rule block, or give a rule group the overrideAction none",
            ),
        )


def _rules(acl: Resource) -> list[Value]:
    rules = acl.get("rules")
    text = acl.get("ruleJson")
    if isinstance(text, str) and text:
        try:
            rules = _small(json.loads(text))
        except (ValueError, RecursionError):
            rules = Unknown()
    if is_unknown(rules) or is_unknown(text):
        return [{"action": Unknown()}]
    return rules if isinstance(rules, list) else []


def _small(value: Value) -> Value:
    """WAF's own JSON begins names with a capital, and the provider does not."""
    if isinstance(value, list):
        return [_small(each) for each in value]
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: _small(each) for key, each in value.items()}
    return value


def _acts(action: Value, override: Value) -> bool | Unknown:
    """Whether a request that matches is kept from going on."""
    if isinstance(action, Unknown):
        return action
    if isinstance(override, Unknown):
        return override
    if isinstance(action, dict) and any(action.get(each) is not None for each in _REFUSING):
        return True
    return isinstance(override, dict) and override.get("count") is None and "none" in override
