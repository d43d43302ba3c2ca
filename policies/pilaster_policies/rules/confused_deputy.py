"""A service acts for whoever asks it: a policy says on whose behalf, or it lets in everybody's.

https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html. Trusts of roles are left out:
who hands a role to a service needs iam:PassRole for it, which no stranger has across accounts
(`aws-named-source` asks more, where a setting says so); so are keys, which are used with a grant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pilaster_policies.carriers import CARRIERS, statements_of
from pilaster_policies.documents import Statement
from pilaster_policies.narrowing import narrowed
from pilaster_policies.permissions import PERMISSIONS, statement_of
from pilaster_policies.registry import (
    Finding,
    Graph,
    NotKnown,
    Resource,
    Violation,
    graph_rule,
    rule,
)
from pilaster_policies.values import is_unknown

ID = "aws-confused-deputy"
WHY = "A service that is let in acts for this account, not for whoever asks it."
FIX = "add ArnLike aws:SourceArn with what of yours calls, or StringEquals aws:SourceAccount"

_TIED = frozenset(
    {
        # Its logs go to a path with the account in it; AWS documents the policy without conditions.
        "logdelivery.elasticloadbalancing.amazonaws.com",
        # Pulls images for functions, whose own account has to be let in as well.
        "lambda.amazonaws.com",
    }
)
_S3 = "s3.amazonaws.com"
_BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
_SERVICES = (".amazonaws.com", ".amazon.com", ".amazonaws.com.cn")


@rule(ID, on=CARRIERS, why=WHY)
def documents(resource: Resource) -> Iterator[Finding]:
    for here, statement in statements_of(resource, ("resource",)):
        if statement.allows:
            yield from _judged(here, statement)


@rule(ID, on=PERMISSIONS, why=WHY)
def permission(resource: Resource) -> Iterator[Finding]:
    statement = statement_of(resource)
    if "Condition" not in statement.unknown:
        yield from _judged("the permission", statement)


@graph_rule(ID, why=WHY)
def sources(resources: Graph) -> Iterator[tuple[Resource, Finding]]:
    """A source that is not known yet and made of a resource of this stack is one's own."""
    for resource in resources:
        if resource.type in PERMISSIONS and "Condition" in statement_of(resource).unknown:
            for name, value in resource.props.items():
                if is_unknown(value) and name.startswith("source"):
                    made = resource.needs.get(name, ())
                    here = any(each.type.startswith("aws:") for each in made)
                    resource.ask((name,), unknown=not here)
    yield from ()


@graph_rule(ID, why=WHY)
def buckets(resources: Graph) -> Iterator[tuple[Resource, Finding]]:
    """A bucket's ARN has no account in it: once the bucket is gone, anybody may take its name.

    One of this stack is made and kept with the permission; of another's, only its account says
    whose it is.
    """
    own = {each.props[key] for each in resources if each.type in _BUCKETS for key in _names(each)}
    for resource in resources:
        if resource.type not in PERMISSIONS:
            continue
        statement = statement_of(resource)
        source = resource.props.get("sourceArn")
        others = [each for each in statement.conditions if each.key != "aws:sourcearn"]
        if (
            statement.principals == (_S3,)
            and isinstance(source, str)
            and not statement.unknown
            and narrowed(statement.conditions)
            and not narrowed(others)
            and not {source, source.rpartition(":")[2]} & own
        ):
            yield (
                resource,
                Violation(
                    "sourceArn names a bucket that is not in this stack, and no account: who takes "
                    "the bucket's name after it is deleted is let in",
                    "set sourceAccount to your own as well",
                ),
            )


def _names(bucket: Resource) -> list[str]:
    return [key for key in ("arn", "bucket") if isinstance(bucket.props.get(key), str)]


def _judged(here: str, statement: Statement) -> Iterator[Finding]:
    services = _asked(statement.principals)
    if not services or narrowed(statement.conditions):
        return
    if any(condition.key == "lambda:eventsourcetoken" for condition in statement.conditions):
        return
    if "Condition" in statement.unknown:
        yield NotKnown(f"{here}: Condition, and with it for whom {', '.join(services)} acts")
        return
    yield Violation(
        f"{here} lets in {', '.join(services)} for anybody: an account of a stranger's has only to "
        "ask the service",
        FIX,
        statement.label,
    )


def _asked(principals: Sequence[str]) -> list[str]:
    return sorted({p for p in principals if p.endswith(_SERVICES) and p not in _TIED})
