"""Data lies encrypted. S3, DynamoDB and Secrets Manager always do it; these have to be told."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.wanted import Wanted, findings

ID = "aws-encryption-at-rest"
WHY = "Data lies encrypted: a disk, a snapshot or a backup that gets away is of no use."
_STAKE = "its data, snapshots and backups lie in plain text"

_STORAGE = (Wanted(("storageEncrypted",), (True,), _STAKE),)
_RESULTS = ("configuration", "resultConfiguration")
_SEARCH = (Wanted(("encryptAtRest", "enabled"), (True,), _STAKE),)
TABLE = {
    "aws:rds/cluster:Cluster": _STORAGE,
    "aws:rds/globalCluster:GlobalCluster": _STORAGE,
    "aws:docdb/cluster:Cluster": _STORAGE,
    "aws:neptune/cluster:Cluster": _STORAGE,
    # AWS encrypts every new cluster since 2025, but one that is told not to.
    "aws:redshift/cluster:Cluster": (Wanted(("encrypted",), (True, None), _STAKE),),
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        Wanted(("atRestEncryptionEnabled",), (True,), _STAKE),
    ),
    "aws:opensearch/domain:Domain": _SEARCH,
    "aws:elasticsearch/domain:Domain": _SEARCH,
    "aws:efs/fileSystem:FileSystem": (Wanted(("encrypted",), (True,), _STAKE),),
    "aws:ebs/volume:Volume": (Wanted(("encrypted",), (True,), _STAKE),),
    "aws:athena/workgroup:Workgroup": (
        Wanted(
            (*_RESULTS, "encryptionConfiguration", "encryptionOption"),
            ("SSE_S3", "SSE_KMS", "CSE_KMS"),
            "answers to queries lie as whoever asks wants them to",
            instead=(("configuration", "managedQueryResultsConfiguration", "enabled"),),
        ),
        # On by default; without, whoever asks says where answers go and how they lie there.
        Wanted(
            ("configuration", "enforceWorkgroupConfiguration"),
            (True, None),
            "whoever asks can leave out encryption, and the limit of what a query reads",
        ),
    ),
    "aws:kinesis/stream:Stream": (Wanted(("encryptionType",), ("KMS",), _STAKE),),
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": (
        Wanted(
            ("serverSideEncryption", "enabled"),
            (True,),
            _STAKE,
            instead=(("kinesisSourceConfiguration",), ("mskSourceConfiguration",)),
        ),
    ),
    "aws:sqs/queue:Queue": (
        # On by default; a queue that is told not to is in plain text, unless a key is named.
        Wanted(
            ("sqsManagedSseEnabled",),
            (True, None),
            "messages lie in plain text",
            instead=(("kmsMasterKeyId",),),
        ),
    ),
}


@rule(ID, on=TABLE, why=WHY)
def encrypted(resource: Resource) -> Iterator[Finding]:
    yield from findings(TABLE, resource)


@rule(ID, on="aws:rds/instance:Instance", why=WHY)
def instance(resource: Resource) -> Iterator[Finding]:
    """A copy has what its source has."""
    copied = ("replicateSourceDb", "snapshotIdentifier", "restoreToPointInTime")
    if not any(resource.get(name) for name in copied):
        yield from _STORAGE[0].findings(resource)


@rule(ID, on="aws:sns/topic:Topic", why=WHY)
def topic(resource: Resource) -> Iterator[Finding]:
    """Any key will do. SNS has no encryption of its own, as SQS has."""
    if not resource.has("kmsMasterKeyId"):
        yield Violation(
            "kmsMasterKeyId is not set: messages lie in plain text while they are delivered",
            "set kmsMasterKeyId to a key, alias/aws/sns or one's own where a service publishes",
        )
