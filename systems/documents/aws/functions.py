"""The documents system's functions: which code, which names, which grants, how large.

One function per Lambda. The page hands in names (environment) and grants (permissions); what is
decided here is which of them each handler gets, and nothing gets one it does not use.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from pilaster.aws.function import FunctionArgs, NetworkRef
from pilaster.aws.iam import Grant
from pilaster.naming import Place
from pilaster.packaging import Code
from pulumi import Input

CODE = "lambdas.documents.aws"

API_ROLE = "documents_api"
"""The database user of the API's functions (lambdas/documents/migrations/002_roles.sql)."""
WRITER_ROLE = "documents_writer"
"""The database user of `save`."""

API_MEMORY_MIB = 1024
"""Half a second of imports wants CPU, and a cold start is billed by its length too."""
READ_MEMORY_MIB = 3008
"""Tesseract runs one thread; above one CPU (1769 MiB) what is bought is room for large scans."""

MIGRATE_SECONDS = 300
"""A paused database takes up to a minute to wake before the first statement."""


@dataclass(frozen=True, kw_only=True)
class Base:
    """What all functions of the stack share."""

    place: Place
    """Project, stack, account, region."""
    log_retention_days: int
    """From the settings."""
    origin_secret_sha256: Input[str] = ""
    """What functions that clients reach know of the edge's secret. Nothing, before it is drawn."""


@dataclass(frozen=True, kw_only=True)
class DatabaseRef:
    """A database, as one database user may reach it."""

    network: NetworkRef
    """The side the database is on."""
    host: Input[str]
    """The cluster's endpoint, or its proxy's; the name its certificate is for."""
    port: Input[str]
    """As text, as every variable is."""
    name: Input[str]
    """The database in the cluster."""
    proxied: bool
    """Whether the endpoint is a proxy's: another authority signs its certificate."""
    idle_seconds: int
    """How long a connection may lie unused until the other end closes it."""
    connect: Grant
    """`rds-db:connect` as the user below."""
    user: str
    """`API_ROLE` or `WRITER_ROLE`."""

    def environment(self) -> dict[str, Input[str]]:
        """What `DatabaseSettings` reads."""
        return {
            "DATABASE_HOST": self.host,
            "DATABASE_PORT": self.port,
            "DATABASE_NAME": self.name,
            "DATABASE_USER": self.user,
            "DATABASE_PROXIED": str(self.proxied).lower(),
            "DATABASE_IDLE_SECONDS": str(self.idle_seconds),
        }


@dataclass(frozen=True, kw_only=True)
class CacheRef:
    """The cache, as one of its users may reach it, and what that user's functions are told."""

    name: Input[str]
    """Which cache a login token is made for."""
    host: Input[str]
    """Its endpoint; the name its certificate is for."""
    port: Input[str]
    """As text, as every variable is."""
    user: str
    """Whom a function logs in as."""
    connect: Grant
    """`elasticache:Connect` as that user."""
    more: Mapping[str, str]
    """The variables of what it is used for."""

    def environment(self) -> dict[str, Input[str]]:
        """What `CacheSettings` reads, and more."""
        return {
            "CACHE_NAME": self.name,
            "CACHE_HOST": self.host,
            "CACHE_PORT": self.port,
            "CACHE_USER": self.user,
            **self.more,
        }


def health(base: Base) -> FunctionArgs:
    """GET /health: outside, on the standard library alone."""
    return at_the_edge(base, "health.show", memory_mib=128, timeout_seconds=3)


def openapi(base: Base, *, upload_limit_mib: int) -> FunctionArgs:
    """GET /api/v1/openapi.json: as /health is."""
    return at_the_edge(
        base,
        "openapi.show",
        environment={"UPLOAD_LIMIT_MIB": str(upload_limit_mib)},
        memory_mib=128,
        timeout_seconds=3,
    )


def unknown(base: Base, *, routes: Collection[str]) -> FunctionArgs:
    """$default: a problem document for every route that is none. It knows those there are."""
    return at_the_edge(
        base,
        "health.unknown",
        environment={"ROUTES": ",".join(sorted(routes))},
        memory_mib=128,
        timeout_seconds=3,
    )


def create_document(
    base: Base,
    *,
    database: DatabaseRef,
    cache: CacheRef,
    bucket: Input[str],
    grants: Sequence[Grant],
    upload_limit_mib: int,
    upload_minutes: int,
) -> FunctionArgs:
    """POST /api/v1/documents. Grants: write uploads/, in whose name it signs."""
    return _api(
        base,
        "api.create",
        database,
        cache,
        grants,
        {
            "DOCUMENTS_BUCKET": bucket,
            "UPLOAD_LIMIT_MIB": str(upload_limit_mib),
            "UPLOAD_MINUTES": str(upload_minutes),
        },
    )


def list_documents(base: Base, *, database: DatabaseRef, cache: CacheRef) -> FunctionArgs:
    """GET /api/v1/documents."""
    return _api(base, "api.list", database, cache, (), {})


def show_document(base: Base, *, database: DatabaseRef, cache: CacheRef) -> FunctionArgs:
    """GET /api/v1/documents/{id}."""
    return _api(base, "api.show", database, cache, (), {})


def delete_document(
    base: Base,
    *,
    database: DatabaseRef,
    cache: CacheRef,
    outbox: Input[str],
    grants: Sequence[Grant],
) -> FunctionArgs:
    """DELETE /api/v1/documents/{id}. Grants: writing into the outbox."""
    return _api(base, "api.delete", database, cache, grants, {"OUTBOX_TABLE": outbox})


def classify(
    base: Base,
    *,
    network: NetworkRef,
    cache: CacheRef,
    bucket: Input[str],
    upload_limit_mib: int,
    grants: Sequence[Grant],
) -> FunctionArgs:
    """Step one. Grants: read uploads/, write work/, list the bucket (or what is deleted looks
    forbidden)."""
    return function(
        base,
        "steps.classify",
        dependencies="classifying",
        environment={
            **cache.environment(),
            "DOCUMENTS_BUCKET": bucket,
            "UPLOAD_LIMIT_MIB": str(upload_limit_mib),
        },
        grants=[cache.connect, *grants],
        network=network,
        memory_mib=1024,
        timeout_seconds=30,
    )


def preprocess(
    base: Base,
    *,
    network: NetworkRef,
    bucket: Input[str],
    upload_limit_mib: int,
    grants: Sequence[Grant],
) -> FunctionArgs:
    """Step two, for pictures. Grants: read uploads/, write preprocessed/, list the bucket."""
    return function(
        base,
        "steps.preprocess",
        dependencies="preprocessing",
        environment={"DOCUMENTS_BUCKET": bucket, "UPLOAD_LIMIT_MIB": str(upload_limit_mib)},
        grants=grants,
        network=network,
        memory_mib=READ_MEMORY_MIB,
        timeout_seconds=180,
    )


def read(
    base: Base,
    *,
    network: NetworkRef,
    cache: CacheRef,
    bucket: Input[str],
    upload_limit_mib: int,
    grants: Sequence[Grant],
    image_uri: str | None = None,
    image_account: str | None = None,
) -> FunctionArgs:
    """Step three. Grants: read uploads/ and preprocessed/, write work/, list the bucket.

    An image runs the same module, `steps.read`, with the same set of dependencies in it.
    """
    args = function(
        base,
        "steps.read",
        dependencies="reading",
        environment={
            **cache.environment(),
            "DOCUMENTS_BUCKET": bucket,
            "UPLOAD_LIMIT_MIB": str(upload_limit_mib),
        },
        grants=[cache.connect, *grants],
        network=network,
        memory_mib=READ_MEMORY_MIB,
        timeout_seconds=180,
    )
    if image_uri is None:
        return args
    return replace(args, code=None, image_uri=image_uri, image_account=image_account)


def read_by_textract(
    base: Base, *, bucket: Input[str], upload_limit_mib: int, grants: Sequence[Grant]
) -> FunctionArgs:
    """Step three with `documents.ocr: textract`, outside: the same, and Textract's own grant."""
    reads = Grant(owner="textract", actions=["textract:DetectDocumentText"], resources=["*"])
    return function(
        base,
        "steps.read_textract",
        dependencies="textract",
        environment={"DOCUMENTS_BUCKET": bucket, "UPLOAD_LIMIT_MIB": str(upload_limit_mib)},
        grants=[*grants, reads],
        memory_mib=READ_MEMORY_MIB,
        timeout_seconds=180,
    )


def interpret(
    base: Base,
    *,
    network: NetworkRef,
    bucket: Input[str],
    complete_at: float,
    model_at: float,
    grants: Sequence[Grant],
) -> FunctionArgs:
    """Step four. Grants: read and write work/, list the bucket."""
    return function(
        base,
        "steps.interpret",
        dependencies="edge",
        environment={
            "DOCUMENTS_BUCKET": bucket,
            "COMPLETE_AT": f"{complete_at:g}",
            "MODEL_AT": f"{model_at:g}",
        },
        grants=grants,
        network=network,
        memory_mib=1024,
        timeout_seconds=60,
    )


def save(
    base: Base,
    *,
    database: DatabaseRef,
    bucket: Input[str],
    reviews: Input[str],
    grants: Sequence[Grant],
) -> FunctionArgs:
    """The last step. Grants: read work/, delete uploads/ and work/, move uploads/ to archive/, list
    the bucket, read the table of reviews."""
    return function(
        base,
        "steps.save",
        dependencies="database",
        environment={
            **database.environment(),
            "DOCUMENTS_BUCKET": bucket,
            "REVIEWS_TABLE": reviews,
        },
        grants=[database.connect, *grants],
        network=database.network,
        memory_mib=1024,
        timeout_seconds=30,
    )


def migrate(
    base: Base,
    *,
    cluster: Input[str],
    master_secret: Input[str],
    database_name: Input[str],
    grants: Sequence[Grant],
) -> FunctionArgs:
    """Run by the deployment. Grants: the cluster's Data API, and reading the master secret."""
    return function(
        base,
        "migrate",
        dependencies="edge",
        environment={
            "CLUSTER_ARN": cluster,
            "MASTER_SECRET_ARN": master_secret,
            "DATABASE_NAME": database_name,
        },
        grants=grants,
        memory_mib=512,
        timeout_seconds=MIGRATE_SECONDS,
    )


def _api(
    base: Base,
    entry: str,
    database: DatabaseRef,
    cache: CacheRef,
    grants: Sequence[Grant],
    environment: dict[str, Input[str]],
) -> FunctionArgs:
    return at_the_edge(
        base,
        entry,
        dependencies="database",
        environment={**database.environment(), **cache.environment(), **environment},
        grants=[database.connect, cache.connect, *grants],
        network=database.network,
        memory_mib=API_MEMORY_MIB,
        # API Gateway gives up after 30 seconds.
        timeout_seconds=28,
    )


def at_the_edge(
    base: Base,
    entry: str,
    *,
    memory_mib: int,
    timeout_seconds: int,
    dependencies: str | None = None,
    environment: dict[str, Input[str]] | None = None,
    grants: Sequence[Grant] = (),
    network: NetworkRef | None = None,
) -> FunctionArgs:
    """One that clients reach: it refuses what did not come through the distribution."""
    return function(
        base,
        entry,
        memory_mib=memory_mib,
        timeout_seconds=timeout_seconds,
        dependencies=dependencies,
        environment={"ORIGIN_SECRET_SHA256": base.origin_secret_sha256, **(environment or {})},
        grants=grants,
        network=network,
    )


def function(
    base: Base,
    entry: str,
    *,
    memory_mib: int,
    timeout_seconds: int,
    dependencies: str | None = None,
    environment: dict[str, Input[str]] | None = None,
    grants: Sequence[Grant] = (),
    network: NetworkRef | None = None,
) -> FunctionArgs:
    """One function of the stack: `entry` is its module below `lambdas.documents.aws`."""
    return FunctionArgs(
        place=base.place,
        code=Code(entry_point=f"{CODE}.{entry}", dependencies=dependencies),
        environment=environment or {},
        grants=grants,
        network=network,
        memory_mib=memory_mib,
        timeout_seconds=timeout_seconds,
        log_retention_days=base.log_retention_days,
    )
