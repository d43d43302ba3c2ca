"""Reviews in DynamoDB: the same behaviour as the fake's, by real conditional writes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from pilaster_local.services.platform import Platform

from lambdas.documents.aws.adapters.reviews import INDEX, DynamoReviews
from lambdas.documents.model.review import Token
from tests.support.documents_examples import NOON, a_user
from tests.support.documents_reviews import MINUTE, HowReviewsBehave, a_review, approval, refusal
from tests.support.local_cloud import Cloud

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


@pytest.fixture
def dynamodb(platform: Platform) -> Any:
    return Cloud(platform).client("dynamodb")


@pytest.fixture
def table(platform: Platform, dynamodb: Any) -> Iterator[str]:
    name = Cloud(platform).name("reviews")
    keys = ("document", "queue", "requested_at")
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "document", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        GlobalSecondaryIndexes=[
            {
                "IndexName": INDEX,
                "KeySchema": [
                    {"AttributeName": "queue", "KeyType": "HASH"},
                    {"AttributeName": "requested_at", "KeyType": "RANGE"},
                ],
                "Projection": {
                    "ProjectionType": "INCLUDE",
                    "NonKeyAttributes": [
                        *("until", "confidence", "claimed_by", "claimed_until", "escalated_at")
                    ],
                },
            }
        ],
    )
    yield name
    dynamodb.delete_table(TableName=name)


class TestDynamoDb(HowReviewsBehave):
    @pytest.fixture
    def reviews(self, table: str, dynamodb: Any) -> DynamoReviews:
        return DynamoReviews(table, dynamodb)

    def test_of_a_deleted_document_only_its_id_is_left(
        self, reviews: DynamoReviews, table: str, dynamodb: Any
    ):
        review = a_review()
        reviews.open(review, Token("t"))
        reviews.withdraw(review.document, now=NOON)
        item = dynamodb.get_item(TableName=table, Key={"document": {"S": review.document}})["Item"]
        assert set(item) == {"document", "status", "decided_at", "expires"}

    def test_the_index_holds_neither_token_nor_what_the_document_says(
        self, reviews: DynamoReviews, table: str, dynamodb: Any
    ):
        reviews.open(a_review(), Token("t"))
        found = dynamodb.query(
            TableName=table,
            IndexName=INDEX,
            KeyConditionExpression="#q = :q",
            ExpressionAttributeNames={"#q": "queue"},
            ExpressionAttributeValues={":q": {"S": "open"}},
        )["Items"]
        assert [set(item) for item in found] == [
            {"document", "queue", "requested_at", "until", "confidence"}
        ]

    def test_of_ten_decisions_at_once_one_wins(self, reviews: DynamoReviews):
        review, me = a_review(), a_user()
        reviews.open(review, Token("t"))
        reviews.claim(review.document, me, now=NOON, until=NOON + MINUTE)
        won = list[str]()

        def decide(number: int) -> None:
            made = approval(me) if number % 2 else refusal(me)
            if reviews.decide(review.run, made):
                won.append(made.status.value)

        def close() -> None:
            if reviews.close(review.run, now=NOON) is None:
                raise AssertionError("a review that is closed has an end")

        threads = [threading.Thread(target=decide, args=(n,)) for n in range(10)]
        threads.insert(5, threading.Thread(target=close))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        standing = reviews.decision(review.run)
        assert standing is not None
        assert won == ([] if standing.status.value == "timed_out" else [standing.status.value])

    def test_of_ten_reviewers_at_once_one_gets_it(self, reviews: DynamoReviews):
        review, people = a_review(), [a_user() for _ in range(10)]
        reviews.open(review, Token("t"))
        got = list[str]()

        def claim(who: Any) -> None:
            if reviews.claim(review.document, who, now=NOON, until=NOON + MINUTE):
                got.append(who)

        threads = [threading.Thread(target=claim, args=(who,)) for who in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        claimed = reviews.get(review.document)
        assert claimed is not None
        assert got == [claimed.claimed_by]
