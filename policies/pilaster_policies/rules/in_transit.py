"""Data travels encrypted: TLS is not offered but required, and none older than 1.2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pilaster_policies.documents import Statement, UnreadableError, statements
from pilaster_policies.references import Stack
from pilaster_policies.registry import Finding, NotKnown, Resource, Violation, graph_rule, rule
from pilaster_policies.values import Unknown, Value, inside, is_unknown, shown, texts
from pilaster_policies.wanted import Wanted, findings

ID = "aws-encryption-in-transit"
WHY = "Data travels encrypted: who listens on the way learns nothing."
_PLAIN = "clients may talk to it in plain text"
_OLD = "clients may use a TLS that has been broken"

_SEARCH = (
    Wanted(("domainEndpointOptions", "enforceHttps"), (True,), _PLAIN),
    Wanted(
        ("domainEndpointOptions", "tlsSecurityPolicy"),
        ("Policy-Min-TLS-1-2-2019-07", "Policy-Min-TLS-1-2-PFS-2023-10"),
        _OLD,
    ),
    Wanted(("nodeToNodeEncryption", "enabled"), (True,), "its nodes talk in plain text"),
)
TABLE = {
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        Wanted(("transitEncryptionEnabled",), (True,), _PLAIN),
    ),
    "aws:memorydb/cluster:Cluster": (Wanted(("tlsEnabled",), (True, None), _PLAIN),),
    "aws:opensearch/domain:Domain": _SEARCH,
    "aws:elasticsearch/domain:Domain": _SEARCH,
    "aws:msk/cluster:Cluster": (
        Wanted(("encryptionInfo", "encryptionInTransit", "clientBroker"), ("TLS", None), _PLAIN),
        Wanted(
            ("encryptionInfo", "encryptionInTransit", "inCluster"),
            (True, None),
            "its brokers talk in plain text",
        ),
    ),
    "aws:rds/proxy:Proxy": (Wanted(("requireTls",), (True,), _PLAIN),),
    "aws:apigatewayv2/domainName:DomainName": (
        Wanted(("domainNameConfiguration", "securityPolicy"), ("TLS_1_2", "TLS_1_3"), _OLD),
    ),
    "aws:apigateway/domainName:DomainName": (
        Wanted(("securityPolicy",), ("TLS_1_2", "TLS_1_3", None), _OLD),
    ),
}
_BROKEN = frozenset({"SSLv3", "TLSv1", "TLSv1.1"})
_CERTIFICATES = frozenset(
    {"TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"}
)


@rule(ID, on=TABLE, why=WHY)
def required(resource: Resource) -> Iterator[Finding]:
    yield from findings(TABLE, resource)


@rule(ID, on="aws:cloudfront/distribution:Distribution", why=WHY)
def distribution(resource: Resource) -> Iterator[Finding]:
    for path in (("defaultCacheBehavior",), *_each(resource, "orderedCacheBehaviors")):
        if resource.get(*path, "viewerProtocolPolicy") == "allow-all":
            yield Violation(
                f"{_shown(path)}.viewerProtocolPolicy is allow-all: {_PLAIN}",
                "set it to redirect-to-https or https-only",
            )
    for path in _each(resource, "origins"):
        own = (*path, "customOriginConfig")
        if resource.get(*own, "originProtocolPolicy") == "http-only":
            yield Violation(
                f"{_shown(own)}.originProtocolPolicy is http-only: what viewers sent encrypted "
                "goes on in plain text",
                "set it to https-only; a bucket is reached by its own API, not as a website",
            )
        old = set(texts(resource.get(*own, "originSslProtocols"))) & _BROKEN
        if old:
            yield Violation(
                f"{_shown(own)}.originSslProtocols holds {', '.join(sorted(old))}, which has been "
                "broken: who stands between may choose it",
                'set it to ["TLSv1.2"]',
            )
    certificate = ("viewerCertificate",)
    given = resource.get(*certificate)
    if isinstance(given, dict) and not resource.get(*certificate, "cloudfrontDefaultCertificate"):
        least = resource.get(*certificate, "minimumProtocolVersion")
        if not is_unknown(least) and not (isinstance(least, str) and least in _CERTIFICATES):
            yield Violation(
                f"viewerCertificate.minimumProtocolVersion is {shown(least)}: {_OLD}",
                "set it to TLSv1.2_2021",
            )


def _each(resource: Resource, name: str) -> list[tuple[str | int, ...]]:
    """The paths of the entries of a list, which may be written as its only one."""
    said = resource.get(name)
    return [(name, n) for n in range(len(said))] if isinstance(said, list) else [(name,)]


def _shown(path: Sequence[str | int]) -> str:
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in path)[1:]


LISTENERS = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")


@rule(ID, on=LISTENERS, why=WHY)
def listener(resource: Resource) -> Iterator[Finding]:
    """One that does nothing but send to HTTPS is how browsers get there."""
    protocol = resource.get("protocol")
    actions = resource.get("defaultActions")
    kinds = [inside(each, "type") for each in (actions if isinstance(actions, list) else [actions])]
    if is_unknown(protocol):
        yield NotKnown(f"protocol, and with it whether {_PLAIN}")
    elif protocol == "HTTP" and not (
        kinds
        and all(kind == "redirect" for kind in kinds)
        and all(inside(each, "redirect", "protocol") == "HTTPS" for each in _list(actions))
    ):
        yield Violation(
            f"the listener speaks HTTP: {_PLAIN}",
            "redirect to HTTPS, or set protocol to HTTPS and a certificate",
        )
    policy = resource.get("sslPolicy")
    if isinstance(policy, str) and ("TLS-1-0" in policy or "TLS-1-1" in policy):
        yield Violation(
            f"sslPolicy is {policy!r}: {_OLD}", "use ELBSecurityPolicy-TLS13-1-2-2021-06"
        )
    if policy == "ELBSecurityPolicy-2016-08":
        yield Violation(
            f"sslPolicy is {policy!r}: {_OLD}", "use ELBSecurityPolicy-TLS13-1-2-2021-06"
        )


BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
_POLICIES = ("aws:s3/bucketPolicy:BucketPolicy",)


@graph_rule(ID, why=WHY)
def buckets(resources: Sequence[Resource]) -> Iterator[tuple[Resource, Finding]]:
    """A bucket takes plain HTTP from whoever may use it, unless its policy denies that."""
    stack = Stack(resources)
    policies: dict[str, list[Value]] = {}
    for policy in stack.of(*_POLICIES):
        for bucket in stack.references(policy, "bucket", types=BUCKETS).found:
            policies.setdefault(bucket.urn, []).append(policy.get("policy"))
    for bucket in stack.of(*BUCKETS):
        documents = [*policies.get(bucket.urn, ()), bucket.get("policy")]
        answers = [_denies_plain(document) for document in documents if document is not None]
        if any(isinstance(answer, Unknown) for answer in answers):
            yield bucket, NotKnown("the bucket's policy, and with it whether plain HTTP is denied")
        elif True not in answers:
            yield (
                bucket,
                Violation(
                    f"no bucket policy denies plain HTTP: {_PLAIN}",
                    "add a Deny of s3:* for the bucket and its objects with the condition "
                    'Bool aws:SecureTransport "false"',
                ),
            )


def _denies_plain(document: Value) -> bool | Unknown:
    try:
        found = statements(document)
    except UnreadableError:
        return False
    if isinstance(found, Unknown):
        return found
    return any(map(_is_denial, found))


def _is_denial(statement: Statement) -> bool:
    return (
        not statement.allows
        and "s3:*" in {action.lower() for action in statement.actions}
        and "*" in statement.principals
        and len(statement.conditions) == 1
        and any(
            condition.operator.lower() == "bool"
            and condition.key == "aws:securetransport"
            and [value.lower() for value in condition.values] == ["false"]
            for condition in statement.conditions
        )
    )


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]
