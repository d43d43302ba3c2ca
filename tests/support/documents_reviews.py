"""Reviews in memory, runs that wait, and how both behave: held against the fake and DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

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
from tests.support.documents_examples import NOON, TIMETABLE, a_document, a_run, a_user, doubts

MINUTE = timedelta(minutes=1)


def a_review(run: Run | None = None, **changes: Any) -> Review:
    given: dict[str, Any] = {
        "run": run or a_run(a_document()),
        "requested_at": NOON,
        "until": NOON + timedelta(days=7),
        "confidence": 71.5,
        "proposal": TIMETABLE,
        "doubts": doubts("Tuesday's third lesson ends at 11:3?", "'Mahts' is hard to read."),
    }
    return Review(**{**given, **changes})


def approval(by: UserId, at: datetime = NOON) -> Decision:
    return Decision(status=ReviewStatus.APPROVED, at=at, by=by, timetable=TIMETABLE)


def refusal(by: UserId, at: datetime = NOON) -> Decision:
    return Decision(status=ReviewStatus.REFUSED, at=at, by=by, reason="a menu")


@dataclass
class Sleepers:
    """Runs that wait: who woke them, by token."""

    woken: list[tuple[str, UserId | None]] = field(default_factory=list[tuple[str, UserId | None]])
    away: bool = False
    """Whether nobody answers at the moment."""

    unknown: bool = False
    """Whether no run is known at the moment."""

    def resume(self, token: Token, *, by: UserId | None) -> bool:
        if self.away:
            raise StorageUnavailableError("nobody answers")
        if not self.unknown:
            self.woken.append((token.value, by))
        return not self.unknown


class Tray:
    """Reviews by document, and the tokens of those whose run waits."""

    def __init__(self) -> None:
        self.reviews: dict[DocumentId, Review] = {}
        self.tokens: dict[DocumentId, Token] = {}
        self.withdrawn: dict[DocumentId, datetime] = {}

    def open(self, review: Review, token: Token) -> Review | None:
        if at := self.withdrawn.get(review.document):
            gone = Decision(status=ReviewStatus.WITHDRAWN, at=at)
            return replace(review, status=gone.status, proposal=None, doubts=(), decision=gone)
        standing = self.reviews.get(review.document)
        if standing is not None:
            if standing.run.version != review.run.version:
                return None
            if standing.decision is not None:
                return standing
            review = replace(
                standing,
                confidence=review.confidence,
                proposal=review.proposal,
                doubts=review.doubts,
            )
        self.reviews[review.document] = review
        self.tokens[review.document] = token
        return review

    def get(self, document: DocumentId) -> Review | None:
        return self.reviews.get(document)

    def decision(self, run: Run) -> Decision | None:
        if at := self.withdrawn.get(run.document):
            return Decision(status=ReviewStatus.WITHDRAWN, at=at)
        review = self.reviews.get(run.document)
        return review.decision if review and review.run.version == run.version else None

    def claim(
        self, document: DocumentId, reviewer: UserId, *, now: datetime, until: datetime
    ) -> Review | None:
        review = self.reviews.get(document)
        if review is None or review.decision is not None:
            return None
        if review.is_held(now) and review.claimed_by != reviewer:
            return None
        claimed = replace(review, claimed_by=reviewer, claimed_until=until)
        self.reviews[document] = claimed
        return claimed

    def decide(self, run: Run, decision: Decision) -> bool:
        review = self.reviews.get(run.document)
        if review is None or review.decision is not None or decision.by is None:
            return False
        if review.run.version != run.version or not review.is_held_by(decision.by, decision.at):
            return False
        self.reviews[run.document] = replace(review, status=decision.status, decision=decision)
        return True

    def close(self, run: Run, *, now: datetime) -> Decision | None:
        review = self.reviews.get(run.document)
        if review and review.decision is None and review.run.version == run.version:
            timed_out = Decision(status=ReviewStatus.TIMED_OUT, at=now)
            closed = replace(review, status=timed_out.status, decision=timed_out)
            self.reviews[run.document] = closed
            self.tokens.pop(run.document, None)
        return self.decision(run)

    def withdraw(self, document: DocumentId, *, now: datetime) -> None:
        self.reviews.pop(document, None)
        self.tokens.pop(document, None)
        self.withdrawn[document] = now

    def token(self, document: DocumentId) -> tuple[Token, Decision] | None:
        review, token = self.reviews.get(document), self.tokens.get(document)
        decided = review.decision if review else None
        return (token, decided) if token and decided else None

    def answered(self, document: DocumentId, token: Token) -> None:
        review = self.reviews.get(document)
        if self.tokens.get(document) == token and review and review.decision:
            del self.tokens[document]

    def escalated(self, document: DocumentId, *, now: datetime) -> None:
        review = self.reviews.get(document)
        if review and review.decision is None:
            self.reviews[document] = replace(review, escalated_at=now)

    def page(self, after: Place | None, limit: int) -> WaitingPage:
        found = sorted(
            (each for each in self.reviews.values() if each.decision is None),
            key=lambda each: (each.requested_at, each.document),
        )
        if after:
            place = (after.requested_at, after.document)
            found = [each for each in found if (each.requested_at, each.document) > place]
        shown = found[:limit]
        last = shown[-1] if len(found) > limit else None
        return WaitingPage(
            tuple(_shown(each) for each in shown),
            Place(last.requested_at, last.document) if last else None,
        )

    def unanswered(self, *, limit: int) -> list[DocumentId]:
        return [each for each in self.tokens if self.token(each)][:limit]

    def waiting_since(self, before: datetime) -> Iterator[Waiting]:
        for each in self.page(None, 1_000_000).reviews:
            if each.requested_at < before:
                yield each


def _shown(review: Review) -> Waiting:
    return Waiting(
        document=review.document,
        requested_at=review.requested_at,
        until=review.until,
        confidence=review.confidence,
        claimed_by=review.claimed_by,
        claimed_until=review.claimed_until,
        escalated_at=review.escalated_at,
    )


class HowReviewsBehave:
    """Tests for whatever keeps reviews; a subclass has the fixture `reviews`."""

    @pytest.fixture
    def reviews(self) -> Any:
        raise NotImplementedError

    def test_what_was_opened_is_found_as_it_was(self, reviews: Any):
        review = a_review()
        assert reviews.open(review, Token("t")) == review
        assert reviews.get(review.document) == review
        assert reviews.decision(review.run) is None
        assert reviews.token(review.document) is None, "there is nothing to answer yet"

    def test_a_review_without_a_proposal_is_one_too(self, reviews: Any):
        review = a_review(proposal=None, confidence=None, doubts=())
        reviews.open(review, Token("t"))
        assert reviews.get(review.document) == review

    def test_asking_again_keeps_the_wait_and_the_claim_and_takes_the_new_token(self, reviews: Any):
        review, me = a_review(), a_user()
        reviews.open(review, Token("first"))
        reviews.claim(review.document, me, now=NOON, until=NOON + MINUTE)
        later = replace(review, requested_at=NOON + MINUTE, until=review.until + MINUTE)
        again = reviews.open(later, Token("second"))
        assert (again.requested_at, again.until) == (NOON, review.until)
        assert again.claimed_by == me
        assert reviews.decide(review.run, approval(me))
        assert reviews.token(review.document)[0] == Token("second")

    def test_another_upload_of_the_document_gets_no_review(self, reviews: Any):
        document = a_document()
        reviews.open(a_review(a_run(document, "v1")), Token("t"))
        assert reviews.open(a_review(a_run(document, "v2")), Token("u")) is None
        assert reviews.decision(a_run(document, "v2")) is None

    def test_one_of_two_reviewers_gets_it_until_the_claim_runs_out(self, reviews: Any):
        review, me, you = a_review(), a_user(), a_user()
        reviews.open(review, Token("t"))
        until = NOON + 30 * MINUTE
        assert reviews.claim(review.document, me, now=NOON, until=until).claimed_by == me
        assert reviews.claim(review.document, you, now=until - MINUTE, until=until) is None
        longer = reviews.claim(review.document, me, now=until - MINUTE, until=until + MINUTE)
        assert longer.claimed_until == until + MINUTE, "who has it may keep it"
        taken = reviews.claim(review.document, you, now=until + MINUTE, until=until + 30 * MINUTE)
        assert taken.claimed_by == you

    def test_only_who_has_it_decides_and_only_in_time(self, reviews: Any):
        review, me, you = a_review(), a_user(), a_user()
        reviews.open(review, Token("t"))
        assert not reviews.decide(review.run, approval(me)), "nobody has claimed it"
        reviews.claim(review.document, me, now=NOON, until=NOON + MINUTE)
        assert not reviews.decide(review.run, approval(you))
        assert not reviews.decide(review.run, approval(me, NOON + MINUTE)), "the claim ran out"
        assert reviews.decide(review.run, approval(me, NOON + MINUTE / 2))
        assert reviews.decision(review.run) == approval(me, NOON + MINUTE / 2)
        assert not reviews.decide(review.run, refusal(me)), "the first decision stands"
        assert reviews.claim(review.document, you, now=NOON, until=NOON + MINUTE) is None

    def test_a_decision_is_to_be_told_until_it_was(self, reviews: Any):
        review, me = a_review(), a_user()
        reviews.open(review, Token("t"))
        reviews.claim(review.document, me, now=NOON, until=NOON + MINUTE)
        reviews.decide(review.run, refusal(me))
        assert reviews.unanswered(limit=1000).count(review.document) == 1
        token, decision = reviews.token(review.document)
        assert (token, decision) == (Token("t"), refusal(me))
        reviews.answered(review.document, Token("another"))
        assert reviews.token(review.document), "another token's answer is not this one's"
        reviews.answered(review.document, token)
        assert reviews.token(review.document) is None
        assert review.document not in reviews.unanswered(limit=1000)
        assert reviews.get(review.document).decision == refusal(me)

    def test_a_timeout_ends_it_and_a_decision_before_it_stands(self, reviews: Any):
        open_, decided, me = a_review(), a_review(), a_user()
        for each in (open_, decided):
            reviews.open(each, Token("t"))
            reviews.claim(each.document, me, now=NOON, until=NOON + MINUTE)
        reviews.decide(decided.run, approval(me))
        timed_out = Decision(status=ReviewStatus.TIMED_OUT, at=NOON + MINUTE)
        assert reviews.close(open_.run, now=NOON + MINUTE) == timed_out
        assert reviews.close(decided.run, now=NOON + MINUTE) == approval(me)
        assert not reviews.decide(open_.run, approval(me)), "too late"
        assert reviews.close(open_.run, now=NOON + 2 * MINUTE) == timed_out, "it ended once"
        assert reviews.close(a_run(a_document()), now=NOON) is None

    def test_of_a_deleted_document_nothing_is_left_and_nothing_can_be_done(self, reviews: Any):
        review, me = a_review(), a_user()
        reviews.open(review, Token("t"))
        reviews.claim(review.document, me, now=NOON, until=NOON + MINUTE)
        reviews.withdraw(review.document, now=NOON)
        assert reviews.get(review.document) is None
        assert not reviews.decide(review.run, approval(me))
        assert reviews.claim(review.document, me, now=NOON, until=NOON + MINUTE) is None
        gone = Decision(status=ReviewStatus.WITHDRAWN, at=NOON)
        assert reviews.decision(review.run) == gone
        assert reviews.close(review.run, now=NOON) == gone
        assert reviews.open(review, Token("u")).status is ReviewStatus.WITHDRAWN

    def test_a_document_deleted_before_it_was_asked_for_opens_no_review(self, reviews: Any):
        review = a_review()
        reviews.withdraw(review.document, now=NOON)
        standing = reviews.open(review, Token("t"))
        assert standing.status is ReviewStatus.WITHDRAWN
        assert standing.proposal is None
        assert reviews.get(review.document) is None

    def test_the_list_has_the_open_ones_longest_waiting_first_page_by_page(self, reviews: Any):
        made = [a_review(requested_at=NOON + n * MINUTE) for n in range(5)]
        for each in reversed(made):
            reviews.open(each, Token("t"))
        me = a_user()
        reviews.claim(made[1].document, me, now=NOON, until=NOON + MINUTE)
        reviews.decide(made[1].run, approval(me))
        reviews.claim(made[2].document, me, now=NOON, until=NOON + MINUTE)
        reviews.escalated(made[2].document, now=NOON)
        listed = list[Waiting]()
        place: Place | None = None
        while True:
            page = reviews.page(place, 2)
            assert len(page.reviews) <= 2
            listed += page.reviews
            place = page.next
            if place is None:
                break
        wanted = [made[0], reviews.get(made[2].document), made[3], made[4]]
        assert listed == [_shown(each) for each in wanted]
        since = list(reviews.waiting_since(NOON + 3 * MINUTE))
        assert [each.document for each in since] == [made[0].document, made[2].document]
