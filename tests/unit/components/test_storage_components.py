"""Buckets, tables, buses and queues: private, encrypted, and known by name."""

from __future__ import annotations

import pytest
from pilaster.aws import (
    Bucket,
    BucketArgs,
    BucketPages,
    BucketPagesArgs,
    Bus,
    BusArgs,
    Cooling,
    Expiry,
    Grant,
    Queue,
    QueueArgs,
    Table,
    TableArgs,
    TableIndex,
)

from tests.unit.components.deployment import ACCOUNT, REGION, Deployment, deployed, place

NAME = f"pilaster-dev-files-{ACCOUNT}-{REGION}"
ARN = f"arn:aws:s3:::{NAME}"
NO_TLS = {"Bool": {"aws:SecureTransport": "false"}}


def bucket(**more: object) -> Deployment:
    return deployed(lambda: Bucket("files", BucketArgs(place=place(), **more)))  # type: ignore[arg-type]


def test_a_bucket_lets_nobody_in():
    assert bucket().one("BucketPublicAccessBlock").inputs == {
        "bucket": NAME,
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    }


def test_a_bucket_refuses_what_comes_without_tls():
    assert bucket().one("BucketPolicy").document("policy")["Statement"] == [
        {
            "Sid": "DenyWithoutTls",
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": ["s3:*"],
            "Resource": [ARN, f"{ARN}/*"],
            "Condition": NO_TLS,
        }
    ]


def test_a_bucket_is_encrypted_versioned_owned_and_tells_its_events():
    stack = bucket()
    assert stack.one("BucketServerSideEncryptionConfiguration").inputs["rules"] == [
        {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    ]
    assert stack.one("BucketVersioning").inputs["versioningConfiguration"] == {"status": "Enabled"}
    assert stack.one("BucketOwnershipControls").inputs["rule"] == {
        "objectOwnership": "BucketOwnerEnforced"
    }
    assert stack.one("BucketNotification").inputs == {"bucket": NAME, "eventbridge": True}


def test_what_holds_data_is_protected_unless_a_setting_lifts_it():
    kept, free = bucket(), bucket(protect=False)
    assert kept.one("Bucket", "files-bucket").protect
    assert kept.one("Bucket", "files-bucket").inputs["forceDestroy"] is False
    assert not free.one("Bucket", "files-bucket").protect
    assert free.one("Bucket", "files-bucket").inputs["forceDestroy"] is True


def test_abandoned_uploads_and_old_versions_go_by_themselves():
    rules = bucket().one("BucketLifecycleConfiguration").inputs["rules"]
    assert [rule["id"] for rule in rules] == ["abandoned-uploads", "old-versions"]
    assert rules[0]["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 1}
    assert rules[1]["noncurrentVersionExpiration"] == {"noncurrentDays": 30}


def test_what_is_overwritten_may_go_sooner_where_it_is_said_and_the_marks_go_with_it():
    expire = [Expiry(prefix="work/", days=1, old_versions_days=1), Expiry(prefix="in/", days=9)]
    rules = bucket(expire=expire).one("BucketLifecycleConfiguration").inputs["rules"]
    assert rules[1]["expiration"] == {"expiredObjectDeleteMarker": True}
    assert rules[2]["noncurrentVersionExpiration"] == {"noncurrentDays": 1}
    assert "noncurrentVersionExpiration" not in rules[3]


def test_what_is_seldom_asked_for_costs_less_with_time():
    rules = bucket(cool=[Cooling(prefix="archive/")]).one("BucketLifecycleConfiguration").inputs
    assert rules["rules"][-1]["transitions"] == [
        {"days": 30, "storageClass": "INTELLIGENT_TIERING"},
        {"days": 90, "storageClass": "GLACIER"},
    ]
    warm = bucket(cool=[Cooling(prefix="archive/", glacier_days=None)])
    rules = warm.one("BucketLifecycleConfiguration").inputs
    assert [each["days"] for each in rules["rules"][-1]["transitions"]] == [30]


@pytest.mark.parametrize(
    ("cool", "expire"),
    [
        (Cooling(prefix="a/", tiering_days=90, glacier_days=30), []),
        (Cooling(prefix="a/", tiering_days=90, glacier_days=90), []),
        (Cooling(prefix="a/"), [Expiry(prefix="a/", days=90)]),
    ],
)
def test_nothing_cools_after_it_is_gone_or_colder(cool: Cooling, expire: list[Expiry]):
    with pytest.raises(ValueError, match="cool"):
        BucketArgs(place=place(), cool=[cool], expire=expire)


def test_a_bucket_without_versions_has_a_rule_for_what_is_said_alone():
    rules = (
        bucket(versioned=False, expire=[Expiry(prefix="work/", days=1)])
        .one("BucketLifecycleConfiguration")
        .inputs["rules"]
    )
    assert rules[1:] == [
        {
            "id": "expire-work",
            "status": "Enabled",
            "filter": {"prefix": "work/"},
            "expiration": {"days": 1},
        }
    ]


def test_pages_of_named_origins_may_upload_and_do_nothing_else():
    args = BucketPagesArgs(bucket="files", origins=["https://app.example"])
    cors = deployed(lambda: BucketPages("pages", args)).one("BucketCorsConfiguration")
    assert not bucket().all("BucketCorsConfiguration")
    assert cors.inputs["corsRules"] == [
        {
            "allowedMethods": ["GET", "PUT"],
            "allowedOrigins": ["https://app.example"],
            "allowedHeaders": ["content-type", "content-length", "if-none-match"],
            "exposeHeaders": ["etag"],
            "maxAgeSeconds": 3600,
        }
    ]


@pytest.mark.parametrize(
    ("origin", "says"),
    [
        ("*", "lets every page in the world call"),
        ("https://*.example", "is not one a browser sends"),
        ("https://app.example/", "without a path"),
    ],
)
def test_an_origin_no_upload_can_come_from_is_refused(origin: str, says: str):
    with pytest.raises(ValueError, match=says):
        BucketPagesArgs(bucket="files", origins=[origin])


def test_pages_of_nobody_are_left_out():
    with pytest.raises(ValueError, match="leave the component out"):
        BucketPagesArgs(bucket="files", origins=[])


def test_a_grant_on_objects_names_a_prefix_of_this_bucket():
    grants = deployed(
        lambda: [
            each
            for files in [Bucket("files", BucketArgs(place=place()))]
            for each in (
                files.read_objects("uploads/"),
                files.write_objects("work/"),
                files.delete_objects(),
                files.erase_objects("work/"),
                files.list_objects(),
            )
        ]
    ).result
    said = [(list(each.actions), list(each.resources)) for each in grants]
    assert said == [
        (["s3:GetObject"], [f"{ARN}/uploads/*"]),
        (["s3:PutObject"], [f"{ARN}/work/*"]),
        (["s3:DeleteObject"], [f"{ARN}/*"]),
        (["s3:DeleteObject", "s3:DeleteObjectVersion"], [f"{ARN}/work/*"]),
        (["s3:ListBucket"], [ARN]),
    ]


def test_a_table_is_encrypted_recoverable_and_pays_for_what_is_asked():
    args = TableArgs(place=place(), partition_key="pk", sort_key="sk", expires_at="gone_at")
    table = deployed(lambda: Table("outbox", args)).one("Table", "outbox-table")
    assert table.protect
    assert {key: value for key, value in table.inputs.items() if key != "tags"} == {
        "name": "pilaster-dev-outbox",
        "billingMode": "PAY_PER_REQUEST",
        "hashKey": "pk",
        "rangeKey": "sk",
        "attributes": [{"name": "pk", "type": "S"}, {"name": "sk", "type": "S"}],
        "pointInTimeRecovery": {"enabled": True},
        "serverSideEncryption": {"enabled": True},
        "ttl": {"enabled": True, "attributeName": "gone_at"},
        "deletionProtectionEnabled": True,
    }


def test_an_index_is_named_after_its_keys_and_found_by_its_own_grant_alone():
    by_user = TableIndex(partition_key="user", sort_key="session", whole_items=False)
    args = TableArgs(place=place(), partition_key="pk", indexes=[by_user], recoverable=False)
    stack = deployed(lambda: Table("sockets", args).query_indexes())
    table = stack.one("Table", "sockets-table").inputs
    assert table["globalSecondaryIndexes"] == [
        {
            "name": "by-user-session",
            "keySchemas": [
                {"attributeName": "user", "keyType": "HASH"},
                {"attributeName": "session", "keyType": "RANGE"},
            ],
            "projectionType": "KEYS_ONLY",
        }
    ]
    assert [each["name"] for each in table["attributes"]] == ["pk", "user", "session"]
    assert table["pointInTimeRecovery"] == {"enabled": False}
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/pilaster-dev-sockets"
    assert stack.result.actions == ["dynamodb:Query"]
    assert stack.result.resources == [f"{arn}/index/*"]


def test_an_index_shows_what_it_is_told_to_beside_the_keys():
    waiting = TableIndex(partition_key="queue", whole_items=False, shows=["until"])
    args = TableArgs(place=place(), partition_key="pk", indexes=[waiting])
    table = deployed(lambda: Table("reviews", args)).one("Table", "reviews-table").inputs
    assert table["globalSecondaryIndexes"] == [
        {
            "name": "by-queue",
            "keySchemas": [{"attributeName": "queue", "keyType": "HASH"}],
            "projectionType": "INCLUDE",
            "nonKeyAttributes": ["until"],
        }
    ]
    with pytest.raises(ValueError, match="holds whole items and is told to show until alone"):
        TableIndex(partition_key="queue", shows=["until"])


def test_a_table_is_read_by_key_and_never_scanned():
    grants = deployed(
        lambda: [
            (table.read_items(), table.write_items())
            for table in [Table("outbox", TableArgs(place=place(), partition_key="pk"))]
        ]
    ).result[0]
    assert [list(each.actions) for each in grants] == [
        ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"],
        ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
    ]
    assert grants[0].resources == [f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/pilaster-dev-outbox"]


def test_a_bus_is_published_to_by_name():
    stack = deployed(lambda: Bus("events", BusArgs(place=place())).publish())
    assert stack.one("EventBus").inputs["name"] == "pilaster-dev-events"
    assert stack.result == Grant(
        owner="events",
        actions=["events:PutEvents"],
        resources=[f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/pilaster-dev-events"],
    )


QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:pilaster-dev-uploads"
DEAD = f"{QUEUE}-dead-letters"
RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/uploads"


def queue(**more: object) -> Deployment:
    args = QueueArgs(place=place(), consumer_timeout_seconds=30, **more)  # type: ignore[arg-type]
    return deployed(lambda: Queue("uploads", args))


def test_a_queue_puts_aside_what_nobody_can_work_on_and_hides_what_somebody_does():
    stack = queue()
    one = stack.one("Queue", "uploads-queue")
    assert one.inputs["visibilityTimeoutSeconds"] == 180, "six times the consumer's timeout"
    assert one.document("redrivePolicy") == {"deadLetterTargetArn": DEAD, "maxReceiveCount": 5}
    dead = stack.one("Queue", "uploads-dead-letters")
    assert dead.inputs["messageRetentionSeconds"] == 14 * 24 * 3600
    assert dead.document("redriveAllowPolicy") == {
        "redrivePermission": "byQueue",
        "sourceQueueArns": [QUEUE],
    }
    assert one.inputs["sqsManagedSseEnabled"] is dead.inputs["sqsManagedSseEnabled"] is True


def test_both_queues_refuse_what_comes_without_tls_and_take_from_named_rules_alone():
    stack = queue(rule_arns=[RULE])
    statements = stack.one("QueuePolicy", "uploads-policy").document("policy")["Statement"]
    assert statements[0] == {
        "Sid": "RulesSend",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": ["sqs:SendMessage"],
        "Resource": [QUEUE],
        "Condition": {"ArnEquals": {"aws:SourceArn": [RULE]}},
    }
    dead = stack.one("QueuePolicy", "uploads-dead-letters-policy").document("policy")["Statement"]
    assert [each["Condition"] for each in (statements[1], *dead)] == [NO_TLS, NO_TLS]
    assert len(queue().one("QueuePolicy", "uploads-policy").document("policy")["Statement"]) == 1


@pytest.mark.parametrize("more", [{"consumer_timeout_seconds": 7201}, {"keep_days": 15}])
def test_what_sqs_cannot_keep_is_refused(more: dict[str, int]):
    with pytest.raises(ValueError, match=r"SQS (hides|keeps)"):
        QueueArgs(**{"place": place(), "consumer_timeout_seconds": 30, **more})  # type: ignore[arg-type]


def test_a_bucket_without_versions_never_had_any():
    """A suspended one leaves a marker for every delete."""
    assert "BucketVersioning" not in {
        each.type.rsplit(":", 1)[1] for each in bucket(versioned=False).resources
    }
