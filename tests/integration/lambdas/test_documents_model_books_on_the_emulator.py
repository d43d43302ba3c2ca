"""Budgets, circuit and kept answers in DynamoDB: what several runs at once make of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from pilaster_local.services.platform import Platform

from lambdas.documents.aws.adapters.model_books import (
    KEEP_ANSWERS,
    DynamoAnswers,
    DynamoBreaker,
    DynamoLedger,
    ForgottenAnswers,
)
from lambdas.documents.extracting.circuit import OPENS_AT, PAUSE_SECONDS, Circuit
from lambdas.documents.model.identity import DocumentId
from lambdas.documents.ports.models import ModelUnavailableError
from tests.support.local_cloud import Cloud

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

NOON = 1_800_000_000


class Clock:
    now = NOON

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cloud(platform: Platform) -> Cloud:
    return Cloud(platform)


@pytest.fixture
def table(cloud: Cloud) -> str:
    name = cloud.name("model")
    cloud.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
    )
    return name


def ledger(cloud: Cloud, table: str, clock: Clock, **budgets: int) -> DynamoLedger:
    given = {"document_budget": 100, "day_budget": 250, **budgets}
    return DynamoLedger(table, cloud.client("dynamodb"), clock, **given)


def test_a_budget_is_never_overdrawn_by_runs_at_once(
    cloud: Cloud, table: str, clock: Clock
) -> None:
    books = ledger(cloud, table, clock)

    def take(number: int) -> bool:
        return books.reserve(DocumentId(f"document-{number % 5}"), 60)

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(take, range(20)))
    # One of 60 fits into each document's 100, and four into the day's 250.
    assert sum(taken) == 4


def test_what_the_day_did_not_have_is_given_back_to_the_document(
    cloud: Cloud, table: str, clock: Clock
) -> None:
    books = ledger(cloud, table, clock, day_budget=90)
    one, other = DocumentId("one"), DocumentId("other")
    assert books.reserve(one, 60)
    assert not books.reserve(other, 60)
    books.settle(one, reserved=60, spent=5)
    assert books.reserve(other, 80)


def test_a_new_day_has_a_new_budget_and_a_document_keeps_its_own(
    cloud: Cloud, table: str, clock: Clock
) -> None:
    books = ledger(cloud, table, clock, day_budget=60)
    assert books.reserve(DocumentId("one"), 60)
    assert not books.reserve(DocumentId("two"), 60)
    clock.now += 86_400
    assert books.reserve(DocumentId("two"), 60)
    clock.now += 86_400
    assert not books.reserve(DocumentId("one"), 60)


def test_more_than_a_budget_is_refused_without_a_call(
    cloud: Cloud, table: str, clock: Clock
) -> None:
    assert not ledger(cloud, table, clock).reserve(DocumentId("one"), 101)


def test_of_all_who_see_the_pause_end_one_tries(cloud: Cloud, table: str, clock: Clock) -> None:
    breaker = DynamoBreaker(table, cloud.client("dynamodb"), clock, model="m")
    assert breaker.look() == Circuit()
    for _ in range(OPENS_AT):
        breaker.failed(clock())
    seen = breaker.look()
    assert seen.is_open(NOON + 1)
    later = NOON + PAUSE_SECONDS
    assert seen.may_try(later)
    with ThreadPoolExecutor(8) as pool:
        tries = list(pool.map(lambda _: breaker.claim_try(seen, later), range(8)))
    assert sum(tries) == 1
    assert breaker.look().is_open(later + 1), "while one tries, the others do not"
    breaker.worked()
    assert breaker.look() == Circuit()


def test_answers_are_kept_for_thirty_days(cloud: Cloud, table: str, clock: Clock) -> None:
    answers = DynamoAnswers(table, cloud.client("dynamodb"), clock)
    given = {"blocks": [{"title": "Ünïcödé"}] * 100}
    assert answers.get("a") is None
    answers.keep("a", given)
    assert answers.get("a") == given
    assert answers.get("a.otherwise") is None, "the same bytes, and another question"
    ForgottenAnswers(table, cloud.client("dynamodb")).forget("a")
    assert answers.get("a") is None
    answers.keep("a", given)
    clock.now += KEEP_ANSWERS
    assert answers.get("a") is None


def test_without_the_books_nothing_is_spent(cloud: Cloud, clock: Clock) -> None:
    nowhere = cloud.client("dynamodb")
    with pytest.raises(ModelUnavailableError):
        ledger(cloud, "no-such-table", clock).reserve(DocumentId("one"), 1)
    with pytest.raises(ModelUnavailableError):
        DynamoAnswers("no-such-table", nowhere, clock).get("a")
