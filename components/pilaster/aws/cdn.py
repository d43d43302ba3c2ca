"""A distribution: one address for a site in a private bucket and for the APIs behind it.

The decision taken here for everybody: what belongs to the API is never cached and never turned into
a page, and it carries a secret that tells the API which way it came. The bucket is read by the
distribution alone.
"""

from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from pilaster.aws import cdn_behaviors as behaviors
from pilaster.aws import edge_functions, iam, own_domain
from pilaster.aws.access_logs import access_logs
from pilaster.aws.bucket import Bucket, BucketArgs
from pilaster.aws.cdn_headers import PageSources, headers_policy
from pilaster.aws.iam import Grant
from pilaster.aws.own_domain import OwnDomain
from pilaster.aws.waf import web_acl
from pilaster.naming import Place
from pilaster.tagging import tags

PRICE_CLASSES = ("PriceClass_100", "PriceClass_200", "PriceClass_All")
MINIMUM_TLS = "TLSv1.2_2021"
"""Of one's own domain; the certificate of cloudfront.net lets no minimum be said."""
FEWEST_REQUESTS = 100
ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
"""CloudFront keeps each of these for ten seconds unless it is told otherwise."""


@dataclass(frozen=True, kw_only=True)
class CdnArgs:
    """What stands behind the address, and who may come."""

    place: Place
    """Project, stack, account, region."""
    api_id: pulumi.Input[str]
    """The HTTP API behind `/api/*` and `/health`."""
    web_socket_id: pulumi.Input[str]
    """The WebSocket API behind `/ws`, which is its stage's name."""
    origin_secret: pulumi.Input[str]
    """What the APIs know it by, in the header `x-origin-secret`: a Pulumi secret."""
    sources: PageSources = field(default_factory=PageSources)
    """From where, beside this address, the site's pages may load."""
    domain: OwnDomain | None = None
    """A name of one's own; none is one of cloudfront.net."""
    price_class: str = "PriceClass_100"
    """Where it is served from: PriceClass_100 is North America, Europe and Israel."""
    firewall: bool = True
    """Whether AWS's managed rules and a count per address stand in front. Billed by the month."""
    requests_per_address: int = 2000
    """Of five minutes, if there is a firewall; who comes from one school comes from one address."""
    log_days: int = 90
    """How long a line per request is kept; 0 keeps no lines."""
    protect: bool = True
    """Whether its buckets refuse to be deleted with what is in them."""

    def __post_init__(self) -> None:
        if self.price_class not in PRICE_CLASSES:
            raise ValueError(
                f"price class {self.price_class!r} is none: it is one of {', '.join(PRICE_CLASSES)}"
            )
        if self.requests_per_address < FEWEST_REQUESTS:
            raise ValueError(
                f"requests_per_address {self.requests_per_address} is too few for one page of a "
                f"school behind one address: {FEWEST_REQUESTS} or more"
            )
        if self.log_days < 0:
            raise ValueError(f"log_days {self.log_days} is none: 0 keeps no lines, 1 or more does")


class Cdn(pulumi.ComponentResource):
    """See the module's first lines."""

    url: pulumi.Output[str]
    """Where people and clients go, without a slash at the end."""
    distribution_id: pulumi.Output[str]
    """What an invalidation names."""
    distribution_arn: pulumi.Output[str]
    """What a policy or a dashboard names."""
    bucket: pulumi.Output[str]
    """Where the site's files go. Known at preview."""

    def __init__(
        self, name: str, args: CdnArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Cdn", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        labels = tags(args.place, name)
        self._name = name
        self._bucket_name = args.place.bucket_name(f"{name}-site")
        self._bucket_arn = f"arn:aws:s3:::{self._bucket_name}"

        bucket = Bucket(
            f"{name}-site",
            # What was deployed is in the repository; nothing here is worth a second version.
            BucketArgs(place=args.place, protect=args.protect, versioned=False, guard=False),
            opts=child,
        )
        self.bucket = bucket.name
        distribution = self._distribution(args, labels, child)
        aws.s3.BucketPolicy(
            f"{name}-site-policy",
            bucket=bucket.name,
            policy=self._bucket_policy(distribution),
            # S3 refuses two changes of a bucket's access at once.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[bucket]),
        )
        if args.domain:
            own_domain.names(name, args.domain, distribution.domain_name, child)
        if args.log_days:
            access_logs(
                name,
                args.place,
                distribution.arn,
                days=args.log_days,
                protect=args.protect,
                labels=labels,
                child=child,
            )

        self.distribution_id = distribution.id
        self.distribution_arn = distribution.arn
        host = args.domain.name if args.domain else distribution.domain_name
        self.url = pulumi.Output.from_input(host).apply(site_address)
        self.register_outputs(
            {
                "url": self.url,
                "distributionId": self.distribution_id,
                "distributionArn": self.distribution_arn,
                "bucket": self.bucket,
            }
        )

    def invalidate(self) -> Grant:
        """Having the edge forget what it keeps of the site."""
        return Grant(
            owner=self._name,
            actions=["cloudfront:CreateInvalidation"],
            resources=[self.distribution_arn],
            known=False,
        )

    def list_files(self) -> Grant:
        """Listing the site's files."""
        return Grant(owner=self._name, actions=["s3:ListBucket"], resources=[self._bucket_arn])

    def retire_files(self, prefix: str) -> Grant:
        """Marking the site's files below a prefix as no longer needed, and deleting them."""
        return Grant(
            owner=self._name,
            actions=["s3:DeleteObject", "s3:GetObjectTagging", "s3:PutObjectTagging"],
            resources=[f"{self._bucket_arn}/{prefix}*"],
        )

    def _distribution(
        self, args: CdnArgs, labels: dict[str, str], child: pulumi.ResourceOptions
    ) -> aws.cloudfront.Distribution:
        name, place = self._name, args.place
        policy_name = place.name("edge-policy", name)
        control = aws.cloudfront.OriginAccessControl(
            f"{name}-control",
            name=place.name("edge-control", name),
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=child,
        )
        functions = {
            each: aws.cloudfront.Function(
                f"{name}-{each}",
                name=place.name("edge-function", f"{name}-{each}"),
                runtime=edge_functions.RUNTIME,
                code=edge_functions.code(each),
                publish=True,
                tags=labels,
                opts=child,
            )
            for each in ("pages", "viewer")
        }
        with_headers = headers_policy(f"{name}-headers", policy_name, args.sources, child)
        kept = behaviors.site_cache(f"{name}-kept", policy_name, child)
        passed = behaviors.everything_but_host(f"{name}-passed", policy_name, child)
        viewer = functions["viewer"].arn
        firewall = (
            web_acl(name, place, args.requests_per_address, labels, child)
            if args.firewall
            else None
        )
        certificate = (
            own_domain.certificate(name, args.domain, labels, child) if args.domain else None
        )
        return aws.cloudfront.Distribution(
            f"{name}-distribution",
            comment=place.prefix + name,
            enabled=True,
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=args.price_class,
            aliases=[args.domain.name] if args.domain else None,
            origins=[
                {
                    "origin_id": behaviors.SITE,
                    "domain_name": f"{self._bucket_name}.s3.{place.region}.amazonaws.com",
                    "origin_access_control_id": control.id,
                },
                behaviors.locked_origin(
                    behaviors.API, behaviors.api_host(place, args.api_id), args.origin_secret
                ),
                behaviors.locked_origin(
                    behaviors.SOCKET,
                    behaviors.api_host(place, args.web_socket_id),
                    args.origin_secret,
                ),
            ],
            default_cache_behavior=behaviors.site(functions["pages"].arn, kept.id, with_headers.id),
            ordered_cache_behaviors=[
                behaviors.uncached("/api/*", behaviors.API, viewer, passed.id, with_headers.id),
                behaviors.uncached("/health", behaviors.API, viewer, passed.id, with_headers.id),
                # Nothing is added to what opens a socket.
                behaviors.uncached("/ws", behaviors.SOCKET, viewer, passed.id),
            ],
            custom_error_responses=[
                {"error_code": code, "error_caching_min_ttl": 0} for code in ERRORS
            ],
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            viewer_certificate=_certificate(certificate),
            web_acl_id=firewall.arn if firewall else None,
            tags=labels,
            # The secret stands in it, wherever the engine writes it down.
            opts=pulumi.ResourceOptions(parent=self, additional_secret_outputs=["origins"]),
        )

    def _bucket_policy(self, distribution: aws.cloudfront.Distribution) -> pulumi.Output[str]:
        reading = {
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            # The ARN names the account too.
            "Condition": {"ArnEquals": {"aws:SourceArn": distribution.arn}},
        }
        return iam.document(
            [
                {
                    "Sid": "Files",
                    "Action": "s3:GetObject",
                    "Resource": f"{self._bucket_arn}/*",
                    **reading,
                },
                # Without it S3 calls what is missing forbidden. No behaviour lets a list be asked
                # for: the site's passes no query on, and `/` is a page.
                {
                    "Sid": "WhatIsMissing",
                    "Action": "s3:ListBucket",
                    "Resource": self._bucket_arn,
                    **reading,
                },
                iam.deny_without_tls(["s3:*"], [self._bucket_arn, f"{self._bucket_arn}/*"]),
            ]
        )


def _certificate(
    arn: pulumi.Output[str] | None,
) -> aws.cloudfront.DistributionViewerCertificateArgsDict:
    if arn is None:
        return {"cloudfront_default_certificate": True}
    return {
        "acm_certificate_arn": arn,
        "minimum_protocol_version": MINIMUM_TLS,
        "ssl_support_method": "sni-only",
    }


def site_address(host: str) -> str:
    """The address of a host. One on this machine says its own port and speaks no TLS."""
    return f"http://{host}" if host.startswith("127.0.0.1:") else f"https://{host}"
