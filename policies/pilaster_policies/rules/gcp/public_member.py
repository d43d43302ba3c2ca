"""Nothing is for everybody: neither for the internet nor for whoever has a Google account."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.rules.gcp.bindings import TYPES, bindings, known
from pilaster_policies.values import texts

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


@rule(ID, on=TYPES, why=WHY)
def bound(resource: Resource) -> Iterator[Finding]:
    for each in bindings(resource):
        for member in each.members:
            if (who := known(member)) in EVERYBODY:
                yield _public(f"{each.label}{who} has {known(each.role) or 'a role'}")


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
