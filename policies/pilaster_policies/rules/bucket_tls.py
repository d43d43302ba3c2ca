"""A bucket takes plain HTTP from whoever may use it, unless its policy denies that.

All denials are taken together: the bucket (its lists) and its objects have both to be covered, by
their own ARN. One that speaks of the bucket alone leaves every object to be read in plain text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pilaster_policies.actions import expand
from pilaster_policies.documents import Statement, UnreadableError, statements
from pilaster_policies.globs import meet
from pilaster_policies.references import Stack
from pilaster_policies.registry import Finding, NotKnown, Resource, Violation, graph_rule
from pilaster_policies.rules.in_transit import ID, PLAIN, WHY
from pilaster_policies.values import Unknown, Value

BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
_POLICIES = ("aws:s3/bucketPolicy:BucketPolicy",)
_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
_ANY_NAME = "\2"
"""Stands for a bucket's name that is not known yet: only a wildcard takes it."""
_ANY_KEY = "\3"
FIX = (
    "add a Deny of s3:* for the bucket and its objects with the condition "
    'Bool aws:SecureTransport "false"'
)


@graph_rule(ID, why=WHY)
def buckets(resources: Sequence[Resource]) -> Iterator[tuple[Resource, Finding]]:
    stack = Stack(resources)
    policies: dict[str, list[Resource]] = {}
    for policy in stack.of(*_POLICIES):
        for bucket in stack.references(policy, "bucket", types=BUCKETS).found:
            policies.setdefault(bucket.urn, []).append(policy)
    for bucket in stack.of(*BUCKETS):
        own = policies.get(bucket.urn, [])
        documents = [policy.get("policy") for policy in own] + [bucket.get("policy")]
        denials, unknown = _denials(documents)
        left = _left(denials, bucket)
        if not left:
            continue
        if unknown or (denials and _named(bucket) is None):
            yield bucket, NotKnown("the bucket's policy, and with it whether plain HTTP is denied")
        elif denials:
            yield (
                bucket,
                Violation(
                    f"the bucket policy denies plain HTTP, but not for {' and '.join(left)}: "
                    f"{PLAIN}",
                    "name the bucket's own ARN and the same with /* as the Deny's Resource",
                ),
            )
        else:
            yield bucket, Violation(f"no bucket policy denies plain HTTP: {PLAIN}", FIX)


def _denials(documents: Sequence[Value]) -> tuple[list[Statement], bool]:
    """The statements that deny plain HTTP, and whether there may be more of them."""
    found: list[Statement] = []
    unknown = False
    for document in documents:
        try:
            said = statements(document)
        except UnreadableError:
            continue
        if isinstance(said, Unknown):
            unknown = True
            continue
        found += filter(_is_denial, said)
        unknown = unknown or any(map(_may_deny, said))
    return found, unknown


def _may_deny(statement: Statement) -> bool:
    """Whether what is not known yet of it could make it a denial, or one of more than is seen."""
    if statement.allows:
        return bool({"Effect", "Statement"} & set(statement.unknown))
    return bool(statement.unknown)


def _is_denial(statement: Statement) -> bool:
    return (
        not statement.allows
        and "*" in statement.principals
        and len(statement.conditions) == 1
        and statement.whole
        and all(
            # What is sent without the key was not sent to S3: with IfExists it denies no less.
            condition.operator.lower() in ("bool", "boolifexists")
            and condition.key == "aws:securetransport"
            and [value.lower() for value in condition.values] == ["false"]
            for condition in statement.conditions
        )
        and _covers_s3(statement.actions)
    )


def _covers_s3(actions: Sequence[str]) -> bool:
    """All of S3, in one pattern or in many."""
    if any(action.lower() in ("*", "s3:*") for action in actions):
        return True
    named = (action for action in actions if action.lower().startswith("s3:"))
    return frozenset[str]().union(*map(expand, named)) >= expand("s3:*")


def _left(denials: Sequence[Statement], bucket: Resource) -> list[str]:
    """What of the bucket no denial covers, as a message names it."""
    patterns = [pattern for each in denials for pattern in each.resources]
    arns = _arns(_named(bucket) or _ANY_NAME)
    # A pattern takes every key there is if it takes one that it cannot name and ends in a star.
    objects = any(p.endswith("*") and meet(p, f"{a}/{_ANY_KEY}") for p in patterns for a in arns)
    itself = any(meet(pattern, arn) for pattern in patterns for arn in arns)
    return [
        *([] if itself else ["the bucket itself"]),
        *([] if objects else ["its objects"]),
    ]


def _named(bucket: Resource) -> str | None:
    """Its name or its ARN; None where neither is known yet."""
    for key in ("arn", "bucket"):
        value = bucket.props.get(key)
        if isinstance(value, str) and value:
            return value
    return None


def _arns(name: str) -> list[str]:
    return (
        [name] if name.startswith("arn:") else [f"arn:{each}:s3:::{name}" for each in _PARTITIONS]
    )
