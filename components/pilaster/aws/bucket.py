"""A private S3 bucket: nobody but its owner, never without TLS, encrypted, and its events told.

The decision taken here for everybody: every bucket tells EventBridge, so that whoever wants to
know writes a rule and never touches the bucket.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from pilaster import origins
from pilaster.aws import iam
from pilaster.aws.iam import Grant
from pilaster.naming import Place, once, slug
from pilaster.tagging import tags

UPLOAD_HEADERS = ("content-type", "content-length", "if-none-match")
ABANDONED_AFTER_DAYS = 1


@dataclass(frozen=True, kw_only=True)
class Expiry:
    """Objects that go by themselves."""

    prefix: str
    """Which: all whose key starts so."""
    days: int
    """When, after they came."""


@dataclass(frozen=True, kw_only=True)
class BucketArgs:
    """What a bucket keeps, and for how long."""

    place: Place
    """Project, stack, account, region."""
    protect: bool = True
    """Refuse to be deleted or replaced; without, it is deleted with what is in it."""
    versioned: bool = True
    """Keep what was overwritten or deleted, for `old_versions_days`."""
    old_versions_days: int = 30
    """How long overwritten and deleted versions stay."""
    expire: Sequence[Expiry] = ()
    """What goes by itself."""
    upload_origins: Sequence[str] = ()
    """Web origins whose pages may upload with a presigned URL."""

    def __post_init__(self) -> None:
        origins.check(self.upload_origins)
        if self.old_versions_days < 1 or any(each.days < 1 for each in self.expire):
            raise ValueError("S3 counts whole days: expiry needs 1 or more")


class Bucket(pulumi.ComponentResource):
    """See the module's first lines."""

    name: pulumi.Output[str]
    """What a function's environment names. Known at preview."""
    arn: pulumi.Output[str]
    """What a policy names. Known at preview."""

    def __init__(
        self, name: str, args: BucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Bucket", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        bucket_name = args.place.bucket_name(name)
        self._logical_name = name
        self._arn = f"arn:aws:s3:::{bucket_name}"

        bucket = aws.s3.Bucket(
            f"{name}-bucket",
            bucket=bucket_name,
            force_destroy=not args.protect,
            tags=tags(args.place, name),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        self.name = once(bucket, bucket_name)
        self.arn = once(bucket, self._arn)
        access = aws.s3.BucketPublicAccessBlock(
            f"{name}-public-access",
            bucket=self.name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )
        aws.s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=self.name,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=child,
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=self.name,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=child,
        )
        versions: list[pulumi.Resource] = []
        if args.versioned:  # "Suspended" is not the same as never: it leaves a marker per delete
            versions = [
                aws.s3.BucketVersioning(
                    f"{name}-versioning",
                    bucket=self.name,
                    versioning_configuration={"status": "Enabled"},
                    opts=child,
                )
            ]
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=self.name,
            rules=lifecycle(args),
            # A rule on old versions is refused while there are none to come.
            opts=pulumi.ResourceOptions(parent=self, depends_on=versions),
        )
        aws.s3.BucketPolicy(
            f"{name}-policy",
            bucket=self.name,
            policy=iam.document([iam.deny_without_tls(["s3:*"], [self._arn, f"{self._arn}/*"])]),
            # S3 refuses two changes of a bucket's access at once.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[access]),
        )
        aws.s3.BucketNotification(f"{name}-events", bucket=self.name, eventbridge=True, opts=child)
        if args.upload_origins:
            aws.s3.BucketCorsConfiguration(
                f"{name}-cors",
                bucket=self.name,
                cors_rules=[
                    {
                        "allowed_methods": ["PUT"],
                        "allowed_origins": list(args.upload_origins),
                        "allowed_headers": list(UPLOAD_HEADERS),
                        "expose_headers": ["etag"],
                        "max_age_seconds": 3600,
                    }
                ],
                opts=child,
            )

        self.register_outputs({"name": self.name, "arn": self.arn})

    def read_objects(self, prefix: str = "") -> Grant:
        """Reading objects below a prefix. One that is not there answers 403, not 404."""
        return self._objects(prefix, "s3:GetObject")

    def write_objects(self, prefix: str = "") -> Grant:
        """Writing objects below a prefix; signing upload URLs takes it too."""
        return self._objects(prefix, "s3:PutObject")

    def delete_objects(self, prefix: str = "") -> Grant:
        """Deleting objects below a prefix; a versioned bucket keeps what was there."""
        return self._objects(prefix, "s3:DeleteObject")

    def erase_objects(self, prefix: str = "") -> Grant:
        """Deleting objects and their old versions, so that nothing stays."""
        return self._objects(prefix, "s3:DeleteObject", "s3:DeleteObjectVersion")

    def list_objects(self) -> Grant:
        """Listing what is there; reading what is not then answers 404."""
        return Grant(owner=self._logical_name, actions=["s3:ListBucket"], resources=[self._arn])

    def _objects(self, prefix: str, *actions: str) -> Grant:
        return Grant(
            owner=self._logical_name, actions=actions, resources=[f"{self._arn}/{prefix}*"]
        )


def lifecycle(args: BucketArgs) -> list[aws.s3.BucketLifecycleConfigurationRuleArgsDict]:
    """The bucket's rules: abandoned uploads always go, old versions where there are any."""
    rules: list[aws.s3.BucketLifecycleConfigurationRuleArgsDict] = [
        {
            "id": "abandoned-uploads",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "abort_incomplete_multipart_upload": {"days_after_initiation": ABANDONED_AFTER_DAYS},
        }
    ]
    if args.versioned:
        rules.append(
            {
                "id": "old-versions",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "noncurrent_version_expiration": {"noncurrent_days": args.old_versions_days},
            }
        )
    for expiry in args.expire:
        rules.append(
            {
                "id": f"expire-{slug(expiry.prefix) or 'all'}",
                "status": "Enabled",
                "filter": {"prefix": expiry.prefix},
                "expiration": {"days": expiry.days},
            }
        )
    return rules
