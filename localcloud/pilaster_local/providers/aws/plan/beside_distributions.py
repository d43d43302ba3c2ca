"""What CloudFront refuses of a distribution because of another resource of the same plan.

Sources: Developer Guide, "Requirements for using SSL/TLS certificates with CloudFront"; WAF API
reference, CreateWebACL (scope); CloudFront API reference, FunctionAssociation.
"""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_local.providers.aws.plan.resources import Planned
from pilaster_local.providers.aws.plan.rules.distributions import DISTRIBUTION
from pilaster_local.providers.aws.plan.stack import Stack
from pilaster_local.providers.aws.values import UNKNOWN

Pair = Iterator[tuple[Planned, str, str]]

_HOME = "us-east-1"
"""Where CloudFront looks for what has a region."""
_ACL = "aws:wafv2/webAcl:WebAcl"
_FUNCTION = "aws:cloudfront/function:Function"
_CERTIFICATES = (
    "aws:acm/certificate:Certificate",
    "aws:acm/certificateValidation:CertificateValidation",
)


def beside_distributions(stack: Stack, region: str) -> Pair:
    """`region` is the stack's; empty where it is not known."""
    yield from _firewalls(stack, region)
    taken: dict[str, str] = {}
    for distribution in stack.of(DISTRIBUTION):
        acl = stack.meant(distribution, "webAclId", _ACL)
        if acl is not None and acl.inputs.get("scope") == "REGIONAL":
            yield (
                distribution,
                "webAclId",
                f"{acl.name!r} is for regional things: a distribution takes one of scope "
                "CLOUDFRONT",
            )
        for token in _CERTIFICATES:
            certificate = stack.meant(distribution, "viewerCertificate", token)
            here = _place(certificate, region) if certificate is not None else ""
            if certificate is not None and here not in ("", _HOME):
                yield (
                    distribution,
                    "viewerCertificate",
                    f"the certificate {certificate.name!r} is made in {here!r}: CloudFront takes "
                    f"those of {_HOME} alone",
                )
                break
        yield from _functions(stack, distribution)
        for alias in distribution.inputs.get("aliases") or []:
            if isinstance(alias, str) and taken.setdefault(alias, distribution.urn) != (
                distribution.urn
            ):
                yield distribution, "aliases", f"{alias!r} is another distribution's name already"


def _firewalls(stack: Stack, region: str) -> Pair:
    for acl in stack.of(_ACL):
        here = _place(acl, region)
        if acl.inputs.get("scope") == "CLOUDFRONT" and here not in ("", _HOME):
            yield acl, "scope", f"CLOUDFRONT is made in {_HOME} alone, and this is in {here!r}"


def _functions(stack: Stack, distribution: Planned) -> Pair:
    names = ("defaultCacheBehavior", "orderedCacheBehaviors")
    urns = {urn for name in names for urn in distribution.comes_from.get(name, ())}
    for function in stack.of(_FUNCTION):
        if function.urn in urns and function.inputs.get("publish") is False:
            yield (
                function,
                "publish",
                f"{distribution.name!r} runs it, and a distribution takes published ones alone",
            )


def _place(resource: Planned, region: str) -> str:
    if resource.region or resource.inputs.get("region") is UNKNOWN:
        return resource.region
    return "" if resource.provider else region
