"""An example of each component with every argument said, and one with what is required alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pilaster.aws import (
    AdmissionArgs,
    ApiArgs,
    BucketArgs,
    BucketPagesArgs,
    BusArgs,
    CacheArgs,
    CdnArgs,
    Code,
    ConsumerArgs,
    Cooling,
    DailyTableArgs,
    DataProxyArgs,
    DataTierArgs,
    Dispatch,
    Expiry,
    FunctionArgs,
    Grant,
    MailArgs,
    MigrationsArgs,
    NetworkArgs,
    NetworkRef,
    OriginSecretArgs,
    OwnDomain,
    PageSources,
    PipelineArgs,
    QueueArgs,
    QueueSource,
    ScheduleArgs,
    SecretArgs,
    SiteArgs,
    Start,
    StreamSource,
    TableArgs,
    TableIndex,
    UsersArgs,
    WebSocketArgs,
    WorkflowArgs,
)
from pilaster.aws.api import Throttle
from pilaster.flow import Ask, Catch, Choice, Fail, Flow, Publish, Retry, Step, Succeed, Task, When
from pilaster.naming import Place
from pilaster.packaging import Target

ACCOUNT = "123456789012"
READ_PAGES = "on ~page:* resetchannels -@all +get"
FUNCTION_ARN = f"arn:aws:lambda:eu-central-1:{ACCOUNT}:function:other"
TABLE_ARN = f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/outbox"
MACHINE_ARN = f"arn:aws:states:eu-central-1:{ACCOUNT}:stateMachine:reading"
REGISTRY = "210987654321.dkr.ecr.eu-central-1.amazonaws.com"
QUEUE_ARN = f"arn:aws:sqs:eu-central-1:{ACCOUNT}:jobs"


def minimal(root: Path) -> Mapping[str, Any]:
    """What cannot be left out."""
    place = Place(
        project="shop",
        stack="dev",
        account=ACCOUNT,
        region="eu-central-1",
        zones=["eu-central-1a", "eu-central-1b"],
        root=str(root),
    )
    side = NetworkRef(subnet_ids=["subnet-1", "subnet-2"], security_group_ids=["sg-1"])
    function = FunctionArgs(place=place, code=Code(entry_point="app.hello"))
    flow = Flow(start="read", steps={"read": Step(task=Task(function="read"))})
    return {
        "Admission": AdmissionArgs(
            place=place,
            state_machine_arn=MACHINE_ARN,
            function=function,
            bus_name="shop-dev-bus",
        ),
        "Api": ApiArgs(
            place=place, routes={"GET /hello": function}, issuer="https://issuer", audience=["web"]
        ),
        "Bucket": BucketArgs(place=place),
        "BucketPages": BucketPagesArgs(bucket="shop-files", origins=["https://app.example"]),
        "Bus": BusArgs(place=place),
        "Consumer": ConsumerArgs(
            place=place, source="shop", types=["job.completed"], function=function
        ),
        "Cache": CacheArgs(place=place, network=side, users={"reader": READ_PAGES}),
        "DailyTable": DailyTableArgs(
            place=place, table="records", bucket_name="shop-records", columns={"id": "string"}
        ),
        "Cdn": CdnArgs(
            place=place, api_id="abc", web_socket_id="def", origin_secret="not this one"
        ),
        "DataProxy": DataProxyArgs(
            place=place,
            network=side,
            cluster_identifier="shop-dev-data",
            cluster_resource_id="cluster-ABC",
            users=["reader"],
        ),
        "DataTier": DataTierArgs(place=place, network=side, database_name="shop"),
        "Function": function,
        "Mail": MailArgs(place=place, sender="post@shop.example"),
        "Migrations": MigrationsArgs(place=place, function=function, digest="1"),
        "Network": NetworkArgs(place=place),
        "OriginSecret": OriginSecretArgs(place=place, function=function),
        "Pipeline": PipelineArgs(
            place=place,
            flow=flow,
            functions={"read": function},
            start=Start(bucket_name="files", prefix="in/", function=function),
            bus_name="shop-dev-bus",
        ),
        "Queue": QueueArgs(place=place, consumer_timeout_seconds=30),
        "Secret": SecretArgs(place=place),
        "Schedule": ScheduleArgs(place=place, function=function, every_minutes=5),
        "Site": SiteArgs(
            place=place, folder=str(root / "site"), bucket="shop-site", function=function
        ),
        "Table": TableArgs(place=place, partition_key="id"),
        "Users": UsersArgs(place=place),
        "WebSocket": WebSocketArgs(
            place=place,
            authorizer=function,
            connect=function,
            disconnect=function,
            message=function,
        ),
        "Workflow": WorkflowArgs(
            place=place, flow=flow, function_arns={"read": FUNCTION_ARN}, bus_name="shop-dev-bus"
        ),
    }


def complete(root: Path) -> Mapping[str, Any]:
    """Every argument said, and not as its default has it."""
    place = Place(
        project="shop",
        stack="prod",
        account=ACCOUNT,
        region="eu-central-1",
        zones=["eu-central-1a", "eu-central-1b", "eu-central-1c"],
        target=Target(
            python="3.12", architecture="x86_64", libc="manylinux_2_28", machine="linux-x86_64-test"
        ),
        root=str(root),
    )
    side = NetworkRef(subnet_ids=["subnet-1", "subnet-2"], security_group_ids=["sg-1"])
    inside = FunctionArgs(
        place=place,
        code=Code(entry_point="app.hello", dependencies="nothing"),
        environment={"GREETING": "hello", "some_thing": "kept as it is"},
        grants=[
            Grant(
                owner="files",
                actions=["s3:GetObject", "s3:PutObject"],
                resources=["arn:aws:s3:::files/in/*"],
            ),
            Grant(
                owner="data",
                actions=["rds-db:connect"],
                resources=["arn:aws:rds-db:eu-central-1:1:dbuser:cluster-X/reader"],
                known=False,
            ),
        ],
        network=side,
        memory_mib=1024,
        timeout_seconds=20,
        ephemeral_storage_mib=1024,
        log_retention_days=7,
        reserved_concurrency=5,
        warm_instances=2,
        tracing=True,
        description="Says hello",
    )
    outside = FunctionArgs(place=place, code=Code(entry_point="app.hello"), tracing=True)
    polled = FunctionArgs(
        place=place,
        code=Code(entry_point="app.hello"),
        queue=QueueSource(arn=QUEUE_ARN, batch_size=5, max_concurrency=3),
        stream=StreamSource(
            arn=f"{TABLE_ARN}/stream/2026-11-21T12:00:00.000",
            table_arn=TABLE_ARN,
            failures_arn=QUEUE_ARN,
            batch_size=5,
        ),
    )
    flow = Flow(
        start="read",
        on_error="failed",
        timeout_seconds=600,
        steps={
            "read": Step(
                task=Task(
                    function="read",
                    next="judge",
                    timeout_seconds=120,
                    retry=[
                        Retry(
                            errors=["BusyError"],
                            attempts=2,
                            first_after_seconds=2,
                            backoff=1.5,
                            longest_seconds=10,
                        )
                    ],
                    catch=[Catch(errors=["UnreadableError"], next="refused", into="why")],
                )
            ),
            "judge": Step(
                choice=Choice(
                    when=[
                        When(path="kind", present=True, next="done"),
                        When(path="kind", equals="photo", next="done"),
                        When(path="sure", at_least=0.9, next="done"),
                        When(path="sure", less_than=0.1, next="say so"),
                    ],
                    default="nothing",
                )
            ),
            "done": Step(
                publish=Publish(
                    event="job.completed", source="shop", detail={"id": "id"}, next="nothing"
                )
            ),
            "say so": Step(
                publish=Publish(entries="events", told="told", next="ask", or_else="ask")
            ),
            "ask": Step(
                ask=Ask(
                    function="ask",
                    next="done",
                    timeout_seconds=300,
                    answer="decision",
                    retry=[Retry(errors=["BusyError"])],
                    catch=[Catch(errors=["States.Timeout"], next="nothing")],
                )
            ),
            "nothing": Step(succeed=Succeed()),
            "refused": Step(fail=Fail(error="Unreadable", cause="Nobody could read it")),
            "failed": Step(publish=Publish(event="job.failed", source="shop", detail={})),
        },
    )
    return {
        "Admission": AdmissionArgs(
            place=place,
            state_machine_arn=MACHINE_ARN,
            function=outside,
            bus_name="shop-prod-bus",
            waits=["job.waits"],
        ),
        "Api": ApiArgs(
            place=place,
            routes={"GET /hello/{id}": inside, "POST /hello": outside, "$default": outside},
            issuer="https://issuer",
            audience=["web", "phone"],
            public_routes=["POST /hello", "$default"],
            allowed_origins=["https://app.example"],
            throttling_rate=12.5,
            throttling_burst=25,
            throttles={"POST /hello": Throttle(rate=1.5, burst=3)},
            log_retention_days=14,
        ),
        "Bucket": BucketArgs(
            place=place,
            protect=False,
            versioned=False,
            old_versions_days=5,
            expire=[Expiry(prefix="work/", days=1, old_versions_days=2)],
            cool=[Cooling(prefix="archive/", tiering_days=20, glacier_days=60)],
            guard=False,
        ),
        "BucketPages": BucketPagesArgs(bucket="shop-files", origins=["https://app.example"]),
        "Bus": BusArgs(place=place, archive_days=30),
        "Consumer": ConsumerArgs(
            place=place,
            source="shop",
            types=["job.completed", "job.failed"],
            function=inside,
            bus_name="shop-prod-bus",
            detail={"status": ["completed"]},
            delay_seconds=30,
            batch_size=5,
            max_concurrency=4,
        ),
        "Cache": CacheArgs(
            place=place,
            network=side,
            users={"reader": READ_PAGES, "counts": "on ~count:* resetchannels -@all +incr"},
            max_storage_gb=5,
            max_ecpu_per_second=2000,
        ),
        "DailyTable": DailyTableArgs(
            place=place,
            table="records",
            bucket_name="shop-records",
            columns={"id": "string", "route": "array<string>"},
            prefix="events/",
            days=90,
            queries={"how-many": "SELECT count(*) FROM records WHERE day >= ?"},
            read_limit_mib=100,
            results_days=1,
            protect=False,
        ),
        "Cdn": CdnArgs(
            place=place,
            api_id="abc",
            web_socket_id="def",
            origin_secret="not this one",
            sources=PageSources(
                connect=["https://files.example"], images=["https://files.example"]
            ),
            domain=OwnDomain(name="shop.example.org", zone_id="Z123"),
            price_class="PriceClass_All",
            firewall=False,
            requests_per_address=500,
            log_days=30,
            protect=False,
        ),
        "DataProxy": DataProxyArgs(
            place=place,
            network=side,
            cluster_identifier="shop-dev-data",
            cluster_resource_id="cluster-ABC",
            users=["reader", "writer"],
            max_connections_percent=60,
            max_idle_connections_percent=10,
            borrow_seconds=10,
            idle_client_seconds=600,
        ),
        "DataTier": DataTierArgs(
            place=place,
            network=side,
            database_name="shop",
            engine_version="16.8",
            min_capacity=0.5,
            max_capacity=8,
            pause_after_seconds=600,
            idle_session_seconds=120,
            statement_timeout_seconds=12,
            backup_retention_days=14,
            protect=False,
        ),
        "Function": inside,
        "Mail": MailArgs(place=place, sender="post@shop.example", identity="shop.example"),
        "Migrations": MigrationsArgs(place=place, function=outside, digest="abc"),
        "Network": NetworkArgs(place=place, cidr="10.1.0.0/20"),
        "OriginSecret": OriginSecretArgs(place=place, function=outside, generation=3),
        "Pipeline": PipelineArgs(
            place=place,
            flow=flow,
            functions={"read": inside, "ask": outside},
            start=Start(bucket_name="files", prefix="in/", function=outside, max_concurrency=4),
            dispatch=Dispatch(function=outside, waits=["job.waits"]),
            bus_name="shop-prod-bus",
            log_retention_days=14,
        ),
        "Queue": QueueArgs(
            place=place,
            consumer_timeout_seconds=60,
            rule_arns=[f"arn:aws:events:eu-central-1:{ACCOUNT}:rule/uploads"],
            delay_seconds=60,
            keep_days=2,
            keep_dead_days=7,
        ),
        "Secret": SecretArgs(place=place, description="A key.", protect=False),
        "Schedule": ScheduleArgs(place=place, function=outside, every_minutes=1),
        "Table": TableArgs(
            place=place,
            partition_key="id",
            sort_key="at",
            expires_at="until",
            indexes=[
                TableIndex(
                    partition_key="user", sort_key="session", whole_items=False, shows=["since"]
                )
            ],
            told=True,
            recoverable=False,
            protect=False,
        ),
        "Site": SiteArgs(
            place=place, folder=str(root / "site"), bucket="shop-site", function=outside
        ),
        "Users": UsersArgs(
            place=place,
            groups=["reviewers"],
            access_token_minutes=30,
            refresh_token_days=7,
            protect=False,
        ),
        "WebSocket": WebSocketArgs(
            place=place,
            authorizer=outside,
            connect=outside,
            disconnect=outside,
            message=outside,
            throttling_rate=5,
            throttling_burst=7,
        ),
        "Workflow": WorkflowArgs(
            place=place,
            flow=flow,
            function_arns={"read": FUNCTION_ARN, "ask": FUNCTION_ARN},
            bus_name="shop-prod-bus",
            log_retention_days=14,
        ),
        # A second one of a component whose arguments exclude each other.
        "Function polled": polled,
        "Function of an image": FunctionArgs(
            place=replace(place, target=Target(architecture="x86_64")),
            image_uri=f"{REGISTRY}/team/hello@sha256:{'0a' * 32}",
            image_account="210987654321",
        ),
    }


def project(root: Path) -> Path:
    """A folder with the handler the examples name, and a dependency set with nothing in it."""
    (root / "app").mkdir(parents=True)
    (root / "app" / "hello.py").write_text("def handler(event, context):\n    return 'hello'\n")
    (root / "site" / "assets").mkdir(parents=True)
    (root / "site" / "index.html").write_text("<!doctype html>")
    (root / "site" / "assets" / "index-1a2b.js").write_text("")
    empty = root / "app" / "dependencies" / "nothing"
    empty.mkdir(parents=True)
    (empty / "pyproject.toml").write_text(
        '[project]\nname = "nothing"\nversion = "0"\nrequires-python = ">=3.11"\n'
    )
    (empty / "uv.lock").write_text(
        'version = 1\nrevision = 3\nrequires-python = ">=3.11"\n\n[[package]]\n'
        'name = "nothing"\nversion = "0"\nsource = { virtual = "." }\n'
    )
    return root
