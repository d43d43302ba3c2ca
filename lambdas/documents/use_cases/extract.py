"""Ask a model for what the reader was not sure of, and believe what the page bears out.

Whatever stands in the way (no key, no money, a service that is down, an answer that is none) leaves
the document to a person, with the reason. Nothing here fails a document.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lambdas.documents.extracting import prices, prompt
from lambdas.documents.extracting.answer import GarbledAnswerError, parsed, tool
from lambdas.documents.extracting.pictures import MOST_PAGES
from lambdas.documents.extracting.proof import RULE, accepted, provable
from lambdas.documents.model.doubt import Doubt
from lambdas.documents.model.errors import DocumentGoneError
from lambdas.documents.model.judgement import Judgement, Verdict
from lambdas.documents.model.outcome import Run
from lambdas.documents.ports.judgements import Judgements
from lambdas.documents.ports.models import (
    Answers,
    Breaker,
    Ledger,
    Model,
    ModelRefusedError,
    ModelUnavailableError,
    Pictures,
    Question,
)
from lambdas.documents.ports.readings import Readings
from lambdas.documents.reading.kinds import UnreadableError
from lambdas.documents.reading.page import Reading

MOST_TOKENS = 8_000
"""Of an answer: 200 blocks of 40 tokens."""
SHOWN_DOUBTS = 3
MOST_DOUBTS = 50
"""Of those that are handed on to a person."""

UNASKED = "model-unasked"
"""The doubt where no model could be asked."""
NO_KEY = "no key for the language model is set"
NO_BUDGET = "the budget for the language model is used up"
RESTING = "the language model's service has been down and is left alone for some minutes"
DOWN = "the language model's service did not answer"
REFUSED = "the language model's service refused the request"
GARBLED = "the language model's answer could not be used"
TOO_LARGE = "the document is too large for the language model"
NO_PICTURE = "its pages could not be drawn for the language model"


@dataclass(frozen=True, kw_only=True)
class Extraction:
    """What came of it."""

    judgement: Judgement
    key: str
    asked: bool
    """Whether a model's answer, new or kept, was looked at."""
    accepted: bool = False
    input_tokens: int = 0
    output_tokens: int = 0
    micro_dollars: int = 0
    cached: bool = False


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Whom `extract` works with."""

    readings: Readings
    judgements: Judgements
    pictures: Pictures
    model: Model
    ledger: Ledger
    breaker: Breaker
    answers: Answers


class _PersonError(Exception):
    """The model is not asked, or cannot be used; the words say why."""


@dataclass(frozen=True)
class _Given:
    given: object
    input_tokens: int = 0
    output_tokens: int = 0
    micro_dollars: int = 0
    cached: bool = False


def extract(
    run: Run,
    *,
    kind: str,
    content: str | None,
    prepared: str | None,
    now: int,
    seconds: float,
    desk: Desk,
) -> Extraction:
    """`content`: the digest of the upload's bytes; `seconds`: how long the model may take."""
    reading, judgement = desk.readings.get(run), desk.judgements.get(run)
    if reading is None or judgement is None:  # work files go with their document
        raise DocumentGoneError(f"the work files of document {run.document} were deleted")
    try:
        if (unprovable := provable(reading)) is not None:
            # Nothing it could say would be believed: not a cent for it.
            raise _PersonError(unprovable.words)
        given = _ask(
            run, reading, kind=kind, content=content, prepared=prepared, now=now,
            seconds=seconds, desk=desk,
        )  # fmt: skip
    except _PersonError as reason:
        left = _left_to_a_person(judgement, [Doubt(rule=UNASKED, why=str(reason))])
        return Extraction(judgement=left, key=desk.judgements.keep(run, left), asked=False)
    found, right = _held_against_the_page(given.given, reading, judgement)
    return Extraction(
        judgement=found,
        key=desk.judgements.keep(run, found),
        asked=True,
        accepted=right,
        input_tokens=given.input_tokens,
        output_tokens=given.output_tokens,
        micro_dollars=given.micro_dollars,
        cached=given.cached,
    )


def _ask(
    run: Run,
    reading: Reading,
    *,
    kind: str,
    content: str | None,
    prepared: str | None,
    now: int,
    seconds: float,
    desk: Desk,
) -> _Given:
    if len(reading.pages) > MOST_PAGES or prompt.count_words(reading) > prompt.MOST_WORDS:
        raise _PersonError(TOO_LARGE)
    try:
        key = answer_key(content or _digest(reading.to_json()), desk.model.name)
        if (kept := desk.answers.get(key)) is not None:
            return _Given(kept, cached=True)
        if not desk.model.ready():
            raise _PersonError(NO_KEY)
        circuit = desk.breaker.look()
        if circuit.is_open(now) or (
            circuit.may_try(now) and not desk.breaker.claim_try(circuit, now)
        ):
            raise _PersonError(RESTING)
        question = _question(run, reading, kind=kind, prepared=prepared, desk=desk)
        return _bought(run, question, key, now=now, seconds=seconds, desk=desk)
    except ModelUnavailableError:
        raise _PersonError(DOWN) from None
    except ModelRefusedError:
        raise _PersonError(REFUSED) from None


def _question(
    run: Run, reading: Reading, *, kind: str, prepared: str | None, desk: Desk
) -> Question:
    try:
        pictures = desk.pictures.of(run, kind=kind, prepared=prepared)
    except UnreadableError:
        raise _PersonError(NO_PICTURE) from None
    return Question(
        system=prompt.SYSTEM,
        content=prompt.content(reading, pictures),
        tool=tool(),
        most_tokens=MOST_TOKENS,
    )


def _bought(
    run: Run, question: Question, key: str, *, now: int, seconds: float, desk: Desk
) -> _Given:
    name = desk.model.name
    images = sum(part["type"] == "image" for part in question.content)
    words = [part["text"] for part in question.content if part["type"] == "text"]
    letters = len(question.system) + len(json.dumps(question.tool)) + sum(map(len, words))
    most = prices.most(name, letters=letters, images=images, output_tokens=question.most_tokens)
    if not desk.ledger.reserve(run.document, most):
        raise _PersonError(NO_BUDGET)
    try:
        reply = desk.model.ask(question, seconds=seconds)
    except ModelUnavailableError as error:
        desk.breaker.failed(now)
        if not error.perhaps_charged:  # else what was set aside stays spent
            desk.ledger.settle(run.document, reserved=most, spent=0)
        raise
    except ModelRefusedError:
        desk.ledger.settle(run.document, reserved=most, spent=0)
        raise
    spent = prices.cost(name, input_tokens=reply.input_tokens, output_tokens=reply.output_tokens)
    desk.ledger.settle(run.document, reserved=most, spent=spent)
    desk.breaker.worked()
    try:
        parsed(reply.given)
    except GarbledAnswerError:
        pass
    else:
        desk.answers.keep(key, reply.given)
    return _Given(reply.given, reply.input_tokens, reply.output_tokens, spent)


def _held_against_the_page(
    given: object, reading: Reading, judgement: Judgement
) -> tuple[Judgement, bool]:
    try:
        answer = parsed(given)
    except GarbledAnswerError:
        return _left_to_a_person(judgement, [Doubt(rule=RULE, why=GARBLED)]), False
    found = accepted(answer, reading)
    if isinstance(found, tuple):
        return _left_to_a_person(judgement, found), False
    # The confidence stays the reader's own: that another agrees has no percentage.
    right = replace(
        judgement,
        verdict=Verdict.COMPLETE,
        reason=None,
        timetable=found,
        proposal=None,
        doubts=(),
    )
    return right, True


def _left_to_a_person(judgement: Judgement, doubts: Sequence[Doubt]) -> Judgement:
    shown = [doubt.why.rstrip(".") for doubt in doubts[:SHOWN_DOUBTS]]
    if more := len(doubts) - len(shown):
        shown.append(f"and {more} more")
    before = f"{judgement.reason} " if judgement.reason else ""
    reason = f"{before}No language model could settle it: {'; '.join(shown)}."
    return replace(
        judgement,
        verdict=Verdict.PERSON,
        reason=reason,
        doubts=(*doubts[:MOST_DOUBTS], *judgement.doubts)[:MOST_DOUBTS],
    )


def answer_key(content: str, model: str) -> str:
    """The upload's bytes, and after a dot the model and version of the question: what is kept of
    the bytes can be forgotten whatever was asked."""
    question = _digest(f"{model}\n{prompt.VERSION}")
    return f"{content}.{question}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
