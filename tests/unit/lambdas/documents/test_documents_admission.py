"""Who may run: at most so many at once, each user's in order, users in turns, nobody forgotten."""

from __future__ import annotations

import uuid
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.documents.model import admission as rules
from lambdas.documents.model.admission import GRACE_SECONDS, LEASE_SECONDS, Slots
from lambdas.documents.model.errors import AdmissionUnavailableError
from lambdas.documents.model.identity import UserId
from lambdas.documents.model.outcome import Run
from lambdas.documents.use_cases import admit as use
from tests.support.documents_examples import a_document, a_job, a_run, a_user
from tests.support.waiting_room import WaitingRoom, Workshop


class Hours:
    """A clock that stands until it is told to go on."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class House:
    """A room, a workshop and a clock; what a starter and a dispatcher do there."""

    def __init__(self, at_once: int = 3) -> None:
        self.room, self.shop, self.clock = WaitingRoom(), Workshop(), Hours()
        self.at_once = at_once

    def upload(self, run: Run) -> None:
        """The starter's whole call."""
        self.clock.now += 0.001
        use.enter(a_job(run), admission=self.room, clock=self.clock)
        self.admit()

    def admit(self) -> None:
        use.admit(at_once=self.at_once, admission=self.room, runs=self.shop, clock=self.clock)

    def told_of_the_end(self, name: str) -> None:
        """The dispatcher's whole call for a run that ended or waits for a person."""
        use.free([name], admission=self.room)
        self.admit()

    def finish(self, name: str) -> None:
        self.shop.end(name)
        self.told_of_the_end(name)

    def minute(self) -> None:
        """The dispatcher's whole call by the clock."""
        self.clock.now += GRACE_SECONDS
        use.reconcile(admission=self.room, runs=self.shop, clock=self.clock)
        self.admit()

    def finish_all(self) -> list[Run]:
        """Oldest first, until nobody waits; all in the order they were started."""
        while self.shop.at_work:
            self.finish(self.shop.at_work[0])
        return self.shop.started


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use.time, "sleep", lambda _: None)


def runs_of(user: UserId, count: int) -> list[Run]:
    return [a_run(a_document(user)) for _ in range(count)]


def test_while_there_is_room_a_run_starts_at_once():
    house = House(at_once=2)
    first, second, third = runs_of(a_user(), 3)
    for run in (first, second, third):
        house.upload(run)
    assert house.shop.started == [first, second]
    house.finish(first.name)
    assert house.shop.started == [first, second, third]


def test_the_same_notice_five_times_is_one_run():
    house = House(at_once=1)
    before, run = runs_of(a_user(), 2)
    house.upload(before)
    for _ in range(5):
        house.upload(run)
    house.finish(before.name)
    house.upload(run)
    house.finish(run.name)
    house.upload(run)
    assert house.shop.started == [before, run]
    assert house.room.stands.leases == {}


def test_who_comes_with_one_document_is_served_after_those_of_that_turn_only():
    house = House(at_once=1)
    many, one = a_user(), a_user()
    for run in runs_of(many, 95):
        house.upload(run)
    for _ in range(10):
        house.finish(house.shop.at_work[0])
    [single] = runs_of(one, 1)
    house.upload(single)
    order = house.finish_all()
    assert len(order) == 96
    assert order.index(single) <= 12, "the one of ten that came later waits for two, not for 84"


def test_users_take_turns():
    house = House(at_once=2)
    users = [a_user() for _ in range(5)]
    for user in users:  # one after the other, each with all of theirs
        for run in runs_of(user, 20):
            house.upload(run)
    order = [run.user for run in house.finish_all()]
    assert Counter(order) == dict.fromkeys(users, 20)
    last_at = [max(n for n, user in enumerate(order) if user == each) for each in users]
    assert min(last_at) >= 100 - 2 * 5, f"nobody is two turns ahead: {last_at}"


def test_a_user_who_was_served_much_before_is_not_put_back_for_it():
    house = House(at_once=1)
    regular, other = a_user(), a_user()
    for run in runs_of(regular, 30):
        house.upload(run)
        house.finish(run.name)
    blocker, new = runs_of(other, 2)
    house.upload(blocker)
    [again] = runs_of(regular, 1)
    house.upload(again)
    house.upload(new)
    assert house.finish_all()[-2:] == [again, new]


def test_a_lower_limit_stops_nobody_and_starts_nobody():
    house = House(at_once=4)
    all_of_them = runs_of(a_user(), 6)
    for run in all_of_them:
        house.upload(run)
    house.at_once = 2
    house.finish(all_of_them[0].name)
    house.finish(all_of_them[1].name)
    assert house.shop.started == all_of_them[:4]
    house.finish(all_of_them[2].name)
    assert house.shop.started == all_of_them[:5]


def test_a_run_that_waits_for_a_person_holds_no_place():
    house = House(at_once=1)
    asks, next_one = runs_of(a_user(), 2)
    house.upload(asks)
    house.upload(next_one)
    house.told_of_the_end(asks.name)
    assert house.shop.at_work == [asks.name, next_one.name]
    house.finish(asks.name)
    assert house.room.stands.leases.keys() == {next_one.name}, "its end frees nobody else's place"


def test_a_place_whose_run_ended_without_a_word_is_found():
    house = House(at_once=1)
    ended, next_one = runs_of(a_user(), 2)
    house.upload(ended)
    house.upload(next_one)
    house.shop.end(ended.name)
    house.minute()
    assert house.shop.at_work == [next_one.name]


def test_a_place_goes_when_its_lease_is_over_though_the_run_runs_on():
    house = House(at_once=1)
    stuck, next_one = runs_of(a_user(), 2)
    house.upload(stuck)
    house.upload(next_one)
    house.clock.now += LEASE_SECONDS - 1 - GRACE_SECONDS
    house.minute()
    assert house.shop.started == [stuck]
    house.minute()
    assert house.shop.started == [stuck, next_one]


def test_a_lease_of_a_moment_ago_is_left_alone():
    house = House(at_once=1)
    [run] = runs_of(a_user(), 1)
    house.upload(run)
    house.shop.at_work.clear()  # the list of those that run is not up to date
    house.clock.now += GRACE_SECONDS - 1
    assert use.reconcile(admission=house.room, runs=house.shop, clock=house.clock) == []


def test_what_fails_to_start_keeps_its_place_and_is_started_later():
    house = House(at_once=2)
    first, second = runs_of(a_user(), 2)

    def refuse(point: str) -> None:
        if point == "start" and not house.shop.started:
            house.shop.between = lambda _: None
            raise ConnectionError

    for run in (first, second):
        use.enter(a_job(run), admission=house.room, clock=house.clock)
    house.shop.between = refuse
    with pytest.raises(ConnectionError):
        house.admit()
    assert house.shop.started == [second], "one that fails does not take the others along"
    house.minute()
    assert house.shop.started == [second, first]


def test_who_is_always_slower_says_so():
    house = House()
    house.room.replace = lambda *_, **__: False
    use.enter(a_job(runs_of(a_user(), 1)[0]), admission=house.room)
    with pytest.raises(AdmissionUnavailableError):
        house.admit()


class Crash(BaseException):
    """The process is gone: nothing handles this."""


CALLS = st.sampled_from(["upload", "finish", "lost end", "minute"])


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    at_once=st.integers(1, 4),
    acts=st.lists(st.tuples(CALLS, st.integers(0, 3)), min_size=1, max_size=25),
    crashes=st.sets(st.integers(0, 150), max_size=6),
    meetings=st.sets(st.integers(0, 150), max_size=12),
)
def test_whoever_crashes_wherever_and_whoever_comes_between(
    at_once: int, acts: list[tuple[str, int]], crashes: set[int], meetings: set[int]
):
    """Never more than `at_once` at work, no run twice, none left behind, each user's in order."""
    house = House(at_once=at_once)
    users = [UserId(str(uuid.UUID(int=n))) for n in range(4)]
    steps, inside = 0, False

    def between(_: str) -> None:
        nonlocal steps, inside
        assert len(house.shop.at_work) <= at_once
        assert len(house.room.stands.leases) <= at_once
        if inside:
            return
        steps += 1
        if steps in crashes:
            raise Crash
        if steps in meetings:
            inside = True
            try:
                house.admit()
            finally:
                inside = False

    house.room.between = house.shop.between = between
    sent: list[Run] = []

    def act(what: str, who: int) -> None:
        match what:
            case "upload":
                sent.append(a_run(a_document(users[who])))
                house.upload(sent[-1])
            case "finish" if house.shop.at_work:
                house.finish(house.shop.at_work[who % len(house.shop.at_work)])
            case "lost end" if house.shop.at_work:
                house.shop.end(house.shop.at_work[who % len(house.shop.at_work)])
            case _:
                house.minute()

    for what, who in acts:
        try:
            act(what, who)
        except Crash:
            continue
    house.room.between = house.shop.between = lambda _: None
    for run in sent:  # the queue delivers again what was not acknowledged
        house.upload(run)
    for _ in range(3 * len(sent) + 3):
        while house.shop.at_work:
            house.finish(house.shop.at_work[0])
        house.minute()
    assert house.shop.most <= at_once
    assert len(house.shop.started) == len(set(house.shop.started))
    assert set(house.shop.started) == set(sent)
    assert house.room.stands.leases == {}
    assert house.room.waiting == []


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.integers(1, 5))
def test_each_users_runs_start_in_the_order_they_came(senders: list[int], at_once: int):
    house = House(at_once=at_once)
    users = [UserId(str(uuid.UUID(int=n))) for n in range(5)]
    sent = [a_run(a_document(users[each])) for each in senders]
    for run in sent:
        house.upload(run)
    order = house.finish_all()
    for user in users:
        assert [run for run in order if run.user == user] == [r for r in sent if r.user == user]


@given(st.lists(st.integers(1, 40), min_size=2, max_size=6), st.data())
def test_while_two_users_wait_neither_is_served_twice_more_than_the_other(
    counts: list[int], data: st.DataObject
):
    house = House(at_once=1)
    users = [a_user() for _ in counts]
    blocker = runs_of(a_user(), 1)[0]
    house.upload(blocker)
    sent = [run for user, n in zip(users, counts, strict=True) for run in runs_of(user, n)]
    for run in data.draw(st.permutations(sent)):
        house.upload(run)
    order = [run.user for run in house.finish_all()][1:]
    left = Counter(dict(zip(users, counts, strict=True)))
    served: Counter[UserId] = Counter()
    for user in order:
        served[user] += 1
        left[user] -= 1
        waiting = [served[each] for each in users if left[each] > 0] or [0]
        assert max(waiting) - min(waiting) <= 1


def test_freeing_who_has_no_place_changes_nothing():
    slots = Slots(version=4)
    assert rules.freed(slots, ["nobody"]) is slots
