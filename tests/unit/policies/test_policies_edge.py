"""What stands in front of what the internet reaches by CloudFront, and what goes round it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.judging import UNKNOWN, Court, Thing, secret

FIREWALL, LOCK = "aws-edge-firewall", "aws-origin-lock"
BLOCKS = {"name": "flood", "action": {"block": {}}}
COUNTS = {"name": "flood", "action": {"count": {}}}
GROUP = {"name": "common", "overrideAction": {"none": {}}}
COUNTED_GROUP = {"name": "common", "overrideAction": {"count": {}}}
SECRET = [{"name": "x-key", "value": secret("drawn")}]


def acl(**props: Any) -> Thing:
    given = {"scope": "CLOUDFRONT", "defaultAction": {"allow": {}}, "rules": [BLOCKS]}
    return Thing("aws:wafv2/webAcl:WebAcl", "acl", {**given, **props})


def distribution(behind: Thing | None = None, **props: Any) -> Thing:
    firewall = {"webAclId": UNKNOWN} if behind else {}
    needs = {"webAclId": ["acl"]} if behind else {}
    held = {"enabled": True, **firewall, **props}
    return Thing("aws:cloudfront/distribution:Distribution", "edge", held, needs)


def said(*things: Thing, rule: str = FIREWALL, stack: str = "prod") -> list[tuple[str, str]]:
    found = Court(stack=stack).on_stack(things)
    return [(each.resource, each.level) for each in found if each.rule.startswith(rule)]


def judged(acl: Thing) -> list[tuple[str, str]]:
    return said(acl, distribution(acl))


def test_in_production_a_distribution_has_a_firewall():
    assert said(distribution()) == [("edge", "mandatory")]
    assert said(distribution(), stack="dev") == []
    assert said(distribution(enabled=False)) == []
    assert judged(acl()) == []


def test_a_firewall_of_another_stack_is_taken_for_one():
    arn = "arn:aws:wafv2:us-east-1:111111111111:global/webacl/edge/1"
    assert said(distribution(webAclId=arn)) == []
    regional = arn.replace("global", "regional")
    assert said(distribution(webAclId=regional)) == [("edge", "mandatory")]


@pytest.mark.parametrize(
    ("rules", "refuses"),
    [
        ([BLOCKS], True),
        ([GROUP], True),
        ([COUNTS, GROUP], True),
        ([{"action": {"challenge": {}}}], True),
        ([{"action": {"block": {"customResponse": {"responseCode": 429}}}}], True),
        ([], False),
        ([COUNTS], False),
        ([COUNTS, COUNTED_GROUP], False),
        ([{"action": {"allow": {}}}], False),
    ],
)
def test_a_firewall_refuses_something(rules: list[Any], refuses: bool):
    expected = [] if refuses else [("acl", "mandatory")]
    assert judged(acl(rules=rules)) == expected
    held = [
        {key[:1].upper() + key[1:]: _large(value) for key, value in each.items()} for each in rules
    ]
    as_text = acl(rules=None, ruleJson=json.dumps(held))
    assert judged(as_text) == expected


def _large(value: Any) -> Any:
    return {key.capitalize(): each for key, each in value.items()} if type(value) is dict else value


def test_one_that_refuses_what_no_rule_allows_is_a_firewall():
    assert judged(acl(defaultAction={"block": {}}, rules=[{"action": {"allow": {}}}])) == []


def test_a_firewall_of_the_region_is_none_for_cloudfront():
    assert judged(acl(scope="REGIONAL")) == [("acl", "mandatory")]
    alone = acl(scope="REGIONAL")
    assert said(alone) == [], "it may stand before a load balancer"


def test_rules_that_are_not_known_yet_wait():
    assert judged(acl(rules=UNKNOWN)) == [("acl", "advisory")]
    assert judged(acl(rules=[{"action": UNKNOWN}])) == [("acl", "advisory")]
    assert judged(acl(rules=[BLOCKS, {"action": UNKNOWN}])) == []


# The way round it


def origin(**props: Any) -> dict[str, Any]:
    custom = {"originProtocolPolicy": "https-only"}
    host = "abc.execute-api.eu-west-2.amazonaws.com"
    return {"originId": "o", "domainName": host, "customOriginConfig": custom, **props}


def lock(*origins: Any, needs: dict[str, list[str]] | None = None) -> list[tuple[str, str]]:
    props = {"enabled": True, "origins": list(origins)}
    edge = Thing("aws:cloudfront/distribution:Distribution", "edge", props, needs or {})
    api = Thing("aws:apigatewayv2/api:Api", "api", {"protocolType": "HTTP"})
    return said(api, edge, rule=LOCK, stack="dev")


def test_an_api_is_brought_a_secret_by_its_distribution():
    assert lock(origin(customHeaders=SECRET)) == []
    assert lock(origin()) == [("edge", "mandatory")]
    assert lock(origin(customHeaders=[])) == [("edge", "mandatory")]
    assert lock(origin(customHeaders=[{"name": "x-key", "value": "in plain text"}])) == [
        ("edge", "mandatory")
    ]


def test_each_origin_that_is_an_api_is_looked_at():
    assert lock(origin(customHeaders=SECRET), origin()) == [("edge", "mandatory")]


def test_an_api_that_has_no_name_yet_is_known_by_what_it_is_made_of():
    nameless = origin(domainName=UNKNOWN)
    assert lock(nameless, needs={"origins": ["api"]}) == [("edge", "mandatory")]
    locked = origin(domainName=UNKNOWN, customHeaders=[{"name": "x-key", "value": UNKNOWN}])
    assert lock(locked, needs={"origins": ["api"]}) == []


def test_headers_that_are_not_known_yet_wait():
    assert lock(origin(customHeaders=UNKNOWN)) == [("edge", "advisory")]


def test_what_is_no_api_is_left_alone():
    bucket = {"originId": "site", "domainName": "files.s3.eu-west-2.amazonaws.com"}
    assert lock(bucket, origin(domainName="www.example.org")) == []


def test_a_message_holds_no_secret():
    props = {"enabled": True, "origins": [origin(customHeaders=SECRET)]}
    things = [Thing("aws:cloudfront/distribution:Distribution", "edge", props)]
    assert "drawn" not in str(Court(stack="prod").on_stack(things))
