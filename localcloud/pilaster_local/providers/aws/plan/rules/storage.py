"""S3: buckets and the settings that are resources of their own.

Sources: S3 user guide, "Lifecycle configuration elements", "Supported transitions", "CORS
configuration", "Event notification types and destinations"; API reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pilaster_local.providers.aws.plan.bounds import (
    Table,
    arn,
    count,
    number,
    one_of,
    policy,
    text,
)
from pilaster_local.providers.aws.plan.finding import Said, shown
from pilaster_local.providers.aws.plan.grammars import policies
from pilaster_local.providers.aws.plan.names import BUCKET
from pilaster_local.providers.aws.values import UNKNOWN

_ACTIONS = ("abortIncompleteMultipartUpload", "expiration", "noncurrentVersionExpiration",
            "noncurrentVersionTransitions", "transitions")  # fmt: skip
_AFTER_30_DAYS = ("STANDARD_IA", "ONEZONE_IA")
_EVENTS = (
    # 2026-11-21: what may follow "s3:", from the list of event types.
    r"s3:(ObjectCreated:(\*|Put|Post|Copy|CompleteMultipartUpload)|"
    r"ObjectRemoved:(\*|Delete|DeleteMarkerCreated)|"
    r"ObjectRestore:(\*|Post|Completed|Delete)|ReducedRedundancyLostObject|"
    r"Replication:(\*|OperationFailedReplication|OperationNotTracked|"
    r"OperationMissedThreshold|OperationReplicatedAfterThreshold)|"
    r"LifecycleExpiration:(\*|Delete|DeleteMarkerCreated)|LifecycleTransition|IntelligentTiering|"
    r"ObjectTagging:(\*|Put|Delete)|ObjectAcl:Put)"
)


def _lifecycle(inputs: Mapping[str, Any]) -> Said:
    rules = inputs.get("rules")
    if not isinstance(rules, list):
        return
    ids = [rule.get("id") for rule in rules if isinstance(rule, Mapping)]
    for given in {i for i in ids if isinstance(i, str) and ids.count(i) > 1}:
        yield "rules", f"the id {given!r} stands twice"
    for index, rule in enumerate(rules):
        if isinstance(rule, Mapping):
            for path, said in _rule(rule):
                yield f"rules[{index}]{path}", said


def _rule(rule: Mapping[str, Any]) -> Said:
    if not any(name in rule for name in _ACTIONS):
        yield "", f"a rule does something: one of {', '.join(_ACTIONS)}"
    if "filter" in rule and "prefix" in rule:
        yield ".prefix", "filter says it already"
    expiration = rule.get("expiration")
    if isinstance(expiration, Mapping):
        given = [n for n in ("days", "date", "expiredObjectDeleteMarker") if _says(expiration, n)]
        if len(given) != 1:
            yield ".expiration", f"exactly one of days, date and expiredObjectDeleteMarker; {given}"
        date = expiration.get("date")
        if isinstance(date, str) and not date.endswith("T00:00:00Z"):
            yield ".expiration.date", f"{shown(date)} is not midnight: '2026-01-31T00:00:00Z'"
    days = (expiration or {}).get("days") if isinstance(expiration, Mapping) else None
    for number_, transition in enumerate(rule.get("transitions") or []):
        if not isinstance(transition, Mapping):
            continue
        after, place = transition.get("days"), transition.get("storageClass")
        if isinstance(after, int) and place in _AFTER_30_DAYS and after < 30:
            yield f".transitions[{number_}].days", f"{after}: {place} takes objects after 30 days"
        if isinstance(after, int) and isinstance(days, int) and after >= days > 0:
            yield f".transitions[{number_}].days", f"{after}: the object is gone after {days}"
        if ("days" in transition) == ("date" in transition):
            yield f".transitions[{number_}]", "either days or a date"
    yield from _ever_colder(rule)
    size = rule.get("filter")
    if isinstance(size, Mapping):
        given = [name for name in ("and", "prefix", "tag", "objectSizeGreaterThan",
                                   "objectSizeLessThan") if _says(size, name)]  # fmt: skip
        if len(given) > 1:
            yield ".filter", f"one of {', '.join(given)}; for more there is 'and'"


_WARMTH = {"STANDARD_IA": 2, "INTELLIGENT_TIERING": 2, "ONEZONE_IA": 2, "GLACIER": 1,
           "DEEP_ARCHIVE": 0}  # fmt: skip


def _ever_colder(rule: Mapping[str, Any]) -> Said:
    """An object goes to colder classes with time, never back."""
    moves = [
        (number_, move["days"], move["storageClass"])
        for number_, move in enumerate(rule.get("transitions") or [])
        if isinstance(move, Mapping)
        and isinstance(move.get("days"), int)
        and move.get("storageClass") in _WARMTH
    ]
    for number_, days, place in moves:
        for _, later, warmer in moves:
            if _WARMTH[warmer] > _WARMTH[place] and days <= later:
                path = f".transitions[{number_}].days"
                yield path, f"{days}: {place} comes after {warmer}, so later than {later} days"


def _says(value: Mapping[str, Any], name: str) -> bool:
    return value.get(name) not in (None, False, 0)


def _encryption(inputs: Mapping[str, Any]) -> Said:
    for index, rule in enumerate(inputs.get("rules") or []):
        default = rule.get("applyServerSideEncryptionByDefault") if isinstance(rule, Mapping) else 0
        if not isinstance(default, Mapping):
            continue
        key, how = default.get("kmsMasterKeyId"), default.get("sseAlgorithm")
        path = f"rules[{index}].applyServerSideEncryptionByDefault.kmsMasterKeyId"
        if key is not None and how == "AES256":
            yield path, "AES256 takes no key of KMS: say 'aws:kms'"
        if rule.get("bucketKeyEnabled") is True and how == "AES256":
            yield f"rules[{index}].bucketKeyEnabled", "a bucket key is for 'aws:kms'"


def _cors(inputs: Mapping[str, Any]) -> Said:
    for index, rule in enumerate(inputs.get("corsRules") or []):
        for origin in rule.get("allowedOrigins") or []:
            if isinstance(origin, str) and origin.count("*") > 1:
                yield f"corsRules[{index}].allowedOrigins", f"{origin!r} has more than one '*'"
        for header in rule.get("allowedHeaders") or []:
            if isinstance(header, str) and header.count("*") > 1:
                yield f"corsRules[{index}].allowedHeaders", f"{header!r} has more than one '*'"


def _notified(inputs: Mapping[str, Any]) -> Said:
    """Two notifications of one event may not both match an object."""
    seen: list[tuple[str, str, str]] = []
    for listed in ("lambdaFunctions", "queues", "topics"):
        entries = inputs.get(listed)
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            if not isinstance(entry, Mapping):
                continue
            prefix, suffix = entry.get("filterPrefix") or "", entry.get("filterSuffix") or ""
            if UNKNOWN in (prefix, suffix):
                continue
            for event in entry.get("events") or []:
                for other, start, end in seen:
                    same = _overlap(event, other)
                    if same and _begins(prefix, start) and _begins(suffix[::-1], end[::-1]):
                        yield f"{listed}[{index}].events", f"{event!r} is told of twice"
                        break
            events = [e for e in entry.get("events") or [] if isinstance(e, str)]
            seen += [(event, prefix, suffix) for event in events]


def _overlap(one: Any, other: str) -> bool:
    if not isinstance(one, str):
        return False
    return one == other or any(
        a.endswith("*") and b.startswith(a[:-1]) for a, b in ((one, other), (other, one))
    )


def _begins(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _versioned(inputs: Mapping[str, Any]) -> Said:
    deletes = (inputs.get("versioningConfiguration") or {}).get("mfaDelete")
    if deletes == "Enabled" and "mfa" not in inputs:
        yield "mfa", "to switch mfaDelete on the device's number and code are needed"


def _of_bucket(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A policy of a bucket speaks of that bucket."""
    import json

    bucket, text_ = inputs.get("bucket"), inputs.get("policy")
    if not isinstance(bucket, str) or not isinstance(text_, str) or bucket.startswith("arn:"):
        return
    document = json.loads(text_)
    statements = document["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        named = statement.get("Resource", statement.get("NotResource"))
        for resource in named if isinstance(named, list) else [named]:
            if isinstance(resource, str) and not _speaks_of(resource, bucket):
                yield "policy", f"Resource {shown(resource, 90)} is not of the bucket {bucket!r}"


def _speaks_of(resource: str, bucket: str) -> bool:
    own = resource.split(":", 5)[-1].partition("/")[0]
    return resource == "*" or own == bucket or "*" in own or "?" in own


_DAYS = number(1, 2_147_483_647, step=1)
_OWN_BUCKET: Table = {"bucket": BUCKET, "expectedBucketOwner": text(r"\d{12}", "twelve digits")}
_KEY = text(
    r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)/.+|alias/.+|"
    r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|mrk-[0-9a-f]{32}",
    "a key's id, ARN or alias",
)
_EVENT = text(_EVENTS, "an event such as 's3:ObjectCreated:*'")

BOUNDS: Mapping[str, Table] = {
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _OWN_BUCKET,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
        **_OWN_BUCKET,
        "rules": count(1, 1, "rules"),
        "rules[].applyServerSideEncryptionByDefault.kmsMasterKeyId": _KEY,
    },
    "aws:s3/bucketVersioning:BucketVersioning": {
        **_OWN_BUCKET,
        "versioningConfiguration.status": one_of("Enabled", "Suspended", "Disabled"),
    },
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
        **_OWN_BUCKET,
        "rules": count(1, 1_000, "rules"),
        "rules[].id": text(r".+", "an id", most=255),
        "rules[].status": one_of("Enabled", "Disabled"),
        "rules[].expiration.days": number(0, 2_147_483_647),
        "rules[].transitions[].days": number(0, 2_147_483_647),
        "rules[].abortIncompleteMultipartUpload.daysAfterInitiation": _DAYS,
        "rules[].noncurrentVersionExpiration.noncurrentDays": _DAYS,
        "rules[].noncurrentVersionExpiration.newerNoncurrentVersions": number(1, 100),
        "rules[].filter.prefix": text(r".*", "a prefix", most=1_024),
        "transitionDefaultMinimumObjectSize": one_of(
            "all_storage_classes_128K", "varies_by_storage_class"),
    },
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _OWN_BUCKET,
    "aws:s3/bucketPolicy:BucketPolicy": {**_OWN_BUCKET, "policy": policy(policies.BUCKET)},
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": {
        **_OWN_BUCKET,
        "corsRules": count(1, 100, "rules"),
        "corsRules[].allowedMethods": count(1, 5, "methods"),
        "corsRules[].allowedMethods[]": one_of("GET", "PUT", "POST", "DELETE", "HEAD"),
        "corsRules[].allowedOrigins": count(1, 1_000, "origins"),
        "corsRules[].allowedOrigins[]": text(
            r"\*|[^\s]*\*?[^\s]*", "an origin: '*' or 'https://host'", least=1),
        "corsRules[].exposeHeaders[]": text(r"[!#$%&'+.^_`|~\w-]+", "a header's name (no '*')"),
        "corsRules[].maxAgeSeconds": number(0, 2_147_483_647),
    },
    "aws:s3/bucketNotification:BucketNotification": {
        **_OWN_BUCKET,
        "lambdaFunctions[].lambdaFunctionArn": arn("lambda", resource=r"function:.+"),
        "queues[].queueArn": arn("sqs", resource=r"(?!.*\.fifo$).+"),
        "topics[].topicArn": arn("sns", resource=r"(?!.*\.fifo$).+"),
        **{f"{listed}[].events[]": _EVENT for listed in ("lambdaFunctions", "queues", "topics")},
        **{f"{listed}[].events": count(1, 30) for listed in ("lambdaFunctions", "queues",
                                                             "topics")},
    },
}  # fmt: skip

RULES = {
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (_lifecycle,),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        _encryption,
    ),
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": (_cors,),
    "aws:s3/bucketNotification:BucketNotification": (_notified,),
    "aws:s3/bucketVersioning:BucketVersioning": (_versioned,),
    "aws:s3/bucketPolicy:BucketPolicy": (_of_bucket,),
}
