"""Reviews in DynamoDB: one item per document, changed by conditional writes alone.

The attribute `queue` puts an item into the index: `open` while a decision is waited for,
`unanswered` while the run does not know of it, and none after that. A token goes with `queue`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from lambdas.documents.aws.adapters import review_items as items
from lambdas.documents.model.errors import StorageUnavailableError
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.outcome import Run
from lambdas.documents.model.review import (
    Decision,
    Place,
    Review,
    ReviewStatus,
    Token,
    Waiting,
    WaitingPage,
)
from lambdas.shared.aws.clients import AWS_ERRORS, client, code_of, passes

INDEX = "by-queue-requested_at"
"""Holds keys, `until`, `confidence` and the claim: neither tokens nor what a document says."""

KEPT = timedelta(days=30)
"""After its end, decided or not, what was reviewed and how can be looked up for so long."""
PAGE = 100
"""Reviews per question, where all are gone through."""
MARK_KEPT = timedelta(days=1)
"""What stays of a deleted document: its id, so that a step still under way asks for nobody."""

_OPEN = {"S": "open"}
_UNANSWERED = {"S": "unanswered"}


class DynamoReviews:
    def __init__(self, table: str, dynamodb: Any = None) -> None:
        self._table = table
        self._dynamodb = dynamodb or client("dynamodb")

    def open(self, review: Review, token: Token) -> Review | None:
        """Retried by the workflow, each time with another token: the last one is waited for. What
        a reviewer did meanwhile stays."""
        known = items.request(review)
        # The wait does not start anew in the eyes of whoever watches it.
        first = ("requested_at", "until")
        said = {name: value for name, value in known.items() if name not in first}
        said |= {"status": _OPEN, "queue": _OPEN, "token": {"S": token.value}}
        said["expires"] = {"N": str(int((review.until + KEPT).timestamp()))}
        written = self._update(
            review.document,
            set=said,
            once={name: known[name] for name in first},
            condition="attribute_not_exists(#status) OR (#status = :open AND #version = :version)",
            names=("status", "version"),
            values={":open": _OPEN, ":version": known["version"]},
        )
        if written is not None:
            return items.review_of(written)
        item = self._item(review.document)
        if item is None:  # it went in this moment
            raise StorageUnavailableError("the review is neither there nor can it be made")
        if items.status_of(item) is ReviewStatus.WITHDRAWN:
            return _withdrawn(review, item)
        return items.review_of(item) if items.version_of(item) == review.run.version else None

    def get(self, document: DocumentId) -> Review | None:
        """None too for that of a deleted document."""
        item = self._item(document)
        if item is None or items.status_of(item) is ReviewStatus.WITHDRAWN:
            return None
        return items.review_of(item)

    def decision(self, run: Run) -> Decision | None:
        item = self._item(run.document)
        if item is None:
            return None
        if items.status_of(item) is ReviewStatus.WITHDRAWN:
            return items.decision_of(item)
        return items.decision_of(item) if items.version_of(item) == run.version else None

    def claim(
        self, document: DocumentId, reviewer: UserId, *, now: datetime, until: datetime
    ) -> Review | None:
        written = self._update(
            document,
            set={"claimed_by": {"S": reviewer}, "claimed_until": _moment(until)},
            condition=(
                "#status = :open AND (attribute_not_exists(#claimed_until)"
                " OR #claimed_until <= :now OR #claimed_by = :reviewer)"
            ),
            names=("status", "claimed_by", "claimed_until"),
            values={":open": _OPEN, ":now": _moment(now), ":reviewer": {"S": reviewer}},
        )
        return items.review_of(written) if written else None

    def decide(self, run: Run, decision: Decision) -> bool:
        written = self._update(
            run.document,
            set={**items.ending(decision), "queue": _UNANSWERED},
            condition=(
                "#status = :open AND #version = :version"
                " AND #claimed_by = :reviewer AND #claimed_until > :now"
            ),
            names=("status", "version", "claimed_by", "claimed_until"),
            values={
                ":open": _OPEN,
                ":version": {"S": run.version},
                ":reviewer": {"S": str(decision.by)},
                ":now": _moment(decision.at),
            },
        )
        return written is not None

    def close(self, run: Run, *, now: datetime) -> Decision | None:
        timed_out = Decision(status=ReviewStatus.TIMED_OUT, at=now)
        written = self._update(
            run.document,
            set=items.ending(timed_out),
            remove=("queue", "token"),
            condition="#status = :open AND #version = :version",
            names=("status", "version"),
            values={":open": _OPEN, ":version": {"S": run.version}},
        )
        return items.decision_of(written) if written else self.decision(run)

    def withdraw(self, document: DocumentId, *, now: datetime) -> None:
        mark = items.ending(Decision(status=ReviewStatus.WITHDRAWN, at=now))
        mark["expires"] = {"N": str(int((now + MARK_KEPT).timestamp()))}
        self._update(
            document,
            set=mark,
            remove=tuple(name for name in items.ATTRIBUTES if name not in mark),
        )

    def token(self, document: DocumentId) -> tuple[Token, Decision] | None:
        item = self._item(document)
        if item is None or "token" not in item:
            return None
        decision = items.decision_of(item)
        return (Token(item["token"]["S"]), decision) if decision else None

    def answered(self, document: DocumentId, token: Token) -> None:
        """Unless the run has asked anew meanwhile, with another token."""
        self._update(
            document,
            remove=("queue", "token"),
            condition="#token = :token AND #status <> :open",
            names=("status", "token"),
            values={":token": {"S": token.value}, ":open": _OPEN},
        )

    def escalated(self, document: DocumentId, *, now: datetime) -> None:
        self._update(
            document,
            set={"escalated_at": _moment(now)},
            condition="#status = :open",
            names=("status",),
            values={":open": _OPEN},
        )

    def page(self, after: Place | None, limit: int) -> WaitingPage:
        start: dict[str, Any] = {"ExclusiveStartKey": _place(after)} if after else {}
        answer = self._query(_OPEN, Limit=limit, **start)
        last = answer.get("LastEvaluatedKey")
        return WaitingPage(
            tuple(items.waiting_of(item) for item in answer["Items"]),
            Place(items.moment_of(last["requested_at"]["S"]), DocumentId(last["document"]["S"]))
            if last
            else None,
        )

    def waiting_since(self, before: datetime) -> Iterator[Waiting]:
        place: Place | None = None
        while True:
            page = self.page(place, PAGE)
            for waiting in page.reviews:
                if waiting.requested_at >= before:
                    return
                yield waiting
            if page.next is None:
                return
            place = page.next

    def unanswered(self, *, limit: int) -> list[DocumentId]:
        answer = self._query(_UNANSWERED, Limit=limit)
        return [DocumentId(item["document"]["S"]) for item in answer["Items"]]

    def _item(self, document: DocumentId) -> items.Item | None:
        """As it is now, not as it was a moment ago."""
        try:
            answer = self._dynamodb.get_item(
                TableName=self._table, Key=_key(document), ConsistentRead=True
            )
        except AWS_ERRORS as error:
            raise _translated(error, f"read the review of {document}") from error
        found: items.Item | None = answer.get("Item")
        return found

    def _update(
        self,
        document: DocumentId,
        *,
        set: Mapping[str, Mapping[str, Any]] | None = None,
        once: Mapping[str, Mapping[str, Any]] | None = None,
        remove: tuple[str, ...] = (),
        condition: str | None = None,
        names: tuple[str, ...] = (),
        values: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> items.Item | None:
        """The item as it is afterwards; None where the condition does not hold. `once`: what is
        set only where it is not there yet."""
        given = {**(set or {}), **(once or {})}
        parts = [f"#{name} = :set_{name}" for name in set or {}]
        parts += [f"#{name} = if_not_exists(#{name}, :set_{name})" for name in once or {}]
        said = {
            **{f":set_{name}": value for name, value in given.items()},
            **(values or {}),
        }
        expression = f"SET {', '.join(parts)} " if parts else ""
        expression += f"REMOVE {', '.join(f'#{name}' for name in remove)}" if remove else ""
        try:
            answer = self._dynamodb.update_item(
                TableName=self._table,
                Key=_key(document),
                UpdateExpression=expression.strip(),
                ExpressionAttributeNames={f"#{name}": name for name in (*given, *remove, *names)},
                ReturnValues="ALL_NEW",
                **({"ExpressionAttributeValues": said} if said else {}),
                **({"ConditionExpression": condition} if condition else {}),
            )
        except AWS_ERRORS as error:
            if (
                isinstance(error, ClientError)
                and code_of(error) == "ConditionalCheckFailedException"
            ):
                return None
            raise _translated(error, f"change the review of {document}") from error
        written: items.Item = answer["Attributes"]
        return written

    def _query(self, queue: Mapping[str, str], **more: Any) -> Any:
        try:
            return self._dynamodb.query(
                TableName=self._table,
                IndexName=INDEX,
                KeyConditionExpression="#queue = :queue",
                ExpressionAttributeNames={"#queue": "queue"},
                ExpressionAttributeValues={":queue": queue},
                **more,
            )
        except AWS_ERRORS as error:
            raise _translated(error, "list the reviews") from error


def _key(document: DocumentId) -> dict[str, dict[str, str]]:
    return {"document": {"S": document}}


def _place(place: Place) -> dict[str, dict[str, str]]:
    return {"queue": _OPEN, "requested_at": _moment(place.requested_at), **_key(place.document)}


def _moment(at: datetime) -> dict[str, str]:
    return {"S": items.text_of(at)}


def _withdrawn(review: Review, item: items.Item) -> Review:
    """The review that was asked for, as that of a document which is deleted by now."""
    return replace(
        review,
        status=ReviewStatus.WITHDRAWN,
        proposal=None,
        doubts=(),
        decision=items.decision_of(item),
    )


def _translated(error: Exception, doing: str) -> Exception:
    """What passes gets the domain's name, so that the workflow retries it; the rest stays."""
    if passes(error):
        return StorageUnavailableError(f"DynamoDB does not answer: could not {doing}")
    return error
