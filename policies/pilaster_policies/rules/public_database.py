"""No public database: no address of its own on the internet, no copy of it for everybody.

ElastiCache, MemoryDB and DocumentDB have no such flag: their nodes never get a public address. What
opens them is a security group (`database_ports`).
"""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.documents import UnreadableError, statements
from pilaster_policies.registry import Finding, NotKnown, Resource, Violation, rule
from pilaster_policies.rules.wildcard_principal import judged
from pilaster_policies.values import Unknown, Value, from_json, is_unknown, texts

ID = "aws-public-database"
WHY = "A database is reached from inside its network, by those who are meant to."

FLAGGED = (
    "aws:dms/instanceProfile:InstanceProfile",
    "aws:dms/replicationInstance:ReplicationInstance",
    "aws:lightsail/database:Database",
    "aws:mq/broker:Broker",
    "aws:neptune/clusterInstance:ClusterInstance",
    "aws:rds/cluster:Cluster",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:rds/instance:Instance",
    "aws:rds/shardGroup:ShardGroup",
    "aws:redshift/cluster:Cluster",
    "aws:redshiftserverless/workgroup:Workgroup",
    "aws:timestreaminfluxdb/dbCluster:DbCluster",
    "aws:timestreaminfluxdb/dbInstance:DbInstance",
)
"""Types with publiclyAccessible; not set, it is false for all of them."""


@rule(ID, on=FLAGGED, why=WHY)
def flag(resource: Resource) -> Iterator[Finding]:
    public = resource.get("publiclyAccessible")
    if is_unknown(public):
        yield NotKnown("publiclyAccessible, and with it whether the internet reaches it")
    elif public not in (None, False) and str(public).lower() != "false":
        yield Violation(
            "publiclyAccessible is true: it gets an address on the internet, and a password is all "
            "that is left between it and everybody",
            "set publiclyAccessible to false and reach it from inside the VPC",
        )


SNAPSHOTS = (
    "aws:rds/snapshot:Snapshot",
    "aws:rds/clusterSnapshot:ClusterSnapshot",
    "aws:rds/snapshotCopy:SnapshotCopy",
    "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy",
)


@rule(ID, on=SNAPSHOTS, why=WHY)
def snapshot(resource: Resource) -> Iterator[Finding]:
    shared = resource.get("sharedAccounts")
    if is_unknown(shared) or (isinstance(shared, list) and any(map(is_unknown, shared))):
        yield NotKnown("sharedAccounts, and with it who may copy the data")
    if "all" in texts(shared):
        yield Violation(
            "sharedAccounts holds 'all': every AWS account may copy the data",
            "list the accounts by number",
        )


@rule(ID, on="aws:msk/cluster:Cluster", why=WHY)
def broker(resource: Resource) -> Iterator[Finding]:
    access = resource.get("brokerNodeGroupInfo", "connectivityInfo", "publicAccess", "type")
    if is_unknown(access):
        yield NotKnown("publicAccess, and with it whether the internet reaches the brokers")
    elif access not in (None, "DISABLED"):
        yield Violation(
            f"the brokers' public access is {access}: they get addresses on the internet",
            "set connectivityInfo.publicAccess.type to DISABLED",
        )


DOMAINS = ("aws:opensearch/domain:Domain", "aws:elasticsearch/domain:Domain")


@rule(ID, on=DOMAINS, why=WHY)
def search_domain(resource: Resource) -> Iterator[Finding]:
    """Outside a VPC its policy is all there is; inside, the network stands before it."""
    vpc = resource.get("vpcOptions")
    if vpc and not is_unknown(vpc):
        return
    if not vpc:
        yield Violation(
            "vpcOptions is not set: the domain has an address on the internet, and its policy is "
            "all that is left between it and everybody",
            "set vpcOptions with subnets and security groups, and reach it from inside the VPC",
        )
    yield from search_policy(resource)


@rule(
    ID,
    on=(
        "aws:opensearch/domainPolicy:DomainPolicy",
        "aws:elasticsearch/domainPolicy:DomainPolicy",
    ),
    why=WHY,
)
def search_policy(resource: Resource) -> Iterator[Finding]:
    try:
        found = statements(resource.get("accessPolicies"))
    except UnreadableError as error:
        yield Violation(
            f"accessPolicies cannot be read ({error}), so nobody can say whom it lets in",
            "write it as JSON with a list of statements",
        )
        return
    if isinstance(found, Unknown):
        yield NotKnown("accessPolicies, and with it who may read the index")
        return
    for statement in found:
        yield from judged(f"accessPolicies, statement {statement.label}", statement)


@rule(ID, on="aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy", why=WHY)
def collection_network(resource: Resource) -> Iterator[Finding]:
    kind, document = resource.get("type"), resource.get("policy")
    if is_unknown(kind) or is_unknown(document):
        yield NotKnown("policy, and with it whether the internet reaches the collection")
    elif kind in (None, "network") and _allows_public(document):
        yield Violation(
            "AllowFromPublic is true: the collection answers the whole internet",
            "set AllowFromPublic to false and list SourceVPCEs",
        )


def _allows_public(document: Value) -> bool:
    if isinstance(document, str):
        try:
            document = from_json(document)
        except ValueError:
            return "AllowFromPublic" in document
    if isinstance(document, list):
        return any(map(_allows_public, document))
    if not isinstance(document, dict):
        return False
    return document.get("AllowFromPublic") not in (None, False, "false")
