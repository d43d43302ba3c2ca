"""The documents system's functions as the page makes them, with names that lead nowhere."""

from __future__ import annotations

from typing import Any

from pilaster.aws.function import FunctionArgs, NetworkRef
from pilaster.aws.iam import Grant
from pilaster.naming import Place

from systems.documents.aws import accounts, admission, cdn, ended, events, mail, push, reviews
from systems.documents.aws import functions as fn
from systems.documents.aws.model import extract
from systems.settings import load
from tests.support import edge

PLACE = Place(
    project="pilaster",
    stack="test",
    account="000000000000",
    region="eu-central-1",
    zones=("eu-central-1a", "eu-central-1b"),
)
INSIDE = NetworkRef(subnet_ids=["subnet-1"], security_group_ids=["sg-1"])
ENTRY = fn.CODE
WITH_MODEL = load(
    {
        "aws:region": "eu-central-1",
        "aws:allowedAccountIds": '["000000000000"]',
        "pilaster:system": "documents",
        "pilaster:account": "000000000000",
        "pilaster:target": "machine",
        "pilaster:zones": '["eu-central-1a", "eu-central-1b"]',
        "pilaster:model": '{"service": "anthropic"}',
    }
)


def functions() -> dict[str, FunctionArgs]:
    """By entry point."""
    base = fn.Base(place=PLACE, log_retention_days=30, origin_secret_sha256=edge.SHA256)
    bucket = "documents-files"
    inside: dict[str, Any] = {"network": INSIDE, "bucket": bucket, "grants": []}
    auth: dict[str, Any] = {"client": "client-1", "attempts": "documents-attempts", "grants": []}
    admitting: dict[str, Any] = {
        "state_machine": "arn:aws:states:::x",
        "bus": "documents-bus",
        "table": "documents-admission",
        "at_once": 3,
        "grants": [],
    }
    api: dict[str, Any] = {
        "database": _database(fn.API_ROLE),
        "cache": _cache(REQUESTS_PER_MINUTE="60"),
    }
    readings = _cache(READER_VERSION="1", READINGS_KEPT_DAYS="30")
    made = [
        fn.health(base),
        fn.openapi(base, upload_limit_mib=20),
        fn.unknown(base, routes=["GET /health", "DELETE /api/v1/documents/{id}"]),
        fn.create_document(
            base,
            **api,
            bucket=bucket,
            grants=[],
            upload_limit_mib=20,
            upload_minutes=15,
        ),
        fn.list_documents(base, **api),
        fn.show_document(base, **api),
        accounts.register(base, user_pool="pool-1", confirm_at_once=True, **auth),
        accounts.confirm(base, **auth),
        accounts.login(base, **auth),
        accounts.refresh(base, client="client-1"),
        accounts.logout(
            base,
            client="client-1",
            hang_up_environment={
                "CONNECTIONS_TABLE": "documents-connections",
                "SOCKETS_URL": "https://sockets.example",
            },
            grants=[],
        ),
        fn.delete_document(base, **api, outbox="outbox", grants=[]),
        admission.starter(base, bucket=bucket, **admitting),
        admission.dispatch(base, **admitting),
        fn.classify(base, cache=readings, upload_limit_mib=20, **inside),
        fn.preprocess(base, upload_limit_mib=20, **inside),
        fn.read(base, cache=readings, upload_limit_mib=20, **inside),
        fn.read_by_textract(base, upload_limit_mib=20, bucket=bucket, grants=[]),
        fn.interpret(base, complete_at=98, model_at=80, **inside),
        extract(
            base,
            bucket=bucket,
            table="model",
            key_secret="arn:aws:secretsmanager:::secret:key",
            settings=WITH_MODEL,
            grants=[],
        ),
        fn.save(
            base,
            database=_database(fn.WRITER_ROLE),
            bucket=bucket,
            reviews="documents-reviews",
            grants=[],
        ),
        events.publisher(
            base,
            outbox="outbox",
            bus="bus",
            unsaid_queue="http://127.0.0.1:1/unsaid",
            reviews="reviews",
            state_machine="arn:aws:states:::x",
            grants=[],
        ),
        events.record(base, bucket="records", grants=[]),
        ended.ended(
            base,
            database=_database(fn.WRITER_ROLE),
            bucket=bucket,
            outbox="outbox",
            reviews="reviews",
            grants=[],
        ),
        events.erase(
            base,
            database=_database(events.ERASER_ROLE),
            cache=_cache(),
            bucket=bucket,
            upload_limit_mib=20,
            answers=None,
            grants=[],
        ),
        fn.migrate(
            base,
            cluster="arn:aws:rds:::cluster",
            master_secret="arn:aws:secretsmanager:::secret",
            database_name="documents",
            grants=[],
        ),
        cdn.draw(base),
        cdn.publish(base, distribution="E1", bucket="site", grants=[]),
        *_push(base),
        *_mail(base),
    ]
    made += _reviews(base, bucket)
    return {each.code.entry_point: each for each in made}


def _push(base: fn.Base) -> list[FunctionArgs]:
    return [
        push.issue(base, tickets="tickets", grants=[]),
        push.authorize(base, tickets="tickets", grants=[]),
        push.connect(base, connections="connections", grants=[]),
        push.disconnect(base, connections="connections", grants=[]),
        push.message(base),
        push.broadcast(
            base,
            connections="connections",
            deliveries="deliveries",
            sockets_url="https://push",
            grants=[],
        ),
    ]


def _mail(base: fn.Base) -> list[FunctionArgs]:
    return [
        mail.wish(base, wishes="wishes", grants=[]),
        mail.wished(base, wishes="wishes", grants=[]),
        mail.send(
            base,
            deliveries="deliveries",
            wishes="wishes",
            user_pool="pool-1",
            unverified=False,
            mail_from="post@example.org",
            configuration_set="set-1",
            grants=[],
        ),
    ]


def _reviews(base: fn.Base, bucket: str) -> list[FunctionArgs]:
    table: dict[str, Any] = {"table": "documents-reviews", "grants": []}
    return [
        reviews.list_reviews(base, **table),
        reviews.show_review(base, bucket=bucket, **table),
        reviews.claim_review(base, claim_minutes=30, **table),
        reviews.decide_review(base, **table),
        reviews.watch_reviews(base, bus="documents-bus", escalate_after_hours=24, **table),
        reviews.request_review(base, bucket=bucket, review_seconds=604_800, **table),
        reviews.close_review(base, **table),
    ]


def _database(user: str) -> fn.DatabaseRef:
    return fn.DatabaseRef(
        network=INSIDE,
        host="127.0.0.1",
        port="1",  # nothing listens there: a function warms up in vain, and goes on
        name="documents",
        proxied=False,
        idle_seconds=240,
        connect=Grant(
            owner="data",
            actions=["rds-db:connect"],
            resources=[f"arn:aws:rds-db:eu-central-1:000000000000:dbuser:cluster-1/{user}"],
        ),
        user=user,
    )


def _cache(**more: str) -> fn.CacheRef:
    return fn.CacheRef(
        name="cache",
        host="127.0.0.1",
        port="1",  # nothing listens there: a function does without
        user="reader",
        connect=Grant(
            owner="cache",
            actions=["elasticache:Connect"],
            resources=["arn:aws:elasticache:eu-central-1:000000000000:user:reader"],
        ),
        more=more,
    )
