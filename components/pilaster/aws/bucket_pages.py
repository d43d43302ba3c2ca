"""Which pages may use a bucket's presigned URLs: upload, and show what a link was given to.

Apart from the bucket, because the pages are known last: functions sign for the bucket, an API calls
the functions, a distribution leads to the API, and the pages have the distribution's address. S3
has one such list per bucket.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from pilaster import origins

UPLOAD_HEADERS = ("content-type", "content-length", "if-none-match")


@dataclass(frozen=True, kw_only=True)
class BucketPagesArgs:
    """A bucket, and the pages it serves."""

    bucket: pulumi.Input[str]
    """The bucket's name."""
    origins: Sequence[pulumi.Input[str]]
    """Web origins (scheme, host, port), named one by one."""

    def __post_init__(self) -> None:
        if not self.origins:
            raise ValueError("origins is empty: name the pages, or leave the component out")
        origins.check([each for each in self.origins if isinstance(each, str)])


class BucketPages(pulumi.ComponentResource):
    """See the module's first lines."""

    bucket: pulumi.Output[str]
    """The bucket's name, once the pages are let in."""

    def __init__(
        self, name: str, args: BucketPagesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:BucketPages", name, None, opts)
        pages = aws.s3.BucketCorsConfiguration(
            f"{name}-cors",
            bucket=args.bucket,
            cors_rules=[
                {
                    "allowed_methods": ["GET", "PUT"],
                    "allowed_origins": list(args.origins),
                    "allowed_headers": list(UPLOAD_HEADERS),
                    "expose_headers": ["etag"],
                    "max_age_seconds": 3600,
                }
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.bucket = pages.bucket
        self.register_outputs({"bucket": self.bucket})
