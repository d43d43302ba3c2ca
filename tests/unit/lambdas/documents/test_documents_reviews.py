"""Reviews: one decision wins, the run is told of it, and nothing is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from lambdas.documents.model.correction import Answer
from lambdas.documents.model.doubt import Doubt
from lambdas.documents.model.errors import (
    DocumentGoneError,
    InvalidInputError,
    OtherUploadError,
    ReviewEndedError,
    ReviewNotClaimedError,
    ReviewNotFoundError,
    ReviewTakenError,
    StorageUnavailableError,
)
from lambdas.documents.model.identity import UserId
from lambdas.documents.model.judgement import Judgement, Verdict
from lambdas.documents.model.review import Choice, Decision, Review, ReviewStatus, Token
from lambdas.documents.use_cases.ask import NOTHING_LEFT, close_review, request_review
from lambdas.documents.use_cases.review import claim, decide, look, scan_key, waiting
from lambdas.documents.use_cases.watch import AT_ONCE, GRACE, Seen, watch
from tests.support.documents_examples import NOON, TIMETABLE, a_document, a_run, a_user, doubts
from tests.support.documents_reviews import MINUTE, HowReviewsBehave, Sleepers, Tray, a_review

WEEK = timedelta(days=7)
HOLD = timedelta(minutes=30)
APPROVE = Answer(choice=Choice.APPROVE)
REFUSE = Answer(choice=Choice.REFUSE, reason="a menu")
CORRECT = Answer(choice=Choice.CORRECT, timetable=replace(TIMETABLE, title="Class 4c"))


class TestTheTray(HowReviewsBehave):
    @pytest.fixture
    def reviews(self) -> Tray:
        return Tray()


class Folder:
    """One judgement, or none."""

    def __init__(self, judgement: Judgement | None) -> None:
        self.judgement = judgement

    def keep(self, run: Any, judgement: Judgement) -> str:
        raise AssertionError("asking for a person changes no judgement")

    def get(self, run: Any) -> Judgement | None:
        return self.judgement


UNSURE = Judgement(
    verdict=Verdict.PERSON,
    confidence=71.5,
    reason="one",
    proposal=TIMETABLE,
    doubts=doubts("one", "two"),
)


class Office:
    """A tray, the runs that wait for it, and one review in it that waits with token `t`."""

    def __init__(self, **changes: Any) -> None:
        self.tray = Tray()
        self.runs = Sleepers()
        self.review = a_review(**changes)
        self.tray.open(self.review, Token("t"))
        self.document = self.review.document
        self.me = self.reviewer()

    def reviewer(self) -> UserId:
        return a_user()

    def claim(self, by: UserId | None = None, now: datetime = NOON) -> Review:
        return claim(self.document, reviewer=by or self.me, now=now, hold=HOLD, desk=self.tray)

    def decide(self, answer: Answer, by: UserId | None = None, now: datetime = NOON) -> Decision:
        return decide(
            self.document,
            answer,
            reviewer=by or self.me,
            now=now,
            desk=self.tray,
            answers=self.tray,
            runs=self.runs,
        )


def ask(judgement: Judgement | None, tray: Tray, runs: Sleepers, run: Any, token: str) -> Review:
    return request_review(
        run,
        Token(token),
        now=NOON,
        wait=WEEK,
        judgements=Folder(judgement),
        requests=tray,
        runs=runs,
    )


def test_a_review_holds_the_best_that_is_known_and_what_to_look_at():
    run, tray = a_run(a_document()), Tray()
    ask(UNSURE, tray, Sleepers(), run, "t")
    assert tray.get(run.document) == a_review(run, doubts=doubts("one", "two"))


def test_without_doubts_the_reason_is_what_to_look_at():
    run, tray = a_run(a_document()), Tray()
    ask(replace(UNSURE, doubts=()), tray, Sleepers(), run, "t")
    assert tray.reviews[run.document].doubts == (Doubt(rule="not-sure", why="one"),)


def test_where_nothing_is_left_of_the_reading_a_person_still_has_the_scan():
    run, tray = a_run(a_document()), Tray()
    ask(None, tray, Sleepers(), run, "t")
    assert tray.reviews[run.document].doubts == (Doubt(rule="work-lost", why=NOTHING_LEFT),)


def test_asking_again_after_the_decision_wakes_the_run_at_once():
    office = Office()
    office.claim()
    office.decide(APPROVE)
    ask(UNSURE, office.tray, office.runs, office.review.run, "second")
    assert office.runs.woken == [("t", office.me), ("second", office.me)]


def test_nobody_is_asked_about_a_deleted_document():
    office = Office()
    office.tray.withdraw(office.document, now=NOON)
    with pytest.raises(DocumentGoneError):
        ask(UNSURE, office.tray, office.runs, office.review.run, "second")


def test_a_second_upload_of_a_document_that_waits_has_no_review_of_its_own():
    office = Office()
    with pytest.raises(OtherUploadError):
        ask(UNSURE, office.tray, office.runs, replace(office.review.run, version="v2"), "second")


@pytest.mark.parametrize(
    ("answer", "status", "timetable", "reason"),
    [
        (APPROVE, ReviewStatus.APPROVED, TIMETABLE, None),
        (CORRECT, ReviewStatus.CORRECTED, CORRECT.timetable, None),
        (REFUSE, ReviewStatus.REFUSED, None, "a menu"),
    ],
)
def test_a_decision_is_written_and_the_run_goes_on(
    answer: Answer, status: ReviewStatus, timetable: Any, reason: Any
):
    office = Office()
    office.claim()
    decision = office.decide(answer)
    assert (decision.status, decision.timetable, decision.reason) == (status, timetable, reason)
    assert decision.by == office.me
    assert office.tray.decision(office.review.run) == decision
    assert office.runs.woken == [("t", office.me)]
    assert office.tray.tokens == {}, "a token that was used is kept nowhere"


def test_there_is_nothing_to_approve_without_a_proposal():
    office = Office(proposal=None)
    office.claim()
    with pytest.raises(InvalidInputError, match="decision: there is no proposal"):
        office.decide(APPROVE)
    assert office.tray.decision(office.review.run) is None


def test_the_same_decision_sent_twice_is_one_and_wakes_the_run_once():
    office = Office()
    office.claim()
    first = office.decide(CORRECT)
    assert office.decide(CORRECT, now=NOON + MINUTE) == first
    assert office.runs.woken == [("t", office.me)]


def test_a_decision_the_run_was_not_told_of_is_told_when_it_is_sent_again():
    office = Office()
    office.claim()
    office.runs.away = True
    with pytest.raises(StorageUnavailableError):
        office.decide(APPROVE)
    office.runs.away = False
    office.decide(APPROVE)
    assert office.runs.woken == [("t", office.me)]


def test_another_decision_comes_too_late():
    office = Office()
    office.claim()
    office.decide(APPROVE)
    with pytest.raises(ReviewEndedError, match="approved"):
        office.decide(REFUSE)
    with pytest.raises(ReviewEndedError, match="approved"):
        office.decide(APPROVE, by=a_user())
    with pytest.raises(ReviewEndedError, match="approved"):
        office.claim(by=a_user())


def test_of_two_reviewers_the_second_is_told_until_when_the_first_has_it():
    office = Office()
    office.claim()
    with pytest.raises(ReviewTakenError) as taken:
        office.claim(by=a_user())
    assert taken.value.args == (NOON + HOLD,)
    with pytest.raises(ReviewTakenError):
        office.decide(APPROVE, by=a_user())
    assert office.runs.woken == []


def test_who_decides_has_claimed_it_and_in_time():
    office = Office()
    with pytest.raises(ReviewNotClaimedError):
        office.decide(APPROVE)
    office.claim()
    with pytest.raises(ReviewNotClaimedError):
        office.decide(APPROVE, now=NOON + HOLD)
    office.claim(now=NOON + HOLD)
    assert office.decide(APPROVE, now=NOON + HOLD).by == office.me


class Slow(Tray):
    """Something else happens between looking and writing."""

    def __init__(self, meanwhile: Any) -> None:
        super().__init__()
        self.meanwhile = meanwhile

    def decide(self, run: Any, decision: Decision) -> bool:
        self.meanwhile(self)
        return super().decide(run, decision)


def slow_office(meanwhile: Any) -> Office:
    office = Office()
    slow = Slow(meanwhile)
    slow.open(office.review, Token("t"))
    office.tray = slow
    office.claim()
    return office


def test_a_decision_that_comes_a_moment_after_the_timeout_is_told_so():
    office = slow_office(lambda tray: tray.close(office.review.run, now=NOON))
    with pytest.raises(ReviewEndedError, match="timed_out"):
        office.decide(APPROVE)
    assert office.runs.woken == []


def test_a_decision_on_a_document_that_is_deleted_meanwhile_finds_none():
    office = slow_office(lambda tray: tray.withdraw(office.document, now=NOON))
    with pytest.raises(ReviewNotFoundError):
        office.decide(APPROVE)
    assert office.runs.woken == []


def test_a_timeout_after_a_decision_finds_the_decision():
    office = Office()
    office.claim()
    decided = office.decide(REFUSE)
    assert close_review(office.review.run, now=NOON + WEEK, closings=office.tray) == decided


@pytest.mark.parametrize("deleted", [True, False])
def test_a_review_that_is_not_there_can_be_neither_seen_nor_claimed(deleted: bool):
    office = Office()
    office.tray.withdraw(office.document, now=NOON)
    document = office.document if deleted else a_document().id
    with pytest.raises(ReviewNotFoundError):
        look(document, desk=office.tray)
    with pytest.raises(ReviewNotFoundError):
        claim(document, reviewer=office.me, now=NOON, hold=HOLD, desk=office.tray)


def test_the_list_is_the_desk_s():
    office = Office()
    assert [each.document for each in waiting(after=None, limit=5, desk=office.tray).reviews] == [
        office.document
    ]


class Bell:
    def __init__(self) -> None:
        self.rung: list[str] = []

    def __call__(self, review: Review) -> None:
        self.rung.append(review.document)


def go_round(office: Office, bell: Bell, now: datetime) -> Seen:
    return watch(
        now=now,
        escalate_after=timedelta(hours=24),
        reviews=office.tray,
        runs=office.runs,
        escalate=bell,
    )


DAY = timedelta(hours=24)


def test_what_nobody_takes_is_said_again_once():
    office, bell = Office(), Bell()
    assert go_round(office, bell, NOON + DAY) == Seen(0, 0, 0), "not yet"
    assert go_round(office, bell, NOON + DAY + MINUTE) == Seen(0, 0, 1)
    assert go_round(office, bell, NOON + DAY + 6 * MINUTE) == Seen(0, 0, 0)
    assert bell.rung == [office.document]


def test_what_somebody_has_is_not_said_again_while_they_have_it():
    office, bell = Office(), Bell()
    office.claim(now=NOON + DAY)
    assert go_round(office, bell, NOON + DAY + MINUTE) == Seen(0, 0, 0)
    assert go_round(office, bell, NOON + DAY + HOLD) == Seen(0, 0, 1)


def test_a_decision_whose_run_was_not_told_is_told_by_the_watch():
    office = Office()
    office.claim()
    office.runs.away = True
    with pytest.raises(StorageUnavailableError):
        office.decide(APPROVE)
    office.runs.away = False
    assert go_round(office, Bell(), NOON + MINUTE) == Seen(1, 0, 0)
    assert go_round(office, Bell(), NOON + MINUTE) == Seen(0, 0, 0)
    assert office.runs.woken == [("t", office.me)]


def test_a_run_that_is_not_known_for_a_moment_is_told_later():
    office = Office()
    office.claim()
    office.runs.unknown = True
    assert office.decide(APPROVE).status is ReviewStatus.APPROVED
    assert go_round(office, Bell(), NOON + MINUTE) == Seen(0, 0, 0)
    office.runs.unknown = False
    assert go_round(office, Bell(), NOON + MINUTE) == Seen(1, 0, 0)
    assert office.runs.woken == [("t", office.me)]


def test_a_run_that_never_comes_back_is_given_up():
    office = Office()
    office.claim()
    office.runs.unknown = True
    office.decide(APPROVE)
    go_round(office, Bell(), NOON + WEEK + GRACE)
    assert office.tray.unanswered(limit=5) == [office.document]
    go_round(office, Bell(), NOON + WEEK + GRACE + MINUTE)
    assert office.tray.unanswered(limit=5) == []


def test_a_review_that_outlives_its_run_is_closed():
    office, bell = Office(escalated_at=NOON + DAY), Bell()
    assert go_round(office, bell, NOON + WEEK + GRACE) == Seen(0, 0, 0)
    assert go_round(office, bell, NOON + WEEK + GRACE + MINUTE) == Seen(0, 1, 0)
    standing = office.tray.decision(office.review.run)
    assert standing is not None
    assert standing.status is ReviewStatus.TIMED_OUT
    assert bell.rung == []


def test_a_round_has_an_end_and_the_next_goes_on():
    office, bell = Office(), Bell()
    for _ in range(AT_ONCE + 9):
        office.tray.open(a_review(), Token("t"))
    later = NOON + DAY + MINUTE
    assert go_round(office, bell, later) == Seen(0, 0, AT_ONCE)
    assert go_round(office, bell, later) == Seen(0, 0, 10)
    assert len(set(bell.rung)) == AT_ONCE + 10


def test_a_token_shows_in_no_text_of_ours():
    assert "secret" not in f"{Token('secret')!r} {Token('secret')}"


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": ReviewStatus.OPEN},
        {"status": ReviewStatus.APPROVED, "timetable": TIMETABLE},
        {"status": ReviewStatus.TIMED_OUT, "by": a_user()},
        {"status": ReviewStatus.APPROVED, "by": a_user()},
        {"status": ReviewStatus.REFUSED, "by": a_user()},
        {"status": ReviewStatus.REFUSED, "by": a_user(), "reason": "x", "timetable": TIMETABLE},
    ],
)
def test_a_decision_says_what_goes_with_it_and_nothing_else(wrong: dict[str, Any]):
    with pytest.raises(ValueError, match=r"review|document"):
        Decision(at=NOON, **wrong)


def test_the_scan_is_where_the_decision_puts_it():
    run = a_run(a_document())
    review = Review(run=run, requested_at=NOON, until=NOON + timedelta(days=7), month="2026-11")
    assert scan_key(review) == run.key
    decided = Decision(
        status=ReviewStatus.APPROVED, at=NOON, by=UserId("somebody"), timetable=TIMETABLE
    )
    assert scan_key(replace(review, decision=decided)) == f"archive/2026/11/{run.document}.pdf"
    nobody = Decision(status=ReviewStatus.TIMED_OUT, at=NOON)
    assert scan_key(replace(review, decision=nobody)) == run.key
