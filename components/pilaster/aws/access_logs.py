"""A line per request to a distribution, in a private bucket, for as long as was decided.

The decision taken here for everybody: no line says who asked or for what. Addresses are people's,
paths hold documents' ids, and the query of a socket's address is its ticket.
"""

import pulumi
import pulumi_aws as aws

from pilaster.aws import iam
from pilaster.aws.bucket import Bucket, BucketArgs, Expiry
from pilaster.aws.waf import REGION
from pilaster.naming import Place, once

FIELDS = (
    "date",
    "time",
    "x-edge-location",
    "x-edge-request-id",
    "cs-method",
    "cs-protocol",
    "cs-protocol-version",
    "ssl-protocol",
    "sc-status",
    "sc-bytes",
    "sc-content-type",
    "time-taken",
    "time-to-first-byte",
    "x-edge-result-type",
    "x-edge-detailed-result-type",
)


def access_logs(
    name: str,
    place: Place,
    distribution_arn: pulumi.Input[str],
    *,
    days: int,
    protect: bool,
    labels: dict[str, str],
    child: pulumi.ResourceOptions,
) -> None:
    """CloudFront's logs reach a bucket through CloudWatch's deliveries, which live in one region.

    The older way asks for a bucket with access lists, which nothing of ours has.
    """
    source_name = place.name("delivery", name)
    bucket_arn = f"arn:aws:s3:::{place.bucket_name(f'{name}-logs')}"
    bucket = Bucket(
        f"{name}-logs",
        BucketArgs(
            place=place,
            protect=protect,
            versioned=False,
            expire=[Expiry(prefix="", days=days)],
            guard=False,
        ),
        opts=child,
    )
    policy = aws.s3.BucketPolicy(
        f"{name}-logs-policy",
        bucket=bucket.name,
        policy=iam.document(
            [
                {
                    "Sid": "Deliveries",
                    "Effect": "Allow",
                    "Principal": {"Service": "delivery.logs.amazonaws.com"},
                    "Action": "s3:PutObject",
                    "Resource": f"{bucket_arn}/*",
                    "Condition": {
                        "StringEquals": {"aws:SourceAccount": place.account},
                        "ArnEquals": {
                            "aws:SourceArn": (
                                f"arn:aws:logs:{REGION}:{place.account}:"
                                f"delivery-source:{source_name}"
                            )
                        },
                    },
                },
                iam.deny_without_tls(["s3:*"], [bucket_arn, f"{bucket_arn}/*"]),
            ]
        ),
        # S3 refuses two changes of a bucket's access at once.
        opts=pulumi.ResourceOptions(parent=child.parent, depends_on=[bucket]),
    )
    source = aws.cloudwatch.LogDeliverySource(
        f"{name}-log-source",
        name=source_name,
        resource_arn=distribution_arn,
        log_type="ACCESS_LOGS",
        region=REGION,
        tags=labels,
        opts=child,
    )
    destination = aws.cloudwatch.LogDeliveryDestination(
        f"{name}-log-destination",
        name=source_name,
        output_format="json",
        delivery_destination_configuration={"destination_resource_arn": bucket.arn},
        region=REGION,
        tags=labels,
        opts=child,
    )
    aws.cloudwatch.LogDelivery(
        f"{name}-log-delivery",
        delivery_source_name=once(source, source_name),
        delivery_destination_arn=destination.arn,
        record_fields=FIELDS,
        s3_delivery_configurations=[
            {"enable_hive_compatible_path": False, "suffix_path": "{yyyy}/{MM}/{dd}"}
        ],
        region=REGION,
        tags=labels,
        # A delivery tries at once whether it may write.
        opts=pulumi.ResourceOptions(parent=child.parent, depends_on=[policy]),
    )
