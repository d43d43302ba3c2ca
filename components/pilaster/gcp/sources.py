"""Where functions are built from, and who builds them: a bucket, a repository, an account.

The decision taken here for everybody: builds run as an account of their own, which reads sources
and writes one repository. Google's default, the project's Compute Engine account, may edit the
whole project, and whatever a dependency does while it is installed, it would do as that.
"""

from dataclasses import dataclass

import pulumi
from pulumi_gcp import artifactregistry, storage

from pilaster.gcp.iam import Grant
from pilaster.gcp.identity import Identity, IdentityArgs
from pilaster.gcp.naming import Place, labels
from pilaster.naming import once

KEEP_VERSIONS = 3
"""How many images a function keeps to go back to."""
KEEP_DAYS = 30
"""How long an archive stays that no function is built from any more."""


@dataclass(frozen=True, kw_only=True)
class SourcesRef:
    """What a function is built with."""

    bucket: pulumi.Input[str]
    """Where its archive is stored."""
    repository: pulumi.Input[str]
    """Where its image goes: the repository's whole name."""
    builder: pulumi.Input[str]
    """Who builds it: the account's whole name."""


@dataclass(frozen=True, kw_only=True)
class SourcesArgs:
    """Where it is."""

    place: Place
    """Project, stack, Google's project, region."""


class Sources(pulumi.ComponentResource):
    """See the module's first lines."""

    ref: SourcesRef
    """What functions take."""

    def __init__(
        self, name: str, args: SourcesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:gcp:Sources", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        place = args.place
        bucket_name = place.worldwide("bucket", name)
        bucket = storage.Bucket(
            f"{name}-bucket",
            project=place.cloud_project,
            name=bucket_name,
            location=place.region.upper(),
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            versioning={"enabled": True},
            lifecycle_rules=[
                {
                    "action": {"type": "Delete"},
                    "condition": {"days_since_noncurrent_time": KEEP_DAYS},
                }
            ],
            # Sources are made again from the repository; a stack that goes leaves nothing behind.
            force_destroy=True,
            labels=labels(place, name),
            opts=child,
        )
        repository_name = place.name("repository", name)
        repository = artifactregistry.Repository(
            f"{name}-images",
            project=place.cloud_project,
            location=place.region,
            repository_id=repository_name,
            format="DOCKER",
            cleanup_policies=[
                {
                    "id": "keep-a-few",
                    "action": "KEEP",
                    "most_recent_versions": {"keep_count": KEEP_VERSIONS},
                },
                {
                    "id": "delete-the-rest",
                    "action": "DELETE",
                    "condition": {"older_than": f"{KEEP_DAYS * 86_400}s"},
                },
            ],
            labels=labels(place, name),
            opts=child,
        )
        builder = Identity(
            f"{name}-builder",
            IdentityArgs(
                place=place,
                description="Builds functions",
                grants=builds(
                    name, place, once(bucket, bucket_name), once(repository, repository_name)
                ),
            ),
            opts=child,
        )
        self.ref = SourcesRef(
            bucket=once(bucket, bucket_name),
            repository=once(
                repository,
                place.address("locations", place.region, "repositories", repository_name),
            ),
            builder=builder.principal.apply(lambda email: place.address("serviceAccounts", email)),
        )
        self.register_outputs(
            {
                "bucket": self.ref.bucket,
                "repository": self.ref.repository,
                "builder": self.ref.builder,
            }
        )


def builds(
    owner: str, place: Place, bucket: pulumi.Input[str], repository: pulumi.Input[str]
) -> list[Grant]:
    """What Google's build does as the builder, and no more."""
    return [
        Grant(
            owner=owner,
            role="roles/storage.objectViewer",
            kind="bucket",
            resource=bucket,
            why="reads the archive",
        ),
        Grant(
            owner=f"{owner}-copies",
            role="roles/storage.objectViewer",
            kind="project",  # the bucket is Google's, and there once a function was built
            resource=place.cloud_project,
            condition=(
                'resource.name.startsWith("projects/_/buckets/gcf-v2-sources-") && '
                'resource.type == "storage.googleapis.com/Object"'
            ),
            why="Cloud Functions copies the archive into a bucket of its own and builds from there",
        ),
        Grant(
            owner=owner,
            role="roles/artifactregistry.writer",
            kind="repository",
            resource=repository,
            why="stores the image",
        ),
        Grant(
            owner=owner,
            role="roles/logging.logWriter",
            kind="project",
            resource=place.cloud_project,
            why="writes the build's log",
        ),
    ]
