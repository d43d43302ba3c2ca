"""The workflow's steps around a review: asking, closing, and settling what came of it."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest

from lambdas.documents.aws.adapters.judgements import JudgementFiles
from lambdas.documents.aws.workflow import StepFailedError
from lambdas.documents.model.errors import DocumentGoneError, WorkLostError
from lambdas.documents.model.judgement import Judgement, Verdict
from lambdas.documents.model.review import Decision, ReviewStatus, Token
from tests.support.documents_aws import LAMBDA, Context
from tests.support.documents_books import Books
from tests.support.documents_cabinet import Cabinet
from tests.support.documents_examples import (
    NOON,
    TIMETABLE,
    a_document,
    a_run,
    a_user,
    doubts,
)
from tests.support.documents_reviews import MINUTE, Sleepers, Tray, a_review, approval, refusal

DOCUMENT = a_document()
RUN = a_run(DOCUMENT)
STATE: dict[str, Any] = {
    **asdict(RUN),
    "bus": "the-bus",
    "uploaded_at": "2026-11-21T12:00:00Z",
    "route": ["ocr"],
    "verdict": "person",
    "confidence": 60.0,
    "status": "needs_review",
    "told": {"refused": 0},
    "events": [{"DetailType": "hitl.requested"}],
}
JUDGEMENT = Judgement(
    verdict=Verdict.PERSON,
    confidence=60.0,
    reason="one",
    proposal=TIMETABLE,
    doubts=doubts("one"),
)
TIMED_OUT = {"error": {"Error": "States.Timeout", "Cause": ""}}


class Desk:
    """The three edge modules, over what they need in memory."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        environment = {
            **LAMBDA,
            "DOCUMENTS_BUCKET": "documents",
            "REVIEWS_TABLE": "documents-reviews",
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

        self.tray, self.runs, self.cabinet = Tray(), Sleepers(), Cabinet()
        self.books = Books(DOCUMENT)
        judgements = JudgementFiles(self.cabinet)
        judgements.keep(RUN, JUDGEMENT)
        for module, wired in (
            (request_review, {"reviews": self.tray, "runs": self.runs, "judgements": judgements}),
            (close_review, {"reviews": self.tray}),
            (
                save,
                {
                    "reviews": self.tray,
                    "outcomes": self.books,
                    "judgements": judgements,
                    "objects": self.cabinet,
                },
            ),
        ):
            for name, value in wired.items():
                monkeypatch.setattr(module, name, value)
        self.request, self.close, self.saving = request_review, close_review, save

    def save(self, **changes: Any) -> dict[str, Any]:
        return self.saving.handler({**STATE, **changes}, Context())

    def waits(self) -> None:
        """`save` said that a person must be asked, and somebody was."""
        first = {name: STATE[name] for name in STATE if name not in ("status", "told")}
        assert self.saving.handler(first, Context())["status"] == "needs_review"
        self.request.handler({"state": STATE, "token": "t"}, Context())

    def decided(self, decision: Decision) -> None:
        assert decision.by
        until = decision.at + MINUTE
        assert self.tray.claim(DOCUMENT.id, decision.by, now=decision.at, until=until)
        assert self.tray.decide(RUN, decision)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(monkeypatch)


def told(state: dict[str, Any]) -> list[str]:
    return [entry["DetailType"] for entry in state["events"]]


def test_asking_opens_a_review_with_what_was_judged_and_says_no_token(
    desk: Desk, capsys: pytest.CaptureFixture[str]
):
    answer = desk.request.handler({"state": STATE, "token": "secret-token"}, Context())
    review = desk.tray.reviews[DOCUMENT.id]
    assert (review.proposal, review.doubts) == (TIMETABLE, doubts("one"))
    assert review.until - review.requested_at == timedelta(days=7)
    assert desk.tray.tokens[DOCUMENT.id] == Token("secret-token")
    assert answer == {"status": "open"}
    assert "secret-token" not in capsys.readouterr().out


def test_asking_about_a_deleted_document_stops_the_run(desk: Desk):
    desk.tray.withdraw(DOCUMENT.id, now=NOON)
    with pytest.raises(DocumentGoneError):
        desk.request.handler({"state": STATE, "token": "t"}, Context())


def test_asking_about_a_second_upload_fails_by_a_name_and_without_words(
    desk: Desk, capsys: pytest.CaptureFixture[str]
):
    desk.tray.open(a_review(replace(RUN, version="other")), Token("x"))
    with pytest.raises(StepFailedError, match=r"^OtherUploadError$"):
        desk.request.handler({"state": STATE, "token": "secret-token"}, Context())
    assert "secret-token" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("decision", "status", "said"),
    [
        (approval(a_user()), "completed", "approved"),
        (
            replace(approval(a_user()), status=ReviewStatus.CORRECTED),
            "completed",
            "corrected",
        ),
        (refusal(a_user()), "rejected", "refused"),
    ],
)
def test_what_a_reviewer_decides_becomes_of_the_document(
    desk: Desk, decision: Decision, status: str, said: str
):
    desk.waits()
    desk.decided(decision)
    state = desk.save(decision={"by": decision.by})
    settled = desk.books.documents[DOCUMENT.id]
    assert settled.status.value == state["status"] == status
    assert (settled.timetable, settled.reason) == (decision.timetable, decision.reason)
    assert settled.route == ("ocr", "review")
    assert settled.confidence == 60.0
    assert told(state) == ["hitl.completed", "job.completed"], "what was told before is not again"
    completed = state["events"][0]["Detail"]
    assert (completed["decision"], completed["reviewer"]) == (said, decision.by)
    assert state["events"][1]["Detail"]["route"] == ["ocr", "review"]
    assert desk.cabinet.objects.keys() <= {RUN.key}, "work files are gone"


def test_settling_a_decision_twice_is_settling_it_once(desk: Desk):
    desk.waits()
    desk.decided(approval(a_user()))
    first = desk.save()
    again = desk.save()
    assert told(first) == told(again)
    assert [each["Detail"]["id"] for each in first["events"]] == [
        each["Detail"]["id"] for each in again["events"]
    ]


def test_a_wait_that_nobody_ended_expires_the_document(desk: Desk):
    desk.waits()
    state = desk.close.handler({**STATE, **TIMED_OUT}, Context())
    assert state["decision"] == {"by": None}
    state = desk.saving.handler(state, Context())
    assert state["status"] == "expired"
    assert "in time" in str(desk.books.documents[DOCUMENT.id].reason)
    assert told(state) == ["hitl.completed", "job.completed"]
    assert state["events"][0]["Detail"]["decision"] == "timed_out"
    assert "reviewer" not in state["events"][0]["Detail"]
    assert state["route"] == ["ocr"]


def test_a_decision_that_was_faster_than_the_timeout_counts(desk: Desk):
    desk.waits()
    decision = approval(a_user())
    desk.decided(decision)
    state = desk.close.handler({**STATE, **TIMED_OUT}, Context())
    assert state["decision"] == {"by": decision.by}
    assert desk.saving.handler(state, Context())["status"] == "completed"


def test_where_nobody_could_be_asked_the_document_fails(desk: Desk):
    error = {"error": {"Error": "StepFailedError", "Cause": ""}}
    state = desk.close.handler({**STATE, **error}, Context())
    assert "decision" not in state
    state = desk.saving.handler(state, Context())
    assert state["status"] == "failed"
    assert told(state)[-1] == "job.failed"


def test_a_decision_that_is_gone_is_no_decision(desk: Desk):
    with pytest.raises(WorkLostError):
        desk.save(decision={"by": a_user()})


def test_of_a_document_deleted_while_it_waited_nothing_is_settled(desk: Desk):
    desk.waits()
    desk.tray.withdraw(DOCUMENT.id, now=NOON)
    with pytest.raises(DocumentGoneError):
        desk.save()
    assert desk.cabinet.objects == {}
