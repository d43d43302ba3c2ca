"""Settling a run: once, whole, and with nothing left lying about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lambdas.documents.aws.adapters.judgements import JudgementFiles
from lambdas.documents.model.document import Document, Status
from lambdas.documents.model.errors import (
    DocumentGoneError,
    OvertakenError,
    StorageUnavailableError,
    WorkLostError,
)
from lambdas.documents.model.judgement import Judgement, Verdict
from lambdas.documents.model.keys import archive_key, judgement_key, reading_key, sheet_key
from lambdas.documents.model.outcome import Outcome, Run, Settled
from lambdas.documents.use_cases.save import save, save_judgement
from tests.support.documents_books import Books
from tests.support.documents_cabinet import Cabinet
from tests.support.documents_examples import TIMETABLE, a_document, a_run

COMPLETE = Judgement(verdict=Verdict.COMPLETE, confidence=99.0, timetable=TIMETABLE)
UNSURE = Judgement(verdict=Verdict.MODEL, confidence=90.0, reason="two doubts")
REFUSED = Judgement(verdict=Verdict.REFUSED, reason="no timetable")


def cabinet_of(run: Run, judgement: Judgement | None) -> Cabinet:
    """The object store as it is when `save` is called."""
    cabinet = Cabinet()
    cabinet.write(run.key, b"the upload")
    cabinet.write(reading_key(run), b"{}")
    if judgement:
        JudgementFiles(cabinet).keep(run, judgement)
    return cabinet


def archived(run: Run) -> str:
    return archive_key(run, month="2026-11")


def settled(run: Run, books: Books, cabinet: Cabinet) -> Settled:
    return save_judgement(
        run,
        route=("ocr",),
        outcomes=books,
        judgements=JudgementFiles(cabinet),
        shelves=cabinet,
    )


def failed(run: Run) -> Outcome:
    return Outcome(run=run, status=Status.FAILED, reason="something broke")


@pytest.mark.parametrize(
    ("judgement", "status", "left"),
    [
        (COMPLETE, Status.COMPLETED, ["archived", "page"]),
        (REFUSED, Status.REJECTED, []),
    ],
)
def test_a_judgement_is_settled_and_cleaned_up_after(
    judgement: Judgement, status: Status, left: list[str]
):
    document = a_document()
    run, books = a_run(document), Books(document)
    cabinet = cabinet_of(run, judgement)
    cabinet.write(sheet_key(run, 1), b"a page made ready for reading")
    assert settled(run, books, cabinet).status is status
    kept = books.documents[document.id]
    assert (kept.status, kept.reason, kept.timetable) == (
        status,
        judgement.reason,
        judgement.timetable,
    )
    keys = {"archived": archived(run), "page": sheet_key(run, 1)}
    assert set(cabinet.left) == {keys[each] for each in left}


@pytest.mark.parametrize("verdict", [Verdict.MODEL, Verdict.PERSON])
def test_what_a_person_is_asked_about_stays_until_it_is_answered(verdict: Verdict):
    document = a_document()
    run, books = a_run(document), Books(document)
    cabinet = cabinet_of(run, replace(UNSURE, verdict=verdict))
    first = settled(run, books, cabinet)
    assert settled(run, books, cabinet) == first == Settled(Status.NEEDS_REVIEW, 90.0, "v1")
    assert set(cabinet.left) == {run.key, reading_key(run), judgement_key(run)}
    assert books.documents[document.id].finished_at is None
    answer = Outcome(run=run, status=Status.COMPLETED, timetable=TIMETABLE, route=("review",))
    assert save(answer, outcomes=books, shelves=cabinet).status is Status.COMPLETED
    assert books.documents[document.id].timetable == TIMETABLE
    assert cabinet.left == {archived(run): b"the upload"}


@pytest.mark.parametrize("status", [Status.REJECTED, Status.FAILED, Status.EXPIRED])
def test_a_review_may_end_without_a_timetable(status: Status):
    document = a_document()
    run, books = a_run(document), Books(document)
    cabinet = cabinet_of(run, UNSURE)
    settled(run, books, cabinet)
    ended = Outcome(run=run, status=status, reason="nobody could read it")
    assert save(ended, outcomes=books, shelves=cabinet).status is status
    assert books.documents[document.id].status is status


def test_a_document_that_waits_for_a_person_is_not_answered_by_another_upload():
    document = a_document()
    books = Books(document)
    first, second = a_run(document, "v1"), a_run(document, "v2")
    settled(first, books, cabinet_of(first, UNSURE))
    with pytest.raises(OvertakenError):
        settled(second, books, cabinet_of(second, COMPLETE))
    assert books.documents[document.id].status is Status.NEEDS_REVIEW


def test_a_second_attempt_finds_its_files_cleared_and_says_the_same():
    document = a_document()
    run, books = a_run(document), Books(document)
    cabinet = cabinet_of(run, COMPLETE)
    first = settled(run, books, cabinet)
    assert settled(run, books, cabinet) == first == Settled(Status.COMPLETED, 99.0, "v1")
    assert books.documents[document.id].timetable == TIMETABLE


def test_a_crash_between_the_books_and_the_files_is_made_good_by_the_next_attempt():
    document = a_document()
    run, books = a_run(document), Books(document)
    cabinet = cabinet_of(run, REFUSED)
    cabinet.breaks_at = run.key
    with pytest.raises(StorageUnavailableError):
        settled(run, books, cabinet)
    assert run.key in cabinet.objects
    assert settled(run, books, cabinet).status is Status.REJECTED
    assert cabinet.left == {}


def test_an_original_is_in_one_place_or_the_other_whatever_stops_its_move():
    document = a_document()
    run, books = a_run(document), Books(document)
    cabinet = cabinet_of(run, COMPLETE)
    cabinet.breaks_at = run.key
    with pytest.raises(StorageUnavailableError):
        settled(run, books, cabinet)
    assert {run.key, archived(run)} <= cabinet.left.keys()
    for _ in range(2):
        assert settled(run, books, cabinet).status is Status.COMPLETED
        assert cabinet.left == {archived(run): b"the upload"}


def test_a_failure_reported_after_the_outcome_changes_nothing_and_still_cleans_up():
    document = a_document()
    run, books = a_run(document), Books(document)
    cabinet = cabinet_of(run, COMPLETE)
    books.settle(Outcome(run=run, status=Status.COMPLETED, confidence=99.0, timetable=TIMETABLE))
    assert save(failed(run), outcomes=books, shelves=cabinet).status is Status.COMPLETED
    assert books.documents[document.id].timetable == TIMETABLE
    assert cabinet.left == {archived(run): b"the upload"}


@pytest.mark.parametrize("judgement", [COMPLETE, REFUSED])
def test_where_an_answer_stands_the_place_of_the_upload_is_taken(judgement: Judgement):
    document = a_document()
    run, books = a_run(document), Books(document)
    cabinet = cabinet_of(run, judgement)
    settled(run, books, cabinet)
    assert cabinet.objects[run.key] == b"", "a link that only adds finds something there"


def test_a_second_upload_to_a_finished_document_changes_nothing():
    document = a_document()
    books = Books(document)
    first, second = a_run(document, "v1"), a_run(document, "v2")
    settled(first, books, cabinet_of(first, COMPLETE))
    cabinet = cabinet_of(second, REFUSED)
    with pytest.raises(OvertakenError):
        settled(second, books, cabinet)
    assert books.documents[document.id].timetable == TIMETABLE
    assert list(cabinet.objects) == [second.key], "what is completed keeps its upload"


def test_an_upload_after_a_rejection_leaves_nothing_either():
    document = a_document()
    books = Books(document)
    first, second = a_run(document, "v1"), a_run(document, "v2")
    settled(first, books, cabinet_of(first, REFUSED))
    cabinet = cabinet_of(second, COMPLETE)
    with pytest.raises(OvertakenError):
        settled(second, books, cabinet)
    assert books.documents[document.id].timetable is None
    assert cabinet.left == {}


@pytest.mark.parametrize("judgement", [COMPLETE, UNSURE, REFUSED, None])
def test_a_run_that_finds_its_document_deleted_leaves_nothing(judgement: Judgement | None):
    document = a_document()
    run, books = a_run(document), Books()
    cabinet = cabinet_of(run, judgement)
    with pytest.raises(DocumentGoneError):
        settled(run, books, cabinet)
    assert (books.documents, cabinet.objects) == ({}, {})


def test_a_failed_run_of_a_deleted_document_leaves_nothing():
    run = a_run(a_document())
    cabinet = cabinet_of(run, None)
    with pytest.raises(DocumentGoneError):
        save(failed(run), outcomes=Books(), shelves=cabinet)
    assert cabinet.left == {}


def test_a_lost_judgement_of_a_pending_document_is_an_error_and_no_outcome():
    document = a_document()
    run, books = a_run(document), Books(document)
    cabinet = cabinet_of(run, None)
    with pytest.raises(WorkLostError, match=judgement_key(run)):
        settled(run, books, cabinet)
    assert books.documents[document.id].status is Status.PENDING
    assert run.key in cabinet.objects


def test_another_documents_files_are_left_alone():
    document, other = a_document(), a_document()
    run, books = a_run(document), Books(document)
    cabinet = cabinet_of(run, REFUSED)
    bystander = a_run(other)
    cabinet.write(bystander.key, b"x")
    cabinet.write(reading_key(bystander), b"x")
    settled(run, books, cabinet)
    assert set(cabinet.left) == {bystander.key, reading_key(bystander)}


def test_an_outcome_is_consistent_or_is_none():
    run = a_run(a_document())
    for wrong in (
        {"status": Status.PENDING},
        {"status": Status.EXPIRED},
        {"status": Status.COMPLETED},
        {"status": Status.COMPLETED, "timetable": TIMETABLE, "reason": "x"},
        {"status": Status.REJECTED},
        {"status": Status.NEEDS_REVIEW, "reason": "x", "timetable": TIMETABLE},
    ):
        with pytest.raises(ValueError, match=r"outcome|timetable|says why"):
            Outcome(run=run, **wrong)  # type: ignore[arg-type]


def document_after(status: Status) -> Document:
    return a_document(status=status, reason="x")


@pytest.mark.parametrize("status", [Status.FAILED, Status.REJECTED, Status.EXPIRED])
def test_no_outcome_replaces_another(status: Status):
    document = document_after(status)
    run = a_run(document)
    books, cabinet = Books(document), cabinet_of(run, COMPLETE)
    assert settled(run, books, cabinet).status is status
    assert books.documents[document.id] == document
