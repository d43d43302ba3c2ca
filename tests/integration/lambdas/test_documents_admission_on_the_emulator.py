"""Admission in a real table: conditional writes that somebody else may be faster with."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from pilaster_local.services.platform import Platform

from lambdas.documents.aws.adapters.admission import DynamoAdmission
from lambdas.documents.model.admission import Lease, Slots, Waiting
from lambdas.documents.model.event import Event
from lambdas.documents.model.outcome import Run
from lambdas.documents.use_cases import admit as use
from tests.support.documents_examples import a_document, a_job, a_run, a_user
from tests.support.local_cloud import Cloud

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


class Shop:
    """Counts who is at work, from several threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.at_work: set[str] = set()
        self.started: Counter[str] = Counter()
        self.most = 0

    def start(self, run: Run, uploaded: Event) -> bool:
        with self.lock:
            self.started[run.name] += 1
            self.at_work.add(run.name)
            self.most = max(self.most, len(self.at_work))
            return self.started[run.name] == 1

    def running(self, names: object) -> list[str]:
        return list(self.at_work)

    def end_one(self) -> str | None:
        with self.lock:
            return self.at_work.pop() if self.at_work else None


@pytest.fixture(scope="module")
def dynamodb(platform: Platform):
    return Cloud(platform).client("dynamodb")


@pytest.fixture
def admission(dynamodb) -> DynamoAdmission:
    name = f"admission-{uuid.uuid4().hex[:8]}"
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            {"AttributeName": "part", "KeyType": "HASH"},
            {"AttributeName": "place", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": "S"} for each in ("part", "place")
        ],
    )
    return DynamoAdmission(name, dynamodb)


def waiting(run: Run, turn: int = 0, arrived: int = 1) -> Waiting:
    return Waiting(job=a_job(run), turn=turn, arrived=arrived)


def test_a_run_enters_once_and_comes_back_as_it_was(admission: DynamoAdmission):
    run = a_run(a_document())
    assert (admission.known(run.name), admission.last_turn(run.user)) == (None, None)
    assert admission.enter(waiting(run, turn=3), after=None)
    assert admission.known(run.name) == a_job(run)
    assert admission.last_turn(run.user) == 3
    assert admission.next(5) == [waiting(run, turn=3)]
    assert not admission.enter(waiting(run, turn=4), after=3), "it came before"
    assert admission.last_turn(run.user) == 3, "and nothing of it was written"


def test_two_uploads_of_one_user_at_once_do_not_get_the_same_turn(admission: DynamoAdmission):
    user = a_user()
    first, second = a_run(a_document(user)), a_run(a_document(user))
    assert admission.enter(waiting(first), after=None)
    assert not admission.enter(waiting(second), after=None)
    assert admission.known(second.name) is None
    assert admission.enter(waiting(second, turn=1), after=0)


def test_who_waits_is_served_by_turn_then_by_time(admission: DynamoAdmission):
    late, early, ahead = (a_run(a_document()) for _ in range(3))
    admission.enter(waiting(late, turn=10, arrived=99), after=None)
    admission.enter(waiting(early, turn=10, arrived=7), after=None)
    admission.enter(waiting(ahead, turn=9, arrived=10**12), after=None)
    assert [each.job.run for each in admission.next(2)] == [ahead, early]


def test_leases_are_replaced_whole_and_only_as_they_were_read(admission: DynamoAdmission):
    run = a_run(a_document())
    admission.enter(waiting(run), after=None)
    empty = admission.slots()
    assert empty == Slots()
    one = Slots(leases={run.name: Lease(since=1, until=2)}, turn=0, version=1)
    assert admission.replace(empty, one, admitted=[waiting(run)])
    assert admission.slots() == one
    assert admission.next(5) == []
    assert not admission.replace(empty, one), "somebody else was faster"
    assert not admission.replace(one, Slots(version=2), admitted=[waiting(run)]), "waits no more"
    assert admission.slots() == one


def test_starters_and_dispatchers_at_once_admit_nobody_twice_and_never_too_many(
    admission: DynamoAdmission,
):
    """Eight threads: uploads of five users with every second notice told twice, and ends."""
    at_once, shop = 3, Shop()
    users = [a_user() for _ in range(5)]
    runs = [a_run(a_document(users[n % 5])) for n in range(40)]

    def upload(run: Run) -> None:
        use.enter(a_job(run), admission=admission)
        use.admit(at_once=at_once, admission=admission, runs=shop)

    def finish(_: int) -> None:
        if (name := shop.end_one()) is not None:
            use.free([name], admission=admission)
            use.admit(at_once=at_once, admission=admission, runs=shop)

    with ThreadPoolExecutor(8) as pool:
        notices = [pool.submit(upload, run) for run in (*runs, *runs[::2])]
        ends = [pool.submit(finish, n) for n in range(30)]
        for each in (*notices, *ends):
            each.result()
    while shop.at_work:
        finish(0)
    assert shop.started == Counter(run.name for run in runs)
    assert shop.most <= at_once
    assert admission.slots().leases == {}
    assert admission.next(5) == []
