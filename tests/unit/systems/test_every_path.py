"""Every path of the documents' state machine: each step fails with each error, once and for good.

The definition is the one that is deployed, walked in memory; `save` and the steps of the review are
the deployed handlers over books, files and reviews in memory. What reads is told what to find.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from pilaster.aws import asl

from lambdas.documents.aws import workflow
from lambdas.documents.aws.entries import entry
from lambdas.documents.model import errors
from lambdas.documents.model.document import Document, Status
from lambdas.documents.model.event import Event, EventType, event
from lambdas.documents.model.judgement import Judgement, Verdict
from lambdas.documents.model.review import Decision, ReviewStatus
from lambdas.documents.use_cases.ended import settle_ended
from systems.documents.aws.flow import flow
from tests.support.documents_aws import LAMBDA, Context
from tests.support.documents_books import Books
from tests.support.documents_cabinet import Cabinet
from tests.support.documents_examples import NOON, TIMETABLE, a_document, a_run, a_user
from tests.support.documents_reviews import Sleepers, Tray
from tests.support.states_machine import TaskError, Walk, walk

FUNCTIONS = (
    "classify", "preprocess", "read", "interpret", "extract", "save", "request-review",
    "close-review",
)  # fmt: skip
DEFINITION = asl.definition(
    flow(dict.fromkeys(FUNCTIONS, 60), review_seconds=600),
    functions={name: name for name in FUNCTIONS},
    bus="the-bus",
)
NAMED = tuple(error.__name__ for error in workflow.NAMED)
ERRORS = (*NAMED, "StepFailedError", "States.Timeout", "Lambda.Unknown", "Sandbox.Timedout")
FOR_GOOD = 10**6
REVIEWER = a_user()

WAYS: dict[str, dict[str, Any]] = {
    "text": {"kind": "text_pdf", "verdict": Verdict.COMPLETE},
    "picture": {"kind": "picture", "verdict": Verdict.COMPLETE},
    "cached": {"kind": "picture", "verdict": Verdict.COMPLETE, "cached": True},
    "cached, person": {"kind": "photo", "verdict": Verdict.PERSON, "cached": True},
    "refused": {"refused": True},
    "no timetable": {"kind": "photo", "verdict": Verdict.REFUSED},
    "model": {"kind": "photo", "verdict": Verdict.MODEL, "extract": Verdict.COMPLETE},
    "model, person": {"kind": "photo", "verdict": Verdict.MODEL, "extract": Verdict.PERSON},
    "approved": {"kind": "photo", "verdict": Verdict.PERSON, "answer": ReviewStatus.APPROVED},
    "not a week": {"kind": "photo", "verdict": Verdict.PERSON, "answer": ReviewStatus.REFUSED},
    "nobody": {"kind": "photo", "verdict": Verdict.PERSON, "answer": None},
}
"""What a document is like, and what becomes of it where nothing fails."""
ENDS = {
    "text": Status.COMPLETED,
    "picture": Status.COMPLETED,
    "cached": Status.COMPLETED,
    "cached, person": Status.COMPLETED,
    "refused": Status.REJECTED,
    "no timetable": Status.REJECTED,
    "model": Status.COMPLETED,
    "model, person": Status.COMPLETED,
    "approved": Status.COMPLETED,
    "not a week": Status.REJECTED,
    "nobody": Status.EXPIRED,
}


class World:
    """One document on its way, and what its steps find."""

    def __init__(self, steps: Any, way: str) -> None:
        self.steps, self.way = steps, {"answer": ReviewStatus.APPROVED, **WAYS[way]}
        self.document: Document = a_document()
        self.run = a_run(self.document)
        self.books, self.reviews = Books(self.document), Tray()
        self.cabinet = Cabinet(**{self.run.key: b"upload"})
        self.bus: list[dict[str, Any]] = []
        self.calls: Counter[str] = Counter()
        self.failing: dict[str, tuple[str, int, bool]] = {}
        """By function (or `bus`): the error, how often, and whether the work is done all the same:
        an answer that is lost looks like a failure."""

    def fail(self, function: str, error: str, times: int, *, done: bool = False) -> None:
        self.failing[function] = (error, times, done)

    def walk(self, stop_before: int | None = None) -> Walk:
        steps = self.steps
        steps.save.outcomes, steps.save.objects = self.books, self.cabinet
        steps.save.reviews = steps.request_review.reviews = self.reviews
        steps.close_review.reviews = self.reviews
        steps.save.judgements._objects = self.cabinet
        steps.request_review.judgements._objects = self.cabinet
        steps.request_review.runs = Sleepers()
        uploaded = event(self.run, EventType.DOCUMENT_UPLOADED, at=NOON)
        given = {
            **asdict(self.run),
            "bus": "the-bus",
            "uploaded_at": "2026-11-21T12:00:00Z",
            "events": [entry(uploaded, "the-bus")],
        }
        return walk(
            DEFINITION,
            given,
            call=self.call,
            publish=self.publish,
            ask=self.ask,
            stop_before=stop_before,
        )

    def call(self, function: str, state: Any) -> Any:
        return self._once(function, lambda: self._handler(function)(state, Context()))

    def ask(self, function: str, state: Any) -> Any:
        token = {"state": state, "token": f"token-{self.calls[function]}"}
        self._once(function, lambda: self._handler(function)(token, Context()))
        if self.way["answer"] is None:
            raise TaskError("States.Timeout")
        self.decide(self.way["answer"])
        return {"by": REVIEWER}

    def decide(self, status: ReviewStatus) -> None:
        now = datetime.now(UTC)
        self.reviews.claim(self.run.document, REVIEWER, now=now, until=now + timedelta(hours=1))
        approved = status is ReviewStatus.APPROVED
        decision = Decision(
            status=status,
            at=now,
            by=REVIEWER,
            timetable=TIMETABLE if approved else None,
            reason=None if approved else "a menu",
        )
        assert self.reviews.decide(self.run, decision)

    def publish(self, entries: list[Any]) -> None:
        self._once("bus", lambda: self.bus.extend(entries))

    def _once(self, function: str, work: Callable[[], Any]) -> Any:
        self.calls[function] += 1
        error, times, done = self.failing.get(function, ("", 0, False))
        if self.calls[function] <= times:
            if done:
                work()
            raise TaskError(error)
        return work()

    def _handler(self, function: str) -> Any:
        if function in ("save", "close-review", "request-review"):
            return getattr(self.steps, function.replace("-", "_")).handler
        return workflow.step(lambda state, run: getattr(self, f"_{function}")(state))

    def _classify(self, state: Any) -> dict[str, Any]:
        said = event(self.run, EventType.DOCUMENT_CLASSIFIED, at=NOON, refused=False)
        if self.way.get("refused"):
            return {"refused": "The file is empty.", "events": [said]}
        found = {"reading": "work/x", "route": ["ocr"]} if self.way.get("cached") else {}
        return {"kind": self.way["kind"], "content": "ab" * 32, "events": [said], **found}

    def _preprocess(self, state: Any) -> dict[str, Any]:
        said = event(self.run, EventType.DOCUMENT_PREPROCESSED, at=NOON, pages=1)
        return {"pages": "preprocessed/x", "events": [said]}

    def _read(self, state: Any) -> dict[str, Any]:
        said = event(self.run, EventType.OCR_COMPLETED, at=NOON, route="ocr", confidence=99)
        return {"reading": "work/x", "route": ["ocr"], "events": [said]}

    def _interpret(self, state: Any) -> dict[str, Any]:
        return self._judged(self.way["verdict"])

    def _extract(self, state: Any) -> dict[str, Any]:
        said = event(self.run, EventType.LLM_COMPLETED, at=NOON, accepted=True, model="m")
        return {**self._judged(self.way["extract"]), "route": ["ocr", "llm"], "events": [said]}

    def _judged(self, verdict: Verdict) -> dict[str, Any]:
        whole = verdict is Verdict.COMPLETE
        judgement = Judgement(
            verdict=verdict,
            confidence=99.0 if whole else 85.0,
            timetable=TIMETABLE if whole else None,
            reason=None if whole else "doubts",
        )
        key = self.steps.save.judgements.keep(self.run, judgement)
        return {"timetable": key, "verdict": verdict.value, "confidence": judgement.confidence}

    def put(self, event: Event) -> None:
        """The outbox: what is put there is said."""
        self.bus.append(entry(event, "the-bus"))

    def end(self, done: Walk) -> None:
        """AWS tells of a run that ended badly; who hears of it settles what is left to settle, when
        what was broken works again."""
        if done.status != "SUCCEEDED":
            self.failing.clear()
            settle_ended(
                self.run,
                error=done.error,
                now=datetime.now(UTC),
                outcomes=self.books,
                closings=self.reviews,
                shelves=self.cabinet,
                outbox=self,
            )

    @property
    def standing(self) -> Document:
        return self.books.documents[self.document.id]

    def told(self) -> Counter[str]:
        """What a consumer that drops what it knows by its id has heard, by type."""
        return Counter({one["Detail"]["id"]: one["DetailType"] for one in self.bus}.values())


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The edge modules, wired to nothing that is there."""
    environment = {
        **LAMBDA,
        "DOCUMENTS_BUCKET": "documents",
        "REVIEWS_TABLE": "reviews",
        "REVIEW_SECONDS": "604800",
        "DATABASE_HOST": "127.0.0.1",
        "DATABASE_PORT": "1",
        "DATABASE_NAME": "documents",
        "DATABASE_USER": "documents_writer",
        "DATABASE_PROXIED": "false",
        "DATABASE_IDLE_SECONDS": "240",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    from lambdas.documents.aws.steps import close_review, request_review, save

    return SimpleNamespace(save=save, request_review=request_review, close_review=close_review)


def answered(world: World, done: Walk) -> None:
    """What is so after every run, whatever went wrong in it."""
    document, told = world.standing, world.told()
    assert document.status.is_final, f"{document.status} is what nobody will change: {done.entered}"
    assert (document.timetable is not None) == (document.status is Status.COMPLETED)
    assert (document.status is Status.COMPLETED) == (document.reason is None)
    failed = document.status is Status.FAILED
    assert done.status == "FAILED" or not failed, "a failed document is a failed run: people look"
    if done.entered[-1] == "gone":
        return
    assert told["job.failed"] == failed
    assert told["job.completed"] == (not failed)
    [last] = {one["Detail"]["status"] for one in world.bus if one["DetailType"].startswith("job.")}
    assert last == document.status.value
    review = world.reviews.get(document.id)
    if review is not None:
        assert review.status is not ReviewStatus.OPEN, "nobody waits for its answer any more"
        assert told["hitl.requested"] == 1


@pytest.mark.parametrize("way", WAYS)
def test_a_document_whose_way_is_free_gets_its_answer(steps: Any, way: str):
    world = World(steps, way)
    done = world.walk()
    answered(world, done)
    assert world.standing.status is ENDS[way]
    assert done.retries == 0
    assert world.standing.steps, "what was done is kept with the answer"


@pytest.mark.parametrize("way", ["text", "picture", "cached", "refused", "no timetable"])
def test_without_a_model_and_a_person_it_takes_twelve_transitions_at_most(steps: Any, way: str):
    done = World(steps, way).walk()
    assert len(done.entered) <= 12, done.entered


@pytest.mark.parametrize("way", WAYS)
def test_events_leave_in_two_states_at_most_and_the_state_stays_small(steps: Any, way: str):
    done = World(steps, way).walk()
    resources = {name: DEFINITION["States"][name].get("Resource", "") for name in done.entered}
    telling = {name for name, resource in resources.items() if "putEvents" in resource}
    assert telling <= {"say waiting", "tell"}
    assert done.largest < 8 * 1024, "of 256 KB"
    assert TIMETABLE.blocks[0].title not in json.dumps(done.state), "text has no place in it"


def failures() -> Iterator[tuple[str, str, str, int, bool]]:
    """Way, function, error, how often, whether its work was done: all that make a difference."""
    for way, function, error in itertools.product(WAYS, FUNCTIONS, ERRORS):
        for times in (1, FOR_GOOD):
            yield way, function, error, times, False
        yield way, function, error, 1, True


def test_each_step_fails_with_each_error_once_and_for_good_and_nothing_is_stuck(steps: Any):
    """All in one: 2,000 walks are one second, and as many tests are ten."""
    walked, stuck, taken = 0, list[str](), set[str]()
    for way, function, error, times, done in failures():
        world = World(steps, way)
        world.fail(function, error, times, done=done)
        found = world.walk()
        world.end(found)
        if world.calls[function] == 0:
            continue  # not on this document's way
        walked += 1
        taken |= set(found.entered)
        try:
            if found.entered[-1] == "gone":
                # Somebody deleted it, or said it first: here nobody did, and the step lied.
                assert error in ("DocumentGoneError", "OvertakenError")
                assert function == "save"
            else:
                answered(world, found)
            if times == 1 and not done and error in PASSING:
                assert world.standing.status is ENDS[way], "an error that passes changes nothing"
        except AssertionError as wrong:
            stuck.append(f"{way}: {function} fails with {error} {times}x (done: {done}): {wrong}")
    assert not stuck, "\n".join([f"{len(stuck)} of {walked}", *stuck[:20]])
    assert taken == set(DEFINITION["States"]), "a state no walk has come to"


PASSING = ("DatabaseUnavailableError", "StorageUnavailableError")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("times", [1, 3])
def test_a_bus_that_is_deaf_for_a_while_hears_it_in_the_end(steps: Any, way: str, times: int):
    world = World(steps, way)
    world.fail("bus", "EventBridge.InternalFailureException", times)
    answered(world, world.walk())
    assert world.standing.status is ENDS[way]


@pytest.mark.parametrize("way", WAYS)
def test_a_bus_that_stays_deaf_does_not_change_the_answer_which_is_told_later(steps: Any, way: str):
    world = World(steps, way)
    world.fail("bus", "EventBridge.InternalFailureException", FOR_GOOD)
    done = world.walk()
    assert (done.status, done.entered[-1]) == ("FAILED", "tell")
    world.end(done)
    answered_late(world)
    assert world.standing.status is ENDS[way]


def answered_late(world: World) -> None:
    assert world.told() == {"job.completed": 1}


@pytest.mark.parametrize("way", WAYS)
def test_a_run_that_is_stopped_anywhere_leaves_an_answer(steps: Any, way: str):
    """As an operator does it, or the run's own limit."""
    whole = World(steps, way).walk()
    for number in range(1, len(whole.entered)):
        world = World(steps, way)
        done = world.walk(stop_before=number)
        assert done.status == "ABORTED"
        before = world.standing
        world.end(done)
        after, told = world.standing, world.told()
        assert after.status.is_final, done.entered
        assert after == before or not before.status.is_final, "what was settled stands"
        assert told["job.failed"] + told["job.completed"] == 1
        review = world.reviews.get(after.id)
        assert review is None or review.status is not ReviewStatus.OPEN


def test_a_decision_that_was_given_stands_though_its_run_was_stopped(steps: Any):
    world = World(steps, "approved")
    whole = World(steps, "approved").walk()
    world.walk(stop_before=whole.entered.index("save decision"))
    world.end(Walk(status="ABORTED"))
    assert world.standing.timetable == TIMETABLE


@pytest.mark.parametrize("error", [each for each in ERRORS if each != "States.Timeout"])
def test_a_person_who_could_not_be_asked_is_our_failure_and_not_their_delay(steps: Any, error: str):
    world = World(steps, "approved")
    world.fail("request-review", error, FOR_GOOD)
    done = world.walk()
    assert (done.status, world.standing.status) == ("FAILED", Status.FAILED)
    told = [one["Detail"] for one in world.bus if one["DetailType"] == "job.failed"]
    assert [each["error"] for each in told] == [error]


def test_a_decision_that_came_while_asking_failed_stands(steps: Any):
    world = World(steps, "approved")
    world.fail("request-review", "StepFailedError", FOR_GOOD, done=True)
    call = world.call

    def decided_meanwhile(function: str, state: Any) -> Any:
        if function == "close-review":
            world.decide(ReviewStatus.APPROVED)
        return call(function, state)

    world.call = decided_meanwhile  # type: ignore[method-assign]
    answered(world, world.walk())
    assert world.standing.timetable == TIMETABLE


def test_every_error_of_the_steps_has_a_name_of_ours():
    assert all(hasattr(errors, name) for name in NAMED)
