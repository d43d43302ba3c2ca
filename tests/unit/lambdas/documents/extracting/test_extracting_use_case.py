"""What becomes of a document when a model is asked, and when it cannot be."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pytest

from lambdas.documents.extracting.circuit import OPENS_AT, PAUSE_SECONDS, Circuit
from lambdas.documents.extracting.slots import blocks_of
from lambdas.documents.model.errors import DocumentGoneError
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.judgement import Judgement, Verdict
from lambdas.documents.model.outcome import Run
from lambdas.documents.ports.models import ModelRefusedError, ModelUnavailableError
from lambdas.documents.reading.page import Reading
from lambdas.documents.use_cases import extract as asking
from lambdas.documents.use_cases.extract import Desk, Extraction, extract
from tests.support.documents_model import Album, Fuse, Memory, Parrot, Purse
from tests.unit.lambdas.documents.extracting.test_extracting_proof import page

NOW = 1_800_000_000
RUN = Run(
    document=DocumentId("11111111-1111-4111-8111-111111111111"),
    user=UserId("22222222-2222-4222-8222-222222222222"),
    bucket="files",
    key="uploads/x.pdf",
    version="1",
)
RIGHT: dict[str, Any] = {"blocks": [asdict(block) for block in blocks_of(page())]}
INVENTED: dict[str, Any] = {
    "blocks": [{**block, "end": "09:50"} if block["start"] == "09:00" else block
               for block in RIGHT["blocks"]]
}  # fmt: skip
UNSURE = Judgement(verdict=Verdict.MODEL, confidence=91.0, reason="Not sure enough.")


@dataclass
class Tray:
    """One document's work file."""

    held: Any

    def get(self, run: Run) -> Any:
        return self.held

    def keep(self, run: Run, thing: Any) -> str:
        self.held = thing
        return "work/timetable.json"


@dataclass
class Office:
    model: Parrot = field(default_factory=lambda: Parrot(RIGHT))
    purse: Purse = field(default_factory=Purse)
    fuse: Fuse = field(default_factory=Fuse)
    memory: Memory = field(default_factory=Memory)
    reading: Reading | None = field(default_factory=page)

    def extract(self, content: str = "bytes") -> Extraction:
        self.judgements = Tray(UNSURE)
        desk = Desk(
            readings=Tray(self.reading),
            judgements=self.judgements,
            pictures=Album(),
            model=self.model,
            ledger=self.purse,
            breaker=self.fuse,
            answers=self.memory,
        )
        found = extract(
            RUN, kind="text_pdf", content=content, prepared=None, now=NOW, seconds=60, desk=desk
        )
        assert self.judgements.held == found.judgement, "what is judged is what `save` will find"
        return found


def test_an_answer_the_page_bears_out_completes_the_document() -> None:
    office = Office()
    found = office.extract()
    assert found.judgement.verdict is Verdict.COMPLETE
    assert found.judgement.timetable is not None
    assert len(found.judgement.timetable.blocks) == 25
    assert found.judgement.confidence == 91.0, "the reader's own: none is made up"
    assert (found.accepted, found.cached, found.micro_dollars) == (True, False, 4500)
    assert office.purse.left == 1_000_000 - 4500, "what was set aside and not spent is back"


def test_a_time_that_is_not_there_is_for_a_person_who_is_told_which() -> None:
    found = Office(model=Parrot(INVENTED)).extract()
    assert found.judgement.verdict is Verdict.PERSON
    assert found.judgement.timetable is None
    assert found.asked
    assert not found.accepted
    assert "Monday 09:00-09:50" in (found.judgement.reason or "")
    assert found.judgement.doubts[0].day == "monday"


@pytest.mark.parametrize(
    "garbage",
    [None, "text", [], {}, {"blocks": []}, {"blocks": [{}]}, {"blocks": RIGHT["blocks"], "x": 1},
     {"blocks": [{**RIGHT["blocks"][0], "day": "someday"}]}, {"blocks": RIGHT["blocks"] * 9},
     {"blocks": [{**RIGHT["blocks"][0], "title": "x" * 201}]}],
)  # fmt: skip
def test_garbage_is_for_a_person_and_is_not_kept(garbage: object) -> None:
    office = Office(model=Parrot(garbage))
    found = office.extract()
    assert found.judgement.verdict is Verdict.PERSON
    assert asking.GARBLED in (found.judgement.reason or "")
    assert not office.memory
    assert office.fuse.circuit.failures == 0, "the service is there: it answered"


def test_without_a_key_nobody_is_asked() -> None:
    office = Office(model=Parrot(RIGHT, key=False))
    found = office.extract()
    assert found.judgement.verdict is Verdict.PERSON
    assert asking.NO_KEY in (found.judgement.reason or "")
    assert (office.model.asked, found.asked) == ([], False)


def test_over_budget_nobody_is_asked() -> None:
    office = Office(purse=Purse(left=1000))
    assert asking.NO_BUDGET in (office.extract().judgement.reason or "")
    assert (office.model.asked, office.purse.left) == ([], 1000)


def test_with_the_circuit_open_a_person_is_asked_at_once() -> None:
    office = Office(fuse=Fuse(Circuit(failures=OPENS_AT, opened_at=NOW - 1)))
    assert asking.RESTING in (office.extract().judgement.reason or "")
    assert office.model.asked == []


def test_after_the_pause_one_run_tries_and_its_success_closes_the_circuit() -> None:
    office = Office(fuse=Fuse(Circuit(failures=OPENS_AT, opened_at=NOW - PAUSE_SECONDS)))
    assert office.extract("one").judgement.verdict is Verdict.COMPLETE
    assert office.fuse.circuit == Circuit()


def test_after_the_pause_the_second_run_does_not_try() -> None:
    fuse = Fuse(Circuit(failures=OPENS_AT, opened_at=NOW - PAUSE_SECONDS), taken=True)
    office = Office(fuse=fuse)
    assert asking.RESTING in (office.extract().judgement.reason or "")


def test_a_service_that_is_down_is_counted_and_costs_nothing() -> None:
    office = Office(model=Parrot(ModelUnavailableError("529")))
    for number in range(OPENS_AT):
        assert asking.DOWN in (office.extract(str(number)).judgement.reason or "")
    assert office.purse.left == 1_000_000
    assert asking.RESTING in (office.extract("next").judgement.reason or "")
    assert len(office.model.asked) == OPENS_AT


def test_an_answer_that_was_lost_may_have_been_charged() -> None:
    office = Office(model=Parrot(ModelUnavailableError("lost", perhaps_charged=True)))
    office.extract()
    assert office.purse.left < 1_000_000


def test_a_service_that_refuses_costs_nothing_and_opens_nothing() -> None:
    office = Office(model=Parrot(ModelRefusedError("401")))
    assert asking.REFUSED in (office.extract().judgement.reason or "")
    assert (office.purse.left, office.fuse.circuit.failures) == (1_000_000, 0)


def test_the_same_bytes_are_asked_about_once() -> None:
    office = Office()
    office.extract()
    again = office.extract()
    assert (again.cached, again.micro_dollars, len(office.model.asked)) == (True, 0, 1)
    assert again.judgement.verdict is Verdict.COMPLETE
    other = office.extract("other bytes")
    assert not other.cached


def test_a_kept_answer_is_held_against_the_page_again() -> None:
    office = Office()
    office.memory[asking.answer_key("bytes", office.model.name)] = INVENTED
    assert office.extract().judgement.verdict is Verdict.PERSON


def test_a_page_no_answer_could_be_held_against_costs_nothing() -> None:
    office = Office(reading=replace(page(), remarks=("Page 2 was not read",)))
    found = office.extract()
    assert found.judgement.verdict is Verdict.PERSON
    assert "Page 2" in (found.judgement.reason or "")
    assert office.model.asked == []


def test_a_deleted_document_is_gone() -> None:
    with pytest.raises(DocumentGoneError):
        Office(reading=None).extract()
