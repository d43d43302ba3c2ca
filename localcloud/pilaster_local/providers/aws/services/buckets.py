"""Buckets and what hangs on them, each a resource of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.calls import Scope, tags_of
from pilaster_local.providers.aws.cloud import ServiceError
from pilaster_local.providers.aws.documents import check_resource_policy
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Failures, Named, Row
from pilaster_local.providers.aws.services.bucket_rules import Lifecycle, Notification
from pilaster_local.providers.aws.values import Plain

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class Bucket(Kind):
    """Versioning, encryption, rules and so on are types of their own, as AWS advises."""

    def creation(self, scope: Scope, inputs: Plain) -> Plain:
        parameters = super().creation(scope, inputs)
        if scope.region != "us-east-1":
            place = {"LocationConstraint": scope.region}
            parameters["CreateBucketConfiguration"] = place
        return parameters

    def finish(self, scope: Scope, thing_id: str, inputs: Plain) -> None:
        self._tag(scope, thing_id, inputs)

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        try:
            found = scope.call("s3", "HeadBucket", {"Bucket": thing_id})
        except ServiceError as error:
            if error.is_gone:
                return None
            raise
        return {**found, "Tags": self._tags(scope, thing_id)}

    def _tags(self, scope: Scope, bucket: str) -> Any:
        try:
            return scope.call("s3", "GetBucketTagging", {"Bucket": bucket})["TagSet"]
        except ServiceError as error:
            if error.is_gone:  # NoSuchTagSet: it has none
                return []
            raise

    def update(
        self, scope: Scope, thing_id: str, state: Plain, inputs: Plain, changed: set[str]
    ) -> None:
        if changed & {"tags", "tagsAll"}:
            self._tag(scope, thing_id, inputs)

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        if state.get("forceDestroy"):
            self._empty(scope, thing_id)
        super().delete(scope, thing_id, state)

    def _tag(self, scope: Scope, bucket: str, inputs: Plain) -> None:
        tags = [{"Key": k, "Value": v} for k, v in sorted(tags_of(inputs).items())]
        if tags:
            parameters = {"Bucket": bucket, "Tagging": {"TagSet": tags}}
            scope.call("s3", "PutBucketTagging", parameters)
        else:
            self.forget(scope, "DeleteBucketTagging", {"Bucket": bucket})

    def _empty(self, scope: Scope, bucket: str) -> None:
        try:
            while True:
                listed = scope.call("s3", "ListObjectVersions", {"Bucket": bucket})
                there = [*listed.get("Versions", []), *listed.get("DeleteMarkers", [])]
                if not there:
                    return
                objects = [{"Key": o["Key"], "VersionId": o["VersionId"]} for o in there]
                deletion = {"Bucket": bucket, "Delete": {"Objects": objects, "Quiet": True}}
                answer = scope.call("s3", "DeleteObjects", deletion)
                for failed in answer.get("Errors", []):
                    raise ServiceError("s3", "DeleteObjects", failed["Code"], failed["Message"])
        except ServiceError as error:
            if not error.is_gone:
                raise


def _bucket_name(inputs: Mapping[str, Any]) -> Failures:
    name = inputs.get("bucket")
    if isinstance(name, str) and (not _NAME.fullmatch(name) or ".." in name):
        yield "bucket", f"{name!r} is no bucket name: 3 to 63 of a-z, 0-9, '.' and '-'"


def _setting(
    what: str, member: str, *, delete: str = "", within: str = "", at: str = "", **more: Any
) -> Row:
    """A resource that is one setting of a bucket, with the bucket's name as its id."""
    return Row(
        service="s3", create=f"PutBucket{what}", update=f"PutBucket{what}", read=f"GetBucket{what}",
        delete=delete or f"DeleteBucket{what}", id="{bucket}", key="Bucket={bucket}",
        within=within or member, at=at or member, replace="bucket", identity="bucket",
        aside="expectedBucketOwner timeouts", required="bucket", **more,
    )  # fmt: skip


class PublicAccess(Kind):
    """Settings that are given no more are off, not as they were."""

    def translate(self, inputs: Plain) -> Plain:
        off = dict.fromkeys(
            ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"),
            False,
        )
        return {**off, **inputs}


class Versioning(Kind):
    """S3 has no way back to a bucket that was never versioned: to delete the setting is to suspend
    it.
    """

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        found = super().describe(scope, thing_id, state)
        return found if found and "Status" in found else None

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        if (state.get("versioningConfiguration") or {}).get("status") != "Enabled":
            return
        suspended = {"Bucket": thing_id, "VersioningConfiguration": {"Status": "Suspended"}}
        self.forget(scope, "PutBucketVersioning", suspended)


# fmt: off
TYPES = {
    "aws:s3/bucket:Bucket": Row(
        service="s3", create="CreateBucket", read="HeadBucket", delete="DeleteBucket",
        id="{bucket}", key="Bucket={id}", aside="forceDestroy", tagged=True, kind=Bucket,
        replace="objectLockEnabled bucketNamespace",
        rename={"objectLockEnabled": "ObjectLockEnabledForBucket", "acl": "-", "tags": "-"},
        named=Named(limit=63, property="bucket", prefix="bucketPrefix", lower=True),
        outputs="arn=arn:aws:s3:::{id} bucket={id} bucketDomainName={id}.s3.amazonaws.com "
        "bucketRegionalDomainName={id}.s3.{region}.amazonaws.com bucketRegion={region}",
        checks=(_bucket_name,),
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": Row(
        service="s3", create="PutPublicAccessBlock", update="PutPublicAccessBlock",
        read="GetPublicAccessBlock", delete="DeletePublicAccessBlock", id="{bucket}",
        key="Bucket={bucket}", within="PublicAccessBlockConfiguration",
        at="PublicAccessBlockConfiguration", replace="bucket", identity="bucket",
        aside="skipDestroy", required="bucket", kind=PublicAccess,
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
        _setting("Encryption", "ServerSideEncryptionConfiguration"),
    "aws:s3/bucketVersioning:BucketVersioning": _setting(
        "Versioning", "VersioningConfiguration", at="@", within="-", delete="PutBucketVersioning",
        kind=Versioning),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _setting(
        "LifecycleConfiguration", "LifecycleConfiguration", at="@", delete="DeleteBucketLifecycle",
        kind=Lifecycle),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _setting(
        "OwnershipControls", "OwnershipControls", rename={"rule": "Rules"}),
    "aws:s3/bucketPolicy:BucketPolicy": _setting(
        "Policy", "-", at="Policy", checks=(check_resource_policy,)),
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": _setting(
        "Cors", "CORSConfiguration", at="CORSRules"),
    "aws:s3/bucketNotification:BucketNotification": _setting(
        "NotificationConfiguration", "NotificationConfiguration", at="@", kind=Notification,
        delete="PutBucketNotificationConfiguration"),
}
