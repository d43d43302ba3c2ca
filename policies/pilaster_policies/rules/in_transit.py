"""Data travels encrypted: TLS is not offered but required, and none older than 1.2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.values import is_unknown, shown, texts
from pilaster_policies.wanted import Wanted, findings

ID = "aws-encryption-in-transit"
WHY = "Data travels encrypted: who listens on the way learns nothing."
PLAIN = "clients may talk to it in plain text"
OLD = "clients may use a TLS that has been broken"

_SEARCH = (
    Wanted(("domainEndpointOptions", "enforceHttps"), (True,), PLAIN),
    Wanted(
        ("domainEndpointOptions", "tlsSecurityPolicy"),
        ("Policy-Min-TLS-1-2-2019-07", "Policy-Min-TLS-1-2-PFS-2023-10"),
        OLD,
    ),
    Wanted(("nodeToNodeEncryption", "enabled"), (True,), "its nodes talk in plain text"),
)
TABLE = {
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        Wanted(("transitEncryptionEnabled",), (True,), PLAIN),
    ),
    "aws:memorydb/cluster:Cluster": (Wanted(("tlsEnabled",), (True, None), PLAIN),),
    "aws:opensearch/domain:Domain": _SEARCH,
    "aws:elasticsearch/domain:Domain": _SEARCH,
    "aws:msk/cluster:Cluster": (
        Wanted(("encryptionInfo", "encryptionInTransit", "clientBroker"), ("TLS", None), PLAIN),
        Wanted(
            ("encryptionInfo", "encryptionInTransit", "inCluster"),
            (True, None),
            "its brokers talk in plain text",
        ),
    ),
    "aws:rds/proxy:Proxy": (Wanted(("requireTls",), (True,), PLAIN),),
    "aws:apigatewayv2/domainName:DomainName": (
        Wanted(("domainNameConfiguration", "securityPolicy"), ("TLS_1_2", "TLS_1_3"), OLD),
    ),
    "aws:apigateway/domainName:DomainName": (
        Wanted(("securityPolicy",), ("TLS_1_2", "TLS_1_3", None), OLD),
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
                f"{_shown(path)}.viewerProtocolPolicy is allow-all: {PLAIN}",
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
                f"viewerCertificate.minimumProtocolVersion is {shown(least)}: {OLD}",
                "set it to TLSv1.2_2021",
            )


def _each(resource: Resource, name: str) -> list[tuple[str | int, ...]]:
    """The paths of the entries of a list, which may be written as its only one."""
    said = resource.get(name)
    return [(name, n) for n in range(len(said))] if isinstance(said, list) else [(name,)]


def _shown(path: Sequence[str | int]) -> str:
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in path)[1:]


@rule(ID, on="aws:sns/topicSubscription:TopicSubscription", why=WHY)
def subscription(resource: Resource) -> Iterator[Finding]:
    if resource.get("protocol") == "http":
        yield Violation(
            "protocol is http: who listens on the way reads every message",
            "set protocol to https, and endpoint to an address that answers there",
        )
