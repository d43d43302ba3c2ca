"""Nothing is for everybody: neither for the internet nor for whoever has a Google account."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.rules.gcp.bindings import TYPES, bindings, known
from pilaster_policies.values import inside, is_unknown, texts

ID = "gcp-public-member"
WHY = "What the public may reach stands behind the one API, which checks who it is."
EVERYBODY = ("allUsers", "allAuthenticatedUsers")
_ACCESS = (
    "gcp:storage/bucketAccessControl:BucketAccessControl",
    "gcp:storage/defaultObjectAccessControl:DefaultObjectAccessControl",
    "gcp:storage/objectAccessControl:ObjectAccessControl",
)
_LISTS = (
    "gcp:storage/bucketACL:BucketACL",
    "gcp:storage/defaultObjectACL:DefaultObjectACL",
    "gcp:storage/objectACL:ObjectACL",
)


_POOL = re.compile(r"principalSet://[^/]+/.*/workloadIdentityPools/[^/]+/\*")
_ACTING = (
    "roles/iam.serviceAccountOpenIdTokenCreator",
    "roles/iam.serviceAccountTokenCreator",
    "roles/iam.workloadIdentityUser",
)
"""With these one acts as the service account."""
_INSIDE = ("INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER")


@rule(ID, on=TYPES, why=WHY)
def bound(resource: Resource) -> Iterator[Finding]:
    for each in bindings(resource):
        for member in each.members:
            who, role = known(member), known(each.role)
            if who in EVERYBODY:
                yield _public(f"{each.label}{who} has {role or 'a role'}")
            elif who and role in _ACTING and _POOL.fullmatch(who):
                yield Violation(
                    f"{each.label}every identity of the pool has {role}: of a pool that trusts a "
                    "public issuer, as GitHub's, that may be anybody's",
                    "name what is meant: principalSet://.../attribute.NAME/VALUE, or "
                    "principal://.../subject/SUBJECT",
                )


@rule(ID, on="gcp:cloudrunv2/service:Service", why=WHY)
def unasked(resource: Resource) -> Iterator[Finding]:
    """Without the check of who calls there needs no binding: inside a network, or behind the
    Identity-Aware Proxy, others stand before it."""
    off = resource.get("invokerIamDisabled")
    if not is_unknown(off) and str(off).lower() == "true":
        guarded = str(resource.get("iapEnabled")).lower() == "true"
        if not guarded and resource.get("ingress") not in _INSIDE:
            yield _public("invokerIamDisabled is true: whoever calls is let in")


@rule(ID, on="gcp:cloudrun/service:Service", why=WHY)
def unasked_by_annotation(resource: Resource) -> Iterator[Finding]:
    said = resource.get("metadata", "annotations", "run.googleapis.com/invoker-iam-disabled")
    if not is_unknown(said) and str(said).lower() == "true":
        yield _public("invoker-iam-disabled is true: whoever calls is let in")


@rule(
    ID,
    on=("gcp:bigquery/dataset:Dataset", "gcp:bigquery/datasetAccess:DatasetAccess"),
    why=WHY,
)
def dataset(resource: Resource) -> Iterator[Finding]:
    listed = resource.get("accesses") if resource.type.endswith(":Dataset") else resource.props
    for entry in listed if isinstance(listed, list) else [listed]:
        for key in ("iamMember", "specialGroup"):
            said = inside(entry, key)
            if is_unknown(said) and not is_unknown(entry):
                resource.ask((key,), unknown=True)
            elif isinstance(said, str) and (who := said.rpartition(":")[2]) in EVERYBODY:
                yield _public(f"{key} is {who}: the dataset is read")


@rule(ID, on=_ACCESS, why=WHY)
def access(resource: Resource) -> Iterator[Finding]:
    if (who := resource.get("entity")) in EVERYBODY:
        yield _public(f"{who} has access")


@rule(ID, on=_LISTS, why=WHY)
def listed(resource: Resource) -> Iterator[Finding]:
    if str(resource.get("predefinedAcl")).startswith("public"):
        yield _public("predefinedAcl is public: allUsers has access")
    for entity in texts(resource.get("roleEntities")):
        if entity.rpartition(":")[2] in EVERYBODY:
            yield _public(f"roleEntities holds {entity}")


def _public(what: str) -> Violation:
    return Violation(
        f"{what}: anybody on the internet, or anybody with a Google account, which is the same",
        "name the service account that calls it",
    )
