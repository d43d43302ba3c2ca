"""A distribution: what is kept, what passes, who is let in, and under which name."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pilaster.aws import Cdn, CdnArgs, OwnDomain, PageSources
from pilaster.aws.cdn_headers import policy_text
from pulumi.runtime import rpc

from tests.unit.components.deployment import ACCOUNT, Deployment, Resource, deployed, place

SITE_BUCKET = f"pilaster-dev-edge-site-{ACCOUNT}-eu-central-1"
OWN = OwnDomain(name="shop.example.org", zone_id="Z1")


def cdn(*, preview: bool = False, **more: Any) -> Deployment:
    def program() -> None:
        secret = pulumi.Output.secret("s3cr")
        args = CdnArgs(
            place=place(), api_id="abc", web_socket_id="def", origin_secret=secret, **more
        )
        Cdn("edge", args)

    return deployed(program, preview=preview)


def distribution(stack: Deployment) -> dict[str, Any]:
    return stack.one("Distribution").inputs


def behaviors(stack: Deployment) -> dict[str, dict[str, Any]]:
    held = distribution(stack)
    ordered = {each["pathPattern"]: each for each in held["orderedCacheBehaviors"]}
    return {**ordered, "*": held["defaultCacheBehavior"]}


def test_what_belongs_to_the_api_passes_whole_and_is_never_kept():
    found = behaviors(cdn())
    assert list(found) == ["/api/*", "/health", "/ws", "*"]
    assert {path: each["targetOriginId"] for path, each in found.items()} == {
        "/api/*": "api",
        "/health": "api",
        "/ws": "socket",
        "*": "site",
    }
    del found["*"]
    for path, each in found.items():
        assert len(each["allowedMethods"]) == 7, path
        assert each["cachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "CachingDisabled"
        assert each["originRequestPolicyId"] == "edge-passed-id"
        assert each["viewerProtocolPolicy"] == "https-only"


def test_api_gateway_is_asked_under_its_own_name_and_hears_all_else():
    assert cdn().one("OriginRequestPolicy").inputs == {
        "name": "pilaster-dev-edge",
        "cookiesConfig": {"cookieBehavior": "none"},
        "headersConfig": {"headerBehavior": "allExcept", "headers": {"items": ["host"]}},
        "queryStringsConfig": {"queryStringBehavior": "all"},
    }


def test_an_error_of_the_api_is_neither_kept_nor_made_a_page():
    for each in distribution(cdn())["customErrorResponses"]:
        assert set(each) == {"errorCode", "errorCachingMinTtl"}
        assert each["errorCachingMinTtl"] == 0


def test_the_site_is_read_and_each_path_runs_its_function():
    found = behaviors(cdn())
    assert found["*"]["allowedMethods"] == ["GET", "HEAD"]
    assert found["*"]["viewerProtocolPolicy"] == "redirect-to-https"
    runs = {
        path: [(each["eventType"], each["functionArn"]) for each in held["functionAssociations"]]
        for path, held in found.items()
    }
    pages, viewer = (f"arn:drawn:edge-{name}" for name in ("pages", "viewer"))
    assert runs == {
        "/api/*": [("viewer-request", viewer)],
        "/health": [("viewer-request", viewer)],
        "/ws": [("viewer-request", viewer)],
        "*": [("viewer-request", pages)],
    }


def test_files_are_kept_as_long_as_they_say_and_by_their_path_alone():
    kept = cdn().one("CachePolicy").inputs
    assert (kept["minTtl"], kept["defaultTtl"], kept["maxTtl"]) == (0, 0, 31536000)
    key = kept["parametersInCacheKeyAndForwardedToOrigin"]
    assert key["enableAcceptEncodingBrotli"] is True
    assert key["enableAcceptEncodingGzip"] is True
    assert key["cookiesConfig"] == {"cookieBehavior": "none"}
    assert key["headersConfig"] == {"headerBehavior": "none"}
    assert key["queryStringsConfig"] == {"queryStringBehavior": "none"}


def test_both_apis_are_brought_the_secret_by_tls_and_the_bucket_is_not():
    held = distribution(cdn())["origins"]
    assert held[rpc._special_sig_key] == rpc._special_secret_sig, "no engine shows it"
    site, api, socket = held["value"]
    assert "customHeaders" not in site
    assert site["domainName"] == f"{SITE_BUCKET}.s3.eu-central-1.amazonaws.com"
    for origin, host in ((api, "abc"), (socket, "def")):
        assert origin["domainName"] == f"{host}.execute-api.eu-central-1.amazonaws.com"
        assert origin["customHeaders"] == [{"name": "x-origin-secret", "value": "s3cr"}]
        assert origin["customOriginConfig"]["originProtocolPolicy"] == "https-only"
        assert origin["customOriginConfig"]["originSslProtocols"] == ["TLSv1.2"]


def test_the_bucket_is_read_by_this_distribution_alone_and_signed():
    stack = cdn()
    statements = stack.one("BucketPolicy", "edge-site-policy").document("policy")["Statement"]
    assert [(each["Sid"], each["Effect"]) for each in statements] == [
        ("Files", "Allow"),
        ("WhatIsMissing", "Allow"),
        ("DenyWithoutTls", "Deny"),
    ]
    for each in statements[:2]:
        assert each["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        assert each["Condition"] == {"ArnEquals": {"aws:SourceArn": "arn:drawn:edge-distribution"}}
    assert stack.one("OriginAccessControl").inputs["signingBehavior"] == "always"


# What pages may load


def directives(text: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (each.split() for each in text.split("; "))}


def test_a_page_loads_from_its_own_address_and_runs_nothing_that_stands_in_it():
    found = directives(policy_text([], []))
    assert found["default-src"] == found["script-src"] == found["style-src"] == ["'self'"]
    assert found["worker-src"] == found["connect-src"] == ["'self'"]
    assert found["frame-ancestors"] == found["object-src"] == found["base-uri"] == ["'none'"]
    assert found["img-src"] == ["'self'", "blob:", "data:"]
    for never in ("unsafe", "*", "http:", "https:"):
        assert never not in policy_text([], [])


def test_what_is_named_beside_is_called_and_shown_and_nothing_more():
    found = directives(policy_text(["https://files.example"], ["https://scans.example"]))
    assert found["connect-src"] == ["'self'", "https://files.example"]
    assert found["img-src"] == ["'self'", "blob:", "data:", "https://scans.example"]
    plain = directives(policy_text([], []))
    same = {name for name, sources in plain.items() if found[name] == sources}
    assert set(plain) - same == {"connect-src", "img-src"}


def test_the_named_addresses_stand_in_the_answer():
    sources = PageSources(connect=["https://files.example"], images=["https://files.example"])
    held = cdn(sources=sources).one("ResponseHeadersPolicy").inputs["securityHeadersConfig"]
    assert held["contentSecurityPolicy"] == {
        "contentSecurityPolicy": policy_text(["https://files.example"], ["https://files.example"]),
        "override": True,
    }


def test_every_answer_but_a_sockets_has_the_headers():
    found = behaviors(cdn())
    has = {path: each.get("responseHeadersPolicyId") for path, each in found.items()}
    assert has == {**dict.fromkeys(("/api/*", "/health", "*"), "edge-headers-id"), "/ws": None}


# A name of one's own


def record(stack: Deployment, name: str) -> Resource:
    return stack.one("Record", f"edge-{name}")


def test_without_a_domain_nothing_of_one_is_made():
    stack = cdn()
    for type_ in ("Certificate", "CertificateValidation", "Record"):
        assert stack.all(type_) == []
    assert distribution(stack)["viewerCertificate"] == {"cloudfrontDefaultCertificate": True}
    assert "aliases" not in distribution(stack)
    assert stack.outputs["pilaster:aws:Cdn edge"]["url"] == "https://drawn.cloudfront.net"


def test_a_domain_has_its_certificate_where_cloudfront_looks_for_it():
    stack = cdn(domain=OWN)
    certificate, proved = stack.one("Certificate").inputs, stack.one("CertificateValidation").inputs
    assert (certificate["domainName"], certificate["validationMethod"]) == (OWN.name, "DNS")
    assert certificate["region"] == proved["region"] == "us-east-1"
    assert distribution(stack)["aliases"] == [OWN.name]
    assert distribution(stack)["viewerCertificate"] == {
        "acmCertificateArn": proved["certificateArn"],
        "minimumProtocolVersion": "TLSv1.2_2021",
        "sslSupportMethod": "sni-only",
    }
    assert stack.outputs["pilaster:aws:Cdn edge"]["url"] == f"https://{OWN.name}"


def test_a_domain_is_proved_before_the_distribution_takes_it():
    stack = cdn(domain=OWN)
    proof = record(stack, "proof").inputs
    assert (proof["name"], proof["type"], proof["records"]) == ("_drawn", "CNAME", ["drawn"])
    assert "aws:acm/certificateValidation:CertificateValidation edge-proved" in (
        stack.one("Distribution").depends_on
    )


@pytest.mark.parametrize("kind", ["A", "AAAA"])
def test_a_domain_leads_to_the_distribution(kind: str):
    inputs = record(cdn(domain=OWN), kind.lower()).inputs
    assert (inputs["name"], inputs["type"], inputs["zoneId"]) == (OWN.name, kind, OWN.zone_id)
    assert inputs["aliases"] == [
        {
            "name": "drawn.cloudfront.net",
            "zoneId": "Z2FDTNDATAQYW2",
            "evaluateTargetHealth": False,
        }
    ]


def test_a_domain_is_previewed_before_its_proof_is_known():
    """The names to prove it by are drawn when the certificate is made."""
    stack = cdn(domain=OWN, preview=True)
    assert len(stack.all("Record")) == 3
    assert record(stack, "a").inputs["name"] == OWN.name
    assert distribution(stack)["aliases"] == [OWN.name]
    assert stack.outputs["pilaster:aws:Cdn edge"]["url"] == f"https://{OWN.name}"


# The firewall and the log


def test_the_firewall_refuses_and_stands_before_the_distribution():
    stack = cdn(requests_per_address=500)
    firewall = stack.one("WebAcl").inputs
    assert (firewall["scope"], firewall["region"]) == ("CLOUDFRONT", "us-east-1")
    assert distribution(stack)["webAclId"] == "arn:drawn:edge-firewall"
    rate, *managed = firewall["rules"]
    assert rate["action"] == {"block": {"customResponse": {"responseCode": 429}}}
    assert rate["statement"]["rateBasedStatement"]["limit"] == 500
    assert [each["overrideAction"] for each in managed] == [{"none": {}}] * 3


def test_without_a_firewall_there_is_none():
    stack = cdn(firewall=False)
    assert stack.all("WebAcl") == []
    assert "webAclId" not in distribution(stack)


def test_a_line_of_the_log_says_neither_who_asked_nor_for_what():
    fields = set(cdn().one("LogDelivery").inputs["recordFields"])
    assert {"date", "time", "cs-method", "sc-status", "x-edge-result-type"} <= fields
    assert not {"c-ip", "cs-uri-stem", "cs-uri-query", "cs(Cookie)", "cs(Referer)"} & fields


def test_a_log_ends_with_its_days_and_zero_keeps_none():
    stack = cdn(log_days=7)
    [rule] = [
        rule
        for each in stack.all("BucketLifecycleConfiguration")
        if "-logs-" in each.inputs["bucket"]
        for rule in each.inputs["rules"]
        if "expiration" in rule
    ]
    assert rule["expiration"] == {"days": 7}
    none = cdn(log_days=0)
    assert none.all("LogDelivery") == []
    assert [each.name for each in none.all("Bucket")] == ["edge-site", "edge-site-bucket"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"price_class": "PriceClass_1"}, "PriceClass_100, PriceClass_200, PriceClass_All"),
        ({"requests_per_address": 99}, "100 or more"),
        ({"log_days": -1}, "0 keeps no lines"),
    ],
)
def test_a_wrong_wish_is_refused_with_the_way_out(wrong: dict[str, Any], said: str):
    with pytest.raises(ValueError, match=said):
        CdnArgs(place=place(), api_id="a", web_socket_id="b", origin_secret="c", **wrong)


def test_on_this_machine_the_address_is_the_edges_own():
    from pilaster.aws.cdn import site_address

    assert site_address("127.0.0.1:4570") == "http://127.0.0.1:4570"
    assert site_address("d111.cloudfront.net") == "https://d111.cloudfront.net"
