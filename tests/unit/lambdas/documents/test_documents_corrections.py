"""What a reviewer may say, and what is wrong with the rest, field by field."""

from __future__ import annotations

from typing import Any

import pytest

from lambdas.documents.aws.wire import timetable_to_json
from lambdas.documents.model.correction import MAX_BLOCKS, MAX_REASON, MOST_FAULTS, Answer, accept
from lambdas.documents.model.errors import InvalidInputError
from lambdas.documents.model.review import Choice
from tests.support.documents_examples import TIMETABLE

BLOCK = {"day": "monday", "start": "09:00", "end": "09:45", "title": "Maths", "notes": ""}


def table(*blocks: Any, **changes: Any) -> dict[str, Any]:
    return {"title": "4b", "blocks": list(blocks or (BLOCK,)), **changes}


def faults(decision: Any, timetable: Any = None, reason: Any = None) -> dict[str, str]:
    with pytest.raises(InvalidInputError) as refused:
        accept(decision, timetable, reason)
    return {fault.field: fault.message for fault in refused.value.faults}


def test_a_timetable_as_it_was_shown_is_a_correction():
    assert accept("correct", timetable_to_json(TIMETABLE), None) == Answer(
        choice=Choice.CORRECT, timetable=TIMETABLE
    )


def test_notes_and_the_title_of_the_week_may_be_left_out():
    bare = {key: value for key, value in BLOCK.items() if key != "notes"}
    answer = accept("correct", {"blocks": [bare]}, None)
    assert answer.timetable is not None
    assert (answer.timetable.title, answer.timetable.blocks[0].notes) == ("", "")


def test_text_loses_the_space_around_it_and_notes_keep_their_lines():
    given = table({**BLOCK, "title": "  Maths ", "notes": "Room 7\nMs Ash"})
    answer = accept("correct", given, None)
    assert answer.timetable is not None
    assert answer.timetable.blocks[0].title == "Maths"
    assert answer.timetable.blocks[0].notes == "Room 7\nMs Ash"


@pytest.mark.parametrize("decision", [None, "", "Approve", "yes", 1, ["approve"], {}])
def test_a_decision_is_one_of_three(decision: Any):
    assert faults(decision) == {"decision": "must be one of approve, correct, refuse"}


@pytest.mark.parametrize(("decision", "field"), [("approve", "timetable"), ("refuse", "timetable")])
def test_a_timetable_goes_with_a_correction_only(decision: str, field: str):
    assert field in faults(decision, table(), "because" if decision == "refuse" else None)


def test_a_reason_goes_with_a_refusal_only_and_a_refusal_has_one():
    assert faults("approve", None, "nice") == {"reason": "goes with 'refuse' only: leave it out"}
    assert faults("refuse") == {"reason": "must be text"}
    assert faults("refuse", None, "  ") == {"reason": "must not be empty"}
    assert "at most" in faults("refuse", None, "x" * (MAX_REASON + 1))["reason"]
    assert accept("refuse", None, " a menu ").reason == "a menu"


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"day": "Monday"}, "day", "is none of monday"),
        ({"day": 1}, "day", "must be text"),
        ({"start": "9:00"}, "start", "24-hour HH:MM"),
        ({"start": "٠٩:٠٠"}, "start", "24-hour HH:MM"),
        ({"end": "24:00"}, "end", "24-hour HH:MM"),
        ({"end": "09:45\n"}, "end", "24-hour HH:MM"),
        ({"end": "09:00"}, "end", "not after"),
        ({"end": None}, "end", "must be text"),
        ({"title": " "}, "title", "must not be empty"),
        ({"title": "a\x00b"}, "title", "control characters"),
        ({"title": "a\nb"}, "title", "control characters"),
        ({"title": "\ud800"}, "title", "control characters"),
        ({"title": "x" * 201}, "title", "at most 200"),
        ({"notes": "x" * 501}, "notes", "at most 500"),
        ({"notes": 7}, "notes", "must be text"),
    ],
)
def test_a_fault_names_the_block_and_its_field(changed: dict[str, Any], field: str, words: str):
    good = {**BLOCK, "day": "friday"}
    found = faults("correct", table(good, {**BLOCK, **changed}))
    assert list(found) == [f"timetable.blocks[1].{field}"]
    assert words in found[f"timetable.blocks[1].{field}"]


def test_blocks_that_overlap_are_both_named():
    found = faults("correct", table(BLOCK, {**BLOCK, "start": "09:30", "end": "10:00"}))
    assert found == {"timetable.blocks[1]": "overlaps blocks[0] on monday: change one"}


@pytest.mark.parametrize(
    ("timetable", "field"),
    [
        (None, "timetable"),
        ([], "timetable"),
        ("text", "timetable"),
        ({"blocks": []}, "timetable.blocks"),
        ({"blocks": {}}, "timetable.blocks"),
        ({"title": "x"}, "timetable.blocks"),
        ({"title": 4, "blocks": [BLOCK]}, "timetable.title"),
        ({"blocks": ["x"]}, "timetable.blocks[0]"),
        ({"blocks": [BLOCK], "owner": "me"}, "timetable"),
        ({"blocks": [{**BLOCK, "room": "7"}]}, "timetable.blocks[0]"),
        ({"blocks": [BLOCK] * (MAX_BLOCKS + 1)}, "timetable.blocks"),
    ],
)
def test_what_is_no_timetable_is_refused_where_it_is_none(timetable: Any, field: str):
    assert list(faults("correct", timetable)) == [field]


def test_a_flood_of_faults_is_cut_off():
    wrong = {**BLOCK, "day": "x"}
    assert len(faults("correct", table(*[wrong] * 100))) == MOST_FAULTS
