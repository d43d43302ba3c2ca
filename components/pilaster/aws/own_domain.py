"""A domain of one's own for a distribution: its certificate, the proof of it, and its names.

The decision taken here for everybody: the zone is there already, as who owns a domain decides where
its names are kept; what is added to it is this domain's alone.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from pilaster.aws.waf import REGION

ALIAS_ZONE = "Z2FDTNDATAQYW2"
"""The zone of every distribution, in every account."""


@dataclass(frozen=True, kw_only=True)
class OwnDomain:
    """Under which name, and in which zone it is kept."""

    name: str
    """Such as `timetables.example.org`."""
    zone_id: pulumi.Input[str]
    """The Route 53 hosted zone of the name or of one above it."""


def certificate(
    name: str, domain: OwnDomain, labels: dict[str, str], child: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """The ARN of a certificate that is good: whoever takes it waits until the domain was proved."""
    made = aws.acm.Certificate(
        f"{name}-certificate",
        domain_name=domain.name,
        validation_method="DNS",
        region=REGION,
        tags=labels,
        opts=child,
    )
    proof = made.domain_validation_options[0]
    record = aws.route53.Record(
        f"{name}-proof",
        zone_id=domain.zone_id,
        name=proof.resource_record_name,
        type=proof.resource_record_type,
        records=[proof.resource_record_value],
        ttl=300,
        # A domain proved before, for another certificate, has this very record.
        allow_overwrite=True,
        opts=child,
    )
    return aws.acm.CertificateValidation(
        f"{name}-proved",
        certificate_arn=made.arn,
        validation_record_fqdns=[record.fqdn],
        region=REGION,
        opts=child,
    ).certificate_arn


def names(
    name: str,
    domain: OwnDomain,
    distribution_domain: pulumi.Input[str],
    child: pulumi.ResourceOptions,
) -> None:
    """The domain's records, for IPv4 and IPv6."""
    for kind in ("A", "AAAA"):
        aws.route53.Record(
            f"{name}-{kind.lower()}",
            zone_id=domain.zone_id,
            name=domain.name,
            type=kind,
            aliases=[
                {
                    "name": distribution_domain,
                    "zone_id": ALIAS_ZONE,
                    "evaluate_target_health": False,
                }
            ],
            opts=child,
        )
