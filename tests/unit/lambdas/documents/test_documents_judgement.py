"""What becomes of a reading: the thresholds, and the words for a person."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.documents.aws.adapters.judgements import JudgementFiles
from lambdas.documents.model.judgement import Judgement, Verdict, judge
from lambdas.documents.model.keys import judgement_key
from tests.support.documents_cabinet import Cabinet
from tests.support.documents_examples import TIMETABLE, a_document, a_run, doubts


def judged(**changes: Any) -> Judgement:
    given: dict[str, Any] = {
        "is_timetable": True,
        "confidence": 100.0,
        "doubts": [],
        "complete_at": 98.0,
        "model_at": 80.0,
    }
    timetable = changes.pop("timetable", TIMETABLE)
    return judge(timetable, **{**given, **changes})


@pytest.mark.parametrize(
    ("confidence", "verdict"),
    [
        (100.0, Verdict.COMPLETE),
        (98.0, Verdict.COMPLETE),
        (97.9, Verdict.MODEL),
        (80.0, Verdict.MODEL),
        (79.9, Verdict.PERSON),
        (0.0, Verdict.PERSON),
    ],
)
def test_confidence_decides(confidence: float, verdict: Verdict):
    assert judged(confidence=confidence).verdict is verdict


@given(st.floats(0, 100), st.booleans(), st.booleans())
def test_only_a_whole_and_sure_timetable_completes(confidence: float, is_table: bool, there: bool):
    judgement = judged(
        confidence=confidence, is_timetable=is_table, timetable=TIMETABLE if there else None
    )
    completes = is_table and there and confidence >= 98
    assert (judgement.verdict is Verdict.COMPLETE) == completes
    assert (judgement.timetable is not None) == completes
    assert (judgement.reason is None) == completes


@pytest.mark.parametrize("timetable", [None, replace(TIMETABLE, blocks=())])
def test_sure_of_nothing_waits_for_a_person(timetable: Any):
    assert judged(timetable=timetable).verdict is Verdict.PERSON


def test_what_is_no_timetable_is_refused_however_sure():
    judgement = judged(is_timetable=False)
    assert judgement.verdict is Verdict.REFUSED
    assert judgement.reason is not None
    assert "timetable" in judgement.reason


def test_the_reason_tells_the_first_doubts_and_how_many_more():
    judgement = judged(confidence=90.0, doubts=doubts("one.", "two", "three", "four", "five"))
    assert judgement.reason == ("Not sure enough to complete (90 %): one; two; three; and 2 more.")


def test_what_is_not_sure_is_proposed_with_its_doubts_to_whoever_looks_next():
    judgement = judged(confidence=90.0, doubts=doubts("one", "x" * 1000, *["y"] * 100))
    assert (judgement.timetable, judgement.proposal) == (None, TIMETABLE)
    assert [doubt.why for doubt in judgement.doubts[:2]] == ["one", "x" * 300]
    assert len(judgement.doubts) == 50
    sure = judged()
    assert (sure.proposal, sure.doubts) == (None, ())


def test_an_empty_week_is_no_proposal():
    assert judged(confidence=10.0, timetable=replace(TIMETABLE, blocks=())).proposal is None


def test_a_judgement_of_before_proposals_can_still_be_read():
    files = Cabinet()
    run = a_run(a_document())
    JudgementFiles(files).keep(run, Judgement(verdict=Verdict.PERSON, reason="x"))
    key = judgement_key(run)
    old = json.loads(files.read(key, limit=10_000) or b"")
    for name in ("proposal", "doubts"):
        del old[name]
    files.write(key, json.dumps(old).encode())
    assert JudgementFiles(files).get(run) == Judgement(verdict=Verdict.PERSON, reason="x")


@pytest.mark.parametrize(
    "judgement",
    [
        Judgement(
            verdict=Verdict.MODEL,
            confidence=90.0,
            reason="one",
            proposal=TIMETABLE,
            doubts=doubts("öne", "two"),
        ),
        Judgement(verdict=Verdict.COMPLETE, confidence=99.5, timetable=TIMETABLE),
        Judgement(verdict=Verdict.PERSON, confidence=12.0, reason="ünsure"),
        Judgement(verdict=Verdict.REFUSED, reason="no"),
    ],
)
def test_a_judgement_survives_its_work_file(judgement: Judgement):
    run, files = a_run(a_document()), JudgementFiles(Cabinet())
    assert files.keep(run, judgement) == f"work/{run.document}/v1/timetable.json"
    assert files.get(run) == judgement


def test_a_judgement_that_is_not_there_is_none():
    assert JudgementFiles(Cabinet()).get(a_run(a_document())) is None
