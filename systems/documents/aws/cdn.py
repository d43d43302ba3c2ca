"""The way to the people: the distribution, its secret, and what runs while it is deployed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pilaster.aws import (
    Cdn,
    CdnArgs,
    Grant,
    OriginSecret,
    OriginSecretArgs,
    OwnDomain,
    PageSources,
    Site,
    SiteArgs,
)
from pilaster.aws.function import FunctionArgs
from pulumi import Input, Output

from systems.documents.aws.functions import Base, function
from systems.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Behind:
    """What the distribution leads to."""

    api_id: Input[str]
    """The HTTP API."""
    web_socket_id: Input[str]
    """The WebSocket API."""
    files: Input[str]
    """Where pages upload to and load scans from: an origin."""


def origin_secret(base: Base, name: str, settings: Settings) -> OriginSecret:
    """Declares it. It comes before every function that checks it."""
    return OriginSecret(
        f"{name}-origin-secret",
        OriginSecretArgs(
            place=base.place, function=draw(base), generation=settings.cdn.secret_generation
        ),
    )


def cdn_part(base: Base, name: str, settings: Settings, secret: OriginSecret, to: Behind) -> Cdn:
    """Declares it."""
    wanted = settings.cdn
    return Cdn(
        f"{name}-cdn",
        CdnArgs(
            place=base.place,
            api_id=to.api_id,
            web_socket_id=to.web_socket_id,
            origin_secret=secret.value,
            sources=PageSources(connect=[to.files], images=[to.files]),
            domain=OwnDomain(name=wanted.domain, zone_id=wanted.zone_id) if wanted.domain else None,
            price_class=wanted.price_class,
            firewall=wanted.firewall,
            requests_per_address=wanted.requests_per_address,
            log_days=wanted.log_days,
            protect=settings.protect,
        ),
    )


def site_part(base: Base, name: str, settings: Settings, cdn: Cdn) -> None:
    """Declares what is uploaded, where the settings name it."""
    if settings.cdn.site:
        Site(
            f"{name}-site",
            SiteArgs(
                place=base.place,
                folder=settings.cdn.site,
                bucket=cdn.bucket,
                function=publish(
                    base,
                    distribution=cdn.distribution_id,
                    bucket=cdn.bucket,
                    grants=[cdn.invalidate(), cdn.list_files(), cdn.retire_files("assets/")],
                ),
            ),
        )


def files_origin(base: Base, bucket: Input[str], gateway_url: Output[str]) -> Output[str]:
    """Where presigned URLs of the bucket lead. On this machine one address serves all of AWS."""
    if base.place.target.machine:
        return gateway_url.apply(origin_of)
    return Output.concat("https://", bucket, f".s3.{base.place.region}.amazonaws.com")


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def draw(base: Base) -> FunctionArgs:
    """Run by the deployment, once per generation: on the standard library alone, may do nothing."""
    return function(base, "delivery.secret", memory_mib=128, timeout_seconds=10)


def publish(
    base: Base, *, distribution: Input[str], bucket: Input[str], grants: Sequence[Grant]
) -> FunctionArgs:
    """Run by the deployment when the site changed. Grants: invalidating; listing the site's files,
    marking and deleting those below assets/."""
    return function(
        base,
        "delivery.publish",
        dependencies="edge",
        environment={"DISTRIBUTION_ID": distribution, "SITE_BUCKET": bucket},
        grants=grants,
        memory_mib=512,
        timeout_seconds=60,
    )
