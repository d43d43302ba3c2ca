"""Types this machine only records: WAF, X-Ray, CodeDeploy.

Sources: API references, wafv2 CreateWebACL, xray SamplingRule, codedeploy CreateDeploymentGroup.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan.bounds import Table, arn, number, one_of, text
from pilaster_local.providers.aws.plan.finding import Said

_PLATFORM = one_of("Server", "Lambda", "ECS")
_SCOPE = one_of("REGIONAL", "CLOUDFRONT")
_METRIC = text(r"[\w-]+", "a metric's name: letters, digits, '_' and '-'", most=255)


def _rules(inputs: Mapping[str, Any]) -> Said:
    rules = [rule for rule in inputs.get("rules") or [] if isinstance(rule, Mapping)]
    for name in ("priority", "name"):
        given = [rule.get(name) for rule in rules]
        if len(given) > len(set(map(str, given))):
            yield "rules", f"two rules have the same {name}"
    for index, rule in enumerate(rules):
        if ("action" in rule) == ("overrideAction" in rule):
            yield f"rules[{index}]", "a rule has an action, or (of a group) an overrideAction"


def _default(inputs: Mapping[str, Any]) -> Said:
    action = inputs.get("defaultAction")
    if isinstance(action, Mapping) and len({"allow", "block"} & action.keys()) != 1:
        yield "defaultAction", "it is either allow or block"


_ACL: Table = {
    "scope": _SCOPE,
    "rules[].name": text(r"[\w-]+", "a name: letters, digits, '_' and '-'", most=128),
    "rules[].priority": number(0, 2_147_483_647),
    "visibilityConfig.metricName": _METRIC,
    "rules[].visibilityConfig.metricName": _METRIC,
}

BOUNDS: Mapping[str, Table] = {
    "aws:wafv2/webAcl:WebAcl": _ACL,
    "aws:wafv2/ruleGroup:RuleGroup": {**_ACL, "capacity": number(1, 5_000)},
    "aws:wafv2/ipSet:IpSet": {"scope": _SCOPE, "ipAddressVersion": one_of("IPV4", "IPV6")},
    "aws:wafv2/regexPatternSet:RegexPatternSet": {"scope": _SCOPE},
    "aws:wafv2/webAclAssociation:WebAclAssociation": {
        "webAclArn": arn("wafv2"),
        "resourceArn": arn("elasticloadbalancing", "apigateway", "appsync", "cognito-idp",
                           "apprunner", "ec2", "amplify"),
    },
    "aws:xray/samplingRule:SamplingRule": {
        "priority": number(1, 9_999),
        "fixedRate": number(0, 1),
        "reservoirSize": number(0, 2_147_483_647),
        "version": number(1, 1),
    },
    "aws:xray/encryptionConfig:EncryptionConfig": {"type": one_of("NONE", "KMS")},
    "aws:codedeploy/application:Application": {"computePlatform": _PLATFORM},
    "aws:codedeploy/deploymentGroup:DeploymentGroup": {
        "serviceRoleArn": arn("iam", resource=r"role/.+"),
        "deploymentStyle.deploymentOption": one_of(
            "WITH_TRAFFIC_CONTROL", "WITHOUT_TRAFFIC_CONTROL"
        ),
        "deploymentStyle.deploymentType": one_of("IN_PLACE", "BLUE_GREEN"),
    },
    "aws:codedeploy/deploymentConfig:DeploymentConfig": {
        "computePlatform": _PLATFORM,
        "trafficRoutingConfig.type": one_of("TimeBasedCanary", "TimeBasedLinear", "AllAtOnce"),
    },
}  # fmt: skip

RULES = {
    "aws:wafv2/webAcl:WebAcl": (_rules, _default),
    "aws:wafv2/ruleGroup:RuleGroup": (_rules,),
}
