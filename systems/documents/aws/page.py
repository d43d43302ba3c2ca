"""The timetable document pipeline on AWS: the architecture drawing, in code.

Names (environment) and grants (permissions) go from one part to the other here and nowhere else, so
who may touch what is read in one file.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
from pilaster.aws import (
    Api,
    ApiArgs,
    Bucket,
    BucketArgs,
    BucketPages,
    BucketPagesArgs,
    Bus,
    BusArgs,
    DataTier,
    DataTierArgs,
    Migrations,
    MigrationsArgs,
    Network,
    NetworkArgs,
    Pipeline,
    PipelineArgs,
    Start,
    Throttle,
    Users,
    UsersArgs,
)
from pilaster.naming import Place
from pilaster.packaging import Target

from systems.documents.aws import accounts, events, storage
from systems.documents.aws import functions as fn
from systems.documents.aws.accounts import accounts_part
from systems.documents.aws.admission import admission_part
from systems.documents.aws.cache import cache_part
from systems.documents.aws.cdn import Behind, cdn_part, files_origin, origin_secret, site_part
from systems.documents.aws.database import database_part
from systems.documents.aws.ended import ended_part
from systems.documents.aws.flow import flow
from systems.documents.aws.mail import mail_part
from systems.documents.aws.model import model_part
from systems.documents.aws.push import push_part
from systems.documents.aws.report import reporting
from systems.documents.aws.reviews import GROUP, reviews_part, reviews_table
from systems.settings import Settings

NAME = "documents"
PUBLIC = (
    "GET /health",
    "GET /api/v1/openapi.json",
    *accounts.PUBLIC,
    "$default",
)
"""What is answered without a token; every other route wants one."""
THROTTLES = {
    **accounts.THROTTLES,
    # Each makes a row, and a link to store a file with.
    "POST /api/v1/documents": Throttle(rate=10, burst=50),
    "DELETE /api/v1/documents/{id}": Throttle(rate=10, burst=50),
    # A client looks for its answer once a second.
    "GET /api/v1/documents": Throttle(rate=50, burst=100),
    "GET /api/v1/documents/{id}": Throttle(rate=100, burst=200),
    # One for each time a page or the command opens a socket.
    "POST /api/v1/push/tickets": Throttle(rate=10, burst=50),
    "GET /api/v1/mail/wishes": Throttle(rate=10, burst=20),
    "PUT /api/v1/mail/wishes": Throttle(rate=10, burst=20),
    "GET /health": Throttle(rate=10, burst=20),
    "GET /api/v1/openapi.json": Throttle(rate=10, burst=20),
    # What browsers ask before they call comes here as well.
    "$default": Throttle(rate=50, burst=100),
}
"""Of all clients together. A throttle is the cheapest answer there is, and no lock: one client can
use up what a route takes. The firewall counts by address, where a stack has one."""


def deploy(settings: Settings) -> dict[str, pulumi.Input[Any]]:
    """Declares the system; what the stack exports."""
    place = Place(
        project=pulumi.get_project(),
        stack=pulumi.get_stack(),
        account=settings.account,
        region=settings.region,
        zones=settings.zones,
        target=Target.of_this_machine() if settings.target == "machine" else Target(),
    )
    base = fn.Base(place=place, log_retention_days=settings.log_retention_days)
    limit = settings.documents.max_size_mib
    secret = origin_secret(base, NAME, settings)
    base = replace(base, origin_secret_sha256=secret.sha256)

    # What keeps data
    network = Network(f"{NAME}-network", NetworkArgs(place=place))
    files = Bucket(
        f"{NAME}-files",
        BucketArgs(
            place=place,
            protect=settings.protect,
            old_versions_days=settings.storage.old_versions_days,
            expire=storage.expiry(settings),
            cool=storage.cooling(settings),
        ),
    )
    users = Users(
        f"{NAME}-users",
        UsersArgs(
            place=place,
            groups=[GROUP],
            access_token_minutes=accounts.ACCESS_TOKEN_MINUTES,
            protect=settings.protect,
        ),
    )
    data = DataTier(
        f"{NAME}-data",
        DataTierArgs(
            place=place,
            network=network.database,
            database_name=NAME,
            engine_version=settings.data.engine_version,
            min_capacity=settings.data.min_capacity,
            max_capacity=settings.data.max_capacity,
            pause_after_seconds=settings.data.pause_after_seconds,
            idle_session_seconds=settings.data.idle_session_seconds,
            statement_timeout_seconds=settings.data.statement_timeout_seconds,
            backup_retention_days=settings.data.backup_days,
            protect=settings.protect,
        ),
    )
    database_of = database_part(place, NAME, settings, network, data)
    cache = cache_part(place, NAME, settings, network.cache)
    migrations = Migrations(
        f"{NAME}-migrations",
        MigrationsArgs(
            place=place,
            digest=_digest(Path(place.root) / "lambdas/documents/migrations"),
            function=fn.migrate(
                base,
                cluster=data.cluster_arn,
                master_secret=data.master_secret_arn,
                database_name=data.database_name,
                grants=[data.execute_statements(), data.read_master_secret()],
            ),
        ),
    )

    def database(user: str) -> fn.DatabaseRef:
        return database_of(user, migrations.after)  # no code runs on tables not there yet

    # What happens to an upload
    bus = Bus(f"{NAME}-bus", BusArgs(place=place, archive_days=settings.events.keep_days))
    waiting = reviews_table(NAME, base, protect=settings.protect)
    outbox = events.outbox(NAME, base, protect=settings.protect)
    reviews = reviews_part(
        base,
        settings.review,
        name=NAME,
        table=waiting,
        files=files,
        bus=bus,
        pipeline=f"{NAME}-pipeline",
    )
    look = files.list_objects()  # without it S3 calls what is missing forbidden
    pages = [
        files.read_objects("uploads/"),
        files.read_objects("preprocessed/"),
        files.write_objects("work/"),
        look,
    ]
    steps = {
        "classify": fn.classify(
            base,
            network=network.inside,
            cache=cache.readings,
            bucket=files.name,
            upload_limit_mib=limit,
            grants=[files.read_objects("uploads/"), files.write_objects("work/"), look],
        ),
        "preprocess": fn.preprocess(
            base,
            network=network.inside,
            bucket=files.name,
            upload_limit_mib=limit,
            grants=[files.read_objects("uploads/"), files.write_objects("preprocessed/"), look],
        ),
        "read": (
            fn.read_by_textract(base, bucket=files.name, upload_limit_mib=limit, grants=pages)
            if settings.documents.ocr == "textract"
            else fn.read(
                base,
                network=network.inside,
                cache=cache.readings,
                bucket=files.name,
                upload_limit_mib=limit,
                grants=pages,
                image_uri=settings.documents.read_image or None,
                image_account=settings.documents.read_image_account or None,
            )
        ),
        "interpret": fn.interpret(
            base,
            network=network.inside,
            bucket=files.name,
            complete_at=settings.documents.complete_at,
            model_at=settings.documents.model_at,
            grants=[files.read_objects("work/"), files.write_objects("work/"), look],
        ),
        "save": fn.save(
            base,
            database=database(fn.WRITER_ROLE),
            bucket=files.name,
            reviews=reviews.table,
            grants=[
                files.read_objects("work/"),
                files.read_objects("uploads/"),
                files.write_objects("archive/"),
                files.write_objects("uploads/"),  # what stays where one was moved away
                files.erase_objects("work/"),
                files.erase_objects("uploads/"),
                files.erase_objects("preprocessed/"),
                files.list_versions(),
                look,
                reviews.read_decisions,
            ],
        ),
        **reviews.steps,
    }
    model = model_part(base, NAME, settings, files)
    if model is not None:
        steps["extract"] = model.extract
    admission = admission_part(
        base,
        f"{NAME}-admission",
        pipeline=f"{NAME}-pipeline",
        bucket=files.name,
        bus=bus.name,
        at_once=settings.admission.at_once,
        protect=settings.protect,
    )
    pipeline = Pipeline(
        f"{NAME}-pipeline",
        PipelineArgs(
            place=place,
            bus_name=bus.name,
            functions=steps,
            flow=flow(
                {name: step.timeout_seconds for name, step in steps.items()},
                review_seconds=reviews.seconds,
            ),
            start=Start(
                bucket_name=files.name,
                prefix="uploads/",
                function=admission.starter,
            ),
            dispatch=admission.dispatch,
            log_retention_days=settings.log_retention_days,
        ),
    )

    # What people are told
    push = push_part(base, NAME, bus_name=bus.name)
    mail = mail_part(
        base, NAME, settings, users=users, deliveries=push.deliveries, bus_name=bus.name
    )

    # What is said and done besides
    told = events.publishing(
        NAME,
        base,
        outbox=outbox,
        bus=bus,
        reviews=waiting,
        state_machine=pipeline.arn,
        stop_executions=[
            Pipeline.list_executions(place, f"{NAME}-pipeline"),
            Pipeline.stop_executions(place, f"{NAME}-pipeline"),
        ],
    )
    erased = events.erasing(
        NAME,
        base,
        bus=bus,
        files=files,
        database=database(events.ERASER_ROLE),
        cache=cache.erases,
        answers=model.books if model is not None else None,
        upload_limit_mib=limit,
        after_seconds=settings.storage.erase_after_seconds,
        longest_seconds=0
        if place.target.machine
        else max(s.timeout_seconds for s in steps.values()),
    )
    ended = ended_part(
        NAME,
        base,
        database=database(fn.WRITER_ROLE),
        files=files,
        outbox=outbox.ref,
        reviews=waiting,
        state_machine=pipeline.arn,
    )
    recorded = events.recording(
        NAME, base, bus=bus, days=settings.events.records_days, protect=settings.protect
    )
    report = reporting(
        NAME,
        place,
        records=recorded["records_bucket"],
        days=settings.events.records_days,
        protect=settings.protect,
    )

    # What people call
    reader = database(fn.API_ROLE)
    routes = {
        "GET /health": fn.health(base),
        "GET /api/v1/openapi.json": fn.openapi(base, upload_limit_mib=limit),
        **push.routes,
        **mail.routes,
        **accounts_part(
            base,
            NAME,
            users=users,
            confirm_at_once=settings.auth.confirm == "at-once",
            hang_up_environment=push.hang_up_environment,
            hang_up_grants=push.hang_up_grants,
        ),
        "POST /api/v1/documents": fn.create_document(
            base,
            database=reader,
            cache=cache.writes,
            bucket=files.name,
            grants=[files.write_objects("uploads/")],
            upload_limit_mib=limit,
            upload_minutes=settings.documents.upload_minutes,
        ),
        "GET /api/v1/documents": fn.list_documents(base, database=reader, cache=cache.reads),
        "GET /api/v1/documents/{id}": fn.show_document(base, database=reader, cache=cache.reads),
        "DELETE /api/v1/documents/{id}": fn.delete_document(
            base,
            database=reader,
            cache=cache.writes,
            outbox=outbox.ref.table,
            grants=[outbox.ref.put],
        ),
        **reviews.routes,
    }
    api = Api(
        f"{NAME}-api",
        ApiArgs(
            place=place,
            issuer=users.issuer,
            audience=[users.client_id],
            public_routes=PUBLIC,
            # Without the last one the gateway answers what is no route, and not as a problem.
            routes={**routes, "$default": fn.unknown(base, routes=routes)},
            # Without an address to write from there are no routes for mail.
            throttles={
                **{each: THROTTLES[each] for each in THROTTLES if each in {*routes, "$default"}},
                **reviews.throttles,
            },
            allowed_origins=settings.allowed_origins,
            log_retention_days=settings.log_retention_days,
        ),
    )
    cdn = cdn_part(
        base,
        NAME,
        settings,
        secret,
        Behind(
            api_id=api.api_id,
            web_socket_id=push.api_id,
            files=files_origin(base, files.name, api.url),
        ),
    )
    site_part(base, NAME, settings, cdn)
    BucketPages(
        f"{NAME}-files-pages",
        BucketPagesArgs(bucket=files.name, origins=[cdn.url, *settings.allowed_origins]),
    )
    return {
        "site_url": cdn.url,
        "api_url": cdn.url,
        "gateway_url": api.url,
        "distribution_id": cdn.distribution_id,
        "push_url": cdn.url.apply(lambda url: f"ws{url.removeprefix('http')}/ws"),
        "documents_bucket": files.name,
        "user_pool_id": users.pool_id,
        "user_pool_client_id": users.client_id,
        "state_machine_arn": pipeline.arn,
        "event_bus_name": bus.name,
        "event_archive_arn": bus.archive_arn,
        **told,
        **erased,
        **ended,
        **recorded,
        **report,
        "dead_letter_queue_url": pipeline.dead_letter_url,
        **({"model_key_secret": model.key_secret} if model is not None else {}),
    }


def _digest(migrations: Path) -> str:
    """Changes when a migration does; the function that runs them is invoked again then."""
    found = sorted(migrations.glob("*.sql"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in found)).hexdigest()
