"""Grants: which role of Google's on which one thing. Creates what binds them, and nothing else.

The decision taken here for everybody: a role is one of this table, each the narrowest Google brings
for what the code does, bound on one resource and by one member. A role that Google binds on a
project alone has a condition that names the resource; the one that has no resource stands beside
its reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pulumi
from pulumi_gcp import artifactregistry, cloudrunv2, projects, secretmanager, storage

from pilaster.gcp.naming import Place
from pilaster.naming import slug

Kind = Literal["bucket", "project", "repository", "secret", "service"]

ROLES: Mapping[str, tuple[Kind, ...]] = MappingProxyType(
    {
        "roles/artifactregistry.writer": ("repository",),
        "roles/cloudsql.instanceUser": ("project",),
        "roles/logging.logWriter": ("project",),
        "roles/run.invoker": ("service",),
        "roles/secretmanager.secretAccessor": ("secret",),
        "roles/storage.objectViewer": ("bucket", "project"),
    }
)
"""What is granted here, and what it may be bound on."""

WITHOUT_RESOURCE: Mapping[str, str] = MappingProxyType(
    {"roles/logging.logWriter": "a build's log entries go to the project, which has one log router"}
)
"""Roles bound on the whole project, with the reason."""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Leave to do something with one thing. Handed to an `Identity`, which binds it."""

    owner: str
    """Logical name of the component that owns the resource."""
    role: str
    """A name of `ROLES`."""
    kind: Kind
    """What `resource` is."""
    resource: pulumi.Input[str]
    """The bucket, secret, repository or service by its name; for a project its id."""
    condition: str | None = None
    """In Google's expression language; a role on a project names its resource so."""
    why: str
    """What asks for it."""

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(
                f"role {self.role!r} is not granted here: there are {', '.join(ROLES)}; a narrower "
                "one belongs into ROLES"
            )
        if self.kind not in ROLES[self.role]:
            raise ValueError(
                f"role {self.role!r} is bound on a {' or a '.join(ROLES[self.role])}, not on a "
                f"{self.kind}"
            )
        if self.kind == "project" and not self.condition and self.role not in WITHOUT_RESOURCE:
            raise ValueError(
                f"role {self.role!r} of {self.owner!r} would be for everything in the project: "
                "name the resource in a condition, or give the reason in WITHOUT_RESOURCE"
            )


def bind(
    name: str,
    place: Place,
    member: pulumi.Input[str],
    grants: Sequence[Grant],
    opts: pulumi.ResourceOptions,
) -> list[pulumi.Resource]:
    """One member per grant: a binding of ours never takes another's away."""
    return [
        _bound(
            f"{name}-{grant.owner}-{slug(grant.role.removeprefix('roles/'))}",
            place,
            member,
            grant,
            opts,
        )
        for grant in grants
    ]


def _bound(
    name: str,
    place: Place,
    member: pulumi.Input[str],
    grant: Grant,
    opts: pulumi.ResourceOptions,
) -> pulumi.Resource:
    match grant.kind:
        case "bucket":
            return storage.BucketIAMMember(
                name, bucket=grant.resource, role=grant.role, member=member, opts=opts
            )
        case "repository":
            return artifactregistry.RepositoryIamMember(
                name,
                project=place.cloud_project,
                location=place.region,
                repository=grant.resource,
                role=grant.role,
                member=member,
                opts=opts,
            )
        case "secret":
            return secretmanager.SecretIamMember(
                name,
                project=place.cloud_project,
                secret_id=grant.resource,
                role=grant.role,
                member=member,
                opts=opts,
            )
        case "service":
            return cloudrunv2.ServiceIamMember(
                name,
                project=place.cloud_project,
                location=place.region,
                name=grant.resource,
                role=grant.role,
                member=member,
                opts=opts,
            )
        case "project":
            return projects.IAMMember(
                name,
                project=grant.resource,
                role=grant.role,
                member=member,
                condition=(
                    projects.IAMMemberConditionArgs(
                        title=grant.owner, description=grant.why, expression=grant.condition
                    )
                    if grant.condition
                    else None
                ),
                opts=opts,
            )
