"""The workflow's steps: the state that comes in, the state that goes out, the errors by name."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lambdas.documents.aws.workflow import StepFailedError, step
from lambdas.documents.model.document import Status
from lambdas.documents.model.doubt import Doubt
from lambdas.documents.model.errors import (
    DatabaseUnavailableError,
    DocumentGoneError,
    StorageUnavailableError,
)
from lambdas.documents.model.event import EventType, event
from lambdas.documents.model.judgement import Judgement, Verdict
from lambdas.documents.model.keys import (
    archive_key,
    judgement_key,
    reading_key,
    sheet_key,
    sheets_key,
)
from lambdas.documents.model.outcome import Run
from lambdas.documents.preprocessing.sheets import Sheets
from lambdas.documents.reading.interpret import Interpretation
from lambdas.documents.reading.kinds import Kind, UnreadableError
from lambdas.documents.reading.page import Box, Page, Reading, Word
from tests.support.documents_aws import LAMBDA, Context, no_cache
from tests.support.documents_books import Books
from tests.support.documents_cabinet import Cabinet
from tests.support.documents_examples import NOON, TIMETABLE, a_document, a_run

DOCUMENT = a_document()
RUN = a_run(DOCUMENT)
STATE = {**asdict(RUN), "bus": "the-bus", "uploaded_at": "2026-11-21T12:00:00Z"}
BOOKKEEPING = ("steps", "events")
READING = Reading(kind="picture", route="ocr", pages=())


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch):
    """The edge modules, wired to nothing that is there."""
    environment = {
        **LAMBDA,
        "DOCUMENTS_BUCKET": "documents",
        "UPLOAD_LIMIT_MIB": "20",
        "COMPLETE_AT": "98",
        "MODEL_AT": "80",
        "DATABASE_HOST": "127.0.0.1",
        "CACHE_NAME": "cache",
        "CACHE_HOST": "127.0.0.1",
        "CACHE_PORT": "1",
        "CACHE_USER": "user",
        "READER_VERSION": "1",
        "READINGS_KEPT_DAYS": "30",
        "DATABASE_PORT": "1",
        "DATABASE_NAME": "documents",
        "DATABASE_USER": "documents_writer",
        "DATABASE_PROXIED": "false",
        "DATABASE_IDLE_SECONDS": "240",
        "REVIEWS_TABLE": "documents-reviews",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("lambdas.documents.aws.adapters.valkey._tls", no_cache)
    from lambdas.documents.aws import steps
    from lambdas.documents.aws.steps import classify, interpret, preprocess, read, save  # noqa: F401

    return steps


def reject(reason: str):
    def raising(*_: object) -> Any:
        raise UnreadableError(reason)

    return raising


def known(state: dict[str, Any]) -> dict[str, Any]:
    """The state without what every step adds."""
    return {name: value for name, value in state.items() if name not in BOOKKEEPING}


def told(state: dict[str, Any]) -> list[str]:
    return [entry["DetailType"] for entry in state["events"]]


def test_a_step_adds_to_the_state_and_takes_nothing_away():
    answer = step(lambda state, run: {"kind": "photo"})({**STATE, "other": 1}, Context())
    assert known(answer) == {**STATE, "other": 1, "kind": "photo"}


def test_a_step_says_its_name_and_how_long_it_took():
    first = step(lambda state, run: {"cached": True})(STATE, Context())
    second = step(lambda state, run: {})(first, Context())
    (one, two) = second["steps"]
    assert one.keys() == {"name", "seconds", "cached"}
    assert (one["name"], one["cached"]) == ("test_documents_steps", True)
    assert two.keys() == {"name", "seconds"}
    assert 0 <= two["seconds"] < 1
    assert "cached" not in second


def classified(state: object, run: Run) -> dict[str, Any]:
    said = event(run, EventType.DOCUMENT_CLASSIFIED, at=NOON, refused=False)
    return {"events": [said]}


def test_what_a_step_says_joins_what_was_said_before_as_the_bus_takes_it():
    answer = step(classified)({**STATE, "events": [{"DetailType": "earlier"}]}, Context())
    assert told(answer) == ["earlier", "document.classified"]
    assert answer["events"][1]["EventBusName"] == "the-bus"


def test_what_was_told_is_not_told_again():
    state = {**STATE, "events": [{"DetailType": "earlier"}], "told": {"refused": 0}}
    answer = step(classified)(state, Context())
    assert told(answer) == ["document.classified"]
    assert "told" not in answer
    assert told(step(classified)(answer, Context())) == ["document.classified"] * 2


def test_a_step_is_told_its_run():
    seen: list[Run] = []
    step(lambda state, run: seen.append(run) or {})({**STATE, "kind": "photo"}, Context())
    assert seen == [RUN]


@pytest.mark.parametrize(
    "error", [DatabaseUnavailableError, StorageUnavailableError, DocumentGoneError]
)
def test_an_error_the_flow_knows_keeps_its_name(error: type[Exception]):
    def call(state: object, run: object) -> dict[str, Any]:
        raise error("x")

    with pytest.raises(error):
        step(call)(STATE, Context())


def test_any_other_error_leaves_without_its_words(capsys: pytest.CaptureFixture[str]):
    def call(state: object, run: object) -> dict[str, Any]:
        raise ValueError("Failing row contains (Maths with Mr Secret)")

    with pytest.raises(StepFailedError) as failed:
        step(call)(STATE, Context())
    assert str(failed.value) == "ValueError"
    assert failed.value.__cause__ is None
    assert "Secret" not in capsys.readouterr().out


def test_a_state_that_is_none_of_ours_is_refused():
    with pytest.raises(StepFailedError, match="KeyError"):
        step(lambda state, run: {})({"document": "x"}, Context())


def test_classify_says_the_kind(steps: Any, monkeypatch: pytest.MonkeyPatch):
    steps.classify.objects = Cabinet(**{RUN.key: b"bytes"})
    monkeypatch.setattr("lambdas.documents.use_cases.classify.kind_of", lambda data: Kind.PHOTO)
    state = steps.classify.handler(STATE, Context())
    content = hashlib.sha256(b"bytes").hexdigest()
    assert known(state) == {**STATE, "kind": "photo", "content": content}
    assert told(state) == ["document.classified"]


def test_classify_refuses_with_the_readers_words(steps: Any):
    steps.classify.objects = Cabinet(**{RUN.key: b""})
    assert steps.classify.handler(STATE, Context())["refused"] == "The file is empty."


def test_classify_refuses_what_is_larger_than_anything_we_let_in(steps: Any):
    steps.classify.objects = Cabinet(**{RUN.key: b"x" * (20 * 2**20 + 1)})
    assert "larger than 20 MiB" in steps.classify.handler(STATE, Context())["refused"]


def test_an_upload_that_was_deleted_stops_the_run(steps: Any):
    for each in ("classify", "preprocess", "read"):
        each = getattr(steps, each)
        each.objects = Cabinet()
        with pytest.raises(DocumentGoneError):
            each.handler({**STATE, "kind": "text_pdf"}, Context())


def in_a(cabinet: Cabinet, step: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The step, with all it keeps and looks for in the cabinet."""
    monkeypatch.setattr(step, "objects", cabinet)
    for files in ("sheets", "readings"):
        if hasattr(step, files):
            monkeypatch.setattr(getattr(step, files), "_objects", cabinet)
    return step


def png(picture: np.ndarray) -> bytes:
    out = BytesIO()
    Image.fromarray(picture).save(out, "PNG")
    return out.getvalue()


PHOTOGRAPHED = png(np.random.default_rng(1).integers(90, 250, (300, 400, 3)).astype("u1"))
DRAWN = png(np.array(Image.new("RGB", (300, 400), "silver")))


def test_preprocess_keeps_the_pages_it_changed_and_their_list(
    steps: Any, monkeypatch: pytest.MonkeyPatch
):
    cabinet = Cabinet(**{RUN.key: PHOTOGRAPHED})
    preprocess = in_a(cabinet, steps.preprocess, monkeypatch)
    answer = preprocess.handler({**STATE, "kind": "photo"}, Context())
    assert answer["pages"] == sheets_key(RUN)
    assert told(answer) == ["document.preprocessed"]
    detail = answer["events"][0]["Detail"]
    assert (detail["pages"], detail["changed"]) == (1, 1)
    assert set(cabinet.objects) == {RUN.key, sheets_key(RUN), sheet_key(RUN, 1)}
    (page,) = Sheets.from_json(cabinet.objects[sheets_key(RUN)].decode()).pages
    assert (page.number, page.key, page.drawn) == (1, sheet_key(RUN, 1), False)
    assert [step.split(" (")[0] for step in page.steps] == ["noise smoothed"]


def test_a_clean_page_is_not_written_again(steps: Any, monkeypatch: pytest.MonkeyPatch):
    cabinet = Cabinet(**{RUN.key: DRAWN})
    in_a(cabinet, steps.preprocess, monkeypatch).handler({**STATE, "kind": "picture"}, Context())
    assert set(cabinet.objects) == {RUN.key, sheets_key(RUN)}
    assert Sheets.from_json(cabinet.objects[sheets_key(RUN)].decode()).originals == {1}


@pytest.mark.parametrize(("data", "looks_at_upload"), [(PHOTOGRAPHED, False), (DRAWN, True)])
def test_read_looks_at_the_upload_only_where_a_page_was_clean(
    steps: Any, monkeypatch: pytest.MonkeyPatch, data: bytes, looks_at_upload: bool
):
    cabinet = Cabinet(**{RUN.key: data})
    state = {**STATE, "kind": "picture"}
    state = in_a(cabinet, steps.preprocess, monkeypatch).handler(state, Context())
    cabinet.delete(RUN.key)
    read = in_a(cabinet, steps.read, monkeypatch)
    if looks_at_upload:
        with pytest.raises(DocumentGoneError):
            read.handler(state, Context())
    else:
        assert read.handler(state, Context())["reading"] == reading_key(RUN)


def test_pages_that_are_gone_stop_the_run(steps: Any, monkeypatch: pytest.MonkeyPatch):
    read = in_a(Cabinet(**{RUN.key: DRAWN}), steps.read, monkeypatch)
    with pytest.raises(DocumentGoneError):
        read.handler({**STATE, "kind": "picture"}, Context())


def test_read_keeps_what_it_read_in_a_file_and_not_in_the_state(
    steps: Any, monkeypatch: pytest.MonkeyPatch
):
    cabinet = Cabinet(**{RUN.key: b"bytes"})
    monkeypatch.setattr("lambdas.documents.use_cases.read.read_text_pdf", lambda data: READING)
    read = in_a(cabinet, steps.read, monkeypatch)
    answer = read.handler({**STATE, "kind": "text_pdf"}, Context())
    assert known(answer) == {
        **STATE,
        "kind": "text_pdf",
        "reading": reading_key(RUN),
        "route": ["ocr"],
    }
    assert Reading.from_json(cabinet.objects[reading_key(RUN)].decode()) == READING


@pytest.mark.parametrize(("sure", "said"), [(90.0, "completed"), (69.0, "low_confidence")])
def test_read_says_how_surely_it_read(
    steps: Any, monkeypatch: pytest.MonkeyPatch, sure: float, said: str
):
    words = tuple(Word("Maths", Box(0, 0, 50, 20), 20, sure=each) for each in (sure - 5, sure + 5))
    page = Page(width=100, height=100, cells=(), words=words)
    reading = Reading(kind="text_pdf", route="text", pages=(page,))
    monkeypatch.setattr("lambdas.documents.use_cases.read.read_text_pdf", lambda data: reading)
    read = in_a(Cabinet(**{RUN.key: b"bytes"}), steps.read, monkeypatch)
    state = read.handler({**STATE, "kind": "text_pdf"}, Context())
    assert told(state) == [f"ocr.{said}"]
    detail = state["events"][0]["Detail"]
    assert (detail["route"], detail["confidence"], detail["words"]) == ("text", sure, 2)
    assert "Maths" not in json.dumps(state)


def test_what_only_opening_a_page_shows_to_be_damaged_is_refused(
    steps: Any, monkeypatch: pytest.MonkeyPatch
):
    cabinet = Cabinet(**{RUN.key: DRAWN[:-40]})
    preprocess = in_a(cabinet, steps.preprocess, monkeypatch)
    state = preprocess.handler({**STATE, "kind": "picture"}, Context())
    assert "damaged" in state["refused"]
    after = in_a(cabinet, steps.read, monkeypatch).handler(state, Context())
    assert known(after) == known(state)
    assert steps.interpret.handler(state, Context())["verdict"] == "refused"


def test_a_text_pdf_that_only_reading_shows_to_be_damaged_is_refused(
    steps: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("lambdas.documents.use_cases.read.read_text_pdf", reject("Damaged."))
    read = in_a(Cabinet(**{RUN.key: b"bytes"}), steps.read, monkeypatch)
    assert read.handler({**STATE, "kind": "text_pdf"}, Context())["refused"] == "Damaged."


def interpreted(
    steps: Any, monkeypatch: pytest.MonkeyPatch, found: Interpretation
) -> tuple[dict[str, Any], Cabinet]:
    cabinet = Cabinet(**{reading_key(RUN): READING.to_json().encode()})
    monkeypatch.setattr(steps.interpret.readings, "_objects", cabinet)
    monkeypatch.setattr(steps.interpret.judgements, "_objects", cabinet)
    monkeypatch.setattr(
        "lambdas.documents.use_cases.interpret.interpretation_of", lambda reading: found
    )
    return steps.interpret.handler({**STATE, "route": ["ocr"]}, Context()), cabinet


def test_interpret_says_the_verdict_and_keeps_the_words_out_of_the_state(
    steps: Any, monkeypatch: pytest.MonkeyPatch
):
    doubt = "'Mains' is nearly 'Maths'"
    told = Doubt(rule="near-duplicate", why=doubt, text="Mains / Maths")
    found = Interpretation(timetable=TIMETABLE, is_timetable=True, confidence=91.0, doubts=[told])
    state, cabinet = interpreted(steps, monkeypatch, found)
    assert (state["verdict"], state["confidence"]) == ("model", 91.0)
    assert state["timetable"] == judgement_key(RUN)
    assert "Mains" not in json.dumps(state)
    assert doubt in json.loads(cabinet.objects[judgement_key(RUN)])["reason"]


def test_interpret_without_its_reading_finds_the_document_gone(
    steps: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(steps.interpret.readings, "_objects", Cabinet())
    with pytest.raises(DocumentGoneError):
        steps.interpret.handler(STATE, Context())


def saved(
    steps: Any, state: dict[str, Any], judgement: Judgement | None = None
) -> tuple[dict[str, Any], Books, Cabinet]:
    books, cabinet = Books(DOCUMENT), Cabinet(**{RUN.key: b"upload"})
    steps.save.outcomes, steps.save.objects = books, cabinet
    steps.save.judgements._objects = cabinet
    if judgement:
        steps.save.judgements.keep(RUN, judgement)
    return steps.save.handler({**STATE, **state}, Context()), books, cabinet


def test_save_settles_what_was_judged(steps: Any):
    judgement = Judgement(verdict=Verdict.COMPLETE, confidence=99.0, timetable=TIMETABLE)
    state, books, cabinet = saved(steps, {"route": ["text"], "verdict": "complete"}, judgement)
    assert (state["status"], state["confidence"]) == ("completed", 99.0)
    assert books.documents[DOCUMENT.id].timetable == TIMETABLE
    assert books.documents[DOCUMENT.id].route == ("text",)
    assert list(cabinet.left) == [archive_key(RUN, month="2026-11")]


@pytest.mark.parametrize("verdict", [None, "refused"])
def test_save_rejects_what_was_refused_and_leaves_no_object(steps: Any, verdict: str | None):
    given = {"refused": "The file is empty."} | ({"verdict": verdict} if verdict else {})
    state, books, cabinet = saved(steps, given)
    assert state["status"] == "rejected"
    assert books.documents[DOCUMENT.id].reason == "The file is empty."
    assert cabinet.left == {}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("States.Timeout", "took too long"),
        ("DocumentGoneError", "was removed"),
        ("StepFailedError", "on our side"),
        ("Lambda.Unknown", "on our side"),
    ],
)
def test_save_tells_a_failure_in_plain_words(steps: Any, error: str, words: str):
    cause = '{"errorMessage": "Secret", "trace": []}'
    state, books, _ = saved(steps, {"error": {"Error": error, "Cause": cause}, "refused": "x"})
    reason = books.documents[DOCUMENT.id].reason
    assert state["status"] == "failed"
    assert reason is not None
    assert words in reason
    assert "Secret" not in reason


def test_save_answers_with_what_stands(steps: Any):
    judgement = Judgement(verdict=Verdict.COMPLETE, confidence=99.0, timetable=TIMETABLE)
    _, books, cabinet = saved(steps, {"verdict": "complete"}, judgement)
    again = steps.save.handler({**STATE, "error": {"Error": "Lambda.Unknown"}}, Context())
    assert again["status"] == "completed"
    assert books.documents[DOCUMENT.id].status is Status.COMPLETED
    assert list(cabinet.left) == [archive_key(RUN, month="2026-11")]


def test_save_keeps_what_was_judged_when_only_the_saving_had_failed(steps: Any):
    judgement = Judgement(verdict=Verdict.COMPLETE, confidence=99.0, timetable=TIMETABLE)
    error = {"Error": "DatabaseUnavailableError", "Cause": ""}
    state, books, _ = saved(steps, {"verdict": "complete", "error": error}, judgement)
    assert state["status"] == "completed"
    assert books.documents[DOCUMENT.id].timetable == TIMETABLE


def test_save_says_what_was_judged_and_what_came_of_it(steps: Any):
    judgement = Judgement(verdict=Verdict.COMPLETE, confidence=99.0, timetable=TIMETABLE)
    given = {"verdict": "complete", "confidence": 99.0, "route": ["ocr"]}
    state, *_ = saved(steps, given, judgement)
    assert told(state) == ["validation.completed", "job.completed"]
    detail = state["events"][1]["Detail"]
    assert (detail["status"], detail["route"], detail["confidence"]) == ("completed", ["ocr"], 99.0)
    assert detail["seconds"] > 0
    assert (
        state["events"][1]["Detail"]["id"] == told_again(steps, given)["events"][1]["Detail"]["id"]
    )


def told_again(steps: Any, given: dict[str, Any]) -> dict[str, Any]:
    """The same step tried again, after all was done and cleared away."""
    return steps.save.handler({**STATE, **given}, Context())


def test_save_keeps_what_was_done_for_the_document(steps: Any):
    done = {"name": "read", "seconds": 1.5, "cached": True}
    _, books, _ = saved(steps, {"refused": "x", "steps": [done]})
    assert [asdict(each) for each in books.documents[DOCUMENT.id].steps] == [done]


def test_a_document_that_a_person_is_asked_about_asks_for_one(steps: Any):
    judgement = Judgement(verdict=Verdict.PERSON, confidence=60.0, reason="two doubts")
    state, _, _ = saved(steps, {"verdict": "person", "confidence": 60.0}, judgement)
    assert state["status"] == "needs_review"
    assert told(state) == ["validation.completed", "hitl.requested"]


def test_nobody_is_asked_after_a_failure(steps: Any):
    """`save failure` ends the run: a document it left waiting would wait for ever."""
    judgement = Judgement(verdict=Verdict.PERSON, confidence=60.0, reason="two doubts")
    given = {"verdict": "person", "confidence": 60.0}
    saved(steps, given, judgement)
    failed = {**STATE, **given, "error": {"Error": "Sandbox.Timedout", "Cause": "words"}}
    state = steps.save.handler(failed, Context())
    assert state["status"] == "failed"
    assert told(state)[-1] == "job.failed"
    assert state["events"][-1]["Detail"]["error"] == "Sandbox.Timedout"


def test_save_fails_a_document_whose_judgement_is_lost(steps: Any):
    error = {"Error": "Lambda.Unknown", "Cause": ""}
    state, books, _ = saved(steps, {"verdict": "complete", "error": error})
    assert state["status"] == "failed"
    assert "on our side" in (books.documents[DOCUMENT.id].reason or "")


class Known:
    """What was read before, by content."""

    def __init__(self, **kept: Reading) -> None:
        self.kept = kept

    def find(self, content: str) -> Reading | None:
        return self.kept.get(content)

    def remember(self, content: str, reading: Reading) -> None:
        self.kept[content] = reading


def test_what_was_read_before_is_not_read_again(steps: Any, monkeypatch: pytest.MonkeyPatch):
    cabinet = Cabinet(**{RUN.key: DRAWN})
    content = hashlib.sha256(DRAWN).hexdigest()
    monkeypatch.setattr(steps.classify, "objects", cabinet)
    monkeypatch.setattr(steps.classify.readings, "_objects", cabinet)
    monkeypatch.setattr(steps.classify, "known", Known(**{content: READING}))
    after = steps.classify.handler(STATE, Context())
    assert (after["reading"], after["route"]) == (reading_key(RUN), ["ocr"])
    assert after["steps"][-1]["cached"] is True
    assert Reading.from_json(cabinet.objects[reading_key(RUN)].decode()) == READING


def test_what_is_read_is_remembered_by_its_bytes(steps: Any, monkeypatch: pytest.MonkeyPatch):
    known = Known()
    monkeypatch.setattr("lambdas.documents.use_cases.read.read_text_pdf", lambda data: READING)
    read = in_a(Cabinet(**{RUN.key: b"bytes"}), steps.read, monkeypatch)
    monkeypatch.setattr(read, "known", known)
    after = read.handler({**STATE, "kind": "text_pdf", "content": "c" * 64}, Context())
    assert known.kept == {"c" * 64: READING}
    assert "cached" not in after["steps"][-1]
