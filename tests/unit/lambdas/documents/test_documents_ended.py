"""Runs that ended without a word: their documents get an answer, and it is said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lambdas.documents.model.document import Status
from lambdas.documents.model.event import Event
from lambdas.documents.model.outcome import Outcome
from lambdas.documents.model.review import Decision, ReviewStatus, Token
from lambdas.documents.use_cases.ended import settle_ended
from tests.support.documents_books import Books
from tests.support.documents_cabinet import Cabinet
from tests.support.documents_examples import NOON, TIMETABLE, a_document, a_run, a_user
from tests.support.documents_reviews import Tray, a_review


class Ended:
    def __init__(self) -> None:
        self.document = a_document()
        self.run = a_run(self.document)
        self.books, self.reviews = Books(self.document), Tray()
        self.said: list[Event] = []

    def put(self, event: Event) -> None:
        self.said.append(event)

    def settle(self, error: str = "TIMED_OUT") -> Status | None:
        settled = settle_ended(
            self.run,
            error=error,
            now=NOON,
            outcomes=self.books,
            closings=self.reviews,
            shelves=Cabinet(),
            outbox=self,
        )
        return settled.status if settled else None

    def wait_for_a_person(self) -> None:
        doubts = Outcome(run=self.run, status=Status.NEEDS_REVIEW, reason="two doubts")
        self.books.settle(doubts)
        self.reviews.open(a_review(self.run), Token("t"))


def test_a_document_nobody_answered_has_failed_and_that_is_said_under_one_id():
    ended = Ended()
    assert ended.settle() is ended.settle() is Status.FAILED
    assert [each.type for each in ended.said] == ["job.failed"] * 2
    assert len({each.id for each in ended.said}) == 1
    assert ended.said[0].facts["error"] == "TIMED_OUT"
    assert "interrupted on our side" in (ended.books.documents[ended.document.id].reason or "")


def test_an_answer_that_was_written_and_not_told_is_told():
    ended = Ended()
    done = Outcome(run=ended.run, status=Status.COMPLETED, timetable=TIMETABLE, confidence=99.0)
    ended.books.settle(done)
    assert ended.settle() is Status.COMPLETED
    [said] = ended.said
    assert (said.type, said.facts["status"]) == ("job.completed", "completed")


def test_a_review_nobody_waits_for_any_more_is_closed_and_its_document_has_failed():
    ended = Ended()
    ended.wait_for_a_person()
    assert ended.settle("ABORTED") is Status.FAILED
    review = ended.reviews.get(ended.document.id)
    assert review is not None
    assert review.status is ReviewStatus.TIMED_OUT


@pytest.mark.parametrize("approved", [True, False])
def test_a_decision_that_was_given_stands(approved: bool):
    ended, me = Ended(), a_user()
    ended.wait_for_a_person()
    ended.reviews.claim(ended.document.id, me, now=NOON, until=NOON + timedelta(hours=1))
    decision = Decision(
        status=ReviewStatus.APPROVED if approved else ReviewStatus.REFUSED,
        at=NOON,
        by=me,
        timetable=TIMETABLE if approved else None,
        reason=None if approved else "a menu",
    )
    assert ended.reviews.decide(ended.run, decision)
    assert ended.settle("ABORTED") is (Status.COMPLETED if approved else Status.REJECTED)
    standing = ended.books.documents[ended.document.id]
    assert (standing.timetable, standing.reason) == (decision.timetable, decision.reason)
    assert standing.route == ("review",)


def test_of_a_deleted_document_and_of_another_upload_nothing_is_said():
    deleted, other = Ended(), Ended()
    deleted.books.documents.clear()
    assert deleted.settle() is None
    first = a_run(other.document, "earlier")
    other.books.settle(Outcome(run=first, status=Status.COMPLETED, timetable=TIMETABLE))
    assert other.settle() is None
    assert deleted.said == other.said == []
