"""The rest of the platform: encryption, TLS, logs, dead letters, and production's data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pilaster_policies.rules import at_rest, in_transit, production
from pilaster_policies.wanted import Wanted

from tests.support.judging import UNKNOWN, Court, Said, Thing, broken, document, judged, waiting

REST, TRANSIT = "aws-encryption-at-rest", "aws-encryption-in-transit"
LOGS, LETTERS, PRODUCTION = "aws-log-retention", "aws-dead-letters", "aws-production-data"
TABLES = [(REST, type_, wanted) for type_, each in at_rest.TABLE.items() for wanted in each] + [
    (TRANSIT, type_, wanted) for type_, each in in_transit.TABLE.items() for wanted in each
]


def at(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A property at a path."""
    for key in reversed(path):
        value = {key: value}
    return value


def good(type_: str) -> dict[str, Any]:
    """Every setting the two tables want of a type."""
    props: dict[str, Any] = {}
    for _, kind, wanted in TABLES:
        if kind == type_:
            inner = props
            for key in wanted.path[:-1]:
                inner = inner.setdefault(key, {})
            inner[wanted.path[-1]] = wanted.values[0]
    return props


def without(props: dict[str, Any], path: tuple[str, ...], value: Any = None) -> dict[str, Any]:
    copy = json.loads(json.dumps(props))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return copy


@pytest.mark.parametrize(("rule", "type_", "wanted"), TABLES)
def test_each_setting_is_wanted(rule: str, type_: str, wanted: Wanted) -> None:
    """As it should be nothing is said; without it, with its opposite and unknown something is."""
    props = good(type_)
    others = {"aws-public-database", "aws-database-login"}
    """A domain without a network, a database without users: not what this is about."""
    assert set(broken(type_, **props)) <= others
    left_out = rule in broken(type_, **without(props, wanted.path))
    assert left_out is (None not in wanted.values)
    opposite = False if wanted.values[0] is True else "something-else"
    assert rule in broken(type_, **without(props, wanted.path, opposite))
    assert rule in waiting(type_, **without(props, wanted.path, UNKNOWN))


def test_a_key_named_for_a_queue_does_as_well() -> None:
    queue = "aws:sqs/queue:Queue"
    assert broken(queue, sqsManagedSseEnabled=False) == [REST]
    assert broken(queue, sqsManagedSseEnabled=False, kmsMasterKeyId="alias/x") == []
    assert broken(queue, sqsManagedSseEnabled=False, kmsMasterKeyId=UNKNOWN) == []


def test_a_replica_is_encrypted_as_its_source_is() -> None:
    instance = "aws:rds/instance:Instance"
    assert REST in broken(instance, engine="postgres")
    assert broken(instance, engine="postgres", replicateSourceDb="other") == []


@pytest.mark.parametrize(
    ("props", "expected"),
    [
        ({"protocol": "HTTP", "defaultActions": [{"type": "forward"}]}, [TRANSIT]),
        (
            {
                "protocol": "HTTP",
                "defaultActions": [{"type": "redirect", "redirect": {"protocol": "HTTPS"}}],
            },
            [],
        ),
        (
            {
                "protocol": "HTTP",
                "defaultActions": [{"type": "redirect", "redirect": {"protocol": "HTTP"}}],
            },
            [TRANSIT],
        ),
        ({"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}, []),
        ({"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-2016-08"}, [TRANSIT]),
        ({"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS-1-0-2015-04"}, [TRANSIT]),
        ({"protocol": "TCP"}, []),
        ({"protocol": "HTTP", "defaultActions": []}, [TRANSIT]),
        ({"protocol": "HTTP", "defaultActions": [{"type": ["redirect"]}]}, [TRANSIT]),
    ],
)
def test_a_listener_speaks_tls_or_sends_there(props: dict[str, Any], expected: list[str]) -> None:
    assert broken("aws:lb/listener:Listener", **props) == expected


def test_a_distribution_answers_nobody_in_plain_text() -> None:
    kind = "aws:cloudfront/distribution:Distribution"
    safe = {"viewerProtocolPolicy": "redirect-to-https"}
    plain = {"viewerProtocolPolicy": "allow-all"}
    assert broken(kind, defaultCacheBehavior=safe) == []
    assert broken(kind, defaultCacheBehavior=plain) == [TRANSIT]
    [said] = judged(kind, defaultCacheBehavior=safe, orderedCacheBehaviors=[safe, plain])
    assert said.text.startswith("orderedCacheBehaviors[1].viewerProtocolPolicy is allow-all")
    own = {"acmCertificateArn": "arn:aws:acm:x", "minimumProtocolVersion": "TLSv1"}
    assert broken(kind, defaultCacheBehavior=safe, viewerCertificate=own) == [TRANSIT]


def bucket_with(*statements: Any) -> list[str]:
    things = [
        Thing("aws:s3/bucket:Bucket", "files", {"bucket": "files"}),
        Thing(
            "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
            "block",
            {
                "bucket": UNKNOWN,
                **dict.fromkeys(
                    (
                        "blockPublicAcls",
                        "blockPublicPolicy",
                        "ignorePublicAcls",
                        "restrictPublicBuckets",
                    ),
                    True,
                ),
            },
            {"bucket": ["files"]},
        ),
    ]
    if statements:
        props = {"bucket": UNKNOWN, "policy": document(*statements)}
        things.append(
            Thing("aws:s3/bucketPolicy:BucketPolicy", "policy", props, {"bucket": ["files"]})
        )
    return [s.rule for s in Court().on_stack(things) if s.level == "mandatory"]


DENIAL = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::files", "arn:aws:s3:::files/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def test_a_bucket_denies_plain_http() -> None:
    assert bucket_with(DENIAL) == []
    assert bucket_with() == [TRANSIT]
    assert bucket_with({**DENIAL, "Action": "s3:GetObject"}) == [TRANSIT]
    assert bucket_with({**DENIAL, "Principal": {"AWS": "arn:aws:iam::111111111111:root"}}) == [
        TRANSIT
    ]
    narrowed = {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "true"}}
    assert bucket_with({**DENIAL, "Condition": narrowed}) == [TRANSIT]


def test_logs_end() -> None:
    kind = "aws:cloudwatch/logGroup:LogGroup"
    assert broken(kind, retentionInDays=30) == []
    assert broken(kind) == [LOGS]
    assert broken(kind, retentionInDays=0) == [LOGS]
    assert waiting(kind, retentionInDays=UNKNOWN) == [LOGS]


def consumed(queue: dict[str, Any], *more: Thing) -> list[str]:
    things = [
        Thing("aws:sqs/queue:Queue", "queue", queue),
        Thing(
            "aws:lambda/eventSourceMapping:EventSourceMapping",
            "mapping",
            {"eventSourceArn": UNKNOWN, "functionName": "f"},
            {"eventSourceArn": ["queue"]},
        ),
        *more,
    ]
    return [s.rule for s in Court().on_stack(things) if s.level == "mandatory"]


def test_a_queue_somebody_consumes_has_a_dead_letter_queue() -> None:
    assert consumed({}) == [LETTERS]
    assert consumed({"redrivePolicy": '{"maxReceiveCount": 3}'}) == []
    assert consumed({"redrivePolicy": UNKNOWN}) == []
    apart = Thing(
        "aws:sqs/redrivePolicy:RedrivePolicy", "r", {"queueUrl": UNKNOWN}, {"queueUrl": ["queue"]}
    )
    assert consumed({}, apart) == []
    alone = Court().on_stack([Thing("aws:sqs/queue:Queue", "letters")])
    assert [s.rule for s in alone if s.level == "mandatory"] == [], "nobody consumes it"


def stack_of(type_: str, **props: Any) -> list[str]:
    said = Court().on_stack([Thing(type_, props=props)])
    return [s.rule for s in said if s.level == "mandatory"]


def test_streams_rules_and_topics_put_aside_what_fails() -> None:
    mapping = "aws:lambda/eventSourceMapping:EventSourceMapping"
    stream = "arn:aws:dynamodb:eu-west-2:111111111111:table/outbox/stream/x"
    assert stack_of(mapping, eventSourceArn=stream) == [LETTERS]
    aside = {"onFailure": {"destinationArn": "arn:aws:sqs:x"}}
    assert stack_of(mapping, eventSourceArn=stream, destinationConfig=aside) == []
    target = "aws:cloudwatch/eventTarget:EventTarget"
    function = "arn:aws:lambda:eu-west-2:111111111111:function:f"
    assert stack_of(target, arn=function) == [LETTERS]
    assert stack_of(target, arn=function, deadLetterConfig={"arn": "arn:aws:sqs:x"}) == []
    assert stack_of(target, arn="arn:aws:sqs:eu-west-2:111111111111:q") == []
    topic = "aws:sns/topicSubscription:TopicSubscription"
    assert stack_of(topic, protocol="lambda") == [LETTERS]
    assert stack_of(topic, protocol="email") == []
    assert stack_of("aws:lambda/function:Function") == [], "who calls it waits for the answer"


PROTECTED = {
    "storageEncrypted": True,
    "deletionProtection": True,
    "backupRetentionPeriod": 7,
    "skipFinalSnapshot": False,
    "manageMasterUserPassword": True,
}


def in_stack(stack: str, type_: str, **props: Any) -> list[str]:
    said = Court(stack=stack).on(Thing(type_, props=props))
    return sorted({s.rule for s in said if s.level == "mandatory"})


@pytest.mark.parametrize("stack", ["prod", "production", "prod-eu", "shop.prod"])
@pytest.mark.parametrize(
    ("name", "value"),
    [("deletionProtection", False), ("backupRetentionPeriod", 1), ("skipFinalSnapshot", True)],
)
def test_production_keeps_its_data(stack: str, name: str, value: Any) -> None:
    cluster = "aws:rds/cluster:Cluster"
    assert in_stack(stack, cluster, **PROTECTED) == []
    assert in_stack(stack, cluster, **{**PROTECTED, name: value}) == [PRODUCTION]
    assert in_stack("dev", cluster, **{**PROTECTED, name: value}) == []
    assert in_stack("product-search", cluster, **{**PROTECTED, name: value}) == []


def test_a_table_that_forgets_by_itself_is_not_kept() -> None:
    table = "aws:dynamodb/table:Table"
    assert in_stack("prod", table) == [PRODUCTION]
    kept = {"deletionProtectionEnabled": True, "pointInTimeRecovery": {"enabled": True}}
    assert in_stack("prod", table, **kept) == []
    assert in_stack("prod", table, ttl={"enabled": True, "attributeName": "t"}) == []


def test_every_type_of_production_is_one_that_holds_something() -> None:
    for type_ in production.TABLE:
        assert in_stack("dev", type_) != [PRODUCTION]
        if type_ != "aws:s3/bucket:Bucket":
            assert PRODUCTION in in_stack("prod", type_), type_
    assert PRODUCTION in in_stack("prod", "aws:s3/bucket:Bucket", forceDestroy=True)


def test_a_topic_s_key_need_not_be_known_yet() -> None:
    assert judged("aws:sns/topic:Topic", kmsMasterKeyId=UNKNOWN) == []
    assert broken("aws:sns/topic:Topic", kmsMasterKeyId="") == ["aws-encryption-at-rest"]


def _origin(**own: Any) -> list[Said]:
    origin = {"originId": "o", "domainName": "api.shop.org", "customOriginConfig": own}
    return judged("aws:cloudfront/distribution:Distribution", origins=[origin])


def test_what_viewers_send_encrypted_goes_on_encrypted() -> None:
    sound = {"originProtocolPolicy": "https-only", "originSslProtocols": ["TLSv1.2"]}
    assert _origin(**sound) == []
    assert len(_origin(**{**sound, "originProtocolPolicy": "http-only"})) == 1
    assert len(_origin(**{**sound, "originSslProtocols": ["TLSv1.2", "TLSv1.1"]})) == 1
    [waiting] = _origin(**{**sound, "originProtocolPolicy": UNKNOWN})
    assert waiting.text.startswith("not known yet: origins.0.customOriginConfig.originProtocol")


def test_one_path_of_a_site_that_is_not_known_yet_is_said() -> None:
    site = "aws:cloudfront/distribution:Distribution"
    [said] = judged(site, orderedCacheBehaviors=[{"viewerProtocolPolicy": UNKNOWN}])
    assert (said.rule, said.level) == ("aws-encryption-in-transit-unknown", "advisory")


def test_a_denial_of_a_bucket_not_named_yet_waits() -> None:
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    for on in ("arn:aws:s3:::files", UNKNOWN):
        policy = {"Statement": [{**deny, "Resource": on}]}
        things = [
            Thing("aws:s3/bucket:Bucket", "files", {"bucket": UNKNOWN}),
            Thing(
                "aws:s3/bucketPolicy:BucketPolicy",
                "tls",
                {"bucket": UNKNOWN, "policy": policy},
                {"bucket": ["files"]},
            ),
        ]
        said = {
            (s.resource, s.level) for s in Court().on_stack(things) if s.rule.startswith(TRANSIT)
        }
        assert said == {("files", "advisory")}


@pytest.mark.parametrize("api", ["", "/v20230801", "/v20230801preview"])
def test_a_type_of_azure_is_the_same_in_every_version_of_its_api(api: str) -> None:
    for module in ("cache", "redis"):
        type_ = f"azure-native:{module}{api}:Redis"
        closed = {"publicNetworkAccess": "Disabled", "enableNonSslPort": True}
        assert broken(type_, **closed) == ["azure-database-tls"]
