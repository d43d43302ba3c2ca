"""A database is entered by IAM login or with a password that the service keeps, and by nobody else.

A password the program gives stands in the program's state and in whatever made it, and nobody
changes it. Write-only arguments (`...Wo`) reach neither and are taken. What has no other way of
logging in (Amazon MQ, Timestream for InfluxDB) is not asked for one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pilaster_policies.registry import Finding, NotKnown, Resource, Violation, rule
from pilaster_policies.values import Value, inside, is_unknown
from pilaster_policies.wanted import Wanted

ID = "aws-database-login"
WHY = "Who enters a database is known: by IAM, or with a password the service keeps and changes."
KEPT = "the service keeps it in Secrets Manager and changes it"


@dataclass(frozen=True)
class Login:
    """How a kind of database is told who may enter."""

    passwords: tuple[str, ...] = ()
    """Where a password of the program's would stand."""
    managed: tuple[str, ...] = ()
    """Settings that say yes: the service keeps the password, or IAM decides."""
    written: str = ""
    """A write-only password, which is in no state."""
    copies: tuple[str, ...] = ()
    """What brings its own users: a snapshot, a source."""
    instead: str = ""
    """What to do rather than to give a password, where the service keeps none."""
    required: bool = True
    """Whether one of `managed` has to be said; without, its own default will do."""


_SNAPSHOT = ("snapshotIdentifier", "restoreToPointInTime")
LOGINS = {
    "aws:rds/cluster:Cluster": Login(
        ("masterPassword",),
        ("manageMasterUserPassword", "iamDatabaseAuthenticationEnabled"),
        "masterPasswordWo",
        (*_SNAPSHOT, "replicationSourceIdentifier", "globalClusterIdentifier", "s3Import"),
    ),
    "aws:rds/instance:Instance": Login(
        ("password",),
        ("manageMasterUserPassword", "iamDatabaseAuthenticationEnabled"),
        "passwordWo",
        (*_SNAPSHOT, "replicateSourceDb", "s3Import"),
    ),
    "aws:docdb/cluster:Cluster": Login(
        ("masterPassword",),
        ("manageMasterUserPassword",),
        "masterPasswordWo",
        (*_SNAPSHOT, "globalClusterIdentifier"),
    ),
    "aws:neptune/cluster:Cluster": Login(managed=("iamDatabaseAuthenticationEnabled",)),
    "aws:redshift/cluster:Cluster": Login(
        ("masterPassword",),
        ("manageMasterPassword",),
        "masterPasswordWo",
        ("snapshotIdentifier", "snapshotArn"),
    ),
    "aws:redshiftserverless/namespace:Namespace": Login(
        ("adminUserPassword",), ("manageAdminPassword",), "adminUserPasswordWo", required=False
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": Login(
        ("authToken",),
        ("userGroupIds",),
        "authTokenWo",
        ("globalReplicationGroupId",),
        instead="name a user group whose users log in by IAM",
    ),
    "aws:elasticache/serverlessCache:ServerlessCache": Login(managed=("userGroupId",)),
}


@rule(ID, on=LOGINS, why=WHY)
def login(resource: Resource) -> Iterator[Finding]:
    wanted = LOGINS[resource.type]
    if str(resource.get("engine")).lower() == "memcached":
        return  # it has no users; the network alone stands before it
    given = [name for name in wanted.passwords if resource.get(name) not in (None, "")]
    for name in given:
        yield Violation(
            f"{name} is given by the program: it stands in the state, and nobody changes it",
            f"leave it out and {wanted.instead or f'set {wanted.managed[0]}: {KEPT}'}",
        )
    said = [resource.get(name) for name in wanted.managed]
    others = (resource.get(name) for name in (wanted.written, *wanted.copies) if name)
    if given or not wanted.required or any(each not in (None, "", []) for each in others):
        return
    if any(map(_yes, said)):
        return
    named = " or ".join(wanted.managed)
    if any(map(is_unknown, said)):
        yield NotKnown(f"{named}, and with it who may log in")
        return
    yield Violation(
        f"neither IAM login nor a kept password ({named}): who reaches its port is in, or comes "
        "with a password nobody changes",
        f"set {wanted.managed[0]}",
    )


def _yes(value: Value) -> bool:
    if is_unknown(value) or value in (None, False, "", []):
        return False
    return str(value).lower() != "false"


_OF_A_DOMAIN = ("advancedSecurityOptions", "masterUserOptions", "masterUserPassword")
WRITTEN = {
    "aws:opensearch/domain:Domain": (_OF_A_DOMAIN, "name an IAM role by masterUserArn"),
    "aws:elasticsearch/domain:Domain": (_OF_A_DOMAIN, "name an IAM role by masterUserArn"),
    "aws:dms/endpoint:Endpoint": (("password",), "name a secret by secretsManagerArn"),
}
"""Where a password may stand that nothing has to be said instead of, and what does it better."""


@rule(ID, on=WRITTEN, why=WHY)
def written_down(resource: Resource) -> Iterator[Finding]:
    """One that is not known yet is a password, too; and no value of these is ever repeated."""
    path, instead = WRITTEN[resource.type]
    if resource.get(*path) not in (None, ""):
        yield Violation(
            f"{'.'.join(path)} is given by the program: it stands in the state, and nobody "
            "changes it",
            f"leave it out, and {instead}",
        )


_BY_SECRET = Wanted(
    ("authType",), ("SECRET_ARN",), "the password stands in the state, and nobody changes it"
)


@rule(ID, on="aws:docdb/elasticCluster:ElasticCluster", why=WHY)
def by_secret(resource: Resource) -> Iterator[Finding]:
    yield from _BY_SECRET.findings(resource)


USERS = ("aws:elasticache/user:User", "aws:memorydb/user:User")


@rule(ID, on=USERS, why=WHY)
def user(resource: Resource) -> Iterator[Finding]:
    """The user called default has to be there; one that is `off` enters nowhere."""
    access = resource.get("accessString")
    if isinstance(access, str) and access.split()[:1] == ["off"]:
        return
    kind = resource.get("authenticationMode", "type")
    if resource.get("noPasswordRequired") is True or kind == "no-password-required":
        yield Violation(
            "it needs no password: who reaches the cache's port is in",
            "set authenticationMode.type to iam, or begin accessString with off",
        )
    passwords = (resource.get("passwords"), resource.get("authenticationMode", "passwords"))
    if any(each not in (None, "", []) for each in passwords):
        yield Violation(
            "its passwords are given by the program: they stand in the state, and nobody changes "
            "them",
            "set authenticationMode.type to iam",
        )
    elif is_unknown(kind):
        yield NotKnown("authenticationMode.type, and with it who may log in")


@rule(ID, on="aws:memorydb/cluster:Cluster", why=WHY)
def memory(resource: Resource) -> Iterator[Finding]:
    acl = resource.get("aclName")
    if is_unknown(acl):
        return  # an ACL of the stack's own; its users are judged
    if acl in (None, "open-access"):
        yield Violation(
            "aclName is open-access: who reaches its port is in", "name an ACL with users of yours"
        )


@rule(ID, on="aws:msk/cluster:Cluster", why=WHY)
def broker(resource: Resource) -> Iterator[Finding]:
    ways = resource.get("clientAuthentication")
    if is_unknown(ways):
        yield NotKnown("clientAuthentication, and with it who may log in")
        return
    if inside(ways, "unauthenticated") is True or not ways:
        yield Violation(
            "clients need not say who they are: who reaches the brokers reads every topic",
            "set clientAuthentication.sasl.iam to true and unauthenticated to false",
        )
