"""A firewall in front of a distribution: known attacks, known attackers, and too many requests.

The decision taken here for everybody: AWS's own rules, which AWS keeps up to date, and one count
per address. It is billed by the month and by the rule, so a stack says whether it wants it.
"""

import pulumi
import pulumi_aws as aws

from pilaster.naming import Place

REGION = "us-east-1"
"""Where everything of a distribution's lives that has a region."""
COUNTED_SECONDS = 300
GROUPS = {
    # AWS lets 8 KiB of a body pass at the most; a review is larger, and the API bounds each itself.
    "common": ("AWSManagedRulesCommonRuleSet", ("SizeRestrictions_BODY",)),
    "known-bad-inputs": ("AWSManagedRulesKnownBadInputsRuleSet", ()),
    "ip-reputation": ("AWSManagedRulesAmazonIpReputationList", ()),
}
"""AWS's rule groups, and which of their rules only count."""


def web_acl(
    name: str,
    place: Place,
    requests_per_address: int,
    labels: dict[str, str],
    child: pulumi.ResourceOptions,
) -> aws.wafv2.WebAcl:
    """The firewall. `requests_per_address`: of five minutes; the rest is refused."""
    rules: list[aws.wafv2.WebAclRuleArgsDict] = [
        {
            "name": "too-many-from-one-address",
            "priority": 0,
            "action": {"block": {"custom_response": {"response_code": 429}}},
            "statement": {
                "rate_based_statement": {
                    "limit": requests_per_address,
                    "evaluation_window_sec": COUNTED_SECONDS,
                    "aggregate_key_type": "IP",
                }
            },
            "visibility_config": _seen("too-many-from-one-address"),
        }
    ]
    for priority, (rule, (group, counting)) in enumerate(GROUPS.items(), start=1):
        rules.append(
            {
                "name": rule,
                "priority": priority,
                "override_action": {"none": {}},
                "statement": {
                    "managed_rule_group_statement": {
                        "vendor_name": "AWS",
                        "name": group,
                        "rule_action_overrides": [
                            {"name": each, "action_to_use": {"count": {}}} for each in counting
                        ],
                    }
                },
                "visibility_config": _seen(rule),
            }
        )
    return aws.wafv2.WebAcl(
        f"{name}-firewall",
        name=place.name("firewall", name),
        region=REGION,
        scope="CLOUDFRONT",
        default_action={"allow": {}},
        rules=rules,
        visibility_config=_seen("all"),
        tags=labels,
        opts=child,
    )


def _seen(metric: str) -> aws.wafv2.WebAclVisibilityConfigArgsDict:
    """Counted, and no requests kept: they carry people's addresses and tokens."""
    return {
        "metric_name": metric,
        "cloudwatch_metrics_enabled": True,
        "sampled_requests_enabled": False,
    }
