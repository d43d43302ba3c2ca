"""A private S3 bucket: nobody but its owner, never without TLS, encrypted, and its events told.

The decision taken here for everybody: every bucket tells EventBridge, so that whoever wants to
know writes a rule and never touches the bucket.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from pilaster.aws import iam
from pilaster.aws.iam import Grant
from pilaster.naming import Place, once, slug
from pilaster.tagging import tags

ABANDONED_AFTER_DAYS = 1


@dataclass(frozen=True, kw_only=True)
class Expiry:
    """Objects that go by themselves."""

    prefix: str
    """Which: all whose key starts so."""
    days: int
    """When, after they came."""
    old_versions_days: int | None = None
    """How long their overwritten and deleted versions stay; none is as the bucket has it."""


@dataclass(frozen=True, kw_only=True)
class Cooling:
    """Objects that are seldom asked for after a while, and cost less then."""

    prefix: str
    """Which: all whose key starts so."""
    tiering_days: int = 30
    """When they go to Intelligent-Tiering, which costs less for what nobody reads."""
    glacier_days: int | None = 90
    """When they go to Glacier, from where they come back within hours; none never."""


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
    cool: Sequence[Cooling] = ()
    """What costs less with time."""
    guard: bool = True
    """Whether it makes its own policy, which refuses what comes without TLS. S3 has one policy per
    bucket: whoever lets an AWS service in makes it, with that statement in it."""

    def __post_init__(self) -> None:
        if self.old_versions_days < 1 or any(each.days < 1 for each in self.expire):
            raise ValueError("S3 counts whole days: expiry needs 1 or more")
        going = {each.prefix: each.days for each in self.expire}
        for each in self.cool:
            coldest = each.glacier_days or each.tiering_days
            if not 0 <= each.tiering_days <= coldest or each.glacier_days == each.tiering_days:
                raise ValueError(
                    f"cooling of {each.prefix!r}: tiering_days {each.tiering_days} come before "
                    f"glacier_days {each.glacier_days}, and both are 0 or more"
                )
            if coldest >= going.get(each.prefix, coldest + 1):
                raise ValueError(
                    f"{each.prefix!r} goes after {going[each.prefix]} days, so it cannot cool "
                    f"after {coldest}: expire it later, or cool it sooner or not at all"
                )


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
        if args.guard:
            guard = iam.deny_without_tls(["s3:*"], [self._arn, f"{self._arn}/*"])
            aws.s3.BucketPolicy(
                f"{name}-policy",
                bucket=self.name,
                policy=iam.document([guard]),
                # S3 refuses two changes of a bucket's access at once.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[access]),
            )
        aws.s3.BucketNotification(f"{name}-events", bucket=self.name, eventbridge=True, opts=child)

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

    def list_versions(self) -> Grant:
        """Listing what is there and what was there before."""
        return Grant(
            owner=self._logical_name, actions=["s3:ListBucketVersions"], resources=[self._arn]
        )

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
                # The mark a deletion leaves goes with the last version below it.
                "expiration": {"expired_object_delete_marker": True},
            }
        )
    for expiry in args.expire:
        rule: aws.s3.BucketLifecycleConfigurationRuleArgsDict = {
            "id": f"expire-{slug(expiry.prefix) or 'all'}",
            "status": "Enabled",
            "filter": {"prefix": expiry.prefix},
            "expiration": {"days": expiry.days},
        }
        if args.versioned and expiry.old_versions_days:
            rule["noncurrent_version_expiration"] = {"noncurrent_days": expiry.old_versions_days}
        rules.append(rule)
    for cooling in args.cool:
        moves = [(cooling.tiering_days, "INTELLIGENT_TIERING"), (cooling.glacier_days, "GLACIER")]
        rules.append(
            {
                "id": f"cool-{slug(cooling.prefix) or 'all'}",
                "status": "Enabled",
                "filter": {"prefix": cooling.prefix},
                "transitions": [
                    {"days": days, "storage_class": place}
                    for days, place in moves
                    if days is not None
                ],
            }
        )
    return rules
