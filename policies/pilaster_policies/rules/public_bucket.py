"""No public bucket: no ACL for everybody, and the block that keeps the next mistake private.

What a bucket's policy allows is judged with all other policies (`wildcard_principal`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pilaster_policies.registry import Finding, Resource, Violation, graph_rule, rule
from pilaster_policies.values import Value, is_unknown

ID = "aws-public-bucket"
WHY = "A bucket is private; what the public may read is served by the CDN."

BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ACCOUNT_BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
WEBSITES = (
    "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
    "aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2",
)
WITH_ACL = (
    *BUCKETS,
    "aws:s3/bucketAcl:BucketAcl",
    "aws:s3/bucketAclV2:BucketAclV2",
    "aws:s3/bucketObject:BucketObject",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/objectCopy:ObjectCopy",
)
PUBLIC_ACLS = ("public-read", "public-read-write", "authenticated-read")
SETTINGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_GROUPS = ("/global/AllUsers", "/global/AuthenticatedUsers")


@rule(ID, on=WITH_ACL, why=WHY)
def acl(resource: Resource) -> Iterator[Finding]:
    canned = resource.get("acl")
    if canned in PUBLIC_ACLS:
        who = "every AWS account" if canned == "authenticated-read" else "everybody"
        may = "read and write" if canned == "public-read-write" else "read"
        yield Violation(
            f"acl is {canned}: {who} may {may} it",
            "leave acl out, and serve what is public by CloudFront with origin access control",
        )
    for where in ("grants", "accessControlPolicy"):
        yield from _granted(resource, where, resource.get(where))


def _granted(resource: Resource, where: str, value: Value) -> Iterator[Finding]:
    if isinstance(value, list):
        for item in value:
            yield from _granted(resource, where, item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "uri" and isinstance(item, str) and item.endswith(_GROUPS):
                yield Violation(
                    f"{where} names the group {item.rpartition('/')[2]}: "
                    "everybody, or everybody with an AWS account",
                    "leave the grant out; name accounts in a bucket policy",
                )
            elif isinstance(item, dict | list):
                yield from _granted(resource, where, item)
            elif is_unknown(item) and key in ("uri", "grantee"):
                resource.ask((where, key), unknown=True)


@rule(ID, on=(BLOCK, ACCOUNT_BLOCK), why=WHY)
def block_is_whole(resource: Resource) -> Iterator[Finding]:
    for setting in SETTINGS:
        value = resource.get(setting)
        if not is_unknown(value) and not _on(value):
            yield Violation(
                f"{setting} is not true: a public {_let_through(setting)} has its effect",
                f"set {setting} to true",
            )


def _let_through(setting: str) -> str:
    return "ACL" if setting.endswith("Acls") else "bucket policy"


@graph_rule(ID, why=WHY)
def every_bucket_has_its_block(
    resources: Sequence[Resource],
) -> Iterator[tuple[Resource, Finding]]:
    """One block per bucket, or one for the account: that counts only if it is in this stack."""
    if any(r.type == ACCOUNT_BLOCK and _whole(r) for r in resources):
        return
    blocks = [r for r in resources if r.type == BLOCK]
    sites = [r for r in resources if r.type in WEBSITES]
    for bucket in resources:
        if bucket.type not in BUCKETS or any(_of(block, bucket) for block in blocks):
            continue
        # A name made from something unknown may be this bucket's: no pass, and no false alarm.
        if any(is_unknown(b.get("bucket")) and not b.needs.get("bucket") for b in blocks):
            continue
        site = bucket.has("website") or any(_of(found, bucket) for found in sites)
        yield (
            bucket,
            Violation(
                "it has no BucketPublicAccessBlock"
                + (" and serves a website" if site else "")
                + ": the next ACL or policy that says so makes it public",
                "add a BucketPublicAccessBlock for it with all four settings true"
                + (", and serve the site by CloudFront" if site else ""),
            ),
        )


def _whole(block: Resource) -> bool:
    return all(_on(block.get(setting)) for setting in SETTINGS)


def _on(value: Value) -> bool:
    """Providers take the word for it, too."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _of(part: Resource, bucket: Resource) -> bool:
    """Whether a sub-resource is this bucket's: by what its property was made of, or by name."""
    made_of = [r for r in part.needs.get("bucket", ()) if r.type in BUCKETS]
    if made_of:
        return any(r.urn == bucket.urn for r in made_of)
    named = part.get("bucket")
    names = {bucket.get("bucket"), bucket.get("id")} - {None}
    return isinstance(named, str) and named in names
