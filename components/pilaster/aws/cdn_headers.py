"""What every answer of a distribution tells the browser: headers, and what a page may load.

The decision taken here for everybody: a page loads from its own address and from those that are
named, runs no script that stands in a page, is shown in no frame, and is asked for by TLS alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

HSTS_SECONDS = 365 * 24 * 3600
SITE_POLICY: Mapping[str, str] = {
    "default-src": "'self'",
    "base-uri": "'none'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "frame-src": "'none'",
    "img-src": "'self' blob: data:",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "worker-src": "'self'",
}
"""Directive by directive. `blob:` and `data:` are pictures the page itself made."""
PERMISSIONS = "camera=(self), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
"""What pages may ask the person's device for."""


@dataclass(frozen=True, kw_only=True)
class PageSources:
    """From where, beside its own address, a page may load."""

    connect: Sequence[pulumi.Input[str]] = ()
    """Whom its scripts may call: origins such as `https://files.example`."""
    images: Sequence[pulumi.Input[str]] = ()
    """Whose pictures it may show: origins."""


def content_security_policy(sources: PageSources) -> pulumi.Output[str]:
    """The header's text."""
    return pulumi.Output.all(connect=list(sources.connect), images=list(sources.images)).apply(
        lambda named: policy_text(named["connect"], named["images"])
    )


def policy_text(connect: Sequence[str], images: Sequence[str]) -> str:
    """`SITE_POLICY` with what is named beside."""
    more = {"connect-src": connect, "img-src": images}
    return "; ".join(
        " ".join([directive, own, *more.get(directive, ())])
        for directive, own in SITE_POLICY.items()
    )


def headers_policy(
    name: str, policy_name: str, sources: PageSources, child: pulumi.ResourceOptions
) -> aws.cloudfront.ResponseHeadersPolicy:
    """The resource that puts them on, over whatever the origin says."""
    return aws.cloudfront.ResponseHeadersPolicy(
        name,
        name=policy_name,
        security_headers_config={
            "content_security_policy": {
                "content_security_policy": content_security_policy(sources),
                "override": True,
            },
            "content_type_options": {"override": True},
            "frame_options": {"frame_option": "DENY", "override": True},
            "referrer_policy": {"referrer_policy": "same-origin", "override": True},
            "strict_transport_security": {
                "access_control_max_age_sec": HSTS_SECONDS,
                "include_subdomains": True,
                "override": True,
            },
        },
        custom_headers_config={
            "items": [
                {"header": "permissions-policy", "value": PERMISSIONS, "override": True},
                {"header": "cross-origin-opener-policy", "value": "same-origin", "override": True},
            ]
        },
        opts=child,
    )
